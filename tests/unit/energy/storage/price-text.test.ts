import { expect, test } from 'vitest';
import { createPriceBook } from '../../../../src/energy/storage/price-book.ts';
import { parsePriceText } from '../../../../src/energy/storage/price-text.ts';

const options = { timeZone: 'Europe/Stockholm', currency: 'SEK' };
const T0 = Date.parse('2026-01-15T00:00+01:00');
const HOUR_MS = 3_600_000;

test.each([
  ['CSV', 'time,price\n2026-01-15T00:00,0.5\n2026-01-15T01:00,-0.02\n'],
  ['JSON', '[{"time":"2026-01-15T00:00+01:00","price":0.5},{"time":"2026-01-15T01:00+01:00","price":-0.02}]'],
  [
    'JSON with the currency in its names',
    `[{"SEK_per_kWh":0.5,"EUR_per_kWh":0.04,"EXR":11.6,"time_start":"2026-01-15T00:00:00+01:00","time_end":"2026-01-15T01:00:00+01:00"},
      {"SEK_per_kWh":-0.02,"EUR_per_kWh":0.04,"EXR":11.6,"time_start":"2026-01-15T01:00:00+01:00","time_end":"2026-01-15T02:00:00+01:00"}]`,
  ],
])('prices are read from %s', (_, text) => {
  expect(parsePriceText(text, options)).toEqual({
    ok: true,
    prices: { buy: { fromMs: T0, spacingMs: HOUR_MS, price: Float64Array.of(0.5, -0.02) } },
  });
});

test('a price for selling is read where it is told', () => {
  const text = '[{"time":"2026-01-15T00:00Z","price":1,"sell":0.5},{"time":"2026-01-15T01:00Z","price":1}]';
  expect(parsePriceText(text, options)).toMatchObject({
    prices: { sell: { price: Float64Array.of(0.5, Number.NaN) } },
  });
});

test.each([
  ['{"price": 1}', 'must be a list of prices'],
  ['[{"time":"2026-01-15T00:00Z","price":"1"}]', '[0]: must have "time" and "price"'],
  ['[{"time_start":"2026-01-15T00:00Z","NOK_per_kWh":1}]', '"SEK_per_kWh"'],
  ['[{"time":"2026-01-15T00:00Z","price":1},{"time":"soon","price":1}]', '[1]: time "soon" is not ISO 8601'],
  [
    '[{"time":"2026-01-15T00:00Z","price":1},{"time":"2026-01-15T01:00Z","price":1},{"time":"2026-01-15T01:00Z","price":1}]',
    '[2]: the same time',
  ],
  ['[{"time":', 'JSON'],
  ['time,cost\n2026-01-15T00:00,1\n', 'line 1: the header is "time,cost"'],
  ['time,price\n2026-01-15T00:00,1\n2026-01-15T01:00,dear\n', 'line 3: price "dear" is not a number'],
  ['<html>', 'line 1: the header is'],
])('%s is refused, and said why', (text, message) => {
  const read = parsePriceText(text, options);
  expect(read.ok ? '' : read.message).toContain(message);
});

test('days come one by one, of hours or of quarter-hours, and old ones are forgotten', () => {
  const book = createPriceBook();
  expect([book.market(), book.untilMs()]).toEqual([undefined, undefined]);
  book.add({ buy: { fromMs: T0 + HOUR_MS, spacingMs: HOUR_MS / 4, price: Float64Array.of(1, 2, 3, 4) } });
  book.add({ buy: { fromMs: T0, spacingMs: HOUR_MS, price: Float64Array.of(0.5) } });
  expect(book.market()?.buy).toEqual({
    fromMs: T0,
    spacingMs: HOUR_MS / 4,
    price: Float64Array.of(0.5, 0.5, 0.5, 0.5, 1, 2, 3, 4),
  });
  expect(book.untilMs()).toBe(T0 + 2 * HOUR_MS);
  expect([book.holds(T0, T0 + 2 * HOUR_MS), book.holds(T0, T0 + 3 * HOUR_MS)]).toEqual([true, false]);
  book.trim(T0 + HOUR_MS);
  expect(book.market()?.buy.price).toEqual(Float64Array.of(1, 2, 3, 4));
});
