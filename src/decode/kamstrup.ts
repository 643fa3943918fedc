import type { Quantity } from '../domain/quantity.ts';
import type { Carried, Model, ModelDecoded, Value } from './decode.ts';
import { currentOf } from './fields.ts';
import { encodeMbusRecord, type MbusRecordToWrite } from './mbus-encode.ts';
import { readMbusHeader, statusValues } from './mbus-header.ts';
import { meterValues } from './mbus-meter.ts';
import type { MbusMedium } from './mbus-quantities.ts';
import { decodeMbusRecords } from './mbus-records.ts';

/** The first byte, CI: what stands before the records (EN 13757-7). */
const NO_HEADER = 0x78;
const PORT = 1;

/** What the bits of a meter's info code say, the lowest first; several may say the same. */
type Info = {
  readonly code: number;
  readonly bits: readonly (Quantity | undefined)[];
  /** Each state once, with all its bits. */
  readonly states: readonly { readonly quantity: Quantity; readonly mask: number }[];
};

const waterInfo = infoOf(0x25, ['dry', 'reverseFlow', 'leaking', 'burst', 'tampered', 'batteryLow', 'frost']);
/** MULTICAL: sensors above, below or wrong (3 to 7, 20, 21), air, signal and pulses of the flow parts, leaks, bursts. */
const heatInfo = infoOf(
  0x22,
  Array.from({ length: 32 }, (_, bit) => {
    if (bit === 1) return 'batteryLow';
    if ([9, 25].includes(bit)) return 'reverseFlow';
    if ([12, 13, 18, 19, 30, 31].includes(bit)) return 'leaking';
    if ([28, 29].includes(bit)) return 'burst';
    return [3, 4, 5, 6, 7, 8, 10, 16, 17, 20, 21, 22, 23, 24, 26].includes(bit) ? 'sensorError' : undefined;
  }),
);

function infoOf(code: number, bits: Info['bits']): Info {
  const masks = new Map<Quantity, number>();
  for (const [bit, state] of bits.entries()) {
    if (state !== undefined) masks.set(state, (masks.get(state) ?? 0) | (1 << bit));
  }
  return { code, bits, states: Array.from(masks, ([quantity, mask]) => ({ quantity, mask })) };
}

type Sent = Carried & Pick<MbusRecordToWrite, 'data' | 'vif'> & { readonly perUnit: number };

const volume = { data: 'int32', vif: [0x13], perUnit: 1000, step: 1, min: 0, max: 2_147_483_646 } as const;
const flow = { data: 'int32', vif: [0x3b], perUnit: 1000, step: 1, min: -1e6, max: 1e6 } as const;
const degrees = { data: 'int16', perUnit: 1, step: 0.01, min: -50, max: 200 } as const;

function kamstrup(
  {
    medium,
    info,
    sent,
  }: { readonly medium: MbusMedium; readonly info: Info; readonly sent: readonly Sent[] },
  { name, aliases, title, examples }: Pick<Model, 'name' | 'aliases' | 'title' | 'examples'>,
): Model {
  const states = info.states.map(({ quantity }) => quantity);
  return {
    name,
    aliases,
    title,
    source: 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/kamstrup',
    decode: (bytes) => decodeKamstrup(bytes, { medium, info }),
    encode: (values) => encodeKamstrup(values, { info, sent }),
    carries: [
      ...sent.map(({ data: _data, vif: _vif, perUnit: _perUnit, ...carried }) => carried),
      ...states.map((quantity) => ({ quantity, step: 1, min: 0, max: 1, group: 'info' })),
    ],
    usualMinutes: 60,
    unconfirmed: ['that the meter’s clock shows the wall time of its place'],
    examples,
  };
}

const hoursWallMs = Date.UTC(2023, 7, 29, 12);
const midnightWallMs = Date.UTC(2023, 9, 19);

/** Water meters: flowIQ and MULTICAL 21. */
export const kamstrupWater = kamstrup(
  {
    medium: 'water',
    info: waterInfo,
    sent: [
      { quantity: 'waterVolumeL', ...volume },
      { quantity: 'flowLph', ...flow },
    ],
  },
  {
    name: 'kamstrup-flowiq',
    aliases: ['flowiq', 'kamstrup-flowiq-2200', 'flowiq-2200', 'kamstrup-multical-21', 'multical-21'],
    title: 'Kamstrup flowIQ, MULTICAL 21: water by the hour, and the states of the meter',
    examples: [
      {
        hex: '7a08000000 446d002cfd28 4413c1aa7700 4d931318620127012201220126012201220121012701220122012701 2f',
        port: PORT,
        expect: [
          { quantity: 'batteryLow', value: 0 },
          { quantity: 'sensorError', value: 0 },
          { quantity: 'alarm', value: 0 },
          ...[
            7_842_497, 7_842_202, 7_841_912, 7_841_622, 7_841_328, 7_841_038, 7_840_748, 7_840_459, 7_840_164,
            7_839_874, 7_839_584, 7_839_289,
          ].map(
            (value, i): Value => ({
              quantity: 'waterVolumeL',
              value,
              wallMs: hoursWallMs,
              ...(i === 0 ? {} : { agoMs: i * 3_600_000 }),
            }),
          ),
        ],
      },
      // The day's smallest and largest flow and temperature are no readings; the temperatures are marked invalid.
      {
        hex: '78 446d0020f32a 4413ec000000 52ff251000 42ff1c0500 623b0000 523b0000 615b80 515b80',
        port: PORT,
        expect: [
          { quantity: 'waterVolumeL', value: 236, wallMs: midnightWallMs },
          ...waterStates({ tampered: 1 }).map((state) => ({ ...state, wallMs: midnightWallMs })),
        ],
      },
      {
        hex: '78 04132a000000 02ff252400',
        port: PORT,
        expect: [{ quantity: 'waterVolumeL', value: 42 }, ...waterStates({ leaking: 1, batteryLow: 1 })],
      },
    ],
  },
);

