import type { Measurement } from '../domain/reading.ts';
import type { DecodeContext, Decoded, DecodeInput, Encoded, Format, Problem, Uplink } from './decode.ts';
import { everyQuantity } from './every-quantity.ts';
import { type Line, readLines } from './line-protocol-lines.ts';
import { meaningOf, meantValue } from './names.ts';
import { EARLIEST_MS, listed } from './payload.ts';

const at = Date.UTC(2026, 0, 15, 7, 15);
const MOST_LINES = 10_000;
/** The tags that name the device: the first of them that a line has. */
const DEVICE_TAGS = ['device', 'device_id', 'deviceId', 'dev_eui', 'devEui', 'sensor', 'sensor_id'].concat([
  'meter',
  'meter_id',
  'id',
  'host',
]);
const CHANNEL_TAGS = ['channel', 'phase'];

/**
 * InfluxDB's line protocol over MQTT, as Telegraf writes it. The device is in a tag. A field is understood by its name,
 * one called `value` by the measurement's, in the unit of the tag `unit` or at the end of the name.
 */
export const lineProtocol: Format = {
  name: 'line-protocol',
  title: 'InfluxDB line protocol, as Telegraf publishes it',
  source: 'https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/',
  topics: ['telegraf/#'],
  recognises: (payload) => looksLikeLines(payload),
  decode: decodeLines,
  encode: encodeLines,
  carries: everyQuantity,
  examples: [
    {
      says: 'what Telegraf publishes, with a timestamp in nanoseconds and its own tags',
      topic: 'telegraf/host01/mqtt_consumer',
      payload: 'mqtt_consumer,host=pop-os,topic=house-3/room-7 co2=640i 1653579140440951943',
      expect: [{ device: 'pop-os', quantity: 'co2Ppm', value: 640, atMs: 1_653_579_140_440 }],
      timeFrom: 'device',
    },
    {
      says: 'several lines, with escapes, every type of field, and timestamps of four precisions',
      topic: 'house-3/lines',
      payload: [
        '# a comment',
        'climate,device=room\\ 7,floor=2 temperature=21.5,humidity=41i,note="a \\"b\\", c=d" 1768461300',
        'climate,device=room\\ 7 co2=640u,occupancy=t 1768461300000',
        'energy,device=meter-1,unit=kWh value=6678.394 1768461300000000',
        'power_kw,meter=meter-1 value=1.5 1768461300000000000',
        'mains,meter=meter-1,phase=L1 voltage_v=240.3',
      ].join('\n'),
      expect: [
        { device: 'room 7', quantity: 'airTemperatureC', value: 21.5, atMs: at },
        { device: 'room 7', quantity: 'relativeHumidityPct', value: 41, atMs: at },
        { device: 'room 7', quantity: 'co2Ppm', value: 640, atMs: at },
        { device: 'room 7', quantity: 'occupied', value: 1, atMs: at },
        { device: 'meter-1', quantity: 'activeEnergyWh', value: 6_678_394, atMs: at },
        { device: 'meter-1', quantity: 'activePowerW', value: 1500, atMs: at },
        { device: 'meter-1', quantity: 'voltageV', channel: 'L1', value: 240.3 },
      ],
      timeFrom: 'device',
    },
  ],
};

