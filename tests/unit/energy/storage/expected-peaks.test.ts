import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { HOUR_MS } from '../../../../src/domain/interval.ts';
import { expectedPeaks } from '../../../../src/energy/storage/expected-peaks.ts';
import type { Shadow } from '../../../../src/energy/storage/shadow.ts';
import { importLevels, trackRules } from '../../../../src/energy/storage/tracked-rules.ts';
import { compileTariffs } from '../../../../src/energy/tariffs/compile-tariff.ts';

// Göteborg Energi: 45 SEK for each kW of the mean of the three highest days.
const tariff = goteborg();
const nowMs = Date.parse('2025-04-01T00:00:00+02:00');
const days = daysFrom(nowMs, 30);
const past = daysFrom(tariff.zone.dayAt(nowMs - 35.5 * 24 * HOUR_MS).fromMs, 35);

test('peaks become as high as with the cheapest level, not as with the one whose store charges up to a higher one', () => {
  const shadows = [shadow(2, () => 2, 10), shadow(5, () => 5, 9.9)];
  expect(expectedIn(shadows)).toEqual([2, 2, 2, 2, 2]);
});

test('weeks in which a low level was lost make high peaks likely, those in which it was kept low ones', () => {
  const isLost = (day: number): boolean => day < 21;
  const shadows = [shadow(2, (day) => (isLost(day) ? 7 : 2), 10), shadow(5, () => 5, 9.9)];
  const parts = expectedIn(shadows);
  expect(parts?.[0]).toBe(2);
  expect(parts?.at(-1)).toBe(5);
});

test('what is paid is not less than what is expected', () => {
  const parts = expectedIn([shadow(2, () => 2, 10), shadow(5, () => 5, 9.9)], [4, 4, 4]);
  expect(parts?.[0]).toBe(4);
});

test('nothing can be said before two days were lived through', () => {
  const young = (levelKw: number): Shadow => {
    const one = shadow(levelKw, () => levelKw, 10);
    return { ...one, days: one.days.slice(-1) };
  };
  expect(expectedIn([young(2), young(5)])).toBeUndefined();
});

/** A day ahead of which nothing but its hours matters. */
const ahead = {
  fromMs: nowMs,
  hours: 1,
  expectedKw: 1,
  outcomesKw: [],
  transitions: [],
  later: undefined,
  buy: new Float64Array(24),
  sell: new Float64Array(24),
};

test('a kW costs more the more futures stay below it, and its whole price at the end', () => {
  const [rule] = rulesOf();
  if (!rule) throw new Error('the tariff has no power price');
  const levels = importLevels(rule, [2, 3, 4, 5, 6], ahead, HOUR_MS, () => 2.5);
  const allowed = levels.map(({ allowedKw }) => allowedKw[12] ?? 0);
  expect(allowed).toEqual(allowed.toSorted((a, b) => a - b));
  expect(allowed[0]).toBe(2.5);
  const price = levels.reduce((sum, { perKw }) => sum + (perKw[12] ?? 0), 0) / (rule.price.pricePerKw / 3);
  expect(price).toBeGreaterThan(1);
  expect(price).toBeLessThan(1.02);
});

test('below what every future has billed a kW costs a little, and nothing below what is paid', () => {
  const [rule] = rulesOf();
  if (!rule) throw new Error('the tariff has no power price');
  const levels = importLevels(rule, [8, 8, 8, 8, 8], ahead, HOUR_MS, () => 4);
  const costOf = (kw: number): number =>
    levels.reduce(
      (sum, { allowedKw, perKw }) => sum + Math.max(kw - (allowedKw[12] ?? 0), 0) * (perKw[12] ?? 0),
      0,
    );
  expect(costOf(4)).toBe(0);
  expect(costOf(6)).toBeGreaterThan(0);
  expect(costOf(8)).toBeLessThan((4 * 0.02 * rule.price.pricePerKw) / 3);
});

function rulesOf(paidKw: readonly number[] = []) {
  const endMs = days.at(-1)?.toMs ?? nowMs;
  const rules = trackRules(tariff, { stepMs: HOUR_MS, endMs });
  for (const [d, kw] of paidKw.entries()) {
    for (const rule of rules) rule.paid.note((days[d]?.fromMs ?? 0) + 8 * HOUR_MS, kw);
  }
  return rules;
}

function expectedIn(shadows: readonly Shadow[], paidKw: readonly number[] = []) {
  const isFreeDay = (atMs: number): boolean => tariff.zone.local(atMs).weekday > 5;
  const rest = days.slice(paidKw.length);
  const input = { rules: rulesOf(paidKw), shadows, days: rest, stepMs: HOUR_MS, worth: 0, isFreeDay };
  return expectedPeaks(input)?.[0];
}

/** A store that has lived the last five weeks. */
function shadow(levelKw: number, topKw: (day: number) => number, energyCost: number): Shadow {
  const lived = past.map(({ fromMs }, day) => ({
    dayMs: fromMs,
    importKw: Array.from({ length: 24 }, (_, hour) => (hour === 8 ? topKw(day) : 0.5)),
    lived: 24,
    energyCost,
    gainedKwh: 0,
  }));
  return { levelKw, caution: 1, value: undefined, storedKwh: 5, days: lived };
}

function daysFrom(fromMs: number, count: number) {
  const found = [tariff.zone.dayAt(fromMs)];
  for (let d = 1; d < count; d += 1) found.push(tariff.zone.dayAt(found.at(-1)?.toMs ?? 0));
  return found;
}

function goteborg() {
  const text = readFileSync('config/tariffs/goteborg-energi-2025.json', 'utf8');
  const [first] = compileTariffs(JSON.parse(text)).tariffs;
  if (!first?.tariff) throw new Error('the tariff cannot be read');
  return first.tariff;
}
