import { expect, test } from 'vitest';
import { parseBattery, parseHeatPump } from '../../../../src/energy/storage/store-text.ts';

test('a battery is read by its keys, and ends as it began', () => {
  expect(parseBattery('capacityKwh=40, chargeKw=20,dischargeKw=10,initialKwh=20')).toEqual({
    ok: true,
    battery: {
      capacityKwh: 40,
      chargeKw: 20,
      dischargeKw: 10,
      chargeEfficiency: 0.95,
      dischargeEfficiency: 0.95,
      lossPerHour: 0,
      initialKwh: 20,
      finalKwh: 20,
    },
  });
});

test.each([
  ['capacity=40,chargeKw=1,dischargeKw=1', /^capacity: no such key/],
  ['chargeKw=1,dischargeKw=1', /^capacityKwh: is missing/],
  ['capacityKwh=4,chargeKw=x,dischargeKw=1', /^chargeKw=x: must be a number/],
  ['capacityKwh=4,chargeKw=1,dischargeKw=1,chargeEfficiency=1.2', /^chargeEfficiency=1.2: must be/],
  ['capacityKwh=4,capacityKwh=5,chargeKw=1,dischargeKw=1', /^capacityKwh: given twice/],
  ['capacityKwh=4,chargeKw=1,dischargeKw=1,initialKwh=5', /^initialKwh=5: is more than capacityKwh/],
])('%s is refused by name', (text, message) => {
  const parsed = parseBattery(text);
  expect(parsed.ok ? '' : parsed.problems[0]).toMatch(message);
});

test('a heat pump is read by the same rules', () => {
  expect(parseHeatPump('mostKw=6, storeKwh=4')).toEqual({
    ok: true,
    heatPump: { mostKw: 6, storeKwh: 4, keptHours: 48 },
  });
  const parsed = parseHeatPump('mostKw=6,keptHours=0,cop=3');
  expect(parsed.ok ? [] : parsed.problems).toEqual([
    'keptHours=0: must be a number from 1 to 10000',
    'cop: no such key; those are mostKw, storeKwh, keptHours',
    'storeKwh: is missing',
  ]);
});
