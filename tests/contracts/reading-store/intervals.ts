import { expect, it } from 'vitest';
import { QUARTER_MS } from '../../../src/domain/interval.ts';
import type { ReadingStore } from '../../../src/store/store.ts';
import { interval, meter, type OpenHome, T0, withStore } from './home.ts';

const Q = QUARTER_MS;

export function intervalsSuite(openHome: OpenHome): void {
  const test = (name: string, use: (store: ReadingStore) => Promise<void>) =>
    it(name, () => withStore(openHome, use));

  test('keeps one interval per meter and quarter: a later one replaces it', async (store) => {
    const m = meter('m');
    await store.writeIntervals([interval(m, T0, 100, 0.5), interval(m, T0 + Q, 1)]);
    await store.writeIntervals([interval(m, T0, 250), interval(m, T0 + Q, 2), interval(m, T0 + Q, 3, 0.25)]);
    expect(await store.intervals({ meter: m, fromMs: T0, toMs: T0 + 2 * Q })).toEqual([
      interval(m, T0, 250),
      interval(m, T0 + Q, 3, 0.25),
    ]);
  });

  test('takes from as included and to as not, and gives one meter alone', async (store) => {
    const m = meter('m');
    const others = [meter('m', 'L1'), meter('m', undefined, 'heat'), meter('n')];
    await store.writeIntervals([0, 1, 2, 3].map((n) => interval(m, T0 + n * Q, n)));
    await store.writeIntervals(others.map((other) => interval(other, T0 + Q, 99)));
    expect(await store.intervals({ meter: m, fromMs: T0 + Q, toMs: T0 + 3 * Q })).toEqual([
      interval(m, T0 + Q, 1),
      interval(m, T0 + 2 * Q, 2),
    ]);
    for (const other of others) {
      expect(await store.intervals({ meter: other, fromMs: T0, toMs: T0 + 9 * Q })).toEqual([
        interval(other, T0 + Q, 99),
      ]);
    }
    expect(await store.intervals({ meter: m, fromMs: T0, toMs: T0 })).toEqual([]);
    expect(await store.intervals({ meter: meter('nobody'), fromMs: T0, toMs: T0 + Q })).toEqual([]);
  });

  test('takes an interval back with a coverage of 0', async (store) => {
    const m = meter('m');
    await store.writeIntervals([interval(m, T0, 100), interval(m, T0 + Q, 200)]);
    await store.writeIntervals([interval(m, T0, 0, 0)]);
    const range = { fromMs: T0, toMs: T0 + 2 * Q };
    expect(await store.intervals({ meter: m, ...range })).toEqual([interval(m, T0 + Q, 200)]);
    expect((await store.load({ meters: [m], ...range })).map(({ fromMs }) => fromMs)).toEqual([T0 + Q]);
  });

  test('gives back intervals that no store can hold', async (store) => {
    const bad = [interval(meter('m'), T0, Number.NaN), interval(meter('m'), T0, 1, 1.5)];
    const refused = await store.writeIntervals([...bad, interval(meter('m'), T0, 5)]);
    expect(refused.map(({ item }) => item)).toEqual(bad);
    expect(await store.intervals({ meter: meter('m'), fromMs: T0, toMs: T0 + Q })).toHaveLength(1);
  });

  test('sums the load of meters by quarter, and lists no quarter of which nothing is known', async (store) => {
    await store.writeIntervals([
      interval(meter('m1'), T0, 250),
      interval(meter('m2'), T0, 125, 0.5),
      interval(meter('m1'), T0 + 2 * Q, 500),
      interval(meter('odd, "\\ (.*)/'), T0 + 2 * Q, -100),
      interval(meter('other'), T0, 9999),
      interval(meter('m1', 'L1'), T0, 9999),
      interval(meter('m2', undefined, 'heat'), T0, 9999),
    ]);
    const meters = [meter('m1'), meter('m2'), meter('odd, "\\ (.*)/'), meter('nobody'), meter('m1')];
    expect(await store.load({ meters, fromMs: T0, toMs: T0 + 4 * Q })).toEqual([
      { fromMs: T0, energyWh: 375, powerW: 2000, coverageSum: 1.5, meters: 2 },
      { fromMs: T0 + 2 * Q, energyWh: 400, powerW: 1600, coverageSum: 2, meters: 2 },
    ]);
    expect(await store.load({ meters: [meter('m1', 'L1')], fromMs: T0, toMs: T0 + Q })).toMatchObject([
      { energyWh: 9999, meters: 1 },
    ]);
    expect(await store.load({ meters: [], fromMs: T0, toMs: T0 + Q })).toEqual([]);
  });

  test('sums of a meter that counts for a part of the time only what starts in that', async (store) => {
    const meters = [meter('always'), meter('old'), meter('new')];
    await store.writeIntervals(meters.flatMap((m) => [0, 1, 2, 3].map((n) => interval(m, T0 + n * Q, 10))));
    const range = { fromMs: T0, toMs: T0 + 4 * Q };
    const countsOf = async (...bounded: Parameters<ReadingStore['load']>[0]['meters']) =>
      (await store.load({ meters: bounded, ...range })).map((quarter) => quarter.meters);
    const [old, fresh] = [
      { ...meter('old'), toMs: T0 + Q },
      { ...meter('new'), fromMs: T0 + 2 * Q },
    ];
    expect(await countsOf(meter('always'), old, fresh)).toEqual([2, 1, 2, 2]);
    expect(await countsOf(old, fresh)).toEqual([1, 1, 1]);
    expect(await countsOf({ ...old, fromMs: T0 - Q }, { ...fresh, toMs: T0 + 3 * Q })).toEqual([1, 1]);
    expect(await countsOf({ ...meter('old'), fromMs: T0 + Q, toMs: T0 + Q })).toEqual([]);
  });

  test('sums a district of 700 meters', async (store) => {
    const meters = Array.from({ length: 700 }, (_, n) =>
      meter(`meter-${n}`, n % 2 ? 'L1' : undefined, n % 3 ? 'heat' : 'electricity'),
    );
    await store.writeIntervals(meters.flatMap((m) => [0, 1, 2].map((n) => interval(m, T0 + n * Q, 10))));
    expect(await store.load({ meters, fromMs: T0 + Q, toMs: T0 + 2 * Q })).toEqual([
      { fromMs: T0 + Q, energyWh: 7000, powerW: 28_000, coverageSum: 700, meters: 700 },
    ]);
  });
}
