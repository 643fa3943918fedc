import { describe, expect, it } from 'vitest';
import { driversOf, expectFloor } from '../../../src/anomaly/night-weather.ts';
import { learnDay, noDays, type UsualDays } from '../../../src/anomaly/usual-days.ts';

/** A heat pump: 1 kW a degree below 15 °C, 10 kW at most. Nights of 16 °C down to 0 °C. */
const floorOf = (nightC: number) => 4000 + Math.min(1000 * Math.max(15 - nightC, 0), 10_000);
const nightsOf = (coldestC: number, count = 34): UsualDays => {
  const nights = noDays();
  for (let i = 0; i < count; i += 1) {
    const nightC = coldestC + ((i * 7) % 17) * ((16 - coldestC) / 16);
    learnDay(nights, floorOf(nightC) + (i % 3) * 50, driversOf({ nightC, dayC: nightC + 3 }));
  }
  return nights;
};
const expected = (nights: UsualDays, nightC: number) =>
  expectFloor(nights, floorOf(nightC), { nightC, dayC: nightC + 3 })?.expected ?? Number.NaN;

describe('the floor of a night by the weather', () => {
  it('is that of nights which were about as cold, where the heat pump has more to give and where it has not', () => {
    const nights = nightsOf(0);
    for (const nightC of [1, 9, 13]) {
      expect(Math.abs(expected(nights, nightC) - floorOf(nightC)), `${nightC} °C`).toBeLessThan(700);
    }
  });

  it('is nobody’s to say in a night colder than those that are known', () => {
    const nights = nightsOf(8);
    expect(expected(nights, 8)).toBeGreaterThan(0);
    expect(expectFloor(nights, floorOf(2), { nightC: 2, dayC: 5 })).toBeUndefined();
  });

  it('is not less in a warmer night than in the least of those that are known', () => {
    const nights = noDays();
    for (let i = 0; i < 20; i += 1) {
      const nightC = 2 + (i % 9);
      learnDay(nights, floorOf(nightC), driversOf({ nightC, dayC: nightC + 3 }));
    }
    expect(expected(nights, 18)).toBe(floorOf(10));
  });

  it('is what it always was in colder nights, too, of a house that takes the same in any', () => {
    const nights = noDays();
    for (let nightC = 4; nightC > -8; nightC -= 1)
      learnDay(nights, 8000 + (Math.abs(nightC) % 3) * 200, driversOf({ nightC, dayC: nightC }));
    const found = expectFloor(nights, 10_400, { nightC: -17, dayC: -13 });
    expect(Math.abs((found?.expected ?? 0) - 8200)).toBeLessThan(400);
    expect(10_400 - (found?.expected ?? 0)).toBeGreaterThan(2 * (found?.spread ?? 1e9));
  });

  it('is not said of few nights', () => {
    expect(expectFloor(nightsOf(0, 4), 9000, { nightC: 12, dayC: 12 })).toBeUndefined();
  });
});
