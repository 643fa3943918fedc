import type { Measurement } from '../domain/reading.ts';
import { isoTime, parseIsoTime } from '../domain/time.ts';
import type {
  Carried,
  DecodeContext,
  Decoded,
  DecodeInput,
  Encoded,
  Format,
  Problem,
  Uplink,
} from './decode.ts';
import { EARLIEST_MS, isRecord, numberOf, parseJson, shown } from './payload.ts';
import { conversion, convert } from './units.ts';
import { knownDevice, learnDevices, meaningOfProperty, type ZigbeeDevice } from './zigbee-devices.ts';
import { zigbeeFields } from './zigbee-fields.ts';

const at = Date.UTC(2026, 0, 15, 7, 15);

/** What its encoder writes, by property. */
const written = {
  temperature: { quantity: 'airTemperatureC', step: 0.01, min: -40, max: 100 },
  humidity: { quantity: 'relativeHumidityPct', step: 0.01, min: 0, max: 100 },
  co2: { quantity: 'co2Ppm', step: 1, min: 0, max: 10_000 },
  pm25: { quantity: 'pm25Ugm3', step: 1, min: 0, max: 1000 },
  illuminance: { quantity: 'illuminanceLux', step: 1, min: 0, max: 100_000 },
  pressure: { quantity: 'airPressurePa', step: 10, min: 30_000, max: 120_000 },
  battery: { quantity: 'batteryPct', step: 0.5, min: 0, max: 100 },
  power: { quantity: 'activePowerW', step: 0.1, min: -10_000, max: 10_000 },
  current: { quantity: 'currentA', step: 0.01, min: 0, max: 100 },
  ac_frequency: { quantity: 'frequencyHz', step: 0.01, min: 0, max: 100 },
  energy: { quantity: 'activeEnergyWh', step: 10, min: 0, max: 1e9 },
  produced_energy: { quantity: 'exportedEnergyWh', step: 10, min: 0, max: 1e9 },
  occupancy: { quantity: 'occupied', step: 1, min: 0, max: 1 },
  contact: { quantity: 'open', step: 1, min: 0, max: 1 },
  water_leak: { quantity: 'waterDetected', step: 1, min: 0, max: 1 },
  tamper: { quantity: 'tampered', step: 1, min: 0, max: 1 },
  battery_low: { quantity: 'batteryLow', step: 1, min: 0, max: 1 },
} as const satisfies Record<string, Carried>;

/**
 * Zigbee2MQTT. A device is its friendly name, which may have slashes in it, or its address, once `bridge/devices` has
 * told. That list also tells each property's unit: without it only those are read whose unit is always the same.
 */
export const zigbee2mqtt: Format = {
  name: 'zigbee2mqtt',
  title: 'Zigbee2MQTT, JSON or by attribute',
  source: 'https://www.zigbee2mqtt.io/guide/usage/mqtt_topics_and_messages.html',
  topics: ['zigbee2mqtt/#', '+/zigbee2mqtt/#'],
  remembers: true,
  decode: decodeZigbee,
  encode: encodeZigbee,
  carries: Object.values(written),
  usualMinutes: 60,
  unconfirmed: [
    'the units of properties that a converter writes otherwise than its device says in bridge/devices',
  ],
  examples: [
    {
      says: 'a device whose friendly name has slashes',
      topic: 'zigbee2mqtt/house 3/stairwell/climate',
      payload: '{"temperature":27.34,"humidity":44.72,"battery":null,"linkquality":120,"voltage":2985}',
      expect: [
        { device: 'house 3/stairwell/climate', quantity: 'airTemperatureC', value: 27.34 },
        { device: 'house 3/stairwell/climate', quantity: 'relativeHumidityPct', value: 44.72 },
      ],
      timeFrom: 'arrival',
    },
    {
      says: 'claims, and when the device was last heard',
      topic: 'zigbee2mqtt/cellar door',
      payload:
        '{"contact":false,"tamper":false,"battery_low":true,"last_seen":"2026-01-15T08:15:00+01:00","update":{"state":"idle"}}',
      expect: [
        { device: 'cellar door', quantity: 'open', value: 1, atMs: at },
        { device: 'cellar door', quantity: 'tampered', value: 0, atMs: at },
        { device: 'cellar door', quantity: 'batteryLow', value: 1, atMs: at },
      ],
      timeFrom: 'gateway',
    },
    {
      says: 'a plug, on a base topic of its own',
      topic: 'house-3/zigbee2mqtt/laundry/plug',
      payload: '{"state":"ON","power":1250.5,"current":5.4,"energy":6678.39,"produced_energy":0}',
      expect: [
        { device: 'laundry/plug', quantity: 'activePowerW', value: 1250.5 },
        { device: 'laundry/plug', quantity: 'currentA', value: 5.4 },
        { device: 'laundry/plug', quantity: 'activeEnergyWh', value: 6_678_390 },
        { device: 'laundry/plug', quantity: 'exportedEnergyWh', value: 0 },
      ],
      timeFrom: 'arrival',
    },
    {
      says: 'whether a device can be reached',
      topic: 'zigbee2mqtt/laundry/plug/availability',
      payload: '{"state":"offline"}',
      expect: [{ device: 'laundry/plug', quantity: 'online', value: 0 }],
      timeFrom: 'arrival',
    },
    {
      says: 'one attribute on a topic of its own',
      topic: 'zigbee2mqtt/stairwell/temperature',
      payload: '21.5',
      expect: [{ device: 'stairwell', quantity: 'airTemperatureC', value: 21.5 }],
      timeFrom: 'arrival',
    },
    {
      says: 'nothing in what the bridge says of itself',
      topic: 'zigbee2mqtt/bridge/state',
      payload: '{"state":"online"}',
      expect: [],
    },
  ],
};

