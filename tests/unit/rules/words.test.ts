import { expect, it } from 'vitest';
import type { Quantity } from '../../../src/domain/quantity.ts';
import { inWords } from '../../../src/rules/in-words.ts';
import { factLabel, quantityLabel } from '../../../src/rules/quantity-label.ts';

it.each<[value: number, unit: string, decimals: number | undefined, text: string]>([
  [999.4, 'W', undefined, '999 W'],
  [1000, 'W', undefined, '1 kW'],
  [-12_345, 'W', undefined, '-12.3 kW'],
  [2_540_000, 'Wh', undefined, '2540 kWh'],
  [250.6, 'Wh', undefined, '251 Wh'],
  [1440.6, 'l/h', undefined, '1441 l/h'],
  [5000, 'l', undefined, '5000 l'],
  [21.44, '°C', undefined, '21.4 °C'],
  [0.974, '', 2, '0.97'],
  [0.974, '', 0, '1'],
])('%d %s (%s decimals) is %s in words', (value, unit, decimals, text) => {
  expect(inWords(value, unit, decimals)).toBe(text);
});

it.each<[quantity: Quantity, name: string, unit: string]>([
  ['airTemperatureC', 'Air temperature', '°C'],
  ['co2Ppm', 'CO₂', 'ppm'],
  ['exportedReactiveEnergyVarh', 'Exported reactive energy', 'varh'],
  ['activeEnergyWh', 'Active energy', 'Wh'],
  ['activePowerW', 'Active power', 'W'],
  ['flowLph', 'Flow', 'l/h'],
  ['powerFactor', 'Power factor', ''],
  ['leaking', 'Leaking', ''],
])('%s is %s in %s', (quantity, name, unit) => {
  expect(quantityLabel(quantity)).toEqual({ name, unit });
});

it.each([
  ['projectedKw', 'projected', 'projected', 'kW'],
  ['limitRiseC', 'limitRise', 'limit rise', '°C'],
  ['silentMinutes', 'silent', 'silent', 'min'],
  ['energyKwh', 'energy', 'energy', 'kWh'],
  ['having', 'having', 'having', ''],
])('the fact %s is %s, in words %s, in %s', (fact, stem, name, unit) => {
  expect(factLabel(fact)).toEqual({ stem, name, unit });
});
