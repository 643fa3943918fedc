import { describe, expect, it } from 'vitest';
import { createPasswordCheck } from '../../../src/access/password-check.ts';
import { hashPassword } from '../../../src/access/password-hash.ts';
import { createTurns } from '../../../src/access/turns.ts';

const [old, current] = [
  await hashPassword('old', { isRandom: true }),
  await hashPassword('new', { isRandom: true }),
];
const guess = (password: string, hashes = [current, old]) => ({
  name: 'x',
  hashes,
  password: Buffer.from(password),
});

describe('the check of a password', () => {
  it('says which hash it opens, and knows it from then on', async () => {
    const check = createPasswordCheck({ remembered: 10 });
    expect(check.known(guess('old'))).toBeUndefined();
    expect(await check.answer(guess('old'))).toEqual({ opened: old, isRepeat: false });
    expect(check.known(guess('old'))).toBe(old);
    expect(await check.answer(guess('new'))).toEqual({ opened: current, isRepeat: false });
  });

  it('forgets with the hash: what a rotated password has opened is no answer any more', async () => {
    const check = createPasswordCheck({ remembered: 10 });
    await check.answer(guess('old'));
    expect(check.known(guess('old', [current]))).toBeUndefined();
    expect(await check.answer(guess('old', [current]))).toMatchObject({ opened: undefined });
  });

  it('knows a wrong guess again, of the same name only', async () => {
    const check = createPasswordCheck({ remembered: 10 });
    expect(await check.answer(guess('wrong'))).toEqual({ opened: undefined, isRepeat: false });
    expect(await check.answer(guess('wrong'))).toEqual({ opened: undefined, isRepeat: true });
    expect(await check.answer({ ...guess('wrong'), name: 'y' })).toMatchObject({ isRepeat: false });
  });

  it('is pushed out of its right answers by no number of wrong ones', async () => {
    const check = createPasswordCheck({ remembered: 3 });
    await check.answer(guess('new'));
    await Promise.all(Array.from({ length: 8 }, (_, n) => check.answer(guess(`wrong ${n}`))));
    expect(check.known(guess('new'))).toBe(current);
    expect(await check.answer(guess('wrong 0'))).toMatchObject({ isRepeat: false });
  });

  it('nothing opens where there is no hash', async () => {
    const check = createPasswordCheck({ remembered: 10 });
    expect(await check.answer(guess('', []))).toEqual({ opened: undefined, isRepeat: false });
  });
});

it('parties take turns, however much one of them asks for', async () => {
  const turns = createTurns(1);
  const done: string[] = [];
  const work = async (party: string) => {
    await using _turn = await turns.take(party);
    done.push(party);
    await new Promise((resolve) => setImmediate(resolve));
  };
  await Promise.all([work('a'), work('a'), work('a'), work('a'), work('b'), work('c')]);
  expect(done).toEqual(['a', 'a', 'b', 'c', 'a', 'a']);
});
