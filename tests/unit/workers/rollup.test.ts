import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR_MS, type Interval } from '../../../src/domain/interval.ts';
import { pointKey, type Reading } from '../../../src/domain/reading.ts';
import { openDuckdbStore } from '../../../src/store/duckdb.ts';
import type { ReadingStore, StoredReading } from '../../../src/store/store.ts';
import { createRollup } from '../../../src/workers/rollup.ts';
import { openTempDir } from '../../support/temp-dir.ts';

const MINUTE = 60_000;
const T0 = Date.UTC(2026, 0, 15);
const holds = { powerHoldMs: 15 * MINUTE, registerGapMs: 60 * MINUTE };

function reading(
  minute: number,
  value: number,
  quantity: 'activePowerW' | 'activeEnergyWh',
  device = 'm',
): Reading {
  const point = { device, quantity };
  const place = { key: pointKey(point), organisation: 'o', area: 'a', building: 'b' };
  return { point: { ...point, ...place }, atMs: T0 + minute * MINUTE, value, receivedAtMs: T0 };
}

/** What the port promises, in memory: the property below needs thousands of stores. */
function memoryStore() {
  const rows = new Map<string, StoredReading>();
  const inOrder = () => [...rows.values()].toSorted((a, b) => a.atMs - b.atMs);
  const store: Pick<ReadingStore, 'samples' | 'last'> = {
    samples: async ({ points, fromMs, toMs }) => {
      const keys = new Set(points.map(pointKey));
      return inOrder().filter(
        ({ point, atMs }) => keys.has(pointKey(point)) && atMs >= fromMs && atMs <= toMs,
      );
    },
    last: async ({ quantity }) => {
      const newest = inOrder().findLast(({ point }) => point.quantity === quantity);
      return newest ? [newest] : [];
    },
  };
  const write = (readings: readonly Reading[]) => {
    for (const item of readings) rows.set(`${item.point.key}|${item.atMs}`, item);
  };
  return { store, write };
}

async function roll(
  batches: readonly (readonly Reading[])[],
  restartAt = -1,
): Promise<Map<number, Interval>> {
  const { store, write } = memoryStore();
  let rollup = createRollup({ store, holds });
  const intervals = new Map<number, Interval>();
  for (const [i, batch] of batches.entries()) {
    if (i === restartAt) rollup = createRollup({ store, holds });
    write(batch);
    for (const interval of await rollup.fold(batch)) intervals.set(interval.fromMs, interval);
  }
  return new Map([...intervals].filter(([, { coverage }]) => coverage > 0));
}

const rounded = (intervals: Map<number, Interval>) =>
  [...intervals.values()]
    .toSorted((a, b) => a.fromMs - b.fromMs)
    .map(({ fromMs, energyWh, coverage }) => [
      (fromMs - T0) / MINUTE,
      Math.round(energyWh * 1e6) / 1e6,
      Math.round(coverage * 1e6) / 1e6,
    ]);

