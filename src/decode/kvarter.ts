import { isQuantity } from '../domain/quantity.ts';
import type { Measurement } from '../domain/reading.ts';
import { isoTime, parseIsoTime } from '../domain/time.ts';
import type { Decoded, DecodeInput, Encoded, Format, Problem, Uplink } from './decode.ts';
import { everyQuantity } from './every-quantity.ts';
import { isRecord, parseJson, shown } from './payload.ts';

const MAX_ELEMENTS = 10_000;

/** kvarter's own JSON: `{"time":"…","channel":"1","values":{"activePowerW":1234.5}}` or an array of them. */
export const kvarter: Format = {
  name: 'kvarter',
  title: "kvarter's own JSON",
  source: 'README.md',
  topics: ['kvarter/+/up'],
  decode: decodeKvarter,
  encode: encodeKvarter,
  carries: everyQuantity,
  usualMinutes: 1,
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

/** One element for the values of each channel and time. */
function encodeKvarter({ device, atMs, values }: Uplink): readonly Encoded[] {
  const elements = new Map<string, { time?: string; channel?: string; values: Record<string, number> }>();
  for (const { quantity, channel, value, ...age } of values) {
    const valueAtMs = age.atMs ?? (atMs === undefined ? undefined : atMs - (age.agoMs ?? 0));
    const key = `${valueAtMs ?? ''}${channel === undefined ? '' : `|${channel}`}`;
    const element = elements.get(key) ?? {
      ...(valueAtMs === undefined ? {} : { time: isoTime(valueAtMs) }),
      ...(channel === undefined ? {} : { channel }),
      values: {},
    };
    element.values[quantity] = value;
    elements.set(key, element);
  }
  if (elements.size === 0) return [];
  const [first, ...others] = elements.values();
  const payload = Buffer.from(JSON.stringify(others.length === 0 ? first : [first, ...others]));
  return [{ topic: `kvarter/${device}/up`, payload }];
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
  let hasTime = elements.length > 0;
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
    if (atMs === undefined) hasTime = false;
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
  return { measurements, problems, timeFrom: hasTime ? 'device' : 'arrival' };
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
