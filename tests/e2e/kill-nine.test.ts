import { randomUUID } from 'node:crypto';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, onTestFailed, test } from 'vitest';
import { openAlertStore } from '../../src/alerts/alert-store.ts';
import { openCheckpoints } from '../../src/journal/checkpoints.ts';
import { openFileJournal } from '../../src/journal/file-journal.ts';
import { openStateDb } from '../../src/journal/state-db.ts';
import type { Part } from '../../src/rules/engine.ts';
import { openSnapshotFiles } from '../../src/workers/snapshot-files.ts';
import { seededUniform } from '../support/chance.ts';
import { crashDistrict as district, writeCrashDistrict } from '../support/crash-district.ts';
import { type Fleet, startFleet } from '../support/fleet.ts';
import { readRecords } from '../support/journal.ts';
import { freePorts } from '../support/ports.ts';
import { openService } from '../support/service.ts';
import { launchService, startService, storedReadings } from '../support/service-process.ts';
import { openTempDir } from '../support/temp-dir.ts';

const KILLS = Number(process.env.TEST_KILLS ?? 50);
/** Each fifth kill comes while the service starts, at any time up to this. */
const START_MS = 800;
const MOST_ACKNOWLEDGED = 400;
/** About a second for each kill on an idle machine; other tests run beside it. */
const TIMEOUT_MS = 60_000 + KILLS * 10_000;
/** Every second client publishes with QoS 2. */
const qos = (client: number) => (client % 2 === 0 ? 1 : 2);

test(
  `kill -9 at ${KILLS} random points: stored once, QoS 2 journaled once, and the alerts of an unbroken run`,
  async () => {
    const seed = process.env.TEST_SEED ?? randomUUID();
    onTestFailed(() => console.error(`the same kills again: TEST_SEED=${seed}`));
    await using dir = await openTempDir();
    await writeCrashDistrict(dir.path);
    const [port = 0] = await freePorts(1);
    const environment = { KVARTER_MQTT__PORT: String(port) };
    await using fleet = startFleet({
      port,
      clients: district.devices,
      inFlight: 8,
      qos,
      topic: district.topic,
      payload: district.payload,
    });
    await killAgainAndAgain(dir.path, environment, fleet, seededUniform(seed));

    const service = await startService(dir.path, environment);
    await using _ = service;
    const sent = await fleet.finish();
    for (const [device, count] of sent.entries()) {
      const wanted = Array.from({ length: count }, (__, number) => district.reading(device, number));
      const stored = () => storedReadings(service, district.deviceName(device));
      await expect.poll(async () => (await stored()).length, { timeout: 30_000 }).toBe(count);
      expect((await stored()).map(({ at, value }) => ({ at, value }))).toEqual(wanted);
    }
    await expect.poll(() => service.behind('rules'), { timeout: 30_000 }).toBe(0);
    await awayFromFullMinute();
    expect(await service.running.end('SIGTERM')).toBe(0);

    // Before it is read, which puts a record at its end.
    const unbroken = join(dir.path, 'unbroken');
    await cp(join(dir.path, 'data/journal'), join(unbroken, 'data/journal'), { recursive: true });
    const journaled = await countJournaled(dir.path);
    for (const [device, count] of sent.entries()) {
      for (let number = 0; number < count; number += 1) {
        const times = journaled.get(`${district.topic(device)} ${district.payload(device, number)}`) ?? 0;
        if (qos(device) === 1) expect(times, 'QoS 1: at least once').toBeGreaterThan(0);
        else expect(times, `QoS 2, client ${device}, message ${number}`).toBe(1);
      }
    }

    await writeCrashDistrict(unbroken);
    {
      await using fresh = await openService(unbroken, {}, { clock: () => 0 });
      await fresh.app.settled();
    }
    const [killed, whole] = [await knowledge(dir.path), await knowledge(unbroken)];
    expect(whole.alerts.length, 'the rules had something to tell').toBeGreaterThan(20);
    expect(killed.alerts).toEqual(whole.alerts);
    expect(whole.snapshot.length).toBeGreaterThan(20);
    expect(killed.snapshot).toEqual(whole.snapshot);
  },
  TIMEOUT_MS,
);

async function killAgainAndAgain(
  dir: string,
  environment: Record<string, string>,
  fleet: Fleet,
  chance: () => number,
): Promise<void> {
  for (let kill = 0; kill < KILLS; kill += 1) {
    if (chance() < 0.2) {
      const starting = await launchService(dir, environment);
      await wait(chance() * START_MS);
      expect(await starting.end('SIGKILL')).toBe('SIGKILL');
      continue;
    }
    const { running } = await startService(dir, environment);
    await fleet.acknowledges(1 + Math.floor(chance() * MOST_ACKNOWLEDGED));
    expect(await running.end('SIGKILL')).toBe('SIGKILL');
  }
}

async function countJournaled(dir: string): Promise<ReadonlyMap<string, number>> {
  await using journal = await openFileJournal({ dir: join(dir, 'data/journal'), segmentBytes: 2 ** 26 });
  const counts = new Map<string, number>();
  for (const record of await readRecords(journal)) {
    if (record.kind !== 'packet') continue;
    const key = `${record.topic} ${Buffer.from(record.payload)}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** What the rules know and have told, as it is kept. */
async function knowledge(dir: string) {
  using state = openStateDb(join(dir, 'data'));
  const snapshot: Part[] = [];
  const text = openCheckpoints(state.db).load('rules')?.snapshot;
  for await (const part of openSnapshotFiles({ ...state, text }).kept()) snapshot.push(part);
  return { alerts: openAlertStore(state.db, { keepDays: 9999 }).list({ limit: 1_000_000 }), snapshot };
}

/** A tick that comes while the service ends would be in the journal, and not in what the rules know. */
async function awayFromFullMinute(): Promise<void> {
  const restMs = 60_000 - (Date.now() % 60_000);
  if (restMs < 5000) await wait(restMs + 1000);
}
