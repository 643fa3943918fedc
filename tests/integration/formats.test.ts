import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FormatExample } from '../../src/decode/decode.ts';
import { formats } from '../../src/decode/index.ts';
import { pointKey } from '../../src/domain/reading.ts';
import { openService } from '../support/service.ts';
import { openTempDir } from '../support/temp-dir.ts';

/** After every time in the examples; some are of a standard's own, from 2010. */
const NOW_MS = Date.UTC(2027, 0, 1);
const environment = { KVARTER_INGEST__MAXPASTDAYS: '36500' };

/** Each example of each format, published by MQTT to the whole service, gives the readings that the definition says. */
describe.each(formats.map((format) => [format.name, format] as const))('%s over MQTT', (name, format) => {
  // Whose packet it is comes from a password, which is another test's.
  const examples = format.examples.filter(({ sender }) => sender === undefined);

  it.each(batches(examples).map((batch) => [batch.map(({ says }) => says).join('; '), batch] as const))(
    'reads %s',
    async (_says, batch) => {
      await using dir = await openTempDir();
      await writeFile(join(dir.path, 'devices.csv'), rowsOf(batch, name));
      const shift = NOW_MS - Date.now();
      await using service = await openService(dir.path, environment, { clock: () => Date.now() + shift });
      const client = await service.connect();
      for (const { topic, payload } of batch) {
        await client.publishAsync(topic, Buffer.from(payload), { qos: 1 });
      }
      await service.app.settled();
      for (const { device, quantity, channel, atMs, value } of batch.flatMap((example) => example.expect)) {
        const query = new URLSearchParams({
          device,
          quantity,
          ...(channel === undefined ? {} : { channel }),
        });
        const { readings } = await service.get(`/api/v1/readings?${query}`);
        const at = atMs === undefined ? expect.any(String) : new Date(atMs).toISOString();
        expect(readings, `${query}`).toContainEqual(expect.objectContaining({ at, value }));
      }
    },
  );
});

type Batch = { readonly examples: FormatExample[]; readonly facts: Map<string, unknown> };

/** Examples that do not contradict each other: one spelling for a device, one value for a point at a time. */
function batches(examples: readonly FormatExample[]): FormatExample[][] {
  const made: Batch[] = [];
  for (const example of examples) {
    const facts = factsOf(example);
    const fits = made.find((batch) =>
      facts.every(([key, fact]) => !batch.facts.has(key) || batch.facts.get(key) === fact),
    );
    const batch: Batch = fits ?? { examples: [], facts: new Map() };
    if (!fits) made.push(batch);
    batch.examples.push(example);
    for (const [key, fact] of facts) batch.facts.set(key, fact);
  }
  return made.map((batch) => batch.examples);
}

function factsOf(example: FormatExample): (readonly [key: string, fact: unknown])[] {
  return [
    ...devicesOf(example).map((device) => [device.toLowerCase(), device] as const),
    ...example.expect.map((one) => [`${pointKey(one)}|${one.atMs}`, one.value] as const),
  ];
}

function devicesOf({ expect: measurements, models = {} }: FormatExample): string[] {
  return [...Object.keys(models), ...measurements.map(({ device }) => device)];
}

/** A register of the devices in the examples, all in one building. */
function rowsOf(examples: readonly FormatExample[], format: string): string {
  const models: Readonly<Record<string, string>> = Object.assign(
    {},
    ...examples.map((example) => example.models ?? {}),
  );
  const rows = [...new Set(examples.flatMap(devicesOf))].map(
    (device) => `"${device}",${models[device] ?? format},b1,,submeter`,
  );
  return ['device,model,building,space,role', ...rows, ''].join('\n');
}
