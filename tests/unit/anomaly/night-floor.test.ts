import { expect, it } from 'vitest';
import { createNightFloor, foldNight, type NightLimits } from '../../../src/anomaly/night-floor.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const limits: NightLimits = {
  fromMinute: 60,
  toMinute: 300,
  minNights: 7,
  nights: 2,
  minRise: 500,
  risePct: 0,
  spreads: 3,
  reserve: 0,
  sure: Number.POSITIVE_INFINITY,
  acceptNights: 28,
};
const clock = (atMs: number) => ({
  minuteOfDay: (atMs % DAY) / 60_000,
  dayMs: Math.floor(atMs / DAY) * DAY,
});

/** Days on which something was said of nights of these rates. */
function changes(days: number, rate: (day: number) => number): readonly number[] {
  return told(days, rate).map(({ day }) => day);
}

function told(days: number, rate: (day: number) => number) {
  const state = createNightFloor(0, 0);
  let value = 0;
  return Array.from({ length: days * 48 }, (_, step) => {
    const atMs = ((step + 1) * HOUR) / 2;
    const day = Math.floor((step * HOUR) / 2 / DAY);
    value += rate(day) / 2;
    const change = foldNight(state, { atMs, value }, limits, clock);
    return change === undefined ? [] : [{ day, is: change.is, floor: change.floor }];
  }).flat();
}

it('learns nothing from a week that is far below, and what is usual when it goes on', () => {
  const few = (from: number, to: number) => (day: number) => (day >= from && day < to ? 100 : 4000);
  expect(changes(24, few(8, 17))).toEqual([]);
  expect(changes(50, few(8, 40))).toEqual([41]);
});

it('ends what was told when most of it is gone, and tells what is left as what it is', () => {
  const wrongScale = (day: number) => (day < 10 ? 4000 : day < 16 ? 4_000_000 : day < 20 ? 5000 : 4000);
  expect(told(24, wrongScale)).toEqual([
    { day: 11, is: 'up', floor: 4_000_000 },
    { day: 16, is: 'normal', floor: 5000 },
    { day: 17, is: 'up', floor: 5000 },
    { day: 20, is: 'normal', floor: 4000 },
  ]);
});
