import { describe, expect, it } from 'vitest';
import { createAttempts, defaultAttemptLimits } from '../../../src/access/attempts.ts';

function attemptsAt(limits = {}) {
  let nowMs = 0;
  const attempts = createAttempts({ ...defaultAttemptLimits, ...limits }, () => nowMs);
  return {
    ...attempts,
    pass: (ms: number) => {
      nowMs += ms;
    },
    /** One wrong guess after another, each as soon as it is heard; gives the waits. */
    guess: (times: number, attempt: { address: string; name: string }, isRepeat = false) =>
      Array.from({ length: times }, () => {
        const wait = attempts.waitMs(attempt);
        nowMs += wait ?? 0;
        if (wait !== undefined) attempts.failed(attempt, isRepeat);
        return wait;
      }),
  };
}

const here = { address: '192.0.2.1', name: 'el-b1' };
const elsewhere = { address: '198.51.100.7', name: 'el-b1' };

describe('who guesses passwords', () => {
  it('waits twice as long each time after some free failures, up to the longest wait', () => {
    const waits = attemptsAt()
      .guess(14, here)
      .map((wait) => Math.round((wait ?? 0) / 100) / 10);
    expect(waits.slice(0, 6)).toEqual([0, 0, 0, 0, 0, 0.5]);
    expect(waits.slice(6, 9)).toEqual([1, 2, 4]);
    expect(waits.slice(-3).every((wait) => wait > 7 && wait <= 10)).toBe(true);
  });

  it('waits whatever names it tries', () => {
    const attempts = attemptsAt();
    for (let n = 0; n < 8; n += 1) attempts.guess(1, { ...here, name: `el-${n}` });
    expect(attempts.waitMs({ ...here, name: 'new' })).toBeGreaterThan(2000);
  });

  it('guesses no faster with many connections at once: each has a place behind the other, or none', () => {
    const attempts = attemptsAt();
    attempts.guess(8, here);
    const waits = Array.from({ length: 50 }, (_, n) => attempts.waitMs({ ...here, name: `n${n}` }));
    expect(waits.filter((wait) => wait !== undefined).length).toBeLessThan(4);
  });

  it('makes the name wait elsewhere too, but turns nobody away there', () => {
    const attempts = attemptsAt();
    for (let n = 0; n < 40; n += 1) attempts.guess(1, { address: `192.0.2.${n}`, name: 'el-b1' });
    const waits = Array.from({ length: 5 }, (_, n) =>
      attempts.waitMs({ address: `198.51.100.${n}`, name: 'el-b1' }),
    );
    expect(waits).toEqual(Array(5).fill(defaultAttemptLimits.longestDelayMs));
  });

  it('does not delay who was let in from there before', () => {
    const attempts = attemptsAt();
    attempts.succeeded(elsewhere);
    attempts.guess(20, here);
    expect(attempts.waitMs(elsewhere)).toBe(0);
    expect(attempts.isTrusted(elsewhere)).toBe(true);
  });

  it('is slowed on a name that was let in from there before, and its neighbours are not', () => {
    const attempts = attemptsAt();
    const neighbour = { ...here, name: 'el-b2' };
    attempts.succeeded(here);
    attempts.guess(10, here);
    expect(attempts.waitMs(here)).toBeGreaterThan(2000);
    expect(attempts.isTrusted(here)).toBe(false);
    expect(attempts.waitMs(neighbour)).toBe(0);
  });

  it('slows only itself with the same guess again and again: a device that is set up wrongly', () => {
    const attempts = attemptsAt();
    attempts.guess(20, here, true);
    expect(attempts.waitMs({ ...here, name: 'el-b2' })).toBe(0);
    expect(attempts.waitMs(elsewhere)).toBe(0);
    expect(attempts.waitMs(here)).toBeGreaterThan(5000);
  });

  it('is forgiven in time', () => {
    const attempts = attemptsAt();
    attempts.guess(10, here);
    attempts.pass(2 * defaultAttemptLimits.halfLifeMs);
    expect(attempts.waitMs(here)).toBe(0);
  });

  it('fills no more memory than it may, however long the names are', () => {
    const attempts = attemptsAt({ remembered: 100 });
    for (let n = 0; n < 1000; n += 1) {
      const stranger = { address: `10.0.${n >> 8}.${n & 255}`, name: 'x'.repeat(60_000) + n };
      attempts.failed(stranger, false);
      attempts.succeeded(stranger);
    }
    expect(attempts.size()).toBeLessThanOrEqual(200);
  });
});
