import { createHmac, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../domain/time.ts';
import { type AttemptLimits, createAttempts } from './attempts.ts';
import { type Credentials, validHashes } from './credential.ts';
import { createPasswordCheck } from './password-check.ts';
import { hashPassword } from './password-hash.ts';
import { createTurns } from './turns.ts';

/** The one user that is named in the settings, and may do everything. */
export type Account = { readonly username: string; readonly password: string };

/** Who somebody has proven to be. */
export type Login =
  /** Nobody was asked, or it is the account of the settings: everything is allowed. */
  | { readonly kind: 'all' }
  /** One of the credentials; `hash` is the one that the password opened, absent with a client certificate. */
  | { readonly kind: 'named'; readonly name: string; readonly hash?: string };

export type Applicant = {
  readonly address: string;
  readonly name: string | undefined;
  readonly password: Uint8Array | undefined;
  /** The common name of a client certificate that the authority of the settings vouches for. */
  readonly certificateName: string | undefined;
  /** Has it hung up? Then nothing more is done for it. */
  readonly isGone: () => boolean;
};

export type LoginAnswer =
  | { readonly ok: true; readonly login: Login; readonly delayMs: number }
  | {
      readonly ok: false;
      /** `wrong`: name or password; `unknown`: a certificate of nobody; `early`: too many attempts, not even looked at. */
      readonly why: 'wrong' | 'unknown' | 'early';
      readonly detail: string;
      readonly delayMs: number;
    };

export type PasswordLimits = {
  /** Logins looked at at once: each takes a thread that the journal's fsync would like to have as well. */
  readonly atOnce: number;
  /** Passwords that were found right, and as many that were found wrong, that are not worked out again. */
  readonly remembered: number;
};

/** For who names no others. */
export const defaultPasswordLimits: PasswordLimits = { atOnce: 2, remembered: 50_000 };

export type LoginsOptions = {
  readonly account?: Account;
  readonly attempts: AttemptLimits;
  readonly passwords: PasswordLimits;
  readonly clock: Clock;
};

/** Finds out who somebody is. */
export interface Logins extends Disposable {
  login(applicant: Applicant, credentials: Credentials | undefined): Promise<LoginAnswer>;
}

const WRONG = 'bad user name or password';
const early = { ok: false, why: 'early', delayMs: 0 } as const;
const tooMany = { ...early, detail: 'too many failed logins: try again later' } as const;
const hungUp = { ...early, detail: 'has hung up' } as const;

export async function openLogins({
  account,
  attempts: limits,
  passwords,
  clock,
}: LoginsOptions): Promise<Logins> {
  const attempts = createAttempts(limits, () => performance.now());
  const check = createPasswordCheck(passwords);
  const turns = createTurns(passwords.atOnce);
  const secret = randomBytes(32);
  const ending = new AbortController();
  // Hashed, so that its name takes as long as any other; cheaply, since who reads this memory has the password anyway.
  const accountHash = account && (await hashPassword(account.password, { isRandom: true }));

  const hashesOf = (name: string, credentials: Credentials | undefined): readonly string[] => {
    if (name === account?.username) return accountHash === undefined ? [] : [accountHash];
    const credential = credentials?.get(name);
    return credential === undefined ? [] : validHashes(credential, clock());
  };
  let secured: { readonly of: Credentials | undefined; readonly names: readonly string[] } | undefined;
  /** Who has a password; worked out once for each version of the credentials. */
  const namesWithPassword = (credentials: Credentials | undefined): readonly string[] => {
    if (secured?.of === credentials && secured) return secured.names;
    const withHash = [...(credentials?.values() ?? [])].filter(({ hash }) => hash !== undefined);
    const names = [...(account ? [account.username] : []), ...withHash.map(({ name }) => name)];
    secured = { of: credentials, names };
    return names;
  };
  /** Those of another, so that an unknown name takes as long as a known one; the same name always takes the same. */
  const decoys = (name: string, credentials: Credentials | undefined): readonly string[] => {
    const names = namesWithPassword(credentials);
    const place = createHmac('sha256', secret).update(name).digest().readUInt32BE() % (names.length || 1);
    return hashesOf(names[place] ?? '', credentials);
  };
  const allowed = (name: string, hash: string | undefined): Login =>
    name === account?.username
      ? { kind: 'all' }
      : { kind: 'named', name, ...(hash === undefined ? {} : { hash }) };

  const byPassword = async (
    name: string,
    password: Uint8Array,
    { address, isGone }: Applicant,
    credentials: Credentials | undefined,
  ): Promise<LoginAnswer> => {
    const attempt = { address, name };
    const hashes = hashesOf(name, credentials);
    const guess = { name, hashes: hashes.length > 0 ? hashes : decoys(name, credentials), password };
    const known = attempts.isTrusted(attempt) && hashes.length > 0 ? check.known(guess) : undefined;
    if (known !== undefined) {
      attempts.succeeded(attempt);
      return { ok: true, login: allowed(name, known), delayMs: 0 };
    }
    const answer = async (delayMs: number): Promise<LoginAnswer> => {
      const { opened, isRepeat } = await check.answer(guess);
      if (opened !== undefined && hashes.includes(opened)) {
        attempts.succeeded(attempt);
        return { ok: true, login: allowed(name, opened), delayMs };
      }
      attempts.failed(attempt, isRepeat);
      return { ok: false, why: 'wrong', detail: WRONG, delayMs };
    };
    let delayMs: number | undefined;
    {
      // In its turn: of many that come at once each knows by then how those before it have ended.
      await using _turn = await turns.take(address);
      if (isGone()) return hungUp;
      delayMs = attempts.waitMs(attempt);
      if (delayMs === undefined) return tooMany;
      if (delayMs === 0) return await answer(0);
    }
    await sleep(delayMs, undefined, { signal: ending.signal }).catch(() => undefined);
    await using _turn = await turns.take(address);
    return isGone() ? { ...hungUp, delayMs } : await answer(delayMs);
  };

  return {
    login: async (applicant, credentials) => {
      const { name, password, certificateName } = applicant;
      if (certificateName !== undefined) {
        if (name !== undefined && name !== certificateName) {
          const detail = `the user name is not that of the certificate (${certificateName})`;
          return { ok: false, why: 'wrong', detail, delayMs: 0 };
        }
        if (credentials === undefined) return { ok: true, login: { kind: 'all' }, delayMs: 0 };
        if (credentials.has(certificateName)) {
          return { ok: true, login: { kind: 'named', name: certificateName }, delayMs: 0 };
        }
        const detail = `the certificate's common name ${certificateName} is not in the credentials`;
        return { ok: false, why: 'unknown', detail, delayMs: 0 };
      }
      if (credentials === undefined && account === undefined) {
        return { ok: true, login: { kind: 'all' }, delayMs: 0 };
      }
      if (name === undefined || password === undefined) {
        return { ok: false, why: 'wrong', detail: WRONG, delayMs: 0 };
      }
      return byPassword(name, password, applicant, credentials);
    },
    [Symbol.dispose]: () => ending.abort(),
  };
}
