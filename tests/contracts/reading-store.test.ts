import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { QUARTER_MS } from '../../src/domain/interval.ts';
import { pointKey, type Reading } from '../../src/domain/reading.ts';
import { openDuckdbStore } from '../../src/store/duckdb.ts';
import type { ReadingStore } from '../../src/store/store.ts';
import { openTempDir } from '../support/temp-dir.ts';

const adapters: Record<string, (dir: string) => Promise<ReadingStore>> = {
  DuckDB: (dir) => openDuckdbStore({ path: join(dir, 'readings.duckdb') }),
};

const T0 = Date.UTC(2026, 0, 15, 7);

function reading(device: string, atMs: number, value: number, channel?: string): Reading {
  const point = {
    device,
    quantity: 'activePowerW' as const,
    ...(channel === undefined ? {} : { channel }),
  };
  const place = { key: pointKey(point), organisation: 'o', area: 'a', building: 'b1' };
  return { point: { ...point, ...place }, atMs, value, receivedAtMs: atMs };
}

const values = (found: readonly { value: number }[]) => found.map(({ value }) => value);

describe.each(Object.entries(adapters))('reading store: %s', (_name, openStore) => {
  it('keeps one reading per point and time: writing again changes nothing, a later value wins', async () => {
    await using dir = await openTempDir();
    await using store = await openStore(dir.path);
    await store.writeReadings([reading('m', T0, 1), reading('m', T0 + 1, 2), reading('m', T0 + 1, 3)]);
    await store.writeReadings([reading('m', T0, 1), reading('m', T0, 4)]);
    expect(values(await store.readings({ device: 'm', limit: 10 }))).toEqual([4, 3]);
  });

  it('takes from as included and to as not, and tells a channel from none', async () => {
    await using dir = await openTempDir();
    await using store = await openStore(dir.path);
    await store.writeReadings([0, 1, 2, 3].map((n) => reading('m', T0 + n, n)));
    await store.writeReadings([reading('m', T0 + 1, 99, 'L1')]);
    const query = { device: 'm', fromMs: T0 + 1, toMs: T0 + 3, limit: 10 };
    expect(values(await store.readings(query))).toEqual([1, 99, 2]);
    expect(values(await store.readings({ ...query, channel: 'L1' }))).toEqual([99]);
  });

  it('gives a page after the other, also among readings of one moment', async () => {
    await using dir = await openTempDir();
    await using store = await openStore(dir.path);
    await store.writeReadings(Array.from({ length: 25 }, (_, n) => reading(`d${n + 10}`, T0, n)));
    const seen: number[] = [];
    let after: { atMs: number; point: Reading['point'] } | undefined;
    for (;;) {
      const page = await store.readings({ limit: 10, ...(after ? { after } : {}) });
      seen.push(...values(page));
      const last = page.at(-1);
      if (!last) break;
      after = { atMs: last.atMs, point: last.point as Reading['point'] };
    }
    expect(seen).toEqual(Array.from({ length: 25 }, (_, n) => n));
  });

  it('sums the load of meters by quarter, and lists no quarter of which nothing is known', async () => {
    await using dir = await openTempDir();
    await using store = await openStore(dir.path);
    const meter = (device: string) => ({ device, carrier: 'electricity' as const });
    await store.writeIntervals([
      { meter: meter('m1'), fromMs: T0, energyWh: 250, coverage: 1 },
      { meter: meter('m2'), fromMs: T0, energyWh: 125, coverage: 0.5 },
      { meter: meter('m1'), fromMs: T0 + 2 * QUARTER_MS, energyWh: 500, coverage: 1 },
    ]);
    const meters = [meter('m1'), meter('m2')];
    expect(await store.load({ meters, fromMs: T0, toMs: T0 + 4 * QUARTER_MS })).toEqual([
      { fromMs: T0, energyWh: 375, powerW: 2000, coverageSum: 1.5, meters: 2 },
      { fromMs: T0 + 2 * QUARTER_MS, energyWh: 500, powerW: 2000, coverageSum: 1, meters: 1 },
    ]);
  });

  it('keeps what it was given when it is opened again', async () => {
    await using dir = await openTempDir();
    {
      await using store = await openStore(dir.path);
      await store.writeReadings([reading('odd "name", with \\ and 🏠', T0, 7)]);
    }
    await using store = await openStore(dir.path);
    expect(values(await store.last({}))).toEqual([7]);
  });
});
