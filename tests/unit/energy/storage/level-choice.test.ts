import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { HOUR_MS } from '../../../../src/domain/interval.ts';
import { chooseLevel } from '../../../../src/energy/storage/level-choice.ts';
import type { Shadow } from '../../../../src/energy/storage/shadow.ts';
import { trackRules } from '../../../../src/energy/storage/tracked-rules.ts';
import { compileTariffs } from '../../../../src/energy/tariffs/compile-tariff.ts';

const PAST_DAYS = 35;
const tariff = norway();
const nowMs = Date.parse('2025-04-01T00:00:00+02:00');
const month = { fromMs: nowMs, toMs: Date.parse('2025-05-01T00:00:00+02:00') };
const days = daysFrom(nowMs, 30);
const past = daysFrom(tariff.zone.dayAt(nowMs - 35.5 * 24 * HOUR_MS).fromMs, PAST_DAYS);

// The step to 5 kW costs 64 NOK more than that to 2 kW. On 30 days of 2.40 NOK the lower one would cost 72 more in energy.

test('a step that can be given up later is held, though it looks slightly dearer: some weeks it cost nothing more', () => {
  const dearer = past.map((_, d) => (d < 21 ? 0 : 6));
  expect(chosenKw({ dearer })).toBe(2);
});

test('a step is given up where it was dearer in every week alike', () => {
  expect(chosenKw({ dearer: past.map(() => 2.4) })).toBe(5);
});

test('a step that is passed is not held', () => {
  const dearer = past.map((_, d) => (d < 21 ? 0.1 : 6));
  expect(chosenKw({ dearer, paidKw: [4, 4, 4] })).toBe(5);
});

test('the day that is over just now is judged like the others', () => {
  // Two weeks in which the low step cost nothing more, but for yesterday.
  const dearer = past.slice(-14).map((_, d) => (d === 13 ? 200 : 0));
  expect(chosenKw({ dearer })).toBe(5);
});

/** The level that is chosen of 2 kW and 5 kW: each day's energy costs 10 NOK, and with 2 kW so much more. */
function chosenKw({
  dearer,
  paidKw = [],
}: {
  dearer: readonly number[];
  paidKw?: readonly number[];
}): number | undefined {
  const rules = trackRules(tariff, { stepMs: HOUR_MS, endMs: month.toMs });
  for (const [d, kw] of paidKw.entries()) {
    for (const rule of rules) rule.paid.note((days[d]?.fromMs ?? 0) + 8 * HOUR_MS, kw);
  }
  const rest = days.slice(paidKw.length);
  return chooseLevel({
    rules,
    shadows: [
      shadow({ levelKw: 2, importKw: 1.9, costs: dearer.map((more) => 10 + more) }),
      shadow({ levelKw: 5, importKw: 4.5, costs: dearer.map(() => 10) }),
    ],
    days: rest,
    stepMs: HOUR_MS,
    worth: 0,
    isFreeDay: (atMs) => tariff.zone.local(atMs).weekday > 5,
  })?.levelKw;
}

/** A store that has lived some of the last days, each with an hour of its highest import. */
function shadow({
  levelKw,
  importKw,
  costs,
}: {
  levelKw: number;
  importKw: number;
  costs: readonly number[];
}): Shadow {
  const days = past.slice(-costs.length).map(({ fromMs }, d) => ({
    dayMs: fromMs,
    importKw: Array.from({ length: 24 }, (_, hour) => (hour === 8 ? importKw : 0.5)),
    lived: 24,
    energyCost: costs[d] ?? 0,
    gainedKwh: 0,
  }));
  return { levelKw, caution: 1, value: undefined, storedKwh: 5, days };
}

function daysFrom(fromMs: number, count: number) {
  const found = [tariff.zone.dayAt(fromMs)];
  for (let d = 1; d < count; d += 1) found.push(tariff.zone.dayAt(found.at(-1)?.toMs ?? 0));
  return found;
}

function norway() {
  const text = readFileSync('config/tariffs/norway-steps-2024.json', 'utf8');
  const [first] = compileTariffs(JSON.parse(text)).tariffs;
  if (!first?.tariff) throw new Error('the tariff cannot be read');
  return first.tariff;
}