function decodeZigbee(input: DecodeInput, context: DecodeContext): Decoded {
  const { kind, base, name } = placeOf(input.topic);
  if (kind === 'nothing') return { measurements: [], problems: [] };
  if (kind === 'devices') return devices(base, input, context);
  if (kind === 'availability') return availability(base, name, input, context);
  const parsed = parseJson(input.payload);
  if (parsed.ok && isRecord(parsed.value)) return properties(base, name, parsed.value, context);
  return attribute(base, name, parsed.ok ? parsed.value : plainText(input.payload), context);
}

type Place = {
  readonly kind: 'devices' | 'availability' | 'state' | 'nothing';
  readonly base: string;
  /** Of the device; with the property behind it, when that has a topic of its own. */
  readonly name: string;
};

/** The same few topics come again and again. */
const MOST_PLACES = 10_000;
const places = new Map<string, Place>();

function placeOf(topic: string): Place {
  const known = places.get(topic);
  if (known) return known;
  if (places.size >= MOST_PLACES) places.clear();
  const place = readTopic(topic);
  places.set(topic, place);
  return place;
}

/** The base topic is `zigbee2mqtt`, or a level with that below it. */
function readTopic(topic: string): Place {
  const own = topic.startsWith('zigbee2mqtt/') ? 0 : topic.indexOf('/') + 1;
  const end = topic.indexOf('/', own);
  const [base, rest] = end === -1 ? [topic, ''] : [topic.slice(0, end), topic.slice(end + 1)];
  const availability = '/availability';
  if (rest === 'bridge/devices') return { kind: 'devices', base, name: '' };
  // Commands on their way to a device: `…/set`, `…/set/attribute`, `…/get`.
  const isCommand = /\/(?:set|get)(?:\/[^/]*)?$/.test(rest);
  if (rest === '' || rest.startsWith('bridge/') || isCommand) return { kind: 'nothing', base, name: '' };
  return rest.endsWith(availability)
    ? { kind: 'availability', base, name: rest.slice(0, -availability.length) }
    : { kind: 'state', base, name: rest };
}

function devices(base: string, { payload }: DecodeInput, { memory }: DecodeContext): Decoded {
  const parsed = parseJson(payload);
  if (!parsed.ok || !Array.isArray(parsed.value)) {
    return refused('malformed-payload', parsed.ok ? 'bridge/devices is a list of devices' : parsed.detail);
  }
  return { measurements: [], problems: [], suggestions: learnDevices(base, parsed.value, memory) };
}

/** `{"state":"online"}`, or the word alone, as it was before version 1.35. */
function availability(base: string, name: string, { payload }: DecodeInput, context: DecodeContext): Decoded {
  const parsed = parseJson(payload);
  const state = parsed.ok && isRecord(parsed.value) ? parsed.value.state : plainText(payload);
  const device = deviceOf(base, name, context).id;
  if (state !== 'online' && state !== 'offline') {
    return refused('malformed-payload', `${shown(state)} is neither online nor offline`, device);
  }
  const value = Number(state === 'online');
  return { measurements: [{ device, quantity: 'online', value }], problems: [], timeFrom: 'arrival' };
}

