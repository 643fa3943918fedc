import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type MqttClient } from 'mqtt';
import { openCheckpoints } from '../../src/journal/checkpoints.ts';
import { FrameWriter } from '../../src/journal/frame.ts';
import { cursorOf, segmentFile } from '../../src/journal/segments.ts';
import { openStateDb } from '../../src/journal/state-db.ts';
import type { Part } from '../../src/rules/engine.ts';
import { openSnapshotFiles } from '../../src/workers/snapshot-files.ts';
import { freePorts } from '../support/ports.ts';
import { launchService } from '../support/service-process.ts';
import { openTempDir } from '../support/temp-dir.ts';
import { knownByNow, TARIFF, timesOver } from './district-state.ts';
import { type RulesDistrict, rulesDistrict } from './rules-district.ts';

const MINUTE_MS = 60_000;
const FEW = 50;
const TIMES = 20;
const MONTH_MINUTES = 33 * 1440;
/** Two snapshots and a part of a third. */
const LIVE_MS = 75_000;

/**
 * A service whose rules have known 50,000 points for a month, and all of which speak: how long a PUBACK takes at most while the rules
 * are restored, and afterwards while what they know is written down each half minute; and how much memory that takes.
 */
export async function benchLargeStart(root: string): Promise<void> {
  const district = rulesDistrict(FEW * TIMES, TARIFF);
  await using dir = await openTempDir();
  await writeRegister(dir.path, district);
  await writeState(join(dir.path, 'data'), timesOver(knownByNow(root, FEW, MONTH_MINUTES), TIMES, FEW));
  console.log(`start: ${district.points} points known for a month, all of which speak`);
  for (const signal of ['SIGKILL', 'SIGTERM'] as const) await live(dir.path, district, signal);
}

async function live(dir: string, district: RulesDistrict, signal: NodeJS.Signals): Promise<void> {
  const [port = 0, http = 0] = await freePorts(2);
  const startedMs = performance.now();
  const elapsed = () => performance.now() - startedMs;
  await using running = await launchService(dir, {
    KVARTER_MQTT__PORT: String(port),
    KVARTER_HTTP__PORT: String(http),
  });
  const [speaker, prober] = [connectTo(port), connectTo(port)];
  const isOver = new AbortController();
  const speaking = speak(speaker, district, isOver.signal);
  await probe(prober);
  const firstMs = elapsed();
  const up = running.says(/kvarter is up/).then(elapsed);
  const whileStarting = await slowest(prober, up);
  const upMs = await up;
  const whileLive = await slowest(prober, sleep(LIVE_MS));
  const peakMb = peakRssMb(running.child.pid);
  isOver.abort();
  await speaking;
  for (const client of [speaker, prober]) client.end(true);
  const endMs = performance.now();
  await running.end(signal);
  console.log(
    `  first PUBACK after ${(firstMs / 1000).toFixed(2)} s, all up after ${(upMs / 1000).toFixed(2)} s; ` +
      `slowest PUBACK until then ${words(whileStarting)}, in ${LIVE_MS / 1000} s of use ${words(whileLive)}; ` +
      `RSS at most ${peakMb} MB; ${signal} took ${Math.round(performance.now() - endMs)} ms`,
  );
}

const connectTo = (port: number) =>
  connect(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 10 }).on('error', () => undefined);
const probe = (client: MqttClient) =>
  client.publishAsync('kvarter/building-0-electricityMain-0/up', '{}', { qos: 1 });

type Delays = readonly number[];

/** One PUBACK after the other, until then; ms. */
async function slowest(client: MqttClient, until: Promise<unknown>): Promise<Delays> {
  let isOver = false;
  const over = until.then(() => {
    isOver = true;
  });
  const delays: number[] = [];
  while (!isOver) {
    const sentMs = performance.now();
    await probe(client);
    delays.push(performance.now() - sentMs);
    await sleep(5);
  }
  await over;
  return delays.toSorted((a, b) => b - a);
}

function words(delays: Delays): string {
  const p99 = delays[Math.floor(delays.length / 100)] ?? 0;
  return `${delays.slice(0, 3).map(Math.round).join(', ')} ms (p99 ${p99.toFixed(0)})`;
}

/** What the district's devices say, as it becomes time. */
async function speak(client: MqttClient, district: RulesDistrict, signal: AbortSignal): Promise<void> {
  let saidMs = Date.now();
  while (!signal.aborted) {
    await sleep(100);
    const nowMs = Date.now();
    for (let minute = Math.floor(saidMs / MINUTE_MS) * MINUTE_MS; minute <= nowMs; minute += MINUTE_MS) {
      const due = district.minute(minute).filter(({ atMs }) => atMs > saidMs && atMs <= nowMs);
      for (const [device, readings] of Map.groupBy(due, ({ point }) => point.device)) {
        const time = new Date(readings[0]?.atMs ?? nowMs).toISOString();
        const channels = Map.groupBy(readings, ({ point }) => point.channel);
        const said = Array.from(channels, ([channel, some]) => ({
          time,
          channel,
          values: Object.fromEntries(some.map(({ point, value }) => [point.quantity, value])),
        }));
        client.publish(`kvarter/${device}/up`, JSON.stringify(said), { qos: 1 });
      }
    }
    saidMs = nowMs;
  }
}

async function writeRegister(dir: string, { register }: RulesDistrict): Promise<void> {
  const { organisation, buildings } = register;
  const rows = Array.from(buildings.values(), ({ id, name, areaM2, spaces, tariff }) =>
    JSON.stringify({ id, name, areaM2, spaces, tariff }),
  );
  const areas = [{ id: 'a', name: 'A', buildings: rows.map((row): unknown => JSON.parse(row)) }];
  await writeFile(join(dir, 'places.yaml'), JSON.stringify({ organisation, areas }));
  const columns = ['id', 'model', 'building', 'space', 'role', 'fraction', 'volumeL'] as const;
  const devices = Array.from(register.devices.values(), ([device]) =>
    columns.map((column) => device?.[column]).join(','),
  );
  const header = columns.join(',').replace('id', 'device');
  await writeFile(join(dir, 'devices.csv'), [header, ...devices, ''].join('\n'));
}

/** Both readers have come to the end of a journal in which there is only a tick. */
async function writeState(dir: string, parts: Iterable<Part>): Promise<void> {
  const journalDir = join(dir, 'journal');
  await mkdir(journalDir, { recursive: true });
  const writer = new FrameWriter();
  writer.add({ kind: 'tick', atMs: Date.now() });
  const frame = writer.finish();
  await writeFile(segmentFile(journalDir, 1), frame, { flush: true });
  const cursor = cursorOf({ segment: 1, offset: frame.length });
  using state = openStateDb(dir);
  const checkpoints = openCheckpoints(state.db);
  checkpoints.save('store', cursor);
  await openSnapshotFiles({ ...state, text: undefined }).keep(parts, (text) =>
    checkpoints.save('rules', cursor, text),
  );
}

function peakRssMb(pid: number | undefined): string {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  return (Number(/VmHWM:\s+(\d+)/.exec(text)?.[1] ?? 0) / 1024).toFixed(0);
}
