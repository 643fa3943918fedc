import { isUtf8 } from 'node:buffer';
import { endedLinesOf } from '../domain/csv-form.ts';
import { MINUTE_MS } from '../domain/interval.ts';
import { type Clock, isoTime } from '../domain/time.ts';
import { type CsvMeasurement, createCsvParser, type LineProblem } from './csv.ts';
import type { Packet } from './ingest.ts';
import { rawPacket } from './raw-packet.ts';

/** What is imported, as packets for the journal. With problems there are no packets: all of it is right, or none is taken. */
export type ImportBody =
  | { readonly ok: true; readonly packets: readonly Packet[]; readonly readings?: number }
  | { readonly ok: false; readonly problems: readonly LineProblem[]; readonly more: number };

export const importFormats = { 'text/csv': csvBody, 'application/x-ndjson': ndjsonBody } as const;
export type ImportFormat = keyof typeof importFormats;

const MOST_PROBLEMS = 100;
const SLICE_BYTES = 256 * 1024;
/** Large enough that the journal's and the decoder's cost per packet does not count. */
const PACKET_ELEMENTS = 200;
const MOST_DEVICE_LETTERS = 1024;
const NOT_UTF8 = {
  ok: false,
  problems: [{ line: 1, message: 'is not UTF-8: save it as UTF-8' }],
  more: 0,
} as const;

/** CSV of readings: each device's rows in packets of kvarter's own JSON, as the device itself could have sent them. */
async function csvBody(body: Buffer, clock: Clock): Promise<ImportBody> {
  if (!isUtf8(body)) return NOT_UTF8;
  const receivedAtMs = clock();
  const parser = createCsvParser(deviceProblem);
  const packets = createPackets(receivedAtMs);
  const found: LineProblem[] = [];
  let readings = 0;
  for (const slice of slices(body)) {
    const { measurements, problems } = parser.parse(slice.toString());
    for (const problem of problems) found.push(problem);
    for (const measurement of measurements) packets.add(measurement);
    readings += measurements.length;
    await breathe();
  }
  for (const problem of parser.end()) found.push(problem);
  return found.length > 0 ? refused(found) : { ok: true, packets: packets.end(), readings };
}

/** NDJSON of raw packets, as they would have come over MQTT. */
async function ndjsonBody(body: Buffer, clock: Clock): Promise<ImportBody> {
  if (!isUtf8(body)) return NOT_UTF8;
  const nowMs = clock();
  const packets: Packet[] = [];
  const found: LineProblem[] = [];
  let line = 0;
  for (const slice of slices(body)) {
    for (const text of endedLinesOf(slice.toString())) {
      line += 1;
      if (text.trim() === '') continue;
      const packet = rawPacket(text, nowMs);
      if (typeof packet === 'string') found.push({ line, message: packet });
      else packets.push(packet);
    }
    await breathe();
  }
  if (found.length > 0) return refused(found);
  if (packets.length > 0) return { ok: true, packets };
  return refused([{ line: 1, message: 'is empty; it needs a packet per line' }]);
}

type Element = { time: string; channel?: string; values: Record<string, number> };

/**
 * Gathers measurements by device. What has the same time and channel is one element; a quantity said twice is two. Devices
 * that take turns are gathered minute by minute: with an hour of one before that hour of the others, the rules would take
 * those for silent.
 */
function createPackets(receivedAtMs: number) {
  const open = new Map<string, Element[]>();
  let openMinute = 0;
  const packets: Packet[] = [];
  const close = (device: string, elements: readonly Element[]) => {
    const payload = Buffer.from(JSON.stringify(elements));
    packets.push({ kind: 'packet', receivedAtMs, topic: `kvarter/${device}/up`, payload });
    open.delete(device);
  };
  return {
    add: ({ device, atMs, channel, quantity, value }: CsvMeasurement) => {
      const minute = Math.floor(atMs / MINUTE_MS);
      const isAlone = open.size === 1 && open.has(device);
      if (minute !== openMinute && !isAlone) for (const [other, list] of open) close(other, list);
      openMinute = minute;
      const elements = open.get(device) ?? [];
      if (elements.length === 0) open.set(device, elements);
      const time = isoTime(atMs);
      const last = elements.at(-1);
      if (last?.time === time && last.channel === channel && !(quantity in last.values)) {
        last.values[quantity] = value;
        return;
      }
      if (elements.length >= PACKET_ELEMENTS) {
        close(device, elements);
        open.set(device, [elementOf(time, channel, quantity, value)]);
      } else {
        elements.push(elementOf(time, channel, quantity, value));
      }
    },
    end: (): readonly Packet[] => {
      for (const [device, elements] of open) close(device, elements);
      return packets;
    },
  };
}

/** The device becomes a level of a topic [MQTT-4.7.1]. */
function deviceProblem({ device }: CsvMeasurement): string | undefined {
  if (/[/+#\0]/.test(device)) return `device "${device}" cannot be in a topic: it has one of / + # in it`;
  return device.length > MOST_DEVICE_LETTERS ? 'device is longer than any id' : undefined;
}

function elementOf(time: string, channel: string | undefined, quantity: string, value: number): Element {
  return { time, ...(channel === undefined ? {} : { channel }), values: { [quantity]: value } };
}

function refused(found: readonly LineProblem[]): ImportBody {
  return {
    ok: false,
    problems: found.slice(0, MOST_PROBLEMS),
    more: Math.max(0, found.length - MOST_PROBLEMS),
  };
}

/** Whole lines, some at a time: 32 MB in one go would stop the broker for a second. */
function* slices(body: Buffer): Generator<Buffer> {
  for (let from = 0; from < body.length; ) {
    const end = body.indexOf(0x0a, from + SLICE_BYTES) + 1;
    const to = end === 0 ? body.length : end;
    yield body.subarray(from, to);
    from = to;
  }
}

function breathe(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
