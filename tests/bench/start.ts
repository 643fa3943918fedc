import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'mqtt';
import { FrameWriter } from '../../src/journal/frame.ts';
import type { JournalRecord } from '../../src/journal/journal.ts';
import { segmentFile } from '../../src/journal/segments.ts';
import { freePorts } from '../support/ports.ts';
import { launchService } from '../support/service-process.ts';
import { openTempDir } from '../support/temp-dir.ts';
import { benchLargeStart } from './start-large.ts';

const BUILDINGS = 50;
const ROOMS = 7;
const EVERY_MS = 300_000;
const DAYS = 30;
/** The newest file of the journal has so many packets, one by one: it is full. Those before have fifty at a time. */
const NEWEST_PACKETS = 550_000;

/**
 * From the start of the process to the first PUBACK after a kill (-9), and until the rules have come to the journal's end, with a month
 * of data in the store and a journal file that is full of packets which came one by one; and how long a PUBACK takes at most while
 * stores and rules read all of them.
 */
export async function benchStart(root: string): Promise<void> {
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
  console.log(`start: ${BUILDINGS} buildings, ${packets} packets of ${DAYS} days in the journal`);
  const catchingUp = await start(dir.path, 0, packets);
  console.log(`  while all of them are read: slowest PUBACK ${catchingUp.slowestMs.toFixed(0)} ms`);
  for (let n = 1; n < 4; n += 1) {
    const { firstMs, upMs, judgedMs, slowestMs } = await start(dir.path, n);
    console.log(
      `  after a kill (-9): first PUBACK after ${seconds(firstMs)} s, all up after ${seconds(upMs)} s, ` +
        `rules at the journal's end after ${seconds(judgedMs)} s; ` +
        `slowest PUBACK of the first seconds ${slowestMs.toFixed(0)} ms`,
    );
  }
  await benchLargeStart(root);
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

/** A month of packets, the newest from just now; gives how many. */
async function writeJournal(dir: string, devices: readonly string[]): Promise<number> {
  await mkdir(dir, { recursive: true });
  const stepMs = EVERY_MS / devices.length;
  const packets = (DAYS * 86_400_000) / stepMs;
  const fromMs = Date.now() - packets * stepMs;
  const writer = new FrameWriter();
  for (let [n, segment] = [0, 1]; n < packets; segment += 1) {
    const left = packets - NEWEST_PACKETS - n;
    const end = left > 0 ? n + Math.min(left, NEWEST_PACKETS) : packets;
    const perFrame = left > 0 ? 50 : 1;
    const frames: Buffer[] = [];
    for (; n < end; n += 1) {
      writer.add(packetOf(devices[n % devices.length] ?? '', fromMs + n * stepMs, n));
      if ((n + 1) % perFrame !== 0 && n + 1 < end) continue;
      frames.push(Buffer.from(writer.finish()));
      writer.clear();
    }
    // As the service leaves it: each frame of it is on the disk.
    await writeFile(segmentFile(dir, segment), Buffer.concat(frames), { flush: true });
  }
  return packets;
}

function packetOf(device: string, atMs: number, n: number): JournalRecord {
  const value = Math.round(100 * Math.sin(atMs / 13_000_000 + n)) / 100;
  const values = device.startsWith('el-')
    ? { activePowerW: 9000 + 900 * value }
    : { airTemperatureC: 21 + value };
  const payload = Buffer.from(JSON.stringify({ time: new Date(atMs).toISOString(), values }));
  return { kind: 'packet', receivedAtMs: atMs, topic: `kvarter/${device}/up`, payload };
}

/** The n-th start: publishes until so many packets are stored and for some seconds more, and kills. */
async function start(dir: string, n: number, unread = 0) {
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
  // What is published now is told when all before it has been judged.
  const judged = client
    .publishAsync(`kvarter/room-b0-${n}/up`, '{"values":{"batteryLow":1}}', { qos: 1 })
    .then(() => told(http, `room-b0-${n}`))
    .then(elapsed);
  let slowestMs = 0;
  for (let calm = 0; calm < 100; calm += 1) {
    const sentMs = performance.now();
    await say();
    slowestMs = Math.max(slowestMs, performance.now() - sentMs);
    await sleep(20);
    if (calm === 50 && (await stored(http)) < unread) calm = 0;
  }
  const judgedMs = await judged;
  client.end(true);
  await running.end('SIGKILL');
  return { firstMs, upMs, judgedMs, slowestMs };
}

async function stored(http: number): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${http}/metrics`)).text();
  return Number(/^kvarter_readings_stored_total (\d+)/m.exec(text)?.[1] ?? 0);
}

async function told(http: number, device: string): Promise<void> {
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${http}/api/v1/alerts?rule=device-status`);
    if ((await answer.text()).includes(device)) return;
    await sleep(10);
  }
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(2);
}
