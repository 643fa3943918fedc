import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openHighs } from '../../../../src/commands/highs-solver.ts';
import { HOUR_MS } from '../../../../src/domain/interval.ts';
import { powerRange, type StorageSite, storedAfter } from '../../../../src/energy/storage/battery.ts';
import { type ShaveInput, shave } from '../../../../src/energy/storage/shave.ts';
import { compileTariffs } from '../../../../src/energy/tariffs/compile-tariff.ts';

const solve = await openHighs();
const fromMs = Date.parse('2025-01-01T00:00:00+01:00');
const days = 22;

function tariffNamed(name: string) {
  const { tariffs } = compileTariffs(JSON.parse(readFileSync(`config/tariffs/${name}.json`, 'utf8')));
  const tariff = tariffs[0]?.tariff;
  if (!tariff) throw new Error(`${name} cannot be read`);
  return tariff;
}

/** A home: breakfast and supper, more on some days. */
function home(extra: (day: number, hour: number) => number = () => 0): Float64Array {
  return Float64Array.from({ length: days * 24 }, (_, i) => {
    const [day, hour] = [Math.floor(i / 24), i % 24];
    return (
      1 + (hour === 7 ? 1 : 0) + (hour >= 17 && hour < 20 ? 2 + ((day * 7) % 5) / 2 : 0) + extra(day, hour)
    );
  });
}

type BatteryInput = ShaveInput & { readonly site: StorageSite };

function inputOf(kw: Float64Array, more: Partial<BatteryInput> = {}): BatteryInput {
  const battery = {
    capacityKwh: 5,
    chargeKw: 2.5,
    dischargeKw: 2.5,
    chargeEfficiency: 0.95,
    dischargeEfficiency: 0.95,
    lossPerHour: 0.0001,
    initialKwh: 2,
    finalKwh: 2,
  };
  return {
    tariff: tariffNamed('ellevio-2025'),
    site: { battery, importLimitKw: 7, exportLimitKw: 0 },
    load: { fromMs, spacingMs: HOUR_MS, kw },
    span: { fromMs: fromMs + 14 * 24 * HOUR_MS, toMs: fromMs + days * 24 * HOUR_MS },
    policy: 'mpc',
    horizonMs: 720 * HOUR_MS,
    solve,
    ...more,
  };
}

test.each(['mpc', 'guard'] as const)(
  '%s keeps to physics and limits, and never beats perfect foresight',
  (policy) => {
    const input = inputOf(home(), { policy });
    const { battery } = input.site;
    const { plan, netKw, shaved, foresight, without } = shave(input);
    let stored = battery.initialKwh;
    for (const [t, power] of plan.powerKw.entries()) {
      const { minKw, maxKw } = powerRange(battery, stored, 1);
      expect(power).toBeGreaterThanOrEqual(minKw - 1e-9);
      expect(power).toBeLessThanOrEqual(maxKw + 1e-9);
      stored = storedAfter(battery, stored, power, 1);
      expect(plan.storedKwh[t]).toBeCloseTo(stored, 9);
      expect((netKw[t] ?? 0) + power).toBeGreaterThanOrEqual(-1e-9);
    }
    expect(stored).toBeGreaterThanOrEqual(battery.finalKwh - 0.01);
    expect(shaved.cost).toBeGreaterThanOrEqual(foresight.cost - 0.05);
    expect(foresight.cost).toBeLessThan(without.cost);
  },
);

// Two simulations of many days: on a busy machine they take their time.
test('a plan knows nothing of what is still to come', { timeout: 90_000 }, () => {
  const usual = shave(inputOf(home())).plan.powerKw;
  const other = shave(inputOf(home((day, hour) => (day >= 20 && hour >= 12 ? 3 : 0)))).plan.powerKw;
  const same = (20 - 14) * 24 + 12;
  expect([...other.slice(0, same)]).toEqual([...usual.slice(0, same)]);
});

test('a month that is simulated in part is billed whole, and says so', () => {
  const [period] = shave(inputOf(home(), { policy: 'guard' })).shaved.periods;
  expect(period?.toMs).toBe(Date.parse('2025-02-01T00:00+01:00'));
  expect(period?.coverage).toBeCloseTo(8 / 31, 6);
});