/** Heat and cooling meters: MULTICAL 403, 603, 803 with a LoRaWAN module. */
export const kamstrupHeat = kamstrup(
  {
    medium: 'heat',
    info: heatInfo,
    sent: [
      { quantity: 'heatEnergyWh', data: 'int32', vif: [0x06], perUnit: 1, step: 1000, min: 0, max: 1e12 },
      { quantity: 'heatVolumeL', ...volume },
      { quantity: 'heatPowerW', data: 'int32', vif: [0x2b], perUnit: 1, step: 1, min: -2e7, max: 2e7 },
      { quantity: 'flowLph', ...flow },
      { quantity: 'supplyTemperatureC', vif: [0x59], ...degrees },
      { quantity: 'returnTemperatureC', vif: [0x5d], ...degrees },
    ],
  },
  {
    name: 'kamstrup-multical',
    aliases: [
      'multical',
      'kamstrup-multical-403',
      'kamstrup-multical-603',
      'kamstrup-multical-803',
      'kamstrup-hc-003-55',
    ],
    title: 'Kamstrup MULTICAL 403, 603, 803: heat, and the states of the meter',
    examples: [
      {
        hex: '78 040610270000 0414e8030000 022b3412 023b6400 02597c1a 025dac0d 04ff2200020000',
        port: PORT,
        expect: [
          { quantity: 'heatEnergyWh', value: 10_000_000 },
          { quantity: 'heatVolumeL', value: 10_000 },
          { quantity: 'heatPowerW', value: 4660 },
          { quantity: 'flowLph', value: 100 },
          { quantity: 'supplyTemperatureC', value: 67.8 },
          { quantity: 'returnTemperatureC', value: 35 },
          { quantity: 'batteryLow', value: 0 },
          { quantity: 'sensorError', value: 0 },
          { quantity: 'reverseFlow', value: 1 },
          { quantity: 'leaking', value: 0 },
          { quantity: 'burst', value: 0 },
        ],
      },
    ],
  },
);

type Meter = { readonly medium: MbusMedium; readonly info: Info };

function decodeKamstrup(bytes: Uint8Array, { medium, info }: Meter): ModelDecoded {
  const header = readMbusHeader(bytes);
  if (!header && bytes[0] !== NO_HEADER)
    return { values: [], problem: 'the header is cut short, or left out' };
  if (header && header.securityMode !== 0) {
    return {
      values: [],
      problem: 'the records are encrypted, and left out: have the key used in the network server',
    };
  }
  const { records, problem } = decodeMbusRecords(bytes.subarray(header?.length ?? 1));
  const values = [
    ...(header ? statusValues(header.status) : []),
    ...meterValues(records, {
      medium,
      manufacturer: (code, value) => (code === info.code ? infoStates(info, value) : []),
    }),
  ];
  return problem === undefined ? { values } : { values, problem: `${problem}: it is left out` };
}

/** A state is there when one of its bits is set. */
function infoStates({ states }: Info, value: number): readonly Value[] {
  return states.map(({ quantity, mask }) => ({ quantity, value: (value & mask) === 0 ? 0 : 1 }));
}

function encodeKamstrup(
  values: readonly Value[],
  { info, sent }: { readonly info: Info; readonly sent: readonly Sent[] },
) {
  const records = sent.flatMap(({ quantity, data, vif, perUnit }) => {
    const value = currentOf(values, { quantity });
    return value === undefined ? [] : encodeMbusRecord({ data, vif, value: value / perUnit });
  });
  const states = values.filter(({ quantity }) => info.bits.includes(quantity));
  const bits = states.reduce(
    (set, { quantity, value }) => (value === 1 ? set + 2 ** info.bits.indexOf(quantity) : set),
    0,
  );
  const infoRecord = encodeMbusRecord({ data: 'int32', vif: [0xff, info.code], value: bits });
  return {
    port: PORT,
    bytes: Uint8Array.from([NO_HEADER, ...records, ...(states.length > 0 ? infoRecord : [])]),
  };
}

function waterStates(set: Readonly<Partial<Record<Quantity, 1>>>): readonly Value[] {
  return infoStates(waterInfo, 0).map(({ quantity }) => ({ quantity, value: set[quantity] ?? 0 }));
}
