import { expect, test } from 'vitest';
import { HOUR_MS } from '../../../../src/domain/interval.ts';
import { alwaysThere } from '../../../../src/energy/storage/stays.ts';
import { smallBattery } from '../../../support/small-battery.ts';

test('a battery is always there', () => {
  const site = { battery: smallBattery, importLimitKw: 20, exportLimitKw: 0 };
  const stays = alwaysThere(site, 100 * HOUR_MS);
  expect(stays.at(-5 * HOUR_MS)).toBe(stays.at(99 * HOUR_MS));
});
