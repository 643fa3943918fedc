import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { shaveCommand } from '../../../src/commands/shave.ts';
import { call } from '../../support/command.ts';
import { openTempDir } from '../../support/temp-dir.ts';

const HOUR_MS = 60 * 60_000;
const DAYS_OF_YEAR = 365.25;
const tariff = join(import.meta.dirname, '../../../config/tariffs/ellevio-2025.json');
const battery = 'capacityKwh=10,chargeKw=5,dischargeKw=5,initialKwh=5';
const startMs = Date.parse('2025-01-01T00:00+01:00');
const kwOf = (hour: number) => (hour % 24 === 18 ? 10 : hour % 24 > 7 && hour % 24 < 22 ? 4 : 1);
const rows = (days: number, value: (hour: number) => number) =>
  Array.from({ length: days * 24 }, (_, i) => `${timeOf(i)},${value(i)}`);
const timeOf = (hour: number) => new Date(startMs + hour * HOUR_MS).toISOString();
const files = {
  'load.csv': ['time,kw,heat_pump_kw', ...rows(59, kwOf).map((row) => `${row},0.9`)].join('\n'),
  'cars.csv': [
    'arrives,departs,kwh',
    ...[33, 34, 35].map((day) => `${timeOf(day * 24 + 17.5)},${timeOf(day * 24 + 31)},${day - 20}`),
  ].join('\n'),
  'price.csv': ['time,price', ...rows(59, (hour) => (hour % 24 < 6 ? 0.2 : 0.9))].join('\n'),
};

/** A February week: January is history. */
async function run(values: Record<string, string | boolean | undefined>) {
  await using dir = await openTempDir();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir.path, name), text);
  const at = (name: string) => join(dir.path, name);
  const named = values.cars ? { ...values, cars: at(String(values.cars)) } : values;
  const all = { load: at('load.csv'), price: at('price.csv'), tariff, battery, ...named };
  const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  const week = { from: '2025-02-03', to: '2025-02-10' };
  const out = values.out ? { out: at('out.csv') } : {};
  const service = { dir: dir.path, app: { httpPort: 1 } };
  const called = await call(service, shaveCommand, [], { ...week, ...given, ...out }, files['load.csv']);
  return { ...called, out: values.out ? readFileSync(at('out.csv'), 'utf8') : '' };
}

