import { isQuantity, type Quantity } from '../domain/quantity.ts';
import type { Measurement } from '../domain/reading.ts';
import { isoTime, parseIsoTime } from '../domain/time.ts';
import type { Decoded, DecodeInput, Encoded, Format, Problem } from './decode.ts';
import { isRecord, parseJson, shown } from './payload.ts';

const MAX_ELEMENTS = 10_000;

/** kvarter's own JSON: `{"time":"…","channel":"1","values":{"activePowerW":1234.5}}` or an array of them. */
export const kvarter: Format = {
  name: 'kvarter',
  title: "kvarter's own JSON",
  source: 'README.md',
  topics: ['kvarter/+/up'],
  decode: decodeKvarter,
  examples: [
    {
      says: 'one element with time and channel',
      topic: 'kvarter/meter-1/up',
      payload: '{"time":"2026-01-15T07:15:00Z","channel":"1","values":{"activePowerW":1234.5}}',
      expect: [
        {
          device: 'meter-1',
          channel: '1',
          quantity: 'activePowerW',
          value: 1234.5,
          atMs: Date.UTC(2026, 0, 15, 7, 15),
        },
      ],
    },
    {
      says: 'an array, without time and channel',
      topic: 'kvarter/room-7/up',
      payload: '[{"values":{"airTemperatureC":21.5}},{"values":{"co2Ppm":640}}]',
      expect: [
        { device: 'room-7', quantity: 'airTemperatureC', value: 21.5 },
        { device: 'room-7', quantity: 'co2Ppm', value: 640 },
      ],
    },
  ],
};

export type KvarterUplink = {
  readonly device: string;
  readonly channel?: string;
  readonly atMs?: number;
  readonly values: Readonly<Partial<Record<Quantity, number>>>;
};

/** The packet that {@link kvarter} reads: one element. */
export function encodeKvarter({ device, channel, atMs, values }: KvarterUplink): Encoded {
  const element = { ...(atMs === undefined ? {} : { time: isoTime(atMs) }), channel, values };
  return { topic: `kvarter/${device}/up`, payload: Buffer.from(JSON.stringify(element)) };
}

function decodeKvarter({ topic, payload }: DecodeInput): Decoded {
  const device = topic.slice('kvarter/'.length, -'/up'.length);
  const measurements: Measurement[] = [];
  const problems: Problem[] = [];
  const wrong = (code: Problem['code'], detail: string) => problems.push({ code, detail, device });
  const parsed = parseJson(payload);
  if (!parsed.ok) {
    wrong('malformed-payload', parsed.detail);
    return { measurements, problems };
  }
  const elements: readonly unknown[] = Array.isArray(parsed.value) ? parsed.value : [parsed.value];
  if (elements.length > MAX_ELEMENTS) {
    wrong('malformed-payload', `${elements.length} elements: at most ${MAX_ELEMENTS} in one payload`);
    return { measurements, problems };
  }
  for (const element of elements) {
    if (!isRecord(element) || !isRecord(element.values)) {
      wrong('malformed-payload', 'an element is {"time"?,"channel"?,"values":{quantity: number}}');
      continue;
    }
    const { time, channel } = element;
    const atMs = typeof time === 'string' ? parseIsoTime(time) : undefined;
    if (time !== undefined && atMs === undefined) {
      wrong('invalid-time', `${shown(time)} is not ISO 8601 with offset`);
      continue;
    }
    if (channel !== undefined && typeof channel !== 'string') {
      wrong('malformed-payload', 'channel must be text');
      continue;
    }
    const { values } = element;
    for (const quantity of Object.keys(values)) {
      const value = values[quantity];
      if (!isQuantity(quantity)) {
        wrong('unknown-quantity', `${shown(quantity)}: see Quantities in README.md`);
      } else if (typeof value !== 'number') {
        wrong('impossible-value', `${quantity} is not a number`);
      } else {
        measurements.push(measurementOf({ device, quantity, value }, channel, atMs));
      }
    }
  }
  return { measurements, problems };
}

/** Without spreads: this runs for every reading. */
function measurementOf(
  { device, quantity, value }: Pick<Measurement, 'device' | 'quantity' | 'value'>,
  channel: string | undefined,
  atMs: number | undefined,
): Measurement {
  if (channel === undefined) {
    return atMs === undefined ? { device, quantity, value } : { device, quantity, value, atMs };
  }
  const point = { device, quantity, channel };
  return atMs === undefined ? { ...point, value } : { ...point, value, atMs };
}
