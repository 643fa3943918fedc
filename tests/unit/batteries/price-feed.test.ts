import { readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createPriceFeed } from '../../../src/batteries/price-feed.ts';
import { compileTariffs } from '../../../src/energy/tariffs/compile-tariff.ts';
import { openTempDir } from '../../support/temp-dir.ts';

const DAY_MS = 86_400_000;
const NOON = Date.parse('2026-01-15T12:00+01:00');

function tariffOf(name: string) {
  const { tariffs } = compileTariffs(JSON.parse(readFileSync(`config/tariffs/${name}.json`, 'utf8')));
  const tariff = tariffs[0]?.tariff;
  if (!tariff) throw new Error('the tariff cannot be read');
  return tariff;
}
const plain = tariffOf('ellevio-2025');
/** The same, with energy at the spot price. */
const spot = {
  ...plain,
  energy: tariffOf('karlstad-2024').energy.map((one) => ({ ...one, spotMultiplier: 1 })),
};

function openFeed(source: string | undefined, currency = 'SEK') {
  let nowMs = NOON;
  const said: string[] = [];
  const tell = (_: object, message: string) => said.push(message);
  const feed = createPriceFeed(
    {
      settings: { source, currency, pollMinutes: 60 },
      keepMs: 60 * DAY_MS,
      timeZone: () => 'Europe/Stockholm',
      clock: () => nowMs,
      log: { info: tell, warn: tell },
    },
    new AbortController().signal,
  );
  const at = async (ms: number) => {
    nowMs = ms;
    await feed.refresh();
  };
  return { feed, said, at };
}

/** Prices of a day of January 2026, each hour's its number. */
async function writeDay(file: string, day: string): Promise<void> {
  const rows = Array.from({ length: 24 }, (_, hour) => `${day}T${String(hour).padStart(2, '0')}:00,${hour}`);
  await writeFile(file, `time,price\n${rows.join('\n')}\n`);
}

test('a source of one day is asked for the last week, and after 13 o’clock for the next day until it is there', async () => {
  await using dir = await openTempDir();
  const { feed, said, at } = openFeed(join(dir.path, '{yyyy}/{mm}-{dd}.csv'));
  await mkdir(join(dir.path, '2026'));
  const days = Array.from({ length: 8 }, (_, i) => String(i + 8).padStart(2, '0'));
  for (const day of days) await writeDay(join(dir.path, `2026/01-${day}.csv`), `2026-01-${day}`);
  await at(NOON);
  const market = () => {
    const prices = feed.pricesFor(spot, NOON);
    return prices.ok ? prices.market?.buy.price.length : prices.reason;
  };
  expect(market()).toBe(8 * 96);
  await at(NOON + 2 * 3_600_000);
  expect(market()).toBe(8 * 96);
  // Known days are not asked for again.
  await rm(join(dir.path, '2026/01-15.csv'));
  await writeDay(join(dir.path, '2026/01-16.csv'), '2026-01-16');
  await at(NOON + 3 * 3_600_000);
  expect([market(), said]).toEqual([9 * 96, []]);
});

test('a clock that was a year ahead, and is set back, puts the next reading off by no year', async () => {
  await using dir = await openTempDir();
  const file = join(dir.path, 'prices.csv');
  const { feed, at } = openFeed(file);
  await at(NOON + 365 * DAY_MS);
  await writeDay(file, '2026-01-15');
  await at(NOON);
  expect(feed.pricesFor(spot, NOON).ok).toBe(true);
});

test('what was known holds while the source is away, for some days, and the trouble is told once', async () => {
  await using dir = await openTempDir();
  const file = join(dir.path, 'prices.csv');
  const { feed, said, at } = openFeed(file);
  await writeDay(file, '2026-01-15');
  await at(NOON);
  await rm(file);
  await at(NOON + DAY_MS);
  await at(NOON + 2 * DAY_MS);
  expect(said).toEqual([expect.stringContaining('batteries.prices.source cannot be read: ENOENT')]);
  expect(feed.pricesFor(spot, NOON + 2 * DAY_MS)).toMatchObject({ ok: true, market: {} });
  expect(feed.pricesFor(spot, NOON + 5 * DAY_MS)).toEqual({
    ok: false,
    reason: 'no prices are known since 2026-01-15T23:00:00.000Z',
  });
  await writeDay(file, '2026-01-19');
  await at(NOON + 4 * DAY_MS);
  expect(said.at(-1)).toBe('the prices of batteries.prices.source can be read again');
});

test('a tariff that bills a spot price is not planned without prices, any other is', async () => {
  const none = openFeed(undefined);
  await none.at(NOON);
  expect(none.feed.pricesFor(plain, NOON)).toEqual({ ok: true, market: undefined });
  expect(none.feed.pricesFor(spot, NOON)).toEqual({
    ok: false,
    reason: 'the tariff bills a spot price: set batteries.prices.source',
  });
  expect(openFeed('prices.csv', 'EUR').feed.pricesFor(spot, NOON)).toEqual({
    ok: false,
    reason: 'the tariff is in SEK, batteries.prices in EUR',
  });
  expect(openFeed('prices.csv').feed.pricesFor(spot, NOON)).toEqual({
    ok: false,
    reason: 'no prices are known: there are none yet',
  });
});
