import type { Quantity } from '../domain/quantity.ts';
import type { Measurement } from '../domain/reading.ts';
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
import { epochTimeOf, isRecord, numberOf, parseJson, recordOf, shown, textOf } from './payload.ts';

const example = { device: '735999000000000009', atMs: Date.UTC(2026, 0, 15, 7, 15) };

const phases = ['L1', 'L2', 'L3'] as const;
const carries: readonly Carried[] = [
  { quantity: 'activePowerW', step: 1, min: -1e6, max: 1e6, always: true },
  { quantity: 'reactivePowerVar', step: 1, min: -1e6, max: 1e6 },
  { quantity: 'activeEnergyWh', step: 1, min: 0, max: 1e11 },
  { quantity: 'exportedEnergyWh', step: 1, min: 0, max: 1e11 },
  ...phases.map((channel) => ({ quantity: 'currentA', channel, step: 0.01, min: 0, max: 1000 }) as const),
  ...phases.map((channel) => ({ quantity: 'voltageV', channel, step: 0.1, min: 0, max: 500 }) as const),
];

/**
 * AMS reader: the electricity meter's HAN port as JSON. Its topic is the user's choice, so it is known by its shape.
 *
 * Power is import minus export (`P` − `PO`, `Q` − `QO`): negative while the building feeds the grid. The powers by
 * phase of list 4 are left out: with a channel of their own they would count as meters beside the whole.
 */
export const ams: Format = {
  name: 'ams',
  title: 'AMS reader (HAN port of the electricity meter), JSON',
  source: 'https://github.com/UtilitechAS/amsreader-firmware/tree/main/lib/JsonMqttHandler',
  topics: [],
  recognises: (payload) => readAms(payload) !== undefined,
  decode: decodeAms,
  encode: encodeAms,
  carries,
  usualMinutes: 1 / 6,
  examples: [
    {
      says: "a full list, at the meter's own time",
      topic: 'house-9/han',
      payload:
        '{"id":"02:00:00:00:00:09","name":"ams-9","up":1234,"t":1768461301,"vcc":3.3,"rssi":-60,"temp":24.5,"data":{"lv":"x","id":"735999000000000009","type":"x","P":1727,"Q":0,"PO":0,"QO":309,"I1":4.2,"I2":1.6,"I3":1.7,"U1":240.3,"U2":240.1,"U3":241.3,"tPI":6678.394,"tPO":0.000,"rtc":1768461300},"realtime":{"h":0.43,"d":9.1}}',
      expect: [
        { ...example, quantity: 'activePowerW', value: 1727 },
        { ...example, quantity: 'reactivePowerVar', value: -309 },
        { ...example, quantity: 'activeEnergyWh', value: 6_678_394 },
        { ...example, quantity: 'exportedEnergyWh', value: 0 },
        { ...example, quantity: 'currentA', channel: 'L1', value: 4.2 },
        { ...example, quantity: 'voltageV', channel: 'L1', value: 240.3 },
        { ...example, quantity: 'currentA', channel: 'L2', value: 1.6 },
        { ...example, quantity: 'voltageV', channel: 'L2', value: 240.1 },
        { ...example, quantity: 'currentA', channel: 'L3', value: 1.7 },
        { ...example, quantity: 'voltageV', channel: 'L3', value: 241.3 },
      ],
    },
    {
      says: "a list with power only, which names the reader and not the meter, before the reader's clock is set",
      topic: 'ams',
      payload: '{"id":"02:00:00:00:00:09","name":"ams-9","up":3,"t":3,"rssi":-60,"data":{"P":412}}',
      expect: [{ device: '02:00:00:00:00:09', quantity: 'activePowerW', value: 412 }],
    },
    {
      says: 'numbers quoted as text, and a building that feeds the grid',
      topic: 'ams',
      payload: '{"id":"reader","data":{"id":"735999000000000009","P":"0","PO":"2500","rtc":"1768461300"}}',
      expect: [{ ...example, quantity: 'activePowerW', value: -2500 }],
    },
    {
      says: 'nothing in what the reader says of itself',
      topic: 'ams',
      payload:
        '{"id":"02:00:00:00:00:09","name":"ams-9","up":1234,"vcc":3.3,"rssi":-60,"temp":24.5,"version":"2.2.0"}',
      expect: [],
    },
    {
      says: "nothing in the reader's price forecast",
      topic: 'ams',
      payload:
        '{"id":"02:00:00:00:00:09","prices":{"0":0.51,"min":0.4,"cheapest1hr":"2026-01-15T02:00:00Z"}}',
      expect: [],
    },
  ],
};

