import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { HOUR_MS } from '../../../../src/domain/interval.ts';
import type { SiteBattery } from '../../../../src/domain/register.ts';
import { createLivePlan } from '../../../../src/energy/storage/live-plan.ts';
import type { MarketPrices } from '../../../../src/energy/storage/prices.ts';
import { compileTariffs } from '../../../../src/energy/tariffs/compile-tariff.ts';

/** The tenth day after is in a new month, in which little is billed yet. */
const T0 = Date.parse('2025-01-24T00:00:00+01:00');
const DAYS = 10;
const battery: SiteBattery = {
  id: 'bat',
  capacityKwh: 10,
  chargeKw: 4,
  dischargeKw: 4,
  chargeEfficiency: 0.95,
  dischargeEfficiency: 0.95,
  lossPerHour: 0,
  exportLimitKw: 0,
  reserve: 0.2,
};

/** 2 kW, and 10 kW from 17 to 18 each day. */
function kwAt(hour: number): number {
  return hour % 24 === 17 ? 10 : 2;
}

function tariffOf(name: string) {
  const { tariffs } = compileTariffs(JSON.parse(readFileSync(`config/tariffs/${name}.json`, 'utf8')));
  const tariff = tariffs[0]?.tariff;
  if (!tariff) throw new Error('the tariff cannot be read');
  return tariff;
}

/** Told of whole days and hours more. */
function planAfter(hours: number, market?: MarketPrices, stepMs = HOUR_MS) {
  const plan = createLivePlan({
    battery,
    tariff: tariffOf('goteborg-energi-2025'),
    market,
    stepMs,
    startMs: T0 + hours * HOUR_MS,
  });
  for (let hour = 0; hour < hours; hour += stepMs / HOUR_MS) {
    plan.note(T0 + hour * HOUR_MS, kwAt(Math.floor(hour)), kwAt(Math.floor(hour)));
  }
  return { plan, atMs: T0 + hours * HOUR_MS };
}

test('a battery gives in the hour that is billed, within its power, and keeps its reserve', () => {
  const { plan, atMs } = planAfter(DAYS * 24 + 17);
  const point = plan.pointFor(atMs, 10);
  expect(point?.powerKw).toBeLessThan(-2);
  expect(point?.powerKw).toBeGreaterThanOrEqual(-4);
  expect(point?.gridKw).toBeLessThan(8);
  expect(plan.pointFor(atMs, 2)?.powerKw).toBeCloseTo(0);
  expect(plan.pointFor(atMs, 3)?.powerKw).toBeCloseTo(-0.95);
});

test('read each quarter-hour it gives in every quarter of the hour that is billed', () => {
  for (const quarter of [0, 1, 2, 3]) {
    const { plan, atMs } = planAfter(DAYS * 24 + 17 + quarter / 4, undefined, HOUR_MS / 4);
    const point = plan.pointFor(atMs, 10);
    expect(point?.powerKw, `quarter ${quarter}`).toBeLessThan(-2);
    expect(point?.gridKw, `quarter ${quarter}`).toBeCloseTo(10 + (point?.powerKw ?? 0), 3);
  }
});

test('it is filled where energy is cheap, and gives where it is dear', () => {
  // Cheap from 1 to 4; the last price is that of 13 o'clock.
  const price = Float64Array.from({ length: DAYS * 24 + 14 }, (_, hour) => (hour % 24 < 4 ? 0.2 : 3));
  const market = { buy: { fromMs: T0, spacingMs: HOUR_MS, price } };
  const night = planAfter(DAYS * 24 + 2, market);
  expect(night.plan.pointFor(night.atMs, 4)?.powerKw).toBeGreaterThan(2);
  const day = planAfter(DAYS * 24 + 20, market);
  expect(day.plan.pointFor(day.atMs, 9)?.powerKw).toBeLessThan(-0.2);
});

test('it is filled before, and never beyond what it holds', () => {
  const { plan, atMs } = planAfter(DAYS * 24 + 3);
  expect(plan.pointFor(atMs, 2)?.powerKw).toBeGreaterThanOrEqual(0);
  expect(plan.pointFor(atMs, 10)?.powerKw).toBeLessThanOrEqual(0);
});

test('nothing is planned for a step that does not follow, or while no load is known', () => {
  const { plan, atMs } = planAfter(DAYS * 24);
  expect(plan.pointFor(atMs + HOUR_MS, 5)).toBeUndefined();
  expect(planAfter(0).plan.pointFor(T0, 5)).toBeUndefined();
});
