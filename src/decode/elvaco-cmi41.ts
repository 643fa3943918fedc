import type { Carried, Model, ModelDecoded, Value } from './decode.ts';
import { currentOf } from './fields.ts';
import { encodeMbusRecord, type MbusRecordToWrite } from './mbus-encode.ts';
import { meterValues } from './mbus-meter.ts';
import { decodeMbusRecords } from './mbus-records.ts';

/** Behind the first byte, which says what kind of telegram it is, there are M-Bus records. */
const STANDARD = 0x1e;
const JSON_TELEGRAM = '{'.charCodeAt(0);
const PORT = 2;

type Sent = Carried & Pick<MbusRecordToWrite, 'data' | 'vif'> & { readonly perUnit: number };

/** In the order in which the telegram has them; `perUnit`: a quantity's units in one of the record's. */
const sent: readonly Sent[] = [
  { quantity: 'heatEnergyWh', data: 'int32', vif: [0x06], perUnit: 1, step: 1000, min: 0, max: 1e12 },
  { quantity: 'heatVolumeL', data: 'int32', vif: [0x13], perUnit: 1000, step: 1, min: 0, max: 2_147_483_646 },
  { quantity: 'heatPowerW', data: 'int32', vif: [0x2b], perUnit: 1, step: 1, min: -2e7, max: 2e7 },
  { quantity: 'flowLph', data: 'int32', vif: [0x3b], perUnit: 1000, step: 1, min: -1e6, max: 1e6 },
  { quantity: 'supplyTemperatureC', data: 'int16', vif: [0x5a], perUnit: 1, step: 0.1, min: -50, max: 200 },
  { quantity: 'returnTemperatureC', data: 'int16', vif: [0x5e], perUnit: 1, step: 0.1, min: -50, max: 200 },
  { quantity: 'alarm', data: 'int8', vif: [0xfd, 0x17], perUnit: 1, step: 1, min: 0, max: 1 },
];

/** Modules for heat meters: CMi4110 and 4111 (Landis+Gyr), 4130 (Itron), 4140 and 4160 (Kamstrup). */
export const elvacoCmi41: Model = {
  name: 'elvaco-cmi41',
  aliases: [
    'elvaco-cmi4110',
    'elvaco-cmi4111',
    'elvaco-cmi4130',
    'elvaco-cmi4140',
    'elvaco-cmi4160',
    'cmi4110',
    'cmi4111',
    'cmi4130',
    'cmi4140',
    'cmi4160',
  ],
  title: 'Elvaco CMi4110, 4111, 4130, 4140, 4160: heat meters, M-Bus records',
  source: 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/elvaco',
  decode: decodeCmi,
  encode: encodeCmi,
  carries: sent.map(({ data: _data, vif: _vif, perUnit: _perUnit, ...carried }) => carried),
  usualMinutes: 60,
  unconfirmed: [
    'telegrams set to JSON, which are not read',
    'what a set bit of the error flags means: they are the meter’s own, and `alarm` says only that there is one',
  ],
  examples: [
    {
      hex: '00 0c0652676102 0c1497899900 0b2d000000 0b3b000000 0a5a3306 0a5e4105 0c7878563412 02fd170000',
      port: PORT,
      expect: [
        { quantity: 'heatEnergyWh', value: 2_616_752_000 },
        { quantity: 'heatVolumeL', value: 9_989_970 },
        { quantity: 'heatPowerW', value: 0 },
        { quantity: 'flowLph', value: 0 },
        { quantity: 'supplyTemperatureC', value: 63.3 },
        { quantity: 'returnTemperatureC', value: 54.1 },
        { quantity: 'alarm', value: 0 },
      ],
    },
    {
      hex: '15 0405b827bd3a 04142cddb10d 02290000 023a0000 02598f26 025d6116 0c7878563412 04fd1700000000',
      port: PORT,
      expect: [
        { quantity: 'heatEnergyWh', value: 98_547_500_000 },
        { quantity: 'heatVolumeL', value: 2_297_603_000 },
        { quantity: 'heatPowerW', value: 0 },
        { quantity: 'flowLph', value: 0 },
        { quantity: 'supplyTemperatureC', value: 98.71 },
        { quantity: 'returnTemperatureC', value: 57.29 },
        { quantity: 'alarm', value: 0 },
      ],
    },
    {
      hex: '1e 04068fa10100 041384b71e00 022bcf0f 023b5d00 025a1003 025e9801 077978563412a5114004 01fd1700',
      port: PORT,
      expect: [
        { quantity: 'heatEnergyWh', value: 106_895_000 },
        { quantity: 'heatVolumeL', value: 2_013_060 },
        { quantity: 'heatPowerW', value: 4047 },
        { quantity: 'flowLph', value: 93 },
        { quantity: 'supplyTemperatureC', value: 78.4 },
        { quantity: 'returnTemperatureC', value: 40.8 },
        { quantity: 'alarm', value: 0 },
      ],
    },
    // A meter without power, flow and temperatures: their records say that they are in error.
    {
      hex: '1e 0407e91c0500 04158d670f00 322f4b33 323d3733 325a5904 325e5904 077978563412a5114004 01fd1704',
      port: PORT,
      expect: [
        { quantity: 'heatEnergyWh', value: 3_350_810_000 },
        { quantity: 'heatVolumeL', value: 100_954_900 },
        { quantity: 'alarm', value: 1 },
      ],
    },
  ],
};

function decodeCmi(bytes: Uint8Array): ModelDecoded {
  if (bytes[0] === JSON_TELEGRAM) return { values: [], problem: 'a telegram in JSON is left out' };
  const { records, problem } = decodeMbusRecords(bytes.subarray(1));
  const values = meterValues(records, { medium: 'heat' });
  return problem === undefined ? { values } : { values, problem: `${problem}: it is left out` };
}

function encodeCmi(values: readonly Value[]) {
  const records = sent.flatMap(({ quantity, data, vif, perUnit }) => {
    const value = currentOf(values, { quantity });
    return value === undefined ? [] : encodeMbusRecord({ data, vif, value: value / perUnit });
  });
  return { port: PORT, bytes: Uint8Array.from([STANDARD, ...records]) };
}
