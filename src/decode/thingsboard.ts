import type { Measurement } from '../domain/reading.ts';
import type { DecodeContext, Decoded, DecodeInput, Encoded, Format, Problem, Uplink } from './decode.ts';
import { everyQuantity } from './every-quantity.ts';
import { meaningOf, meantValue } from './names.ts';
import { EARLIEST_MS, isRecord, listed, numberOf, parseJson, shown, textOf } from './payload.ts';

const at = Date.UTC(2026, 0, 15, 7, 15);
const MOST_ELEMENTS = 10_000;
const DEVICE_TOPICS = ['v1/devices/me/telemetry', 'v2/t', 'v2/t/j'];

/**
 * ThingsBoard's MQTT API, for devices and for gateways. On the device's topics nothing but the MQTT user name says who
 * it is. Keys are the user's choice: they are understood by name and unit, as `temperature`, `energy_kwh`.
 */
export const thingsboard: Format = {
  name: 'thingsboard',
  title: 'ThingsBoard telemetry of devices and gateways, JSON',
  source: 'https://thingsboard.io/docs/reference/mqtt-api/',
  topics: [...DEVICE_TOPICS, 'v1/devices/me/#', 'v1/gateway/+', 'v2/a/#'],
  decode: decodeThingsboard,
  encode: encodeThingsboard,
  carries: everyQuantity,
  examples: [
    {
      says: 'a device that its user name tells',
      topic: 'v1/devices/me/telemetry',
      sender: 'room-7',
      payload: '{"temperature":22.5,"humidity":61}',
      expect: [
        { device: 'room-7', quantity: 'airTemperatureC', value: 22.5 },
        { device: 'room-7', quantity: 'relativeHumidityPct', value: 61 },
      ],
      timeFrom: 'arrival',
    },
    {
      says: 'values at a time of their own',
      topic: 'v2/t',
      sender: 'room-7',
      payload: '{"ts":1768461300000,"values":{"temperature":22.5,"humidity":61}}',
      expect: [
        { device: 'room-7', quantity: 'airTemperatureC', value: 22.5, atMs: at },
        { device: 'room-7', quantity: 'relativeHumidityPct', value: 61, atMs: at },
      ],
      timeFrom: 'device',
    },
    {
      says: 'several times in a list',
      topic: 'v1/devices/me/telemetry',
      sender: 'room-7',
      payload:
        '[{"ts":1451649600000,"values":{"temperature":22.5}},{"ts":1451649601000,"values":{"temperature":22.7}}]',
      expect: [
        { device: 'room-7', quantity: 'airTemperatureC', value: 22.5, atMs: 1_451_649_600_000 },
        { device: 'room-7', quantity: 'airTemperatureC', value: 22.7, atMs: 1_451_649_601_000 },
      ],
      timeFrom: 'device',
    },
    {
      says: 'a gateway with several devices',
      topic: 'v1/gateway/telemetry',
      payload:
        '{"Device A":[{"ts":1483228800000,"values":{"temperature":42,"humidity":80}}],"Device B":[{"ts":1483228800000,"values":{"temperature":42}}]}',
      expect: [
        { device: 'Device A', quantity: 'airTemperatureC', value: 42, atMs: 1_483_228_800_000 },
        { device: 'Device A', quantity: 'relativeHumidityPct', value: 80, atMs: 1_483_228_800_000 },
        { device: 'Device B', quantity: 'airTemperatureC', value: 42, atMs: 1_483_228_800_000 },
      ],
      timeFrom: 'device',
    },
    {
      says: 'a device that leaves its gateway',
      topic: 'v1/gateway/disconnect',
      payload: '{"device":"Device A"}',
      expect: [{ device: 'Device A', quantity: 'online', value: 0 }],
      timeFrom: 'arrival',
    },
    {
      says: 'nothing in attributes',
      topic: 'v1/devices/me/attributes',
      payload: '{"firmware":"1.2"}',
      expect: [],
    },
  ],
};

function decodeThingsboard(input: DecodeInput, context: DecodeContext): Decoded {
  const { topic } = input;
  if (DEVICE_TOPICS.includes(topic)) return deviceTelemetry(input, context);
  if (topic === 'v1/gateway/telemetry') return gatewayTelemetry(input, context);
  if (topic === 'v1/gateway/connect' || topic === 'v1/gateway/disconnect') return presence(input, context);
  return { measurements: [], problems: [] };
}

function deviceTelemetry({ payload, sender }: DecodeInput, context: DecodeContext): Decoded {
  const parsed = parseJson(payload);
  if (!parsed.ok) return refused('malformed-payload', parsed.detail, sender);
  if (sender === undefined) {
    return refused(
      'unknown-device',
      'ThingsBoard\'s device API names its device by the MQTT user name alone, and this packet came without one: give each device a user name (see "Who may connect" in README.md), or publish on v1/gateway/telemetry',
    );
  }
  const telemetry = new Telemetry();
  telemetry.add(context.deviceId([sender]) ?? sender, parsed.value);
  return telemetry.decoded();
}