describe('intervals from readings', () => {
  it('are the same whatever the order and the batches in which readings arrive, across a restart too', async () => {
    const set = fc.uniqueArray(
      fc.record({
        minute: fc.integer({ min: 0, max: 2000 }),
        value: fc.integer({ min: 0, max: 5000 }),
        quantity: fc.constantFrom('activePowerW' as const, 'activeEnergyWh' as const),
      }),
      { selector: ({ minute, quantity }) => `${minute}${quantity}`, minLength: 1, maxLength: 60 },
    );
    await fc.assert(
      fc.asyncProperty(
        set,
        fc.infiniteStream(fc.nat()),
        fc.integer({ min: 1, max: 9 }),
        async (items, chance, size) => {
          const inOrder = items
            .toSorted((a, b) => a.minute - b.minute)
            .map(({ minute, value, quantity }) => reading(minute, value, quantity));
          const keys = new Map(inOrder.map((item) => [item, chance.next().value ?? 0]));
          const shuffled = inOrder.toSorted((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0));
          const batches = Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
            shuffled.slice(i * size, (i + 1) * size),
          );
          expect(rounded(await roll(batches, Math.floor(batches.length / 2)))).toEqual(
            rounded(await roll([inOrder])),
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  it('are the same whether the register was silent for long before they were reckoned, or after', async () => {
    const items = [
      reading(0, 0, 'activeEnergyWh'),
      reading(0, 0, 'activePowerW'),
      reading(1, 1, 'activeEnergyWh'),
      reading(135, 2, 'activeEnergyWh'),
    ];
    const inTurn = await roll(items.map((item) => [item]));
    expect(rounded(inTurn)).toEqual([[0, 1, 1]]);
    expect(rounded(await roll([items]))).toEqual(rounded(inTurn));
  });

  it('are taken back when a late reading shows that nothing is known', async () => {
    const [start, late, end] = [0, 20, 40].map((minute, i) =>
      reading(minute, [0, 9e8, 100][i] ?? 0, 'activeEnergyWh'),
    );
    if (!start || !late || !end) throw new Error('three readings');
    expect(rounded(await roll([[start], [end], [late]]))).toEqual(
      rounded(await roll([[start], [late], [end]])),
    );
  });

  it('are mended when the next reading shows that one was wrong', async () => {
    const values = [0, 100, 200, 4_000_200, 400, 500, 600];
    const items = values.map((value, i) => reading(i * 15, value, 'activeEnergyWh'));
    const inTurn = await roll(items.map((item) => [item]));
    expect(rounded(inTurn).map(([, energyWh]) => energyWh)).toEqual([100, 100, 100, 100, 100, 100]);
  });

  it('of a thousand meters are reckoned with a few questions, new or late, and each by what it said itself', async () => {
    await using dir = await openTempDir();
    await using store = await openDuckdbStore({ path: join(dir.path, 'store.duckdb') });
    let asked = 0;
    const rollup = createRollup({
      holds,
      store: {
        samples: (query) => {
          asked += 1;
          return store.samples(query);
        },
        last: store.last,
      },
    });
    const devices = Array.from({ length: 1000 }, (_, n) => `m${n}`);
    const fold = async (minutes: readonly number[]) => {
      const readings = minutes.flatMap((minute) =>
        devices.map((device, n) => reading(minute, minute * n, 'activeEnergyWh', device)),
      );
      await store.writeReadings(readings);
      await store.writeIntervals(await rollup.fold(readings));
    };
    await fold([20_000, 20_015]);
    await fold([0, 15, 30]);
    expect(asked).toBeLessThan(50);
    const loadOf = async (device: string, minute: number) => {
      const fromMs = T0 + minute * MINUTE;
      const meter = { device, carrier: 'electricity' as const };
      const found = await store.intervals({ meter, fromMs, toMs: fromMs + HOUR_MS });
      return found.map(({ energyWh, coverage }) => [Math.round(energyWh), coverage]);
    };
    expect(await loadOf('m7', 0)).toEqual([
      [105, 1],
      [105, 1],
    ]);
    expect(await loadOf('m999', 19_995)).toEqual([
      [9990, 2 / 3],
      [4995, 1 / 3],
    ]);
  });

  it('go on from the stored readings after a restart', async () => {
    await using dir = await openTempDir();
    await using store = await openDuckdbStore({ path: join(dir.path, 'store.duckdb') });
    const write = async (readings: readonly Reading[]) => {
      await store.writeReadings(readings);
      await store.writeIntervals(await createRollup({ store, holds }).fold(readings));
    };
    await write([reading(0, 0, 'activeEnergyWh'), reading(10, 100, 'activeEnergyWh')]);
    await write([reading(20, 200, 'activeEnergyWh')]);
    await write([reading(30, 300, 'activeEnergyWh')]);
    const meter = { device: 'm', carrier: 'electricity' as const };
    const intervals = await store.intervals({ meter, fromMs: T0, toMs: T0 + HOUR_MS });
    expect(intervals.map(({ energyWh, coverage }) => [Math.round(energyWh), coverage])).toEqual([
      [150, 1],
      [150, 1],
    ]);
  });
});
