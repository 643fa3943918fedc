import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { DuckDBInstance } from '@duckdb/node-api';
import { startInfluxd } from '../../support/influxd.ts';
import { startFlags, startKvarter } from '../../support/kvarter.ts';
import { startMosquitto } from '../../support/mosquitto.ts';
import { openTempDir } from '../../support/temp-dir.ts';

/** Something that takes in the load. */
export type Stack = {
  readonly port: number;
  /** Whose processor time and memory count. */
  readonly pids: readonly number[];
  /** From the start to being ready, ms. */
  readonly upMs: number;
  /** Readings that it says are stored by now; undefined when it stores nothing. */
  readonly stored?: () => Promise<number>;
  /** Readings that the store has, asked of the store itself; may end the stack. */
  readonly counted?: () => Promise<number>;
} & AsyncDisposable;

export async function bareAedes(): Promise<Stack> {
  const startedMs = performance.now();
  const child = spawn(process.execPath, [join(import.meta.dirname, 'bare-aedes.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
  const { port } = JSON.parse(line);
  return {
    port,
    pids: [pidOf(child)],
    upMs: performance.now() - startedMs,
    [Symbol.asyncDispose]: () => end(child),
  };
}

export async function mosquitto(program: string): Promise<Stack> {
  const startedMs = performance.now();
  const server = await startMosquitto(program);
  return {
    port: server.port,
    pids: [server.pid()],
    upMs: performance.now() - startedMs,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** The whole service as `npm start` starts it, with its embedded store. */
export async function kvarterOnDuckdb(clients: number): Promise<Stack> {
  await using opening = new AsyncDisposableStack();
  const dir = opening.use(await openTempDir());
  const service = opening.use(await startService(dir.path, clients, {}));
  const stack = opening.move();
  return {
    ...service,
    counted: async () => {
      // One process at a time may have the file.
      await service.end();
      const database = await DuckDBInstance.create(join(dir.path, 'data', 'readings.duckdb'));
      const connection = await database.connect();
      const rows = await connection.runAndReadAll('SELECT count(*) FROM readings');
      connection.closeSync();
      database.closeSync();
      return Number(rows.getRows()[0]?.[0]);
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** The whole service in front of a real InfluxDB, whose processor time counts as well. */
export async function kvarterOnInfluxdb(clients: number, program: string): Promise<Stack> {
  await using opening = new AsyncDisposableStack();
  const dir = opening.use(await openTempDir());
  const influxd = opening.use(await startInfluxd(program));
  const service = opening.use(
    await startService(dir.path, clients, {
      KVARTER_STORE__KIND: 'influxdb',
      KVARTER_STORE__INFLUXDB__URL: influxd.url,
      KVARTER_STORE__INFLUXDB__TOKEN: 'bench',
    }),
  );
  const stack = opening.move();
  return {
    ...service,
    pids: [...service.pids, influxd.pid],
    counted: () => influxCount(influxd.url, 'SELECT count("value") FROM "activePowerW", "voltageV"'),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** What many sites run: Mosquitto, Telegraf on a persistent session, InfluxDB. Nothing is synced before PUBACK. */
export async function mosquittoTelegraf(programs: {
  readonly mosquitto: string;
  readonly telegraf: string;
  readonly influxd: string;
}): Promise<Stack> {
  await using opening = new AsyncDisposableStack();
  const dir = opening.use(await openTempDir());
  const startedMs = performance.now();
  const influxd = opening.use(await startInfluxd(programs.influxd));
  const broker = opening.use(
    await startMosquitto(programs.mosquitto, { settings: ['max_inflight_messages 1000'] }),
  );
  const config = join(dir.path, 'telegraf.conf');
  await writeFile(
    config,
    `[agent]
interval = "1s"
flush_interval = "1s"
metric_batch_size = 5000
metric_buffer_limit = 200000
omit_hostname = true
[[inputs.mqtt_consumer]]
servers = ["tcp://127.0.0.1:${broker.port}"]
topics = ["kvarter/+/up"]
qos = 1
persistent_session = true
client_id = "telegraf"
max_undelivered_messages = 50000
data_format = "json_v2"
[[inputs.mqtt_consumer.json_v2]]
measurement_name = "reading"
timestamp_path = "time"
timestamp_format = "2006-01-02T15:04:05Z07:00"
[[inputs.mqtt_consumer.json_v2.object]]
path = "values"
[[outputs.influxdb_v2]]
urls = ["${influxd.url}"]
token = "bench"
organization = "bench"
bucket = "readings"
`,
  );
  const telegraf = spawn(programs.telegraf, ['--config', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  opening.defer(() => end(telegraf));
  await says(telegraf, /Connected/);
  const stack = opening.move();
  // A message is one point with a field for each of its readings.
  const stored = async () =>
    2 * (await influxCount(influxd.url, 'SELECT count("activePowerW") FROM "reading"'));
  return {
    port: broker.port,
    pids: [broker.pid(), pidOf(telegraf), influxd.pid],
    upMs: performance.now() - startedMs,
    stored,
    counted: stored,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

async function influxCount(url: string, query: string): Promise<number> {
  const answer = await fetch(`${url}/query?${new URLSearchParams({ db: 'readings', q: query })}`);
  const { results } = (await answer.json()) as InfluxCounts;
  return (results[0]?.series ?? []).reduce((sum, { values }) => sum + (values[0]?.[1] ?? 0), 0);
}

/** Resolves when the child has said it; reads on, because one whose pipe is full or closed stops. */
function says({ stderr }: { readonly stderr: Readable }, pattern: RegExp): Promise<void> {
  let said = '';
  return new Promise((resolve, reject) => {
    stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-10_000);
      if (pattern.test(said)) resolve();
    });
    stderr.once('end', () => reject(new Error(`ended without ${pattern}: ${said}`)));
  });
}

type InfluxCounts = {
  readonly results: readonly {
    readonly series?: readonly { readonly values: readonly (readonly [string, number])[] }[];
  }[];
};

async function startService(
  dir: string,
  clients: number,
  environment: Record<string, string>,
): Promise<Stack & { readonly end: () => Promise<unknown> }> {
  const places = join(dir, 'places.yaml');
  const devices = join(dir, 'devices.csv');
  const rows = Array.from({ length: clients }, (_, n) => `${deviceName(n)},kvarter,b1,,submeter`);
  await writeFile(
    places,
    'organisation: { id: o, name: O }\nareas: [{ id: a, name: A, buildings: [{ id: b1, name: B }] }]\n',
  );
  await writeFile(devices, `device,model,building,space,role\n${rows.join('\n')}\n`);
  const startedMs = performance.now();
  const running = startKvarter(['start'], {
    NODE_OPTIONS: startFlags(),
    KVARTER_DATADIR: join(dir, 'data'),
    KVARTER_MQTT__PORT: '0',
    KVARTER_HTTP__PORT: '0',
    KVARTER_LOG__LEVEL: 'info',
    KVARTER_ALERTS__LOG: 'false',
    KVARTER_REGISTER__PLACES: places,
    KVARTER_REGISTER__DEVICES: devices,
    ...environment,
  });
  const [, mqttPort, httpPort] = await running.says(/"mqttPort":(\d+),"httpPort":(\d+)/);
  return {
    port: Number(mqttPort),
    pids: [running.child.pid ?? 0],
    upMs: performance.now() - startedMs,
    stored: async () => {
      const metrics = await (await fetch(`http://127.0.0.1:${httpPort}/metrics`)).text();
      return Number(/^kvarter_readings_stored_total (\d+)/m.exec(metrics)?.[1] ?? 0);
    },
    end: () => running.end('SIGTERM'),
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  };
}

/** The device of a client, as the load generator names it. */
function deviceName(client: number): string {
  return `d${String(client).padStart(3, '0')}`;
}

function pidOf({ pid }: ChildProcess): number {
  if (pid === undefined) throw new Error('the process did not start');
  return pid;
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill();
  await ended;
}
