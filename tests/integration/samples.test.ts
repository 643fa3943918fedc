import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FormatExample } from '../../src/decode/decode.ts';
import { formats } from '../../src/decode/index.ts';
import { openService } from '../support/service.ts';
import { openTempDir } from '../support/temp-dir.ts';

const ACCOUNT = { username: 'room-7', password: 'secret' };

/** Each format's examples, the samples of its documentation among them, through the running service. */
describe.each(formats.map((format) => [format.name, format] as const))(
  'what %s publishes',
  (_name, format) => {
    it('is there, as its examples say', async () => {
      await using dir = await openTempDir();
      const models = Object.assign({}, ...format.examples.map((example) => example.models ?? {}));
      const measured = format.examples.flatMap(({ expect: measurements }) => measurements);
      // A device may be spelled in two ways: the register knows one.
      const devices = [...new Map(measured.map(({ device }) => [device.toLowerCase(), device])).values()];
      const rows = devices.map((device) => `"${device}",${models[device] ?? format.name},b1,,submeter`);
      await mkdir(dir.path, { recursive: true });
      await writeFile(
        join(dir.path, 'devices.csv'),
        `device,model,building,space,role\n${rows.join('\n')}\n`,
      );
      // One user, whose name is that of the examples' sender; times are those of the documentation, however old.
      await using service = await openService(
        dir.path,
        {
          KVARTER_MQTT__USERNAME: ACCOUNT.username,
          KVARTER_MQTT__PASSWORD: ACCOUNT.password,
          KVARTER_INGEST__MAXPASTDAYS: '100000',
          KVARTER_INGEST__MAXFUTUREMINUTES: '1000000',
        },
        {},
        ACCOUNT,
      );
      const client = await service.connect();
      for (const { topic, payload } of format.examples) {
        await client.publishAsync(topic, Buffer.from(payload), { qos: 1 });
      }
      await service.app.settled();
      const stored = await Promise.all(
        devices.map(async (device) => {
          const query = new URLSearchParams({ device, from: '2000-01-01T00:00:00Z', limit: '10000' });
          return (await service.get(`/api/v1/readings?${query}`)).readings;
        }),
      );
      const keys = new Set(
        stored.flat().map(({ device, quantity, channel, value }) => keyOf(device, quantity, channel, value)),
      );
      const missing = measured
        .map(({ device, quantity, channel, value }) => keyOf(device, quantity, channel, value))
        .filter((key) => !keys.has(key) && !isOverwritten(key, format.examples));
      expect(missing).toEqual([]);
    });
  },
);

function keyOf(device: string, quantity: string, channel: string | undefined, value: number): string {
  return `${device.toLowerCase()}|${quantity}|${channel ?? ''}|${value}`;
}

/** Of two values without a time of their own that came in the same millisecond, the store keeps one. */
function isOverwritten(key: string, examples: readonly FormatExample[]): boolean {
  const point = key.slice(0, key.lastIndexOf('|'));
  const same = examples
    .flatMap(({ expect: measurements }) => measurements)
    .filter(({ device, quantity, channel }) => keyOf(device, quantity, channel, 0) === `${point}|0`);
  const times = same.map(({ atMs }) => atMs);
  return same.length > 1 && (times.includes(undefined) || new Set(times).size < same.length);
}
