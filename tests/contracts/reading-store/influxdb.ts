import { expect, it } from 'vitest';
import { KvarterError } from '../../../src/domain/errors.ts';
import { QUARTER_MS } from '../../../src/domain/interval.ts';
import { openInfluxdbStore } from '../../../src/store/influxdb.ts';
import type { ReadingStore } from '../../../src/store/store.ts';
import { brief, type Home, interval, meter, reading, T0, values } from './home.ts';

let homes = 0;

/** Two databases that nobody has created yet. */
export async function influxdbHome(url: string): Promise<Home & { readonly bucket: string }> {
  homes += 1;
  const bucket = `readings ${homes}`;
  return {
    bucket,
    open: () =>
      openInfluxdbStore({
        url,
        org: 'kvarter',
        bucket,
        intervalsBucket: `intervals ${homes}`,
        timeoutMs: 20_000,
      }),
    async [Symbol.asyncDispose]() {},
  };
}

const point = { device: 'm', quantity: 'activePowerW' as const };

/** What only a store with a server, types and places can do. */
export function influxdbSuite(url: () => string): void {
  it('gives back the lines that the server does not take, and stores the rest', async () => {
    await using home = await influxdbHome(url());
    await using store = await home.open();
    await store.writeReadings([reading('m', T0, 0)]);
    await writeRaw(url(), home.bucket, `co2Ppm,device=foreign value=1i ${T0}`);
    const bad = [
      reading('m', T0 + 77, 1, { quantity: 'co2Ppm' }),
      reading('n', T0 + 4321, 2, { quantity: 'co2Ppm' }),
    ];
    const good = Array.from({ length: 7000 }, (_, n) => reading('m', T0 + n, n));
    const refused = await store.writeReadings([...good.slice(0, 77), bad[0]!, ...good.slice(77), bad[1]!]);
    expect(refused.map(({ item }) => item)).toEqual(bad);
    expect(refused[0]!.reason).toMatch(/field type conflict.* integer/);
    expect(await store.readings({ device: 'm', limit: 10_000 })).toHaveLength(7000);
  });

  it('gives back times that InfluxDB does not serve', async () => {
    await using home = await influxdbHome(url());
    await using store = await home.open();
    const bad = [reading('m', -1, 1), reading('m', Date.UTC(2300, 0, 1), 2), reading('m', 8.64e15 + 1, 3)];
    const refused = await store.writeReadings([...bad, reading('m', T0, 4)]);
    expect(refused.map(({ item }) => item)).toEqual(bad);
    expect(refused[0]?.reason).toMatch(/the time -1 is not one that InfluxDB serves/);
    const early = interval(meter('m'), -QUARTER_MS, 1);
    expect((await store.writeIntervals([early])).map(({ item }) => item)).toEqual([early]);
    expect(values(await store.readings({ limit: 10 }))).toEqual([4]);
  });

  it('gives one reading per point and time of a device that moved, and means no reading twice', async () => {
    await using home = await influxdbHome(url());
    await using store = await home.open();
    const at = (building: string, offsetMs: number, value: number) =>
      reading('m', T0 + offsetMs, value, { building });
    await store.writeReadings([at('old', 0, 1), at('old', 10, 2), at('old', 11, 3)]);
    // The readings after the move come again, decoded with the new register; 12 is new.
    await store.writeReadings([at('new', 10, 2), at('new', 11, 3), at('new', 12, 7), at('new', 20, 8)]);
    expect((await store.readings({ limit: 10 })).map(brief)).toEqual([
      'm activePowerW @0 = 1',
      'm activePowerW @10 = 2',
      'm activePowerW @11 = 3',
      'm activePowerW @12 = 7',
      'm activePowerW @20 = 8',
    ]);
    expect(values(await store.readings({ limit: 2, after: { atMs: T0 + 10, point } }))).toEqual([3, 7]);
    expect((await store.last({})).map(brief)).toEqual(['m activePowerW @20 = 8']);
    expect(await store.means({ point, fromMs: T0, toMs: T0 + 30, stepMs: 10 })).toEqual([
      { fromMs: T0, mean: 1, count: 1 },
      { fromMs: T0 + 10, mean: 4, count: 3 },
      { fromMs: T0 + 20, mean: 8, count: 1 },
    ]);
  });

  it('creates a bucket when it is needed first, and again when it is gone', async () => {
    await using home = await influxdbHome(url());
    await using store = await home.open();
    expect(await databases(url())).not.toContain(home.bucket);
    await store.writeReadings([reading('m', T0, 1)]);
    expect(await databases(url())).toContain(home.bucket);
    await statement(url(), `DROP DATABASE "${home.bucket}"`);
    expect(await store.readings({ limit: 10 })).toEqual([]);
    await store.writeReadings([reading('m', T0, 2)]);
    expect(values(await store.readings({ limit: 10 }))).toEqual([2]);
  });

  it('reads past what others write into the bucket', async () => {
    await using home = await influxdbHome(url());
    await using store = await home.open();
    await store.writeReadings([reading('m', T0, 1)]);
    await writeRaw(url(), home.bucket, `cpu,host=h value=3i ${T0}\nactivePowerW,device=m other=4i ${T0}`);
    expect(values(await store.readings({ limit: 10 }))).toEqual([1]);
    expect(values(await store.last({}))).toEqual([1]);
  });

  it('opens without its server, and says that it is away whatever is asked of it', async () => {
    const timeoutMs = 5000;
    const options = { org: 'o', bucket: 'b', intervalsBucket: 'i', timeoutMs };
    await using store = await openInfluxdbStore({ ...options, url: 'http://127.0.0.1:9' });
    const calls: Record<string, (store: ReadingStore) => Promise<unknown>> = {
      writeReadings: (to) => to.writeReadings([reading('m', T0, 1)]),
      writeIntervals: (to) => to.writeIntervals([interval(meter('m'), T0, 1)]),
      readings: (to) => to.readings({ limit: 1 }),
      samples: (to) => to.samples({ points: [point], fromMs: T0, toMs: T0 }),
      last: (to) => to.last({}),
      means: (to) => to.means({ point, fromMs: T0, toMs: T0 + 1, stepMs: 1 }),
      intervals: (to) => to.intervals({ meter: meter('m'), fromMs: T0, toMs: T0 + 1 }),
      load: (to) => to.load({ meters: [meter('m')], fromMs: T0, toMs: T0 + 1 }),
      check: (to) => to.check(),
    };
    for (const [name, call] of Object.entries(calls)) {
      const error = await call(store).catch((reason: unknown) => reason);
      expect(error, name).toBeInstanceOf(KvarterError);
      expect(error, name).toMatchObject({ code: 'store-unavailable', retryable: true });
      expect(String(error), name).toMatch(
        /InfluxDB at http:\/\/127\.0\.0\.1:9 cannot be reached: .*ECONNREFUSED/,
      );
    }
  });
}

async function writeRaw(url: string, bucket: string, lines: string): Promise<void> {
  const path = `/api/v2/write?org=o&precision=ms&bucket=${encodeURIComponent(bucket)}`;
  const answer = await fetch(url + path, { method: 'POST', body: lines });
  expect(answer.status, await answer.text()).toBe(204);
}

async function statement(url: string, q: string): Promise<string> {
  return (await fetch(`${url}/query`, { method: 'POST', body: new URLSearchParams({ q }) })).text();
}

async function databases(url: string): Promise<string[]> {
  const { results } = JSON.parse(await statement(url, 'SHOW DATABASES'));
  return results[0].series[0].values.flat();
}