function properties(
  base: string,
  name: string,
  state: Record<string, unknown>,
  context: DecodeContext,
): Decoded {
  const { id: device, known } = deviceOf(base, name, context);
  const { last_seen: lastSeen } = state;
  const atMs = lastSeen === undefined || lastSeen === null ? undefined : lastSeenMs(lastSeen);
  if (atMs !== undefined && Number.isNaN(atMs)) {
    return refused(
      'invalid-time',
      `last_seen ${shown(lastSeen)} is neither ISO 8601 with offset nor epoch milliseconds`,
      device,
    );
  }
  const time = atMs === undefined || atMs < EARLIEST_MS ? {} : { atMs };
  const measurements: Measurement[] = [];
  const problems: Problem[] = [];
  for (const property of Object.keys(state)) {
    const value = state[property];
    // Null: not known yet, or not any more.
    if (value === null) continue;
    const meant = meantBy(property, value, known);
    if (meant === undefined) continue;
    if (typeof meant === 'string') problems.push({ code: 'impossible-value', detail: meant, device });
    else measurements.push({ device, ...meant, ...time });
  }
  return { measurements, problems, timeFrom: 'atMs' in time ? 'gateway' : 'arrival' };
}

/** `output: attribute` in Zigbee2MQTT's settings: the property is the topic's last level. */
function attribute(base: string, rest: string, value: unknown, context: DecodeContext): Decoded {
  const split = rest.lastIndexOf('/');
  const property = rest.slice(split + 1);
  // An empty payload: a device that was renamed or removed takes its retained state back.
  if (value === '') return { measurements: [], problems: [] };
  if (split < 1)
    return refused(
      'malformed-payload',
      `${shown(value)} is not an object of properties`,
      deviceOf(base, rest, context).id,
    );
  const decoded = properties(base, rest.slice(0, split), { [property]: value }, context);
  return decoded.measurements.length + decoded.problems.length > 0
    ? decoded
    : { measurements: [], problems: [] };
}

type ZigbeeValue = Pick<Measurement, 'quantity' | 'channel' | 'value'>;

/** What a property says; undefined when it is none of ours, a text when its value cannot be read. */
function meantBy(
  property: string,
  value: unknown,
  known: ZigbeeDevice | undefined,
): ZigbeeValue | string | undefined {
  const meaning = meaningOfProperty(property, known);
  if (!meaning) return undefined;
  const { quantity, channel, claim, conversion: unit } = meaning;
  const number = claim === undefined ? numberOf(value) : claimed(value, claim);
  if (number === undefined) {
    return claim === undefined ? `${property} ${shown(value)} is not a number` : undefined;
  }
  const converted = unit === undefined ? number : convert(number, unit);
  return channel === undefined ? { quantity, value: converted } : { quantity, channel, value: converted };
}

function claimed(value: unknown, claim: 'plain' | 'inverted'): number | undefined {
  return typeof value === 'boolean' ? Number(value === (claim === 'plain')) : undefined;
}

/** By its friendly name or its address, whichever the register knows. */
function deviceOf(
  base: string,
  name: string,
  { deviceId, memory }: DecodeContext,
): { readonly id: string; readonly known: ZigbeeDevice | undefined } {
  const known = knownDevice(base, name, memory);
  const names = known?.address === undefined ? [name] : [name, known.address];
  return { id: deviceId(names) ?? name, known };
}

/** ISO 8601 with offset, or epoch milliseconds: `advanced.last_seen` of its settings. NaN: neither. */
function lastSeenMs(value: unknown): number {
  if (typeof value === 'string') return parseIsoTime(value) ?? Number.NaN;
  return typeof value === 'number' && Math.abs(value) <= 8.64e15 ? Math.floor(value) : Number.NaN;
}

function plainText(payload: Uint8Array): string {
  return Buffer.from(payload.subarray(0, 100)).toString().trim();
}

function refused(code: Problem['code'], detail: string, device?: string): Decoded {
  return { measurements: [], problems: [{ code, detail, ...(device === undefined ? {} : { device }) }] };
}

function encodeZigbee({ device, atMs, values }: Uplink): readonly Encoded[] {
  const state: Record<string, unknown> = {};
  const properties = Object.entries(written);
  for (const { quantity, value } of values) {
    const property = properties.find(([, carried]) => carried.quantity === quantity)?.[0];
    const field = property === undefined ? undefined : zigbeeFields.get(property)?.[0];
    if (property === undefined || !field) continue;
    const found = conversion(field.unit ?? '', quantity);
    if (field.claim !== undefined) state[property] = value >= 0.5 === (field.claim === 'plain');
    else state[property] = found ? Number((value / found.factor - found.offset).toPrecision(12)) : value;
  }
  if (Object.keys(state).length === 0) return [];
  const payload = { ...state, ...(atMs === undefined ? {} : { last_seen: isoTime(atMs) }) };
  return [{ topic: `zigbee2mqtt/${device}`, payload: Buffer.from(JSON.stringify(payload)) }];
}
