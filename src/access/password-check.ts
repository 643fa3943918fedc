import { createHmac, randomBytes } from 'node:crypto';
import { opensHash } from './password-hash.ts';

/** Finds out whether a password opens a hash, without doing the same work twice. */
export interface PasswordCheck {
  /** Which of the hashes the password opens. Each is tried, so that the time says nothing about which. */
  answer(guess: Guess): Promise<PasswordAnswer>;
  /** The hash that the password is known to open, at once; undefined: nobody knows. */
  known(guess: Guess): string | undefined;
}

export type Guess = {
  readonly name: string;
  readonly hashes: readonly string[];
  readonly password: Uint8Array;
};

export type PasswordAnswer = {
  readonly opened: string | undefined;
  /** The same guess has been wrong before: nothing was learned from it. */
  readonly isRepeat: boolean;
};

/**
 * Answers are remembered under an HMAC of hash and password with a key of this process, so that a fleet that comes back
 * is let in at memory's speed. The hash is part of it: one that has been rotated is another question.
 */
export function createPasswordCheck({
  remembered,
}: {
  /** Answers that are kept, of each sort. */
  readonly remembered: number;
}): PasswordCheck {
  const secret = randomBytes(32);
  // Apart, so that wrong guesses push no right password out.
  const [right, wrong] = [new Set<string>(), new Set<string>()];
  // Neither a name nor a hash has U+0000 in it.
  const label = ({ name, password }: Guess, hash: string) =>
    createHmac('sha256', secret).update(`${name}\0${hash}\0`).update(password).digest('base64');
  const remember = (answers: Set<string>, answer: string) => {
    answers.delete(answer);
    answers.add(answer);
    for (const oldest of answers) {
      if (answers.size <= remembered) break;
      answers.delete(oldest);
    }
  };
  const known = (guess: Guess) => guess.hashes.find((hash) => right.has(label(guess, hash)));

  return {
    known,
    answer: async (guess) => {
      const found = known(guess);
      if (found !== undefined) return { opened: found, isRepeat: false };
      const open = guess.hashes.filter((hash) => !wrong.has(label(guess, hash)));
      if (open.length === 0) return { opened: undefined, isRepeat: guess.hashes.length > 0 };
      let opened: string | undefined;
      for (const hash of open) {
        const isRight = await opensHash(hash, guess.password);
        remember(isRight ? right : wrong, label(guess, hash));
        if (isRight) opened ??= hash;
      }
      return { opened, isRepeat: false };
    },
  };
}