/** Powers are written as import and export, both ≥ 0; energies in kWh. The time has whole seconds. */
function encodeAms({ device, atMs, values }: Uplink): readonly Encoded[] {
  const data: Record<string, unknown> = { id: device };
  for (const { quantity, channel, value } of values) {
    if (quantity === 'activePowerW') Object.assign(data, { P: Math.max(value, 0), PO: Math.max(-value, 0) });
    if (quantity === 'reactivePowerVar')
      Object.assign(data, { Q: Math.max(value, 0), QO: Math.max(-value, 0) });
    if (quantity === 'activeEnergyWh') data.tPI = value / 1000;
    if (quantity === 'exportedEnergyWh') data.tPO = value / 1000;
    if (quantity === 'currentA') data[`I${channel?.slice(1)}`] = value;
    if (quantity === 'voltageV') data[`U${channel?.slice(1)}`] = value;
  }
  const rtc = atMs === undefined ? undefined : Math.floor(atMs / 1000);
  const message = { id: '02:00:00:00:00:01', t: rtc, data: { ...data, rtc } };
  return [{ topic: `ams/${device}`, payload: Buffer.from(JSON.stringify(message)) }];
}

function decodeAms({ payload }: DecodeInput, context: DecodeContext): Decoded {
  const message = readAms(payload);
  if (!message || message.kind === 'notice') return { measurements: [], problems: [] };
  const { data, t, devices } = message;
  const device = context.deviceId(devices) ?? devices[0];
  const problems: Problem[] = [];
  const measurements: Measurement[] = [];
  const wrong = (code: Problem['code'], detail: string) => problems.push({ code, detail, device });
  const meterTime = epochTimeOf(data.rtc);
  const at = meterTime?.atMs === undefined ? epochTimeOf(t) : meterTime;
  if (!meterTime || !at) {
    wrong('invalid-time', `rtc ${shown(data.rtc)} and t ${shown(t)} are not seconds since 1970`);
    return { measurements, problems };
  }
  /** The values by their names, NaN for one that is not there; undefined when none is, or one cannot be read. */
  const read = (...names: string[]) => {
    const there = names.filter((name) => data[name] !== undefined && data[name] !== null);
    const unread = there.filter((name) => numberOf(data[name]) === undefined);
    for (const name of unread) wrong('impossible-value', `${name} ${shown(data[name])} is not a number`);
    return there.length > 0 && unread.length === 0
      ? names.map((name) => numberOf(data[name]) ?? Number.NaN)
      : undefined;
  };
  const add = (quantity: Quantity, value: number | undefined, channel?: string) => {
    if (value === undefined) return;
    measurements.push({ device, quantity, value, ...(channel === undefined ? {} : { channel }), ...at });
  };
  add('activePowerW', net(read('P', 'PO')));
  add('reactivePowerVar', net(read('Q', 'QO')));
  add('activeEnergyWh', wattHours(read('tPI')));
  add('exportedEnergyWh', wattHours(read('tPO')));
  for (const phase of ['1', '2', '3']) {
    add('currentA', read(`I${phase}`)?.[0], `L${phase}`);
    add('voltageV', read(`U${phase}`)?.[0], `L${phase}`);
  }
  const reader = at.atMs === undefined ? 'arrival' : 'gateway';
  const timeFrom = meterTime.atMs === undefined ? reader : 'device';
  return { measurements, problems, timeFrom };
}

/**
 * Import minus export; while one of them flows, the other is 0 and may be left out. A 0 alone says nothing: a meter
 * that imports nothing may export.
 */
function net([imported = Number.NaN, exported = Number.NaN]: readonly number[] = []): number | undefined {
  if (!Number.isNaN(imported + exported)) return imported - exported;
  if (imported > 0) return imported;
  return exported > 0 ? -exported : undefined;
}

/** The reader writes kWh with three decimals; times a thousand in floating point would give 6678394.000000001. */
function wattHours([kWh]: readonly number[] = []): number | undefined {
  return kWh === undefined ? undefined : Math.round(kWh * 1e6) / 1e3;
}

/** A meter's list, or what the reader says of itself and of prices on the same topic, which holds no reading. */
type AmsMessage =
  | { readonly kind: 'notice' }
  | {
      readonly kind: 'list';
      readonly data: Record<string, unknown>;
      readonly t: unknown;
      readonly devices: readonly [string, ...string[]];
    };

function readAms(payload: Uint8Array): AmsMessage | undefined {
  const parsed = parseJson(payload);
  if (!parsed.ok || !isRecord(parsed.value)) return undefined;
  const { id, t, data, up, rssi, version, prices } = parsed.value;
  const reader = textOf(id);
  if (isRecord(data)) {
    const [first, ...others] = [textOf(data.id), reader].filter((name) => name !== undefined);
    const isList = ['P', 'PO', 'tPI'].some((name) => numberOf(data[name]) !== undefined);
    return first !== undefined && isList ? { kind: 'list', data, t, devices: [first, ...others] } : undefined;
  }
  const isStatus =
    [up, rssi].every((field) => numberOf(field) !== undefined) && textOf(version) !== undefined;
  const isForecast = 'cheapest1hr' in recordOf(prices);
  return reader !== undefined && (isStatus || isForecast) ? { kind: 'notice' } : undefined;
}
