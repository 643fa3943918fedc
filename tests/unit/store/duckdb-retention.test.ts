import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/config.ts';
import { agesOf, forgottenBefore } from '../../../src/config/durations.ts';
import { openDuckdbStore } from '../../../src/store/duckdb.ts';
import { readingOf } from '../../support/readings.ts';
import { openTempDir } from '../../support/temp-dir.ts';

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 0, 15);
const packageDir = join(import.meta.dirname, '../../..');

function configWith(environment: Record<string, string>) {
  const settings = Object.entries(environment).map(([key, value]) => [`KVARTER_STORE__${key}`, value]);
  return loadConfig({ cwd: packageDir, packageDir, environment: Object.fromEntries(settings) }).config;
}

describe('the embedded store', () => {
  it('forgets readings and intervals that are older, each by its own time', async () => {
    await using dir = await openTempDir();
    await using store = await openDuckdbStore({ path: join(dir.path, 'r.duckdb') });
    const point = { device: 'm', quantity: 'activePowerW' } as const;
    await store.writeReadings([0, 1, 2].map((day) => readingOf(point, NOW + day * DAY_MS, day)));
    const meter = { device: 'm', carrier: 'electricity' } as const;
    await store.writeIntervals(
      [0, 1, 2].map((day) => ({ meter, fromMs: NOW + day * DAY_MS, energyWh: day, coverage: 1 })),
    );
    await store.forget({ readingsMs: NOW + 2 * DAY_MS, intervalsMs: NOW + DAY_MS });
    expect((await store.readings({ limit: 10 })).map(({ value }) => value)).toEqual([2]);
    const kept = await store.intervals({ meter, fromMs: NOW, toMs: NOW + 3 * DAY_MS });
    expect(kept.map(({ energyWh }) => energyWh)).toEqual([1, 2]);
    await store.forget({});
    expect(await store.readings({ limit: 10 })).toHaveLength(1);
  });
});

describe('how long the embedded store keeps', () => {
  it('is for ever unless it is set', () => {
    const config = configWith({});
    expect(forgottenBefore(config, NOW)).toEqual({});
    expect(agesOf(config).maxPastMs).toBe(3650 * DAY_MS);
  });

  it('is a day longer than readings are taken in, so that what comes late finds its neighbours', () => {
    const config = configWith({ DUCKDB__READINGSKEEPDAYS: '90', DUCKDB__INTERVALSKEEPDAYS: '1000' });
    expect(agesOf(config).maxPastMs).toBe(90 * DAY_MS);
    expect(forgottenBefore(config, NOW)).toEqual({
      readingsMs: NOW - 91 * DAY_MS,
      intervalsMs: NOW - 1000 * DAY_MS,
    });
  });

  it('is the business of InfluxDB where that stores', () => {
    const config = configWith({
      KIND: 'influxdb',
      INFLUXDB__TOKEN: 't',
      DUCKDB__READINGSKEEPDAYS: '90',
    });
    expect(forgottenBefore(config, NOW)).toEqual({});
    expect(agesOf(config).maxPastMs).toBe(3650 * DAY_MS);
  });
});
