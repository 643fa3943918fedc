import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { connectAsync } from 'mqtt';
import { seededUniform } from '../../support/chance.ts';
import { freePorts } from '../../support/ports.ts';
import { findServer } from '../../support/servers.ts';
import { openTempDir } from '../../support/temp-dir.ts';
import { failAtRandom, killAtRandom } from './chaos.ts';
import { startLives } from './lives.ts';
import { startPublisher } from './publisher.ts';
import { judged, type SoakRun, soakReport } from './report.ts';
import { duckdbStore, influxdbStore, type SoakStore } from './stores.ts';

// `npm run soak -- --minutes 10 --rate 75000 --store duckdb|influxdb --seed S`: load, kills and outages at random; in the
// end everything acknowledged must be stored once, and memory flat. Prints Markdown; exit code 1 when either is not so.

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    rate: { type: 'string' },
    store: { type: 'string' },
    seed: { type: 'string', default: randomUUID() },
  },
});
/** Messages a second: half of what the machine of the table takes, with each store. */
const rates = { duckdb: 75_000, influxdb: 30_000 };
const CLIENTS = 50;
const IN_FLIGHT = 40;
const PROGRESS_MS = 10_000;
/** Kills come in the first part; the last life is left alone for its memory to be judged. */
const KILLS_SHARE = 0.5;
const OUTAGES_SHARE = 0.8;
/** What waits in the journal in the end has this long to be stored, ms. */
const CATCH_UP_MS = 15 * 60_000;

const minutes = Number(values.minutes);
const influxd = findServer('influxd');
const wanted = values.store === undefined ? ['duckdb', 'influxdb'] : [values.store];
const runs: SoakRun[] = [];
for (const kind of wanted) {
  if (kind === 'duckdb') runs.push(await soak(duckdbStore(), rates.duckdb));
  else if (influxd !== undefined) runs.push(await soak(await influxdbStore(influxd), rates.influxdb));
  else console.error('InfluxDB: NOT SOAKED, because influxd is missing');
}
const machine = `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}`;
console.log(soakReport(runs, { date: new Date().toISOString().slice(0, 10), machine, seed: values.seed }));
process.exitCode = runs.length > 0 && runs.every(({ isGood }) => isGood) ? 0 : 1;

async function soak(opened: SoakStore, usualRate: number): Promise<SoakRun> {
  await using store = opened;
  await using dir = await openTempDir();
  await writeRegister(dir.path);
  const rate = Number(values.rate ?? usualRate);
  const [port = 0] = await freePorts(1);
  await using lives = await startLives(dir.path, {
    ...store.environment,
    KVARTER_MQTT__PORT: String(port),
    KVARTER_ALERTS__LOG: 'false',
  });
  const publisher = startPublisher({
    port,
    clients: CLIENTS,
    inFlight: IN_FLIGHT,
    rate,
    fromMs: Date.now() - 300 * 86_400_000,
    topic: (client) => `kvarter/${deviceName(client)}/up`,
  });
  const lengthMs = minutes * 60_000;
  using _progress = every(PROGRESS_MS, () =>
    say(
      store,
      `${publisher.acknowledged()} acknowledged, ${lives.lives.length} lives, ${lives.memoryMb()} MB`,
    ),
  );
  const startedMs = performance.now();
  const [kills, outages] = await Promise.all([
    killAtRandom(lives, seededUniform(`${values.seed} kills`), lengthMs * KILLS_SHARE),
    failAtRandom(store, seededUniform(`${values.seed} outages`), lengthMs * OUTAGES_SHARE),
    wait(lengthMs),
  ]);
  say(store, 'publishing ends; waiting for the last PUBACKs');
  const sent = await publisher.finish();
  say(store, `${publisher.acknowledged()} are acknowledged; waiting for the store`);
  const publishedSeconds = (performance.now() - startedMs) / 1000;
  const caughtUpSeconds = await untilAllIsStored(port, lives.now().get);
  const exitCode = await lives.end();
  const counts = await store.counts(dir.path);
  return judged({
    store: store.name,
    rate,
    publishedSeconds,
    caughtUpSeconds,
    kills,
    outages,
    sent,
    acknowledged: publisher.acknowledged(),
    resent: publisher.resent(),
    p50Ms: publisher.latencies.quantile(0.5),
    p99Ms: publisher.latencies.quantile(0.99),
    exitCode,
    counts,
    lives: lives.lives,
  });
}

/** What happens meanwhile, on stderr: the report alone is on stdout. */
function say({ name }: SoakStore, text: string): void {
  console.error(`${new Date().toISOString().slice(11, 19)} ${name}: ${text}`);
}

function every(ms: number, task: () => void): Disposable {
  const timer = setInterval(task, ms);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** A reading behind all others: when it is stored, so are they. Gives the seconds that took. */
async function untilAllIsStored(port: number, get: <T>(path: string) => Promise<T>): Promise<number> {
  const startedMs = performance.now();
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`);
  await client.publishAsync('kvarter/last/up', '{"values":{"activePowerW":1}}', { qos: 1 });
  await client.endAsync();
  while (performance.now() - startedMs < CATCH_UP_MS) {
    const answer = await get<{ readings?: unknown[] }>('/api/v1/readings?device=last').catch(() => undefined);
    if ((answer?.readings?.length ?? 0) > 0) return (performance.now() - startedMs) / 1000;
    await wait(200);
  }
  return Number.POSITIVE_INFINITY;
}

async function writeRegister(dir: string): Promise<void> {
  const names = [...Array.from({ length: CLIENTS }, (_, n) => deviceName(n)), 'last'];
  const rows = names.map((name) => `${name},kvarter,b1,,submeter`);
  await writeFile(
    join(dir, 'places.yaml'),
    'organisation: { id: o, name: O }\nareas: [{ id: a, name: A, buildings: [{ id: b1, name: B }] }]\n',
  );
  await writeFile(join(dir, 'devices.csv'), `device,model,building,space,role\n${rows.join('\n')}\n`);
}

function deviceName(client: number): string {
  return `d${String(client).padStart(3, '0')}`;
}
