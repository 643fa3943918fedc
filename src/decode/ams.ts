import { carries, encodeAms } from './ams-encode.ts';
import type { DecodeContext, Decoded, DecodeInput, Format } from './decode.ts';
import { Gathered, nothing, refused, together } from './gathered.ts';
import { epochTimeOf, isRecord, numberOf, parseJson, recordOf, shown, textOf } from './payload.ts';
import { conversionFrom, convert } from './units.ts';

const example = { device: '735999000000000009', atMs: Date.UTC(2026, 0, 15, 7, 15) };

/**
 * AMS reader: the electricity meter's HAN port as JSON. Its topic is the user's choice, so it is known by its shape.
 *
 * Power is import minus export (`P` − `PO`, `Q` − `QO`): negative while the building feeds the grid. The powers by phase
 * of list 4 have a quantity of their own, so that they are never counted as meters beside the whole; its registers by
 * phase (`tPI1` …) are left out for the same reason, and so is what the reader itself has counted (`realtime`).
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
      says: 'list 4: each phase beside the whole, reactive registers and power factors',
      topic: 'house-9/han',
      payload:
        '{"id":"02:00:00:00:00:09","t":1768461301,"data":{"lv":"x","id":"735999000000000009","type":"x","P":1727,"P1":1023,"P2":350,"P3":354,"Q":0,"PO":0,"PO1":0,"PO2":0,"PO3":0,"QO":309,"I1":4.2,"U1":240.3,"PF":0.98,"PF1":0.97,"tPI":6678.394,"tPO":0.000,"tQI":21.988,"tQO":1020.971,"tPI1":3000.1,"tPO1":0.0,"rtc":1768461300}}',
      expect: [
        { ...example, quantity: 'activePowerW', value: 1727 },
        { ...example, quantity: 'reactivePowerVar', value: -309 },
        { ...example, quantity: 'activeEnergyWh', value: 6_678_394 },
        { ...example, quantity: 'exportedEnergyWh', value: 0 },
        { ...example, quantity: 'reactiveEnergyVarh', value: 21_988 },
        { ...example, quantity: 'exportedReactiveEnergyVarh', value: 1_020_971 },
        { ...example, quantity: 'powerFactor', value: 0.98 },
        { ...example, quantity: 'phasePowerW', channel: 'L1', value: 1023 },
        { ...example, quantity: 'currentA', channel: 'L1', value: 4.2 },
        { ...example, quantity: 'voltageV', channel: 'L1', value: 240.3 },
        { ...example, quantity: 'powerFactor', channel: 'L1', value: 0.97 },
        { ...example, quantity: 'phasePowerW', channel: 'L2', value: 350 },
        { ...example, quantity: 'phasePowerW', channel: 'L3', value: 354 },
      ],
      timeFrom: 'device',
    },
    {
      says: "the reader's own temperature probes, each a device by its address, and one that is unplugged",
      topic: 'house-9/han',
      payload: '{"temperatures":{"28FF641E8416039A":21.31,"28FF641E8416039B":-127}}',
      expect: [{ device: '28FF641E8416039A', quantity: 'probeTemperatureC', value: 21.31 }],
      timeFrom: 'arrival',
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

function decodeAms({ payload }: DecodeInput, context: DecodeContext): Decoded {
  const message = readAms(payload);
  if (message?.kind === 'list') return decodeList(message, context);
  return message?.kind === 'probes' ? decodeProbes(message.probes, context) : nothing;
}

function decodeList({ data, t, devices }: AmsList, context: DecodeContext): Decoded {
  const device = context.deviceId(devices) ?? devices[0];
  const meterTime = epochTimeOf(data.rtc);
  const at = meterTime?.atMs === undefined ? epochTimeOf(t) : meterTime;
  if (!meterTime || !at) {
    const detail = `rtc ${shown(data.rtc)} and t ${shown(t)} are not seconds since 1970`;
    return refused('invalid-time', detail, device);
  }
  const gathered = new Gathered(device, at.atMs, meterTime.atMs === undefined ? 'gateway' : 'device');
  /** NaN: not there. Undefined: there, but it cannot be read, which is a problem. */
  const read = (name: string) => {
    const given = data[name];
    if (given === undefined || given === null) return Number.NaN;
    const number = numberOf(given);
    if (number === undefined) gathered.wrong('impossible-value', `${name} ${shown(given)} is not a number`);
    return number;
  };
  gathered.add('activePowerW', net(read('P'), read('PO')));
  gathered.add('reactivePowerVar', net(read('Q'), read('QO')));
  for (const [name, quantity] of registers) gathered.add(quantity, thousandfold(read(name)));
  gathered.add('powerFactor', read('PF'));
  for (const { channel, power, exported, current, voltage, factor } of phases) {
    gathered.add('phasePowerW', net(read(power), read(exported)), channel);
    gathered.add('currentA', read(current), channel);
    gathered.add('voltageV', read(voltage), channel);
    gathered.add('powerFactor', read(factor), channel);
  }
  return gathered.decoded;
}

