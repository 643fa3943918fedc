import { open, readdir, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { describe, expect, it } from 'vitest';
import { isoTime } from '../../src/domain/time.ts';
import { type ServiceProcess, startService, storedReadings } from '../support/service-process.ts';
import { openTempDir } from '../support/temp-dir.ts';

const T0 = Date.UTC(2026, 0, 15);
const READINGS = 200;
/** Nobody reads the journal before it is damaged: the store is away, and what the rules know is not what is asked. */
const STORE_AWAY = {
  KVARTER_STORE__KIND: 'influxdb',
  KVARTER_STORE__INFLUXDB__URL: 'http://127.0.0.1:9',
  KVARTER_STORE__INFLUXDB__TOKEN: 'token',
};

/** One frame after the other, because each waits for its acknowledgement; then the process is killed. */
async function fillJournal(dir: string): Promise<string> {
  await using service = await startService(dir, STORE_AWAY);
  await publish(service, 0, READINGS);
  await service.running.end('SIGKILL');
  return newestFile(dir);
}

async function publish({ mqttPort }: ServiceProcess, from: number, to: number): Promise<void> {
  const client = await connectAsync(`mqtt://127.0.0.1:${mqttPort}`);
  for (let number = from; number < to; number += 1) {
    const payload = JSON.stringify({ time: timeOf(number), values: { activePowerW: number } });
    await client.publishAsync('kvarter/el-b1/up', payload, { qos: 1 });
  }
  await client.endAsync();
}

const timeOf = (number: number) => isoTime(T0 + number * 1000);

/** Waits for a reading that is published last, behind all that is in the journal. */
async function valuesServed(service: ServiceProcess): Promise<number[]> {
  await publish(service, READINGS, READINGS + 1);
  const values = async () => (await storedReadings(service, 'el-b1')).map(({ value }) => value);
  await expect.poll(async () => (await values()).at(-1), { timeout: 20_000 }).toBe(READINGS);
  return (await values()).slice(0, -1);
}

describe('a journal that was damaged while kvarter was down', () => {
  it.each([1, 7, 60])(
    'cut by %i bytes: every whole frame before is served, and the cut is told',
    async (bytes) => {
      await using dir = await openTempDir();
      const file = await fillJournal(dir.path);
      await truncate(file, (await stat(file)).size - bytes);
      await using service = await startService(dir.path);
      expect(await valuesServed(service)).toEqual(numbers(READINGS - 1));
      await service.running.says(/"msg":"the newest journal file ended in an unfinished write and was cut"/);
    },
  );

  it.each([0.1, 0.5, 0.9])(
    'a bit flipped at %f of it: that frame alone is missing, and the damage is told, shown and alerted',
    async (share) => {
      await using dir = await openTempDir();
      const file = await fillJournal(dir.path);
      await flipBit(file, Math.floor((await stat(file)).size * share));
      await using service = await startService(dir.path);
      const served = await valuesServed(service);
      const missing = numbers(READINGS).filter((number) => !served.includes(number));
      expect([missing.length, served.length]).toEqual([1, READINGS - 1]);
      await service.running.says(/"msg":"a journal file is damaged/);
      expect(await service.metrics()).toMatch(/^kvarter_journal_damaged_bytes [1-9]/m);
      const { parts } = await service.get<{ parts: { journal: { detail: string } } }>('/health');
      expect(parts.journal.detail).toMatch(/bytes of damage/);
      await expect.poll(() => firing(service)).toEqual(['journal damage']);
    },
  );

  it('emptied behind the back of its readers: that is told and shown, and what comes is still kept', async () => {
    await using dir = await openTempDir();
    {
      await using service = await startService(dir.path);
      await publish(service, 0, READINGS);
      await expect.poll(async () => (await storedReadings(service, 'el-b1')).length).toBe(READINGS);
      expect(await service.running.end('SIGTERM')).toBe(0);
    }
    await truncate(await newestFile(dir.path), 0);
    await using service = await startService(dir.path);
    await publish(service, READINGS, READINGS + 1);
    await service.running.says(/store has stopped; what is taken in waits in the journal for a restart/);
    const detail = expect.stringContaining('are not of the same age; put back both from one back-up');
    expect(await service.get('/health')).toMatchObject({
      status: 'degraded',
      parts: { journal: { ok: true }, store: { ok: false, detail }, rules: { ok: false, detail } },
    });
    await expect.poll(() => firing(service)).toEqual(['rules reader', 'store reader']);
  });
});

/** What the operator is told. */
async function firing({ get }: ServiceProcess): Promise<string[]> {
  const { alerts } = await get<{ alerts: { subject: string }[] }>('/api/v1/alerts?rule=service&state=firing');
  return alerts.map(({ subject }) => subject).toSorted();
}

async function newestFile(dir: string): Promise<string> {
  const journal = join(dir, 'data/journal');
  const files = (await readdir(journal)).filter((name) => name.endsWith('.journal')).toSorted();
  return join(journal, files.at(-1)!);
}

const numbers = (count: number) => Array.from({ length: count }, (_, number) => number);

async function flipBit(file: string, offset: number): Promise<void> {
  const handle = await open(file, 'r+');
  const byte = Buffer.alloc(1);
  await handle.read(byte, 0, 1, offset);
  byte[0] = (byte[0] ?? 0) ^ 0x10;
  await handle.write(byte, 0, 1, offset);
  await handle.close();
}
