import { expect, it } from 'vitest';
import type { Reading } from '../../../src/domain/reading.ts';
import type { ReadingQuery, ReadingStore, StoredReading } from '../../../src/store/store.ts';
import { brief, DAY_MS, type OpenHome, reading, T0, values, withStore } from './home.ts';

const oddNames = [
  'with space',
  'a,b=c',
  'quoted "so" and \'so\'',
  'back\\slash',
  'back\\slash, then comma',
  'ends with \\',
  'ends with comma,',
  'line\nbreak\ttab',
  '50%25 off %',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Flux puts values into strings the same way
  '${interpolated} $1 r.device',
  '^(a|b).*[c]$/d+?{2}',
  '#comment',
  'Värmecentral 🏠',
  '|',
];

export function readingsSuite(openHome: OpenHome): void {
  const test = (name: string, use: (store: ReadingStore) => Promise<void>) =>
    it(name, () => withStore(openHome, use));

  test('keeps one reading per point and time: writing again changes nothing, a later value wins', async (store) => {
    await store.writeReadings([reading('m', T0, 1), reading('m', T0 + 1, 2), reading('m', T0 + 1, 3)]);
    await store.writeReadings([reading('m', T0, 1), reading('m', T0, 4)]);
    expect(values(await store.readings({ device: 'm', limit: 10 }))).toEqual([4, 3]);
  });

  test('gives samples of many points at once, both ends included, and of none that was not asked for', async (store) => {
    const of = (device: string, channel?: string) => ({
      ...{ device, quantity: 'activePowerW' as const },
      ...(channel === undefined ? {} : { channel }),
    });
    const odd = 'quoted "so" (.*)/';
    await store.writeReadings([0, 1, 2, 3].map((n) => reading('m', T0 + n, n)));
    await store.writeReadings([
      reading('m', T0 + 1, 99, { channel: 'L1' }),
      reading('m', T0 + 2, 98, { channel: 'L2' }),
      reading('m', T0 + 1, 97, { quantity: 'activeEnergyWh' }),
      reading('other', T0 + 1, 96),
      reading(odd, T0 + 1, 5),
    ]);
    const points = [of('m'), of('m', 'L1'), of(odd), of('nobody')];
    const found = await store.samples({ points, fromMs: T0 + 1, toMs: T0 + 2 });
    expect(found.map(brief).toSorted()).toEqual(
      [
        'm activePowerW @1 = 1',
        'm activePowerW @2 = 2',
        'm activePowerW/L1 @1 = 99',
        `${odd} activePowerW @1 = 5`,
      ].toSorted(),
    );
    expect(await store.samples({ points: [], fromMs: T0, toMs: T0 + 9 })).toEqual([]);
    expect(await store.samples({ points, fromMs: T0 + 3, toMs: T0 + 2 })).toEqual([]);
  });

  test('takes from as included and to as not, and tells a channel from none', async (store) => {
    await store.writeReadings([0, 1, 2, 3].map((n) => reading('m', T0 + n, n)));
    await store.writeReadings([reading('m', T0 + 1, 99, { channel: 'L1' })]);
    const query = { device: 'm', fromMs: T0 + 1, toMs: T0 + 3, limit: 10 };
    expect(values(await store.readings(query))).toEqual([1, 99, 2]);
    expect(values(await store.readings({ ...query, channel: 'L1' }))).toEqual([99]);
  });

  test('orders by time, then device, quantity and channel, a point without channel first', async (store) => {
    const written = [
      reading('b', T0, 1),
      reading('a', T0, 2, { quantity: 'co2Ppm' }),
      reading('a', T0, 3, { channel: 'L2' }),
      reading('a', T0, 4, { channel: 'L1' }),
      reading('a', T0, 5),
      reading('z', T0 - 1, 6),
      reading('A', T0 + 1, 7),
    ];
    await store.writeReadings(written);
    const found = await store.readings({ limit: 10 });
    expect(found.map(brief)).toEqual([
      'z activePowerW @-1 = 6',
      'a activePowerW @0 = 5',
      'a activePowerW/L1 @0 = 4',
      'a activePowerW/L2 @0 = 3',
      'a co2Ppm @0 = 2',
      'b activePowerW @0 = 1',
      'A activePowerW @1 = 7',
    ]);
    expect(values(await store.readings({ device: 'a', quantity: 'co2Ppm', limit: 10 }))).toEqual([2]);
    expect(values(await store.readings({ quantity: 'activePowerW', limit: 3 }))).toEqual([6, 5, 4]);
  });

  test('gives a page after the other, also among readings of one moment', async (store) => {
    const written = Array.from({ length: 25 }, (_, n) => reading(`d${n + 10}`, T0, n));
    const later = [1, 2, 5000, DAY_MS, 400 * DAY_MS].flatMap((ms, n) =>
      ['L1', 'L2', 'L3'].map((channel, phase) =>
        reading('later', T0 + ms, 100 + 10 * n + phase, { channel }),
      ),
    );
    await store.writeReadings([...written, ...later]);
    const all = [...written, ...later].map(({ value }) => value);
    for (const limit of [1, 4, 10, 40, 41]) {
      expect(values(await pages(store, { limit })), `pages of ${limit}`).toEqual(all);
    }
    const bounded = { fromMs: T0 + 1, toMs: T0 + DAY_MS, device: 'later', limit: 2 };
    expect(values(await pages(store, bounded))).toEqual([100, 101, 102, 110, 111, 112, 120, 121, 122]);
  });

  test('finds readings decades apart, those of a clock that starts in 1970 too', async (store) => {
    const times = [0, 1, 60_000, Date.UTC(1999, 11, 31), T0, Date.UTC(2150, 0, 1)];
    await store.writeReadings(times.map((atMs, n) => reading('m', atMs, n)));
    const found = await store.readings({ limit: 10 });
    expect(found.map(({ atMs }) => atMs)).toEqual(times);
    expect(values(await store.readings({ fromMs: -1000, toMs: 2, limit: 9 }))).toEqual([0, 1]);
    expect(values(await store.readings({ fromMs: 1, limit: 2 }))).toEqual([1, 2]);
  });

  test('gives nothing where nothing is', async (store) => {
    const point = { device: 'm', quantity: 'activePowerW' as const };
    expect(await store.readings({ limit: 10 })).toEqual([]);
    expect(await store.last({})).toEqual([]);
    await store.writeReadings([]);
    await store.writeReadings([reading('m', T0, 1)]);
    expect(await store.readings({ device: 'other', limit: 10 })).toEqual([]);
    expect(await store.readings({ fromMs: T0, toMs: T0, limit: 10 })).toEqual([]);
    expect(await store.readings({ fromMs: T0 + 1, limit: 10 })).toEqual([]);
    expect(await store.readings({ after: { atMs: T0, point }, limit: 10 })).toEqual([]);
    expect(await store.means({ point, fromMs: T0, toMs: T0, stepMs: 1000 })).toEqual([]);
  });

  it.each(oddNames)('keeps the name %j as it is', (name) =>
    withStore(openHome, async (store) => {
      const written = [
        reading(name, T0, 7, { building: name }),
        reading(name, T0, 8, { channel: name }),
        reading('plain', T0, 9),
      ];
      await store.writeReadings(written);
      const found = await store.readings({ device: name, limit: 10 });
      expect(found.map(({ point }) => [point.device, point.channel])).toEqual([
        [name, undefined],
        [name, name],
      ]);
      expect(values(await store.readings({ channel: name, limit: 10 }))).toEqual([8]);
      expect(values(await store.last({ device: name })).toSorted()).toEqual([7, 8]);
      const point = { device: name, quantity: 'activePowerW' as const, channel: name };
      expect(await store.means({ point, fromMs: T0, toMs: T0 + 1, stepMs: 1 })).toEqual([
        { fromMs: T0, mean: 8, count: 1 },
      ]);
    }),
  );

  test('gives back what no store can hold, and keeps the rest', async (store) => {
    const bad = [reading('m', T0, Number.NaN), reading('m', T0 + 0.5, 1)];
    const refused = await store.writeReadings([bad[0]!, reading('m', T0 + 1, 5), bad[1]!]);
    expect(refused.map(({ item }) => item)).toEqual(bad);
    expect(refused[0]!.reason).toMatch(/not a finite number/);
    expect(values(await store.readings({ limit: 10 }))).toEqual([5]);
  });

  test('gives the newest reading of each point, whatever the order of arrival', async (store) => {
    await store.writeReadings([reading('m', T0 + 2, 1), reading('m', T0 + 1, 2)]);
    await store.writeReadings([
      reading('m', T0, 3),
      reading('m', T0 - DAY_MS, 4, { channel: 'L1' }),
      reading('m', T0, 5, { quantity: 'co2Ppm' }),
      reading('n', T0 + 9, 6),
    ]);
    const briefs = async (query: Parameters<ReadingStore['last']>[0]) =>
      (await store.last(query)).map(brief).toSorted();
    expect(await briefs({})).toEqual([
      'm activePowerW @2 = 1',
      `m activePowerW/L1 @${-DAY_MS} = 4`,
      'm co2Ppm @0 = 5',
      'n activePowerW @9 = 6',
    ]);
    expect(await briefs({ device: 'm', quantity: 'co2Ppm' })).toEqual(['m co2Ppm @0 = 5']);
    await store.writeReadings([reading('m', T0 + 2, 7), reading('m', T0 + 3, 8, { quantity: 'co2Ppm' })]);
    expect(await briefs({ device: 'm' })).toEqual([
      'm activePowerW @2 = 7',
      `m activePowerW/L1 @${-DAY_MS} = 4`,
      'm co2Ppm @3 = 8',
    ]);
  });

  test('means the samples of each step that has any, from the start of the query on', async (store) => {
    const fromMs = T0 + 7;
    await store.writeReadings([
      reading('m', fromMs - 1, 1000),
      reading('m', fromMs, 1),
      reading('m', fromMs + 9, 2),
      reading('m', fromMs + 10, 4),
      // No sample in the third step.
      reading('m', fromMs + 30, -8),
      reading('m', fromMs + 35, 1000),
      reading('m', fromMs + 1, 1000, { channel: 'L1' }),
      reading('n', fromMs + 1, 1000),
    ]);
    const point = { device: 'm', quantity: 'activePowerW' as const };
    expect(await store.means({ point, fromMs, toMs: fromMs + 35, stepMs: 10 })).toEqual([
      { fromMs, mean: 1.5, count: 2 },
      { fromMs: fromMs + 10, mean: 4, count: 1 },
      { fromMs: fromMs + 30, mean: -8, count: 1 },
    ]);
    expect(
      await store.means({ point: { ...point, channel: 'L1' }, fromMs, toMs: fromMs + 35, stepMs: 100 }),
    ).toEqual([{ fromMs, mean: 1000, count: 1 }]);
  });

  it('keeps what it was given when it is opened again', async () => {
    await using home = await openHome();
    {
      await using store = await home.open();
      await store.writeReadings([reading('m', T0, 7)]);
    }
    await using store = await home.open();
    await store.check();
    expect(values(await store.last({}))).toEqual([7]);
  });

  test('takes batches that are larger than one request, written at the same time', async (store) => {
    const batch = (device: string): Reading[] =>
      Array.from({ length: 12_000 }, (_, n) => reading(device, T0 + n, n));
    const refused = await Promise.all(['a', 'b', 'c'].map((device) => store.writeReadings(batch(device))));
    expect(refused.flat()).toEqual([]);
    const found = await store.readings({ limit: 40_000 });
    expect(found).toHaveLength(36_000);
    expect(found.slice(0, 4).map(brief)).toEqual([
      'a activePowerW @0 = 0',
      'b activePowerW @0 = 0',
      'c activePowerW @0 = 0',
      'a activePowerW @1 = 1',
    ]);
  });
}

/** All readings, a page after the other. */
async function pages(store: ReadingStore, query: ReadingQuery): Promise<StoredReading[]> {
  const seen: StoredReading[] = [];
  for (;;) {
    const last = seen.at(-1);
    const page = await store.readings({ ...query, ...(last === undefined ? {} : { after: last }) });
    expect(page.length).toBeLessThanOrEqual(query.limit);
    seen.push(...page);
    if (page.length < query.limit) return seen;
  }
}
