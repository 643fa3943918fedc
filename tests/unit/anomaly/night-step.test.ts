import { expect, it } from 'vitest';
import { noteNight, stepOf } from '../../../src/anomaly/night-step.ts';

const DAY = 24 * 3_600_000;
const limits = { mean: 0.7, each: 0.5, more: 0.85 };

/** What is said of the last of these nights, each so many times as far above as one may be. */
function stepAfter(...times: readonly number[]) {
  const nights = times.reduce<ReturnType<typeof noteNight>>(
    (all, one, day) => noteNight(all, day * DAY, one),
    [],
  );
  return stepOf(nights, limits);
}

it('five nights that are a little above at once are a step, with the day of the first', () => {
  expect(stepAfter(0, 0.1, -0.1, 0, 1, 0.8, 1, 0.7)).toBeUndefined();
  expect(stepAfter(0, 0.1, -0.1, 0, 1, 0.8, 1, 0.7, 1)).toEqual({ sinceMs: 4 * DAY, nights: 5, times: 0.9 });
});

it('what could not be said on its fifth night is said on one of the next two, and not later', () => {
  const before = Array(8).fill(0);
  expect(stepAfter(...before, 1, 1, 1, 1, 1, 1)).toMatchObject({ sinceMs: 8 * DAY, nights: 6 });
  expect(stepAfter(...before, 1, 1, 1, 1, 1, 1, 1)).toMatchObject({ sinceMs: 8 * DAY, nights: 7 });
  expect(stepAfter(...before, 1, 1, 1, 1, 1, 1, 1, 1)).toBeUndefined();
});

it('more and more is no step', () => {
  expect(stepAfter(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2)).toBeUndefined();
});
