import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../../src/domain/interval.ts';
import { zoneOf } from '../../../../src/domain/zone.ts';
import { createPriceOutlook, VARIANT_WEIGHTS } from '../../../../src/energy/storage/price-outlook.ts';

const MONDAY_MS = Date.UTC(2024, 0, 1);

/** A price for each hour of some days, by day and hour. */
function outlookOf(days: number, priceOf: (day: number, hour: number) => number) {
  const price = Float64Array.from({ length: days * 24 }, (_, i) => priceOf(Math.floor(i / 24), i % 24));
  const list = { fromMs: MONDAY_MS, spacingMs: HOUR_MS, price };
  return createPriceOutlook(zoneOf('UTC'), list, HOUR_MS);
}

const knownMs = MONDAY_MS + 56 * DAY_MS;

test('days that are alike go on, hour by hour', () => {
  const outlook = outlookOf(56, (_, hour) => (hour === 18 ? 2 : 1));
  expect(outlook.at(knownMs + 18 * HOUR_MS, knownMs)).toBeCloseTo(2);
  expect(outlook.at(knownMs + 3 * HOUR_MS, knownMs)).toBeCloseTo(1);
});

test('after a dear day the next is expected between it and the mean, and a week later near the mean', () => {
  // Each day keeps 0.6 of the deviation of the day before.
  const levels = [1];
  for (let d = 1; d < 56; d += 1) {
    const shock = d % 9 === 1 ? 0.6 : -0.075;
    levels.push(1 + 0.6 * ((levels[d - 1] ?? 1) - 1) + shock);
  }
  levels[55] = 2.2;
  const outlook = outlookOf(56, (day) => levels[day] ?? 1);
  const next = outlook.at(knownMs, knownMs);
  expect(next).toBeGreaterThan(1.3);
  expect(next).toBeLessThan(2);
  expect(outlook.at(knownMs + 7 * DAY_MS, knownMs)).toBeLessThan(1.3);
});

test('cheap, expected and dear days are told apart by the errors of the days before', () => {
  const outlook = outlookOf(56, (day) => 1 + ((day * 7) % 11) / 10);
  const [cheap = 0, middle = 0, dear = 0] = VARIANT_WEIGHTS.map((_, v) => outlook.at(knownMs, knownMs, v));
  expect(cheap).toBeLessThan(middle - 0.1);
  expect(dear).toBeGreaterThan(middle + 0.1);
  const mean = VARIANT_WEIGHTS.reduce((sum, weight, v) => sum + weight * outlook.at(knownMs, knownMs, v), 0);
  expect(mean).toBeCloseTo(outlook.at(knownMs, knownMs), 1);
});

test('a free day is as much cheaper as free days were', () => {
  const outlook = outlookOf(54, (day) => (day % 7 > 4 ? 0.5 : 1));
  // 54 days after a Monday is a Saturday.
  const fromMs = MONDAY_MS + 54 * DAY_MS;
  expect(outlook.at(fromMs, fromMs)).toBeCloseTo(0.5, 1);
  expect(outlook.at(fromMs + 2 * DAY_MS, fromMs)).toBeCloseTo(1, 1);
});

test('free days have hours of their own', () => {
  // Working days are dear at 8 o'clock, free days at noon.
  const outlook = outlookOf(54, (day, hour) => 1 + (hour === (day % 7 > 4 ? 12 : 8) ? 1 : 0));
  const saturdayMs = MONDAY_MS + 54 * DAY_MS;
  const at = (day: number, hour: number) =>
    outlook.at(saturdayMs + day * DAY_MS + hour * HOUR_MS, saturdayMs);
  expect(at(0, 12)).toBeGreaterThan(at(0, 8) + 0.25);
  expect(at(2, 8)).toBeGreaterThan(at(2, 12) + 0.5);
});

test('a day that ends dearer than days do is followed by a dear one', () => {
  // Every fifth evening the price rises, and stays for the next day.
  const rises = (day: number, hour: number) => (hour >= 18 ? day % 5 === 4 : day % 5 === 0);
  const outlook = outlookOf(60, (day, hour) => 1 + (rises(day, hour) ? 0.5 : 0));
  const at = (day: number) => outlook.at(MONDAY_MS + day * DAY_MS, MONDAY_MS + day * DAY_MS);
  expect(at(60)).toBeGreaterThan(at(59) + 0.1);
});

test.each([
  ['wider, where dear days are', 1],
  ['narrower, where cheap days are sunny ones', -1],
])('a dear day is %s', (_, way) => {
  // Levels of 0.6 to 1.4 that last for four days each; noon is cheap, by more or less.
  const levelOf = (day: number) => 1 + 0.4 * Math.sin(Math.floor(day / 4) * 2);
  const outlook = outlookOf(56, (day, hour) => {
    const level = levelOf(day);
    return level + (hour === 12 ? -0.4 * (1 + way * (level - 1)) : 0);
  });
  const widthOn = (day: number): number => {
    const fromMs = MONDAY_MS + day * DAY_MS;
    return outlook.at(fromMs + 3 * HOUR_MS, fromMs) - outlook.at(fromMs + 12 * HOUR_MS, fromMs);
  };
  const days = [45, 46, 47, 48, 49, 50, 51, 52, 53, 54].toSorted((a, b) => levelOf(a - 1) - levelOf(b - 1));
  const [cheap = 0, dear = 0] = [days[0], days.at(-1)].map((day) => widthOn(day ?? 0));
  expect(Math.sign(dear - cheap)).toBe(way);
});

test('on the days that clocks are changed each hour of the clock has its price', () => {
  const zone = zoneOf('Europe/Stockholm');
  const fromMs = zone.dayAt(Date.UTC(2024, 2, 4)).fromMs;
  // 31 March has no hour from 2 to 3.
  const price = Float64Array.from({ length: 35 * 24 }, (_, i) => {
    return zone.local(fromMs + i * HOUR_MS).minuteOfDay === 18 * 60 ? 2 : 1;
  });
  const outlook = createPriceOutlook(zone, { fromMs, spacingMs: HOUR_MS, price }, HOUR_MS);
  const day = zone.dayAt(Date.UTC(2024, 3, 1, 12));
  const [evening, before] = [18, 17].map((hour) => outlook.at(day.fromMs + hour * HOUR_MS, day.fromMs));
  expect(evening).toBeCloseTo(2, 1);
  expect(before).toBeCloseTo(1, 1);
});

test('a missing day is left out, and where none is known nothing is said', () => {
  const outlook = outlookOf(56, (day) => (day === 55 ? Number.NaN : 1));
  expect(outlook.at(knownMs, knownMs)).toBeCloseTo(1);
  expect(outlook.at(MONDAY_MS, MONDAY_MS)).toBeNaN();
});