describe('kvarter shave', () => {
  it('tells what a battery saves of what perfect foresight would', async () => {
    const { code, printed } = await run({ json: true });
    const { noStorage, shaved, perfectForesight, saving, capturedShare } = JSON.parse(printed);
    expect(code).toBe(0);
    expect(saving).toBeCloseTo(noStorage.cost - shaved.cost, 1);
    expect(shaved.peakCost).toBeLessThan(0.7 * noStorage.peakCost);
    expect(shaved.energyCost).toBeLessThan(noStorage.energyCost);
    expect(capturedShare).toBeCloseTo(saving / (noStorage.cost - perfectForesight.cost), 3);
    expect(capturedShare).toBeGreaterThan(0.8);
    expect(capturedShare).toBeLessThanOrEqual(1.0001);
  });

  it('writes each step, and what it writes adds up', async () => {
    const { out } = await run({ out: 'out.csv' });
    const [header, ...lines] = out.trim().split('\n');
    expect([header, lines.length]).toEqual([
      'time,load_kw,charge_kw,discharge_kw,grid_kw,stored_kwh',
      7 * 24,
    ]);
    let before = 5;
    for (const [, load = 0, charge = 0, discharge = 0, grid = 0, stored = 0] of lines.map((line) =>
      line.split(',').map(Number),
    )) {
      expect(grid).toBeCloseTo(load + charge - discharge, 5);
      expect(stored).toBeCloseTo(before + charge * 0.95 - discharge / 0.95, 1);
      expect(Math.max(charge, discharge)).toBeLessThanOrEqual(5.000_001);
      before = stored;
    }
    expect(before).toBeGreaterThan(4.999);
  });

  it('charges cars in time, and tells what that saves against charging at once', async () => {
    const { code, printed } = await run({ battery: undefined, cars: 'cars.csv', json: true });
    const { noStorage, shaved, perfectForesight, cars, capturedShare } = JSON.parse(printed);
    expect(code).toBe(0);
    expect(cars).toEqual({ visits: 3, kwh: 42, unfitKwh: 0, leftOutVisits: 0 });
    expect(shaved.months[0].billedKw).toBeLessThan(noStorage.months[0].billedKw);
    expect(shaved.cost).toBeGreaterThanOrEqual(perfectForesight.cost - 0.05);
    expect(capturedShare).toBeGreaterThan(0.9);
    const { printed: text } = await run({ battery: undefined, cars: 'cars.csv', 'charge-kw': '0.5' });
    expect(text).toContain('charged at once');
    expect(text).toContain('3 visits of cars, 19.5 kWh; 22.5 kWh more do not fit');
  });

  it('lets a heat pump draw ahead of its need', async () => {
    const heatPump = { battery: undefined, 'heat-pump': 'mostKw=3,storeKwh=2' };
    const { noStorage, shaved, perfectForesight } = JSON.parse(
      (await run({ ...heatPump, json: true })).printed,
    );
    expect(shaved.cost).toBeLessThan(noStorage.cost);
    expect(shaved.cost).toBeGreaterThanOrEqual(perfectForesight.cost - 0.05);
    expect((await run(heatPump)).printed).toContain('drawn ahead');
  });

  it('reads the load from standard input, with what the heat pump drew', async () => {
    const given = { battery: undefined, 'heat-pump': 'mostKw=3,storeKwh=2', json: true };
    expect((await run({ ...given, load: '-' })).printed).toBe((await run(given)).printed);
  });

  it('counts the peaks of a month once in a year of such months, however little of it is simulated', async () => {
    const { noStorage, shaved } = JSON.parse((await run({ json: true })).printed);
    const { sizes } = JSON.parse((await run({ json: true, sizes: '10,5', 'price-per-kwh': '5000' })).printed);
    const energy = ((noStorage.energyCost - shaved.energyCost) * DAYS_OF_YEAR) / 7;
    const peaks = (noStorage.peakCost - shaved.peakCost) * 12;
    expect(sizes[0].savingPerYear / (energy + peaks)).toBeCloseTo(1, 3);
    expect(sizes[0].paybackYears).toBeCloseTo(50_000 / sizes[0].savingPerYear, 1);
    expect(sizes[1].savingPerYear).toBeLessThan(sizes[0].savingPerYear);
  });

  it('asks for the prices of a tariff that bills a spot price', async () => {
    await using dir = await openTempDir();
    const spot = join(dir.path, 'spot.json');
    const price = { priceExVat: 0.05, currency: 'SEK' };
    const component = { type: 'spot', spotPriceSettings: { multiplier: 1, currency: 'SEK' }, price };
    writeFileSync(spot, JSON.stringify({ tariffs: [{ energyPrice: { components: [component] } }] }));
    await expect(run({ tariff: spot, price: undefined })).rejects.toThrow(
      '--price is missing: the tariff bills',
    );
  });

  it.each([
    [{ battery: 'capacityKwh=10,chargeKw=5' }, 'dischargeKw'],
    [{ battery: 'capacityKwh=ten,chargeKw=5,dischargeKw=5' }, 'capacityKwh'],
    [{ sizes: '10,,20' }, '--sizes 10,,20'],
    [{ policy: 'luck' }, '--policy luck'],
    [
      { battery: 'capacityKwh=90,chargeKw=1,dischargeKw=1,lossPerHour=0.5,finalKwh=50' },
      'finalKwh=50: cannot be reached from 0 kWh by the end',
    ],
    [{ from: '2040-01-01', to: '2040-02-01' }, '--from, --to: no load is known between them'],
    [
      { from: '2025-02-03T00:00', to: '2025-02-03T00:10' },
      '--from, --to: no whole interval of the load lies between them',
    ],
    [{ horizon: 'long' }, '--horizon long'],
    [{ battery: undefined }, '--battery is missing, or --cars, or --heat-pump'],
    [{ cars: 'cars.csv' }, 'plan one of them'],
    [{ 'charge-kw': '11' }, '--charge-kw is for --cars'],
    [{ 'heat-pump': 'mostKw=3,storeKwh=2' }, '--battery and --heat-pump: plan one of them'],
    [{ battery: undefined, 'heat-pump': 'mostKw=3' }, '--heat-pump storeKwh: is missing'],
    [{ battery: undefined, cars: 'cars.csv', sizes: '10' }, '--sizes are those of a --battery'],
    [{ battery: undefined, cars: 'cars.csv', policy: 'guard' }, '--policy guard is for a --battery'],
    [{ battery: undefined, cars: 'load.csv' }, 'it must be arrives,departs,kwh'],
  ])('says what is wrong with %j', async (values, part) => {
    await expect(run(values)).rejects.toThrow(part);
  });
});
