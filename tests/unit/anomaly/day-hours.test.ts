import { describe, expect, it } from 'vitest';
import { createDayHours, foldDayHours, type WholeDay } from '../../../src/anomaly/day-hours.ts';
import { HOUR_MS, MINUTE_MS } from '../../../src/domain/interval.ts';

const DAY_MS = 24 * HOUR_MS;
const utc = (atMs: number) => {
  const dayMs = Math.floor(atMs / DAY_MS) * DAY_MS;
  return { dayMs, minuteOfDay: (atMs - dayMs) / MINUTE_MS };
};
/** 1 kW, and 3 kW from 17 to 19. */
const countedWh = (atMs: number) => {
  const { minuteOfDay } = utc(atMs);
  const hours = atMs / HOUR_MS;
  const evenings = Math.floor(atMs / DAY_MS) * 2 + Math.min(Math.max(minuteOfDay / 60 - 17, 0), 2);
  return 1000 * hours + 2000 * evenings;
};

function fold(timesMs: readonly number[], counted = countedWh): readonly WholeDay[] {
  const [firstMs = 0, ...others] = timesMs;
  const state = createDayHours(firstMs, counted(firstMs));
  return others.flatMap((atMs) => foldDayHours(state, { atMs, value: counted(atMs) }, utc) ?? []);
}

const every = (minutes: number, days: number) =>
  Array.from(
    { length: Math.floor((days * 24 * 60) / minutes) + 1 },
    (_, i) => DAY_MS * 3 + i * minutes * MINUTE_MS,
  );

const unknown = (day?: WholeDay) => day?.rates.flatMap((rate, hour) => (rate === undefined ? [hour] : []));

describe('the hours of a register’s day', () => {
  it.each([1, 15, 25, 60])(
    'are exact where it speaks on the hour (every %i minutes or a part)',
    (minutes) => {
      const [, day] = fold(every(minutes, 3.1));
      expect(day?.dayMs).toBe(DAY_MS * 4);
      if (60 % minutes !== 0) return;
      expect(day?.rates.map((rate) => Math.round(rate ?? -1))).toEqual(
        Array.from({ length: 24 }, (_, hour) => (hour === 17 || hour === 18 ? 3000 : 1000)),
      );
    },
  );

  it.each([35, 45, 50, 70, 90, 115])('are all known of one that speaks every %i minutes', (minutes) => {
    const days = fold(every(minutes, 4.2)).slice(1);
    expect(days.length).toBeGreaterThanOrEqual(2);
    for (const { rates } of days) {
      expect(rates.every((rate) => rate !== undefined)).toBe(true);
      expect(Math.max(...rates.slice(16, 20).map((rate) => rate ?? 0))).toBeGreaterThan(1900);
      expect(rates[9]).toBeCloseTo(1000, 6);
    }
  });

  it('are unknown beside a gap, and where it goes back', () => {
    const gap = every(15, 2.1).filter((atMs) => atMs < DAY_MS * 3.3 || atMs > DAY_MS * 3.45);
    const [day] = fold(gap);
    expect(unknown(day)).toEqual([7, 8, 9, 10]);
    const reset = (atMs: number) => countedWh(atMs) - (atMs > DAY_MS * 3.5 ? countedWh(DAY_MS * 3) : 0);
    const [other] = fold(every(15, 2.1), reset);
    expect(unknown(other)).toEqual([12]);
  });

  it('are passed over with their day when too few are known', () => {
    expect(fold(every(15, 3).filter((atMs) => atMs < DAY_MS * 3.2 || atMs > DAY_MS * 3.9))).toHaveLength(1);
    expect(fold(every(150, 5))).toEqual([]);
  });

  it('are those of the day that ends in a silence of days', () => {
    const days = fold([...every(15, 1), DAY_MS * 9]);
    expect(days.map(({ dayMs }) => dayMs / DAY_MS)).toEqual([3]);
  });
});
