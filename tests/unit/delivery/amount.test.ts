import { expect, it } from 'vitest';
import { amountText, unitOfFact, withLocalTimes } from '../../../src/delivery/amount.ts';

it.each([
  [22_119, 'W', 'sv', '22,1 kW'],
  [820, 'W', 'sv', '820 W'],
  [-1500, 'W', 'en', '-1.5 kW'],
  [999_957_652, 'Wh', 'en', '999957.7 kWh'],
  [2_540_716, 'l', 'sv', '2540,7 m³'],
  [186, 'l', 'en', '186 l'],
  [21.43, '°C', 'sv', '21,43 °C'],
  [0.25, 'h', 'en', '0.25 h'],
  [60.01, 'min', 'sv', '60 min'],
  [360, 'min', 'sv', '6 h'],
  [5760, 'min', 'sv', '4 dygn'],
  [5760, 'min', 'en', '4 days'],
  [12.3, 'h', 'en', '12.3 h'],
  [1440, 'l/h', 'sv', '1440 l/h'],
  [7, '', 'sv', '7'],
  // The first of each larger unit.
  [119.9, 'min', 'en', '2 h'],
  [1.5, 'min', 'sv', '1,5 min'],
  [1000, 'W', 'en', '1 kW'],
  [10_000, 'l', 'en', '10 m³'],
  [119, 'min', 'en', '119 min'],
  [120, 'min', 'en', '2 h'],
  [2880, 'min', 'en', '2 days'],
  [48, 'h', 'en', '2 days'],
  [21.437, '°C', 'en', '21.44 °C'],
] as const)('%d %s is said in %s as %s', (value, unit, language, said) => {
  expect(amountText(value, unit, language).replaceAll('−', '-')).toBe(said);
});

it('says times in a rule’s own text on the local clock', () => {
  const text = 'Since 2026-03-03T04:00:00.000Z (3 nights); not 2026-03 or v1.2.3.';
  expect(withLocalTimes(text, () => '2026-03-03 05:00')).toBe(
    'Since 2026-03-03 05:00 (3 nights); not 2026-03 or v1.2.3.',
  );
});

it.each([
  ['projectedKw', 'kW'],
  ['sekAtStake', 'EUR'],
  ['expectedSaving', 'EUR'],
  ['value', '°C'],
  ['times', ''],
])('says %s in %s', (fact, unit) => {
  expect(unitOfFact(fact, { facts: { currency: 'EUR' }, quantity: 'airTemperatureC' })).toBe(unit);
});
