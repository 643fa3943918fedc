import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { expect, test } from 'vitest';
import { openFileJournal } from '../../src/journal/file-journal.ts';
import { readRecords } from '../support/journal.ts';
import { freePorts } from '../support/ports.ts';
import { startService } from '../support/service-process.ts';
import { openTempDir } from '../support/temp-dir.ts';

const CLIENTS = 4;
const MESSAGES = 400;
const IN_FLIGHT = 20;
const KILLS = 6;

/** Keeps its session and sends again what is not completed, as MQTT.js does by itself; resolves when all is completed. */
async function publishAll(port: number, name: string, onCompleted: () => void): Promise<void> {
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, {
    clientId: name,
    clean: false,
    reconnectPeriod: 30,
  });
  client.on('error', () => undefined);
  // MQTT.js rejects what it has not begun to send when the connection is lost again while it sends the older ones again.
  const publish = async (payload: string): Promise<void> => {
    await client
      .publishAsync(`exactly/once/${name}`, payload, { qos: 2 })
      .catch((error: Error) =>
        error.message === 'Connection closed' ? publish(payload) : Promise.reject(error),
      );
  };
  let next = 0;
  const lane = async () => {
    while (next < MESSAGES) {
      const payload = `${name} ${next}`;
      next += 1;
      await publish(payload);
      onCompleted();
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  await client.endAsync(true);
}

test('kill -9 in a stream of QoS 2 publishes, again and again: each is in the journal exactly once', async () => {
  await using dir = await openTempDir();
  const [port = 0] = await freePorts(1);
  const environment = { KVARTER_MQTT__PORT: String(port) };
  let completed = 0;
  let kvarter = await startService(dir.path, environment);
  await using _ = { [Symbol.asyncDispose]: () => kvarter[Symbol.asyncDispose]() };
  const names = Array.from({ length: CLIENTS }, (__, n) => `meter-${n}`);
  const publishing = Promise.all(names.map((name) => publishAll(port, name, () => (completed += 1))));
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const at = Math.round(((kill - Math.random() / 2) * CLIENTS * MESSAGES) / (KILLS + 1));
    while (completed < at) await new Promise(setImmediate);
    expect(await kvarter.running.end('SIGKILL')).toBe('SIGKILL');
    kvarter = await startService(dir.path, environment);
  }
  await publishing;
  expect(await kvarter.running.end('SIGTERM')).toBe(0);

  await using journal = await openFileJournal({ dir: join(dir.path, 'data/journal'), segmentBytes: 2 ** 26 });
  const times = new Map<string, number>();
  for (const record of await readRecords(journal)) {
    if (record.kind !== 'packet') continue;
    const payload = Buffer.from(record.payload).toString();
    times.set(payload, (times.get(payload) ?? 0) + 1);
  }
  const wanted = names.flatMap((name) => Array.from({ length: MESSAGES }, (__, n) => `${name} ${n}`));
  expect(wanted.filter((payload) => times.get(payload) !== 1)).toEqual([]);
  expect(times.size).toBe(wanted.length);
});
