import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { crashDistrict as district, writeCrashDistrict } from '../support/crash-district.ts';
import { startFleet } from '../support/fleet.ts';
import { type Mosquitto, startMosquitto } from '../support/mosquitto.ts';
import { describeWith } from '../support/servers.ts';
import { type ServiceProcess, startService, storedReadings } from '../support/service-process.ts';
import { openTempDir } from '../support/temp-dir.ts';

const KILLS = 3;
const patience = { timeout: 40_000, interval: 100 };

async function writeSettings(dir: string, { url }: Mosquitto): Promise<string[]> {
  await writeCrashDistrict(dir);
  const config = join(dir, 'kvarter.yaml');
  await writeFile(config, `brokers:\n  - { name: site, url: '${url}', topics: [kvarter/+/up] }\n`);
  return ['--config', config];
}

/** Clients that go on behind what each has sent before. */
const fleetAt = ({ port }: Mosquitto, before: readonly number[]) =>
  startFleet({
    port,
    clients: district.devices,
    // Mosquitto takes in far more while the service starts than a test can wait for.
    inFlight: 2,
    pauseMs: 100,
    qos: (client) => (client % 2 === 0 ? 1 : 2),
    topic: district.topic,
    payload: (client, number) => district.payload(client, (before[client] ?? 0) + number),
  });

const isConnected = async ({ get }: ServiceProcess) =>
  (await get<{ parts: Record<string, { ok: boolean }> }>('/health')).parts['broker site']?.ok;

/** The first so many of each device's readings, each once. */
async function expectStored(service: ServiceProcess, counts: readonly number[]): Promise<void> {
  for (const [device, count] of counts.entries()) {
    const wanted = Array.from({ length: count }, (_, number) => district.reading(device, number));
    const stored = () => storedReadings(service, district.deviceName(device));
    await expect.poll(async () => (await stored()).length, patience).toBe(count);
    expect((await stored()).map(({ at, value }) => ({ at, value }))).toEqual(wanted);
  }
}

describeWith('mosquitto', 'behind a real mosquitto, the service', (program) => {
  it('loses nothing when it is killed again and again, and when the broker is, with its persistence', async () => {
    await using dir = await openTempDir();
    await using broker = await startMosquitto(program, { persistence: true });
    const words = await writeSettings(dir.path, broker);
    let sent: readonly number[] = [];
    {
      await using first = await startService(dir.path, {}, words);
      // The session is the broker's to keep from here on.
      await expect.poll(() => isConnected(first), patience).toBe(true);
    }
    {
      await using fleet = fleetAt(broker, []);
      for (let kill = 0; kill < KILLS; kill += 1) {
        await using service = await startService(dir.path, {}, words);
        await expect.poll(() => isConnected(service), patience).toBe(true);
        await fleet.acknowledges(200 + 100 * kill);
        await service.running.end('SIGKILL');
      }
      // Nobody is subscribed: what comes now is in the broker alone.
      await fleet.acknowledges(100);
      sent = await fleet.finish();
    }
    await broker.save();
    await broker.kill();
    await broker.start();
    await using service = await startService(dir.path, {}, words);
    await expectStored(service, sent);
  });

  it('subscribes again when the broker was killed and has forgotten it', async () => {
    await using dir = await openTempDir();
    await using broker = await startMosquitto(program);
    const words = await writeSettings(dir.path, broker);
    await using service = await startService(dir.path, {}, words);
    let sent = Array.from({ length: district.devices }, () => 0);
    for (let round = 0; round < 2; round += 1) {
      await expect.poll(() => isConnected(service), patience).toBe(true);
      await using fleet = fleetAt(broker, sent);
      await fleet.acknowledges(100);
      const more = await fleet.finish();
      sent = sent.map((count, client) => count + (more[client] ?? 0));
      await expectStored(service, sent);
      if (round > 0) break;
      await broker.kill();
      await expect.poll(() => isConnected(service), patience).toBe(false);
      await broker.start();
    }
  });
});
