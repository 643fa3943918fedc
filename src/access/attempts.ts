import { createHash } from 'node:crypto';
import { addressGroup } from './address-group.ts';

export type AttemptLimits = {
  /** So many failures cost nothing … */
  readonly freeFailures: number;
  /** … after one more the next attempt waits this long, ms, and after each further one twice as long … */
  readonly firstDelayMs: number;
  /** … up to this, ms. Who would have to wait longer is turned away unheard. */
  readonly longestDelayMs: number;
  /** In this time half of the failures are forgotten, ms. */
  readonly halfLifeMs: number;
  /** Addresses, names and pairs of both that are remembered; past it the oldest are forgotten. */
  readonly remembered: number;
};

/** For who names no others; `mqtt.bruteForce` in the configuration does. */
export const defaultAttemptLimits: AttemptLimits = {
  freeFailures: 4,
  firstDelayMs: 500,
  longestDelayMs: 10_000,
  halfLifeMs: 600_000,
  remembered: 100_000,
};

/** Where an attempt comes from, and as whom. */
export type Attempt = { readonly address: string; readonly name: string };

/**
 * Slows those who guess passwords.
 *
 * An address that has failed too often gets one attempt after the other, each later: many connections at once guess no
 * faster than one. A name that is guessed at costs each attempt a wait, from wherever it comes, and keeps nobody out: its
 * owner would be the one who is. Where a name was let in before (the pair of the two) only failures of this pair count:
 * neither a stranger who guesses at the name nor a neighbour behind the same router delays a device that comes back.
 */
export interface Attempts {
  /** How long the attempt has to wait before it is heard, ms; undefined: it is turned away. Takes the place in line. */
  waitMs(attempt: Attempt): number | undefined;
  /** @param isRepeat it was the guess before: a device that is set up wrongly, which its neighbours must not pay for. */
  failed(attempt: Attempt, isRepeat: boolean): void;
  succeeded(attempt: Attempt): void;
  /** Was the name let in from there before, and is there nothing to hold against the two? */
  isTrusted(attempt: Attempt): boolean;
  /** Addresses, names and pairs that are remembered. */
  readonly size: () => number;
}

type Trace = { failures: number; atMs: number; freeAtMs: number };

/** @param now a clock that never goes back, ms. */
export function createAttempts(limits: AttemptLimits, now: () => number): Attempts {
  const traces = new Map<string, Trace>();
  const trusted = new Set<string>();

  const look = (key: string): Trace | undefined => {
    const trace = traces.get(key);
    if (!trace) return undefined;
    const nowMs = now();
    trace.failures *= 0.5 ** ((nowMs - trace.atMs) / limits.halfLifeMs);
    trace.atMs = nowMs;
    return trace;
  };
  const delayMs = (key: string): number => {
    // Whole failures: what was forgotten of the newest ones since a moment ago does not count.
    const over = Math.round(look(key)?.failures ?? 0) - limits.freeFailures - 1;
    return over < 0 ? 0 : Math.min(limits.firstDelayMs * 2 ** Math.min(over, 60), limits.longestDelayMs);
  };
  /** The time until the key's next place in line, which is then taken. */
  const queue = (key: string): number | undefined => {
    const delay = delayMs(key);
    const trace = traces.get(key);
    if (delay === 0 || !trace) return 0;
    const nowMs = now();
    const waitMs = Math.max(0, trace.freeAtMs - nowMs) + delay;
    if (waitMs > limits.longestDelayMs) return undefined;
    trace.freeAtMs = nowMs + waitMs;
    return waitMs;
  };
  const count = (key: string) => {
    const nowMs = now();
    const trace = look(key) ?? { failures: 0, atMs: nowMs, freeAtMs: nowMs };
    trace.failures += 1;
    touch(traces, key, limits.remembered);
    traces.set(key, trace);
  };

  return {
    waitMs: (attempt) => {
      const pairMs = queue(pairOf(attempt));
      if (pairMs === undefined || trusted.has(pairOf(attempt))) return pairMs;
      const addressMs = queue(addressGroup(attempt.address));
      return addressMs === undefined ? undefined : Math.max(pairMs, addressMs, delayMs(nameOf(attempt)));
    },
    failed: (attempt, isRepeat) => {
      count(pairOf(attempt));
      if (isRepeat || trusted.has(pairOf(attempt))) return;
      count(addressGroup(attempt.address));
      count(nameOf(attempt));
    },
    succeeded: (attempt) => {
      touch(trusted, pairOf(attempt), limits.remembered);
      trusted.add(pairOf(attempt));
    },
    isTrusted: (attempt) => trusted.has(pairOf(attempt)) && delayMs(pairOf(attempt)) === 0,
    size: () => traces.size + trusted.size,
  };
}

function pairOf({ address, name }: Attempt): string {
  return `pair ${addressGroup(address)} ${short(name)}`;
}

function nameOf({ name }: Attempt): string {
  return `name ${short(name)}`;
}

/** A user name may have 65,535 bytes, and as many of them are kept as the bound says. */
function short(name: string): string {
  return name.length <= 64 ? name : createHash('sha256').update(name).digest('base64');
}

/** Makes the key the newest one (it is to be added) and forgets the oldest past the bound. */
function touch(kept: Map<string, unknown> | Set<string>, key: string, most: number): void {
  kept.delete(key);
  for (const oldest of kept.keys()) {
    if (kept.size < most) break;
    kept.delete(oldest);
  }
}
