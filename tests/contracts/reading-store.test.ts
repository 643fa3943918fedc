import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { openDuckdbStore } from '../../src/store/duckdb.ts';
import { type Influxd, startInfluxd } from '../support/influxd.ts';
import { describeWith } from '../support/servers.ts';
import { openTempDir } from '../support/temp-dir.ts';
import type { OpenHome } from './reading-store/home.ts';
import { influxdbHome, influxdbSuite } from './reading-store/influxdb.ts';
import { influxdbAnswersSuite } from './reading-store/influxdb-answers.ts';
import { intervalsSuite } from './reading-store/intervals.ts';
import { readingsSuite } from './reading-store/readings.ts';

const duckdbHome: OpenHome = async () => {
  const dir = await openTempDir();
  return {
    open: () => openDuckdbStore({ path: join(dir.path, 'readings.duckdb') }),
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
};

describe('reading store: DuckDB', () => {
  readingsSuite(duckdbHome);
  intervalsSuite(duckdbHome);
});

describeWith('influxd', 'reading store: InfluxDB', (program) => {
  let server: Influxd | undefined;
  beforeAll(async () => {
    server = await startInfluxd(program);
  });
  afterAll(() => server?.[Symbol.asyncDispose]());
  const url = () => server?.url ?? '';

  readingsSuite(() => influxdbHome(url()));
  intervalsSuite(() => influxdbHome(url()));
  influxdbSuite(url);
});

describe('reading store: InfluxDB, whatever the server answers', influxdbAnswersSuite);
