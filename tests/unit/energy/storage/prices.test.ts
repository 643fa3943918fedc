import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { HOUR_MS } from '../../../../src/domain/interval.ts';
import { pricesAhead, storagePrices } from '../../../../src/energy/storage/prices.ts';
import { compileTariffs } from '../../../../src/energy/tariffs/compile-tariff.ts';

const [norway] = compileTariffs(
  JSON.parse(readFileSync('config/tariffs/norway-steps-2024.json', 'utf8')),
).tariffs;
const listMs = Date.parse('2025-03-01T00:00:00+01:00');

/** A list of three days that begins so many hours after midnight: 2 at 18:00, else 1. */
function pricesFrom(hour: number) {
  if (!norway?.tariff) throw new Error('the tariff cannot be read');
  const price = Float64Array.from({ length: 72 - hour }, (_, i) => ((i + hour) % 24 === 18 ? 2 : 1));
  const buy = { fromMs: listMs + hour * HOUR_MS, spacingMs: HOUR_MS, price };
  return storagePrices(norway.tariff, HOUR_MS, { buy });
}

test.each([0, 2, 14])(
  'of weeks before a list of prices, which begins at %i h, days are supposed like its first',
  (hour) => {
    const nowMs = listMs - 20 * 24 * HOUR_MS;
    const { buy } = pricesAhead(pricesFrom(hour), nowMs, HOUR_MS, 40);
    expect([buy[18], buy[17], buy[0]]).toEqual([2, 1, 1]);
  },
);

test('where a list begins in the middle of a day, that day is all that is known before noon', () => {
  const nowMs = listMs + 2 * HOUR_MS;
  const { buy } = pricesAhead(pricesFrom(2), nowMs, HOUR_MS, 40);
  expect(buy[16]).toBe(2);
  expect([...buy].every(Number.isFinite)).toBe(true);
  expect(buy[40 - 1]).toBe(1);
});
