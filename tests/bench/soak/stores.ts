import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { openFaultProxy } from '../../support/fault-proxy.ts';
import { startInfluxd } from '../../support/influxd.ts';

/** What the service stores into, how it is made to fail, and what it has in the end. */
export type SoakStore = {
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Takes the store away for so long, in one way or another; undefined where it cannot be: it is in the service. */
  readonly outage: ((kind: number, ms: number) => Promise<string>) | undefined;
  /** Rows of each device and quantity, once the service has ended. */
  readonly counts: (dir: string) => Promise<readonly Count[]>;
} & AsyncDisposable;

/** `rows` and `times` differ when something is stored twice. */
export type Count = {
  readonly device: string;
  readonly quantity: string;
  readonly rows: number;
  readonly times: number;
};

export function duckdbStore(): SoakStore {
  return {
    name: 'DuckDB',
    environment: {},
    outage: undefined,
    counts: async (dir) => {
      const database = await DuckDBInstance.create(join(dir, 'data/readings.duckdb'));
      const connection = await database.connect();
      const answer = await connection.runAndReadAll(
        `SELECT device, quantity, count(*), count(DISTINCT at_ms)
         FROM readings JOIN points ON point = id GROUP BY device, quantity`,
      );
      connection.closeSync();
      database.closeSync();
      return answer.getRows().map(([device, quantity, rows, times]) => ({
        device: String(device),
        quantity: String(quantity),
        rows: Number(rows),
        times: Number(times),
      }));
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}

const SLOW_MS = 10_000;

export async function influxdbStore(program: string): Promise<SoakStore> {
  await using opening = new AsyncDisposableStack();
  const influxd = opening.use(await startInfluxd(program));
  const proxy = opening.use(await openFaultProxy(influxd.url, { remembers: false }));
  const away = (signal: NodeJS.Signals) => async (ms: number) => {
    await influxd.stop(signal);
    await wait(ms);
    await influxd.start();
  };
  const answering = (status: number) => async (ms: number) => {
    proxy.handle(() => ({ status, headers: { 'retry-after': '1' } }));
    await wait(ms);
    proxy.handle(undefined);
  };
  const slow = async (ms: number) => {
    proxy.handle(() => wait(SLOW_MS).then(() => undefined));
    await wait(ms);
    proxy.handle(undefined);
  };
  const kinds: readonly [string, (ms: number) => Promise<void>][] = [
    ['killed', away('SIGKILL')],
    ['stopped', away('SIGTERM')],
    ['answering 503', answering(503)],
    ['answering 429', answering(429)],
    ['answering 401', answering(401)],
    [`${SLOW_MS / 1000} s a write`, slow],
  ];
  const stack = opening.move();
  return {
    name: 'InfluxDB 1.8',
    environment: {
      KVARTER_STORE__KIND: 'influxdb',
      KVARTER_STORE__INFLUXDB__URL: proxy.url,
      KVARTER_STORE__INFLUXDB__TOKEN: 'user:password',
    },
    outage: async (kind, ms) => {
      const [name, fail] = kinds[kind % kinds.length]!;
      await fail(ms);
      return name;
    },
    counts: async () => {
      const query = 'SELECT count("value") FROM "activePowerW", "voltageV" GROUP BY "device"';
      const url = `${influxd.url}/query?${new URLSearchParams({ db: 'readings', q: query })}`;
      const { results } = (await (await fetch(url)).json()) as InfluxAnswer;
      return (results[0]?.series ?? []).map(({ name, tags, values }) => {
        const rows = values[0]?.[1] ?? 0;
        // InfluxDB itself keeps one value for each time.
        return { device: tags.device, quantity: name, rows, times: rows };
      });
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

type InfluxAnswer = {
  readonly results: readonly {
    readonly series?: readonly {
      readonly name: string;
      readonly tags: { readonly device: string };
      readonly values: readonly (readonly [string, number])[];
    }[];
  }[];
};