test('what is missing in the load is left alone', () => {
  const kw = home();
  kw.fill(Number.NaN, 16 * 24 + 3, 16 * 24 + 9);
  const { plan, capturedShare } = shave(inputOf(kw));
  expect([...plan.powerKw.slice(2 * 24 + 3, 2 * 24 + 9)]).toEqual([0, 0, 0, 0, 0, 0]);
  expect(capturedShare).toBeLessThanOrEqual(1.0001);
});

test.each(['mpc', 'guard'] as const)(
  '%s does not take a peak from before it begins for one that is paid',
  (policy) => {
    // 20 kW in one hour of the first of two weeks: not in the bill, which begins with the third.
    const kw = home((day, hour) => (day < 3 && hour === 12 ? 20 : 0));
    const { shaved, without } = shave(
      inputOf(kw, { policy, site: { ...inputOf(kw).site, importLimitKw: Number.POSITIVE_INFINITY } }),
    );
    expect(shaved.peakCost).toBeLessThanOrEqual(without.peakCost + 0.01);
  },
);

test('means of whole days are planned too, and a price is used', { timeout: 90_000 }, () => {
  const price = Float64Array.from({ length: days * 24 + 48 }, (_, hour) => (hour % 24 < 6 ? 0.2 : 1.5));
  const input = inputOf(home(), {
    tariff: tariffNamed('kalmar-energi-heat-2023'),
    market: { buy: { fromMs, spacingMs: HOUR_MS, price } },
  });
  const { capturedShare, shaved, without } = shave(input);
  expect(capturedShare).toBeGreaterThan(0.6);
  expect(capturedShare).toBeLessThanOrEqual(1.0001);
  expect(shaved.peakCost).toBeLessThanOrEqual(without.peakCost * 1.02);
});

test('a store loses energy by its efficiencies, whatever is done with it', () => {
  const { battery } = inputOf(home()).site;
  fc.assert(
    fc.property(fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { maxLength: 40 }), (powers) => {
      let stored = battery.initialKwh;
      let [into, out] = [0, 0];
      for (const wanted of powers) {
        const { minKw, maxKw } = powerRange(battery, stored, 1);
        const power = Math.min(Math.max(wanted, minKw), maxKw);
        stored = storedAfter(battery, stored, power, 1);
        into += Math.max(power, 0);
        out += Math.max(-power, 0);
        expect(stored).toBeGreaterThanOrEqual(0);
        expect(stored).toBeLessThanOrEqual(battery.capacityKwh);
      }
      const most =
        (battery.initialKwh + into * battery.chargeEfficiency - stored) * battery.dischargeEfficiency;
      expect(out).toBeLessThanOrEqual(most + 1e-9);
    }),
  );
});

test.each([false, true])(
  'bands of power are planned for, and their steps are no power (blocks: %s)',
  (blocks) => {
    const sek = (priceExVat: number) => ({ priceExVat, currency: 'SEK' });
    const steps = [1.5, 3, undefined].map((upToKw, s) => ({
      ...(upToKw !== undefined && { upToKw }),
      ...(!blocks && { price: sek(100 * (s + 1)) }),
      perKw: sek(60 + 20 * s),
    }));
    const components = [
      {
        reference: 'power',
        peakIdentificationSettings: {
          peakIdentificationPeriod: 'P1D',
          peakDuration: 'PT1H',
          numberOfPeaksForAverageCalculation: 3,
        },
        'x-kvarter': { steps, ...(blocks && { blocks }) },
      },
    ];
    const [made] = compileTariffs({ tariffs: [{ powerPrice: { components } }] }).tariffs;
    if (!made?.tariff) throw new Error(JSON.stringify(made?.problems));
    const result = shave(inputOf(home(), { tariff: made.tariff }));
    expect(result.without.periods[0]?.billed.map(({ reference }) => reference)).toEqual(['power']);
    expect(result.foresight.cost).toBeLessThanOrEqual(result.shaved.cost + 1e-6);
    expect(result.shaved.cost).toBeLessThan(result.without.cost - 50);
  },
);