function decodeLines({ payload, sender }: DecodeInput, context: DecodeContext): Decoded {
  const measurements: Measurement[] = [];
  const problems: Problem[] = [];
  const unread = new Set<string>();
  let hasTime = false;
  const lines = readLines(textOf(payload), MOST_LINES + 1);
  if (lines.length > MOST_LINES) {
    const detail = `more than ${MOST_LINES} lines in one payload: the rest is left out`;
    problems.push({ code: 'malformed-payload', detail });
  }
  for (const [index, line] of lines.slice(0, MOST_LINES).entries()) {
    if ('problem' in line) {
      problems.push({ code: 'malformed-payload', detail: `line ${index + 1} ${line.problem}` });
      continue;
    }
    const values = valuesOf(line);
    if (values.length === 0) {
      for (const [field] of line.fields) unread.add(field === 'value' ? line.measurement : field);
      continue;
    }
    const named = DEVICE_TAGS.flatMap((tag) => line.tags.get(tag) || []);
    const device = context.deviceId(named) ?? named[0] ?? sender;
    if (device === undefined) {
      const detail = `line ${index + 1} names no device: give it a tag "device"`;
      problems.push({ code: 'unknown-device', detail });
      continue;
    }
    const atMs = line.timestamp === undefined ? undefined : timestampMs(line.timestamp);
    if (atMs !== undefined) hasTime = true;
    const time = atMs === undefined || atMs < EARLIEST_MS ? {} : { atMs };
    for (const value of values) measurements.push({ device, ...value, ...time });
  }
  if (measurements.length === 0 && problems.length === 0 && unread.size > 0) {
    const detail = `none of the fields (${listed(unread)}) is one of kvarter's quantities: rename one, say its unit, or write a mapping`;
    problems.push({ code: 'unknown-quantity', detail });
  }
  return { measurements, problems, timeFrom: hasTime ? 'device' : 'arrival' };
}

/** The fields that are understood. */
function valuesOf({
  measurement,
  tags,
  fields,
}: Line): readonly Pick<Measurement, 'quantity' | 'channel' | 'value'>[] {
  const unit = tags.get('unit');
  const tagged = CHANNEL_TAGS.flatMap((tag) => tags.get(tag) || [])[0];
  const values: Pick<Measurement, 'quantity' | 'channel' | 'value'>[] = [];
  for (const [field, raw] of fields) {
    if (typeof raw === 'string') continue;
    const name = field === 'value' ? measurement : field;
    // Said before the name, so that a phase is seen as one.
    const meaning = meaningOf(tagged === undefined ? name : `${tagged}/${name}`, unit);
    const value = meaning && meantValue(raw, meaning);
    if (!meaning || value === undefined) continue;
    const { quantity, channel } = meaning;
    values.push(channel === undefined ? { quantity, value } : { quantity, channel, value });
  }
  return values;
}

/** Precision by magnitude: up to 11 digits seconds (until the year 5138), 14 ms, 17 µs, else ns; a line has 19 digits at most. */
function timestampMs(timestamp: number): number {
  const size = Math.abs(timestamp);
  const atMs =
    size < 1e11 ? timestamp * 1000 : size < 1e14 ? timestamp : timestamp / (size < 1e17 ? 1e3 : 1e6);
  return Math.floor(atMs);
}

/** The first line decides. */
function looksLikeLines(payload: Uint8Array): boolean {
  const [first] = payload;
  // JSON, and what else begins with a sign that no measurement begins with.
  if (first === undefined || first === 0x7b || first === 0x5b || first === 0x22 || first === 0x2f)
    return false;
  if (!payload.subarray(0, 4096).includes(0x3d)) return false;
  const [line] = readLines(textOf(payload), 1);
  return line !== undefined && !('problem' in line);
}

function textOf(payload: Uint8Array): string {
  return Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString();
}

/** One line for each channel and time, with kvarter's quantities as fields. */
function encodeLines({ device, atMs, values }: Uplink): readonly Encoded[] {
  const lines = new Map<string, string[]>();
  for (const { quantity, channel, value, ...own } of values) {
    const valueAtMs = own.atMs ?? (atMs === undefined ? undefined : atMs - (own.agoMs ?? 0));
    const head = `kvarter,device=${escaped(device)}${channel === undefined ? '' : `,channel=${escaped(channel)}`}`;
    const key = `${head} |${valueAtMs === undefined ? '' : ` ${Math.floor(valueAtMs)}`}`;
    lines.set(key, [...(lines.get(key) ?? []), `${quantity}=${value}`]);
  }
  if (lines.size === 0) return [];
  const text = [...lines].map(([key, fields]) => key.replace('|', () => fields.join(','))).join('\n');
  return [{ topic: `telegraf/${device}/kvarter`, payload: Buffer.from(text) }];
}

function escaped(tag: string): string {
  return tag.replace(/[, =\\]/g, '\\$&');
}