function gatewayTelemetry({ payload }: DecodeInput, context: DecodeContext): Decoded {
  const parsed = parseJson(payload);
  if (!parsed.ok) return refused('malformed-payload', parsed.detail);
  if (!isRecord(parsed.value)) return refused('malformed-payload', 'an object is expected: {"device":[…]}');
  const telemetry = new Telemetry();
  for (const [name, elements] of Object.entries(parsed.value)) {
    telemetry.add(context.deviceId([name]) ?? name, elements);
  }
  return telemetry.decoded();
}

/** A gateway says of its devices that they come and go. */
function presence({ topic, payload }: DecodeInput, context: DecodeContext): Decoded {
  const parsed = parseJson(payload);
  const name = parsed.ok && isRecord(parsed.value) ? textOf(parsed.value.device) : undefined;
  if (name === undefined) return refused('malformed-payload', 'an object is expected: {"device":"name"}');
  const device = context.deviceId([name]) ?? name;
  const value = Number(topic.endsWith('/connect'));
  return { measurements: [{ device, quantity: 'online', value }], problems: [], timeFrom: 'arrival' };
}

/** Collects the values of one packet. */
class Telemetry {
  private readonly measurements: Measurement[] = [];
  private readonly problems: Problem[] = [];
  private readonly unread = new Map<string, Set<string>>();
  private elements = 0;
  private hasTime = false;

  /** `{key: value}`, `{"ts", "values"}`, or a list of them. */
  add(device: string, given: unknown): void {
    for (const element of Array.isArray(given) ? given : [given]) {
      this.elements += 1;
      if (this.elements === MOST_ELEMENTS + 1) {
        this.wrong('malformed-payload', `more than ${MOST_ELEMENTS} elements: the rest is left out`, device);
      }
      if (this.elements > MOST_ELEMENTS) return;
      if (isRecord(element)) this.addElement(device, element);
      else
        this.wrong('malformed-payload', `${shown(element)} is not {"ts","values"} or {key: value}`, device);
    }
  }

  decoded(): Decoded {
    for (const [device, names] of this.unread) {
      if (this.measurements.some((measurement) => measurement.device === device)) continue;
      const detail = `none of its keys (${listed(names)}) is one of kvarter's quantities: rename one, say its unit in it, or write a mapping`;
      this.wrong('unknown-quantity', detail, device);
    }
    const timeFrom = this.hasTime ? 'device' : 'arrival';
    return { measurements: this.measurements, problems: this.problems, timeFrom };
  }

  private addElement(device: string, element: Record<string, unknown>): void {
    const isTimed = isRecord(element.values);
    const ts = isTimed ? element.ts : undefined;
    const atMs = ts === undefined ? undefined : numberOf(ts);
    if (ts !== undefined && !(atMs !== undefined && Math.abs(atMs) <= 8.64e15)) {
      this.wrong('invalid-time', `ts ${shown(ts)} is not milliseconds since 1970`, device);
      return;
    }
    if (atMs !== undefined) this.hasTime = true;
    const time = atMs === undefined || atMs < EARLIEST_MS ? {} : { atMs: Math.floor(atMs) };
    for (const [name, raw] of Object.entries(isRecord(element.values) ? element.values : element)) {
      const meaning = meaningOf(name);
      const value = meaning && meantValue(raw, meaning);
      if (!meaning || value === undefined) {
        if (raw !== null) this.unread.set(device, (this.unread.get(device) ?? new Set()).add(name));
        continue;
      }
      const { quantity, channel } = meaning;
      this.measurements.push({
        device,
        quantity,
        ...(channel === undefined ? {} : { channel }),
        value,
        ...time,
      });
    }
  }

  private wrong(code: Problem['code'], detail: string, device: string): void {
    this.problems.push({ code, detail, device });
  }
}

function refused(code: Problem['code'], detail: string, device?: string): Decoded {
  return { measurements: [], problems: [{ code, detail, ...(device === undefined ? {} : { device }) }] };
}

/** As a gateway says it, because only there the packet itself names the device. */
function encodeThingsboard({ device, atMs, values }: Uplink): readonly Encoded[] {
  if (values.length === 0) return [];
  const elements = values.map(({ quantity, channel, value, ...own }) => {
    const ts = own.atMs ?? (atMs === undefined ? undefined : atMs - (own.agoMs ?? 0));
    const named = { [channel === undefined ? quantity : `${channel}/${quantity}`]: value };
    return ts === undefined ? named : { ts, values: named };
  });
  return [{ topic: 'v1/gateway/telemetry', payload: Buffer.from(JSON.stringify({ [device]: elements })) }];
}
