/** What a record's value information says that it is of (EN 13757-3, clause 6.4). */
export type Meaning = {
  readonly what: What;
  /** As in `units.ts`; empty for what has none. */
  readonly unit: string;
  /** The raw number times ten to this is in the unit. */
  readonly exponent: number;
};

export type What =
  | 'energy'
  | 'reactiveEnergy'
  | 'apparentEnergy'
  | 'volume'
  | 'mass'
  | 'onTime'
  | 'operatingTime'
  | 'power'
  | 'reactivePower'
  | 'apparentPower'
  | 'flow'
  | 'massFlow'
  | 'flowTemperature'
  | 'returnTemperature'
  | 'temperatureDifference'
  | 'externalTemperature'
  | 'pressure'
  | 'time'
  | 'heatCostAllocation'
  | 'voltage'
  | 'current'
  | 'frequency'
  | 'relativeHumidity'
  | 'count'
  | 'errorFlags'
  | 'batteryLife'
  | 'rfLevel'
  | 'address'
  | 'plainText'
  | 'manufacturer'
  | 'other';

const OTHER: Meaning = { what: 'other', unit: '', exponent: 0 };

/** Meanings by code, without the extension bit: of the primary table, and of those behind FBh and FDh. */
export const primaryCodes: readonly Meaning[] = table([
  [0x00, 8, 'energy', 'Wh', -3],
  [0x08, 8, 'energy', 'J', 0],
  [0x10, 8, 'volume', 'm³', -6],
  [0x18, 8, 'mass', 'kg', -3],
  ...durations(0x20, 'onTime'),
  ...durations(0x24, 'operatingTime'),
  [0x28, 8, 'power', 'W', -3],
  [0x30, 8, 'power', 'J/h', 0],
  [0x38, 8, 'flow', 'm³/h', -6],
  [0x40, 8, 'flow', 'm³/min', -7],
  [0x48, 8, 'flow', 'm³/s', -9],
  [0x50, 8, 'massFlow', 'kg/h', -3],
  [0x58, 4, 'flowTemperature', '°C', -3],
  [0x5c, 4, 'returnTemperature', '°C', -3],
  // A difference, not a temperature: never to be shifted by a scale's zero.
  [0x60, 4, 'temperatureDifference', 'K', -3],
  [0x64, 4, 'externalTemperature', '°C', -3],
  [0x68, 4, 'pressure', 'bar', -3],
  [0x6c, 1, 'time', '', 0],
  [0x6d, 1, 'time', '', 0],
  [0x6e, 1, 'heatCostAllocation', '', 0],
  [0x78, 1, 'address', '', 0],
  [0x79, 1, 'address', '', 0],
  [0x7a, 1, 'address', '', 0],
]);

export const firstExtension: readonly Meaning[] = table([
  [0x00, 2, 'energy', 'MWh', -1],
  [0x02, 2, 'reactiveEnergy', 'kvarh', 0],
  [0x04, 2, 'apparentEnergy', 'kVAh', 0],
  [0x08, 2, 'energy', 'GJ', -1],
  [0x0c, 4, 'energy', 'Mcal', -1],
  [0x10, 2, 'volume', 'm³', 2],
  [0x14, 4, 'reactivePower', 'kvar', -3],
  [0x18, 2, 'mass', 't', 2],
  [0x1a, 2, 'relativeHumidity', '%', -1],
  [0x20, 1, 'volume', 'ft³', 0],
  [0x21, 1, 'volume', 'ft³', -1],
  [0x28, 2, 'power', 'MW', -1],
  [0x2c, 4, 'frequency', 'Hz', -3],
  [0x30, 2, 'power', 'GJ/h', -1],
  [0x34, 4, 'apparentPower', 'kVA', -3],
  [0x58, 4, 'flowTemperature', '°F', -3],
  [0x5c, 4, 'returnTemperature', '°F', -3],
  [0x64, 4, 'externalTemperature', '°F', -3],
]);

export const secondExtension: readonly Meaning[] = table([
  [0x17, 1, 'errorFlags', '', 0],
  [0x3a, 1, 'count', '', 0],
  [0x40, 16, 'voltage', 'V', -9],
  [0x50, 16, 'current', 'A', -12],
  [0x61, 1, 'count', '', 0],
  [0x71, 1, 'rfLevel', 'dBm', 0],
  [0x74, 1, 'batteryLife', 'd', 0],
]);

/** First code, how many in a row (each ten times the one before), what, unit, exponent of the first. */
type Row = readonly [first: number, codes: number, what: What, unit: string, exponent: number];

function durations(first: number, what: What): Row[] {
  return ['s', 'min', 'h', 'd'].map((unit, i) => [first + i, 1, what, unit, 0]);
}

function table(rows: readonly Row[]): readonly Meaning[] {
  const meanings = Array.from({ length: 128 }, () => OTHER);
  for (const [first, codes, what, unit, exponent] of rows) {
    for (let i = 0; i < codes; i += 1) meanings[first + i] = { what, unit, exponent: exponent + i };
  }
  return meanings;
}
