import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openHighs } from '../../../../src/commands/highs-solver.ts';
import { HOUR_MS } from '../../../../src/domain/interval.ts';
import type { Visit } from '../../../../src/energy/storage/cars.ts';
import { type ShaveInput, shave } from '../../../../src/energy/storage/shave.ts';
import type { CarSite } from '../../../../src/energy/storage/site-stays.ts';
import { compileTariffs } from '../../../../src/energy/tariffs/compile-tariff.ts';

const solve = await openHighs();
const fromMs = Date.parse('2025-01-01T00:00:00+01:00');
const HISTORY_DAYS = 14;
const DAYS = 24;
const spanMs = fromMs + HISTORY_DAYS * 24 * HOUR_MS;

/** Each evening a car, at another time and with another need. */
const evenings: readonly Visit[] = Array.from({ length: DAYS - 1 }, (_, day) => ({
  fromMs: fromMs + (day * 24 + 16.3 + (day % 4)) * HOUR_MS,
  toMs: fromMs + ((day + 1) * 24 + 6.5 + (day % 2)) * HOUR_MS,
  kwh: 6 + ((day * 5) % 11),
}));

function inputOf(site: Partial<CarSite> = {}, more: Partial<ShaveInput> = {}): ShaveInput {
  const { tariffs } = compileTariffs(JSON.parse(readFileSync('config/tariffs/ellevio-2025.json', 'utf8')));
  const tariff = tariffs[0]?.tariff;
  if (!tariff) throw new Error('the tariff cannot be read');
  const kw = Float64Array.from({ length: DAYS * 24 }, (_, i) => {
    const [day, hour] = [Math.floor(i / 24), i % 24];
    return 1 + (hour >= 17 && hour < 20 ? 2 + ((day * 7) % 5) / 2 : 0);
  });
  const price = Float64Array.from({ length: (DAYS + 2) * 24 }, (_, i) => (i % 24 < 6 ? 0.3 : 0.9));
  return {
    tariff,
    site: { chargeKw: 7, importLimitKw: 20, exportLimitKw: 0, visits: evenings, ...site },
    load: { fromMs, spacingMs: HOUR_MS, kw },
    market: { buy: { fromMs, spacingMs: HOUR_MS, price } },
    span: { fromMs: spanMs, toMs: fromMs + DAYS * 24 * HOUR_MS },
    policy: 'mpc',
    horizonMs: 720 * HOUR_MS,
    solve,
    ...more,
  };
}

test('cars are full when they leave, charged while they are there alone, and within what the charger gives', () => {
  const { plan, cars } = shave(inputOf());
  const whole = evenings.filter((visit) => visit.fromMs >= spanMs);
  expect(cars).toMatchObject({ visits: whole.length, unfitKwh: 0, leftOut: 1 });
  const charged = whole.map(({ fromMs: comesMs, toMs }) => {
    let kwh = 0;
    for (const [t, kw] of plan.powerKw.entries()) {
      const atMs = spanMs + t * HOUR_MS;
      if (atMs >= comesMs && atMs + HOUR_MS <= toMs) kwh += kw;
    }
    return kwh;
  });
  for (const [v, kwh] of charged.entries()) expect(kwh).toBeCloseTo(whole[v]?.kwh ?? 0, 6);
  expect(plan.powerKw.reduce((sum, kw) => sum + kw, 0)).toBeCloseTo(cars?.kwh ?? 0, 6);
  expect(Math.min(...plan.powerKw)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...plan.powerKw)).toBeLessThanOrEqual(7 + 1e-9);
});

test('it saves most of what can be saved against charging at once, and never more', () => {
  const { without, shaved, foresight, capturedShare } = shave(inputOf());
  expect(shaved.peakCost).toBeLessThan(0.6 * without.peakCost);
  expect(shaved.energyCost).toBeLessThan(without.energyCost);
  expect(shaved.cost).toBeGreaterThanOrEqual(foresight.cost - 0.05);
  expect(capturedShare).toBeGreaterThan(0.95);
});

test('nothing is known of a car before it comes', () => {
  const changedMs = spanMs + 5 * 24 * HOUR_MS;
  const later = evenings.map((visit) =>
    visit.fromMs < changedMs ? visit : { ...visit, kwh: visit.kwh / 2 },
  );
  const steps = Math.round((changedMs - spanMs) / HOUR_MS);
  const one = shave(inputOf()).plan.powerKw.slice(0, steps);
  expect(shave(inputOf({ visits: later })).plan.powerKw.slice(0, steps)).toEqual(one);
});

test('a garage of cars is charged beside each other, below the peak of charging at once', () => {
  const garage = [0, 1, 2, 3].flatMap((car) =>
    evenings.map(({ fromMs: comesMs, toMs, kwh }, day) => ({
      fromMs: comesMs + ((car * 3 + day) % 5) * HOUR_MS,
      toMs: toMs + ((car + day) % 3) * HOUR_MS,
      kwh: kwh + car,
      ...(car === 3 && { kw: 3.7 }),
    })),
  );
  const { without, shaved, foresight, capturedShare, cars } = shave(inputOf({ visits: garage }));
  expect(cars).toMatchObject({ visits: 36, unfitKwh: 0 });
  expect(shaved.peakCost).toBeLessThan(0.5 * without.peakCost);
  expect(shaved.cost).toBeGreaterThanOrEqual(foresight.cost - 0.05);
  expect(capturedShare).toBeGreaterThan(0.9);
  const limited = shave(inputOf({ visits: garage, importLimitKw: 16 }));
  for (const course of [limited.without, limited.shaved, limited.foresight]) {
    expect(course.overImportKwh).toBeCloseTo(0, 6);
  }
});

test('charging at once keeps to the limit of the connection where there is time to', () => {
  const { without, shaved, foresight } = shave(inputOf({ importLimitKw: 6 }));
  for (const course of [without, shaved, foresight]) expect(course.overImportKwh).toBeCloseTo(0, 6);
});

test('a visit in which the load is missing is left out', () => {
  const input = inputOf();
  const kw = input.load.kw.slice();
  kw.fill(Number.NaN, HISTORY_DAYS * 24 + 20, HISTORY_DAYS * 24 + 22);
  const { cars, shaved, foresight } = shave({ ...input, load: { ...input.load, kw } });
  expect(cars).toMatchObject({ visits: DAYS - 2 - HISTORY_DAYS, leftOut: 2 });
  expect(shaved.cost).toBeGreaterThanOrEqual(foresight.cost - 0.05);
});

test('the rule of thumb is for a battery', () => {
  expect(() => shave(inputOf({}, { policy: 'guard' }))).toThrow('for a battery alone');
});