const registers = [
  ['tPI', 'activeEnergyWh'],
  ['tPO', 'exportedEnergyWh'],
  ['tQI', 'reactiveEnergyVarh'],
  ['tQO', 'exportedReactiveEnergyVarh'],
] as const;

const phases = [1, 2, 3].map((n) => ({
  channel: `L${n}`,
  power: `P${n}`,
  exported: `PO${n}`,
  current: `I${n}`,
  voltage: `U${n}`,
  factor: `PF${n}`,
}));

/** A probe on the reader's 1-Wire bus that has come loose reads −127. */
function decodeProbes(probes: Readonly<Record<string, unknown>>, context: DecodeContext): Decoded {
  return together(
    Object.keys(probes)
      .filter(isAddress)
      .map((address) => {
        const gathered = new Gathered(context.deviceId([address]) ?? address, undefined, 'device');
        const value = numberOf(probes[address]);
        if (value !== -127) gathered.add('probeTemperatureC', value);
        return gathered.decoded;
      }),
  );
}

/** Of 1-Wire: eight bytes. */
function isAddress(name: string): boolean {
  return /^[0-9A-Fa-f]{16}$/.test(name);
}

/**
 * Import minus export; while one of them flows, the other is 0 and may be left out. A 0 alone says nothing: a meter
 * that imports nothing may export.
 */
function net(imported: number | undefined, exported: number | undefined): number | undefined {
  if (imported === undefined || exported === undefined) return undefined;
  if (!Number.isNaN(imported + exported)) return imported - exported;
  if (imported > 0) return imported;
  return exported > 0 ? -exported : undefined;
}

const fromKwh = conversionFrom('kWh', 'activeEnergyWh');

function thousandfold(value: number | undefined): number | undefined {
  return value === undefined ? undefined : convert(value, fromKwh);
}

type AmsList = {
  readonly kind: 'list';
  readonly data: Readonly<Record<string, unknown>>;
  readonly t: unknown;
  readonly devices: readonly [string, ...string[]];
};

/** A meter's list, the reader's probes, or what the reader says of itself and of prices, which holds no reading. */
type AmsMessage =
  | AmsList
  | { readonly kind: 'probes'; readonly probes: Readonly<Record<string, unknown>> }
  | { readonly kind: 'notice' };

function readAms(payload: Uint8Array): AmsMessage | undefined {
  const parsed = parseJson(payload);
  if (!parsed.ok || !isRecord(parsed.value)) return undefined;
  const { id, t, data, up, rssi, version, prices, temperatures } = parsed.value;
  const reader = textOf(id);
  if (isRecord(data)) {
    const [first, ...others] = [textOf(data.id), reader].filter((name) => name !== undefined);
    const isList = ['P', 'PO', 'tPI'].some((name) => numberOf(data[name]) !== undefined);
    return first !== undefined && isList ? { kind: 'list', data, t, devices: [first, ...others] } : undefined;
  }
  if (isRecord(temperatures)) {
    return Object.keys(temperatures).some(isAddress) ? { kind: 'probes', probes: temperatures } : undefined;
  }
  const isStatus =
    [up, rssi].every((field) => numberOf(field) !== undefined) && textOf(version) !== undefined;
  const isForecast = 'cheapest1hr' in recordOf(prices);
  return reader !== undefined && (isStatus || isForecast) ? { kind: 'notice' } : undefined;
}
