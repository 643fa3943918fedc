import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'mqtt';
import { FrameWriter } from '../../src/journal/frame.ts';
import { freePorts } from '../support/ports.ts';
import { launchService } from '../support/service-process.ts';
import { openTempDir } from '../support/temp-dir.ts';

const BUILDINGS = 50;
const ROOMS = 7;
const EVERY_MS = 300_000;
const JOURNAL_BYTES = 63 * 1024 ** 2;

/**
 * From the start of the process to the first PUBACK after a kill (-9), with a journal file that is full of packets which came one by
 * one; and how long a PUBACK takes at most while stores and rules read all of them.
 */
export async function benchStart(): Promise<void> {
  await using dir = await openTempDir();
  const buildings = Array.from({ length: BUILDINGS }, (_, n) => `b${n}`);
  const devices = buildings.flatMap((building) => [
    `el-${building},kvarter,${building},,electricityMain`,
    ...Array.from({ length: ROOMS }, (_, n) => `room-${building}-${n},kvarter,${building},,room`),
  ]);
  await writeFile(join(dir.path, 'places.yaml'), placesOf(buildings));
  await writeFile(
    join(dir.path, 'devices.csv'),
    ['device,model,building,space,role', ...devices, ''].join('\n'),
  );
  const packets = await writeJournal(
    join(dir.path, 'data', 'journal'),
    devices.map((row) => row.split(',')[0] ?? ''),
  );
  console.log(`start: ${BUILDINGS} buildings, ${packets} packets in the newest file of the journal`);
  const catchingUp = await start(dir.path, packets);
  console.log(`  while all of them are read: slowest PUBACK ${catchingUp.slowestMs.toFixed(0)} ms`);
  for (let n = 0; n < 3; n += 1) {
    const { firstMs, upMs, slowestMs } = await start(dir.path);
    console.log(
      `  after a kill (-9): first PUBACK after ${seconds(firstMs)} s, all up after ${seconds(upMs)} s; ` +
        `slowest PUBACK of the first seconds ${slowestMs.toFixed(0)} ms`,
    );
  }
}

function placesOf(buildings: readonly string[]): string {
  const rows = buildings.map((id) => `      - { id: ${id}, name: ${id}, tariff: goteborg-energi-2025 }\n`);
  return `organisation: { id: o, name: O, timeZone: Europe/Stockholm }
areas:
  - id: a
    name: A
    buildings:
${rows.join('')}`;
}

/** Frames of one packet each, the newest from just now; gives how many. */
async function writeJournal(dir: string, devices: readonly string[]): Promise<number> {
  const writer = new FrameWriter();
  const frames: Buffer[] = [];
  const stepMs = EVERY_MS / devices.length;
  const nowMs = Date.now();
  // About 120 bytes each: the last comes out as now.
  const fromMs = nowMs - (JOURNAL_BYTES / 120) * stepMs;
  for (let [n, bytes] = [0, 0]; bytes < JOURNAL_BYTES; n += 1) {
    const device = devices[n % devices.length] ?? '';
    const atMs = Math.min(fromMs + n * stepMs, nowMs);
    const value = Math.round(100 * Math.sin(atMs / 13_000_000 + n)) / 100;
    const values = device.startsWith('el-')
      ? { activePowerW: 9000 + 900 * value }
      : { airTemperatureC: 21 + value };
    const payload = Buffer.from(JSON.stringify({ time: new Date(atMs).toISOString(), values }));
    writer.add({ kind: 'packet', receivedAtMs: atMs, topic: `kvarter/${device}/up`, payload });
    frames.push(Buffer.from(writer.finish()));
    writer.clear();
    bytes += frames.at(-1)?.length ?? 0;
  }
  await mkdir(dir, { recursive: true });
  // As the service leaves it: each frame of it is on the disk.
  await writeFile(join(dir, '0000000001.journal'), Buffer.concat(frames), { flush: true });
  return frames.length;
}

/** Starts, publishes until so many packets are stored and for some seconds more, and kills. */
async function start(dir: string, unread = 0) {
  const [port = 0, http = 0] = await freePorts(2);
  const startedMs = performance.now();
  await using running = await launchService(dir, {
    KVARTER_MQTT__PORT: String(port),
    KVARTER_HTTP__PORT: String(http),
  });
  // What is published before there is a broker waits for it.
  const client = connect(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 10 }).on('error', () => undefined);
  const say = () => client.publishAsync('kvarter/el-b0/up', '{}', { qos: 1 });
  const elapsed = () => performance.now() - startedMs;
  const [firstMs, upMs] = await Promise.all([
    say().then(elapsed),
    running.says(/kvarter is up/).then(elapsed),
  ]);
  let slowestMs = 0;
  for (let calm = 0; calm < 100; calm += 1) {
    const sentMs = performance.now();
    await say();
    slowestMs = Math.max(slowestMs, performance.now() - sentMs);
    await sleep(20);
    if (calm === 50 && (await stored(http)) < unread) calm = 0;
  }
  client.end(true);
  await running.end('SIGKILL');
  return { firstMs, upMs, slowestMs };
}

async function stored(http: number): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${http}/metrics`)).text();
  return Number(/^kvarter_readings_stored_total (\d+)/m.exec(text)?.[1] ?? 0);
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(2);
}
