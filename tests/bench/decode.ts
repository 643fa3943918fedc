import { formats } from '../../src/decode/index.ts';
import { createMemory } from '../../src/decode/memory.ts';
import { models } from '../../src/decode/models.ts';
import type { Device } from '../../src/domain/register.ts';
import { createIngest, type Packet } from '../../src/ingest/ingest.ts';
import { registerOf } from '../support/readings.ts';

const PACKETS = 200_000;
const ROUNDS = 5;
const NOW = Date.UTC(2026, 0, 15, 12);
/** Like packets of as many meters: a parser that remembers the last payload must not profit. */
const COPIES = 50;

type Kind = { readonly name: string; readonly packets: readonly Packet[]; readonly isJson: boolean };

/**
 * Packets to readings in one thread: each format with its own examples, each model's bytes through ChirpStack, and all of
 * them mixed. The floor is JSON.parse of the same payloads, as far as they are JSON. Processor time, best of the rounds.
 */
export async function benchDecode(): Promise<void> {
  const kinds = [...formats.map(ofFormat), ...models.map(ofModel)].filter(
    ({ packets }) => packets.length > 0,
  );
  const register = registerOf([{ id: 'b1' }], devicesOf());
  const ingest = createIngest({
    register: () => register,
    maxFutureMs: Number.POSITIVE_INFINITY,
    maxPastMs: Number.POSITIVE_INFINITY,
  });
  const mixed: readonly Kind[] = [
    { name: 'all formats, mixed', packets: mix(kinds.slice(0, formats.length)), isJson: false },
    { name: 'all formats and models, mixed', packets: mix(kinds), isJson: false },
  ];
  console.log('| packets of | packets/s | readings a packet | µs a packet | JSON.parse, µs | ratio |');
  console.log('| --- | --- | --- | --- | --- | --- |');
  for (const { name, packets, isJson } of [...mixed, ...kinds]) {
    const memory = createMemory({ maxBytes: 32 * 1024 ** 2 });
    let readings = 0;
    const us = best(packets, (packet) => {
      readings += ingest.packet(packet, memory).readings.length;
    });
    const floorUs = isJson
      ? best(packets, ({ payload }) => JSON.parse(Buffer.from(payload).toString()))
      : undefined;
    const cells = [
      name,
      Math.round(1e6 / us).toLocaleString('en'),
      (readings / (PACKETS * (ROUNDS + 1))).toFixed(1),
      us.toFixed(2),
      floorUs?.toFixed(2) ?? '–',
      floorUs === undefined ? '–' : (us / floorUs).toFixed(1),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}

function ofFormat({ name, examples }: (typeof formats)[number]): Kind {
  const packets = examples
    .filter(({ expect }) => expect.length > 0)
    .map(({ topic, payload, sender }): Packet => {
      const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
      return { kind: 'packet', receivedAtMs: NOW, topic, payload: bytes, ...(sender && { sender }) };
    });
  const isJson = packets.every(({ payload }) => isJsonText(Buffer.from(payload).toString()));
  return { name, packets, isJson };
}

function ofModel({ name, examples }: (typeof models)[number]): Kind {
  const device = deviceOf(name);
  const packets = examples
    .filter(({ expect }) => expect.length > 0)
    .flatMap(({ hex, port }) =>
      serverOf('chirpstack').encode({
        device,
        atMs: NOW,
        values: [],
        raw: { port, bytes: Buffer.from(hex.replaceAll(' ', ''), 'hex') },
      }),
    )
    .map(({ topic, payload }): Packet => ({ kind: 'packet', receivedAtMs: NOW, topic, payload }));
  return { name, packets, isJson: true };
}

function serverOf(name: string): (typeof formats)[number] {
  const found = formats.find((format) => format.name === name);
  if (!found) throw new Error(`there is no format ${name}`);
  return found;
}

/** A DevEUI of its own for each model. */
function deviceOf(model: string): string {
  return (0x70b3d50000000000n + BigInt(models.findIndex(({ name }) => name === model))).toString(16);
}

/** Everything that the examples speak of. */
function devicesOf(): Device[] {
  const rows = new Map<string, Device>();
  const add = (id: string, model: string) => rows.set(id, { id, model, building: 'b1' });
  for (const { name } of models) add(deviceOf(name), name);
  for (const { examples, name } of formats) {
    for (const { expect, models: named = {} } of examples) {
      for (const { device } of expect) add(device, named[device] ?? name);
      for (const [device, model] of Object.entries(named)) add(device, model);
    }
  }
  return [...rows.values()];
}

function mix(kinds: readonly Kind[]): Packet[] {
  const most = Math.max(...kinds.map(({ packets }) => packets.length));
  return Array.from({ length: most }, (_, n) =>
    kinds.flatMap(({ packets }) => packets[n % packets.length] ?? []),
  ).flat();
}

/** µs of processor time for each packet; warmed up by a round that does not count. */
function best(packets: readonly Packet[], work: (packet: Packet) => unknown): number {
  const copies = Array.from({ length: COPIES }, () =>
    packets.map((packet) => ({ ...packet, payload: Buffer.from(packet.payload) })),
  ).flat();
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round <= ROUNDS; round += 1) {
    const before = process.cpuUsage();
    for (let n = 0; n < PACKETS; n += 1) {
      const packet = copies[n % copies.length];
      if (packet) work(packet);
    }
    const { user, system } = process.cpuUsage(before);
    if (round > 0) least = Math.min(least, (user + system) / PACKETS);
  }
  return least;
}

function isJsonText(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
