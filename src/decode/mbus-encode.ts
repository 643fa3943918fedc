import { scaled } from './mbus-values.ts';
import { firstExtension, primaryCodes, secondExtension } from './mbus-vif.ts';

/** How a record's number is written. */
export type MbusData = keyof typeof fields;

export type MbusRecordToWrite = {
  readonly data: MbusData;
  /** The value information as it goes out, one code and its extension byte: `[0x06]` kWh, `[0xfd, 0x48]` 0.1 V. */
  readonly vif: readonly number[];
  /** In the unit of the code; rounded to its step, saturating at what the field can hold. */
  readonly value: number;
  readonly function?: 'instantaneous' | 'maximum' | 'minimum' | 'error';
  readonly storage?: number;
  readonly tariff?: number;
  readonly subunit?: number;
};

/** A data record, as `decodeMbusRecords` reads it. */
export function encodeMbusRecord(record: MbusRecordToWrite): readonly number[] {
  const { data, vif, value } = record;
  const { code, length } = fields[data];
  const raw = scaled(value, -exponentOf(vif));
  return [...dataInformation(code, record), ...vif, ...numberBytes(data, length, raw)];
}

/** A record with the meter's own date and time (type F, VIF 6Dh) or date alone (type G, 6Ch); `wallMs` as in `MeterTime`. */
export function encodeMbusTime(
  kind: 'dateTime' | 'date',
  wallMs: number,
  about: Pick<MbusRecordToWrite, 'function' | 'storage' | 'tariff' | 'subunit'> = {},
): readonly number[] {
  const at = new Date(wallMs);
  const year = at.getUTCFullYear() % 100;
  const date = [at.getUTCDate() | ((year & 0x07) << 5), (at.getUTCMonth() + 1) | ((year & 0x78) << 1)];
  if (kind === 'date') return [...dataInformation(0x02, about), 0x6c, ...date];
  return [...dataInformation(0x04, about), 0x6d, at.getUTCMinutes(), at.getUTCHours(), ...date];
}

const fields = {
  int8: { code: 0x01, length: 1 },
  int16: { code: 0x02, length: 2 },
  int24: { code: 0x03, length: 3 },
  int32: { code: 0x04, length: 4 },
  int48: { code: 0x06, length: 6 },
  float32: { code: 0x05, length: 4 },
  bcd2: { code: 0x09, length: 1 },
  bcd4: { code: 0x0a, length: 2 },
  bcd6: { code: 0x0b, length: 3 },
  bcd8: { code: 0x0c, length: 4 },
  bcd12: { code: 0x0e, length: 6 },
} as const;

const functionCodes = { instantaneous: 0, maximum: 1, minimum: 2, error: 3 } as const;

function dataInformation(
  code: number,
  { function: kind = 'instantaneous', storage = 0, tariff = 0, subunit = 0 }: Partial<MbusRecordToWrite>,
): number[] {
  const bytes = [code | (functionCodes[kind] << 4) | ((storage & 1) << 6)];
  let [ofStorage, ofTariff, ofSubunit] = [Math.floor(storage / 2), tariff, subunit];
  while (ofStorage > 0 || ofTariff > 0 || ofSubunit > 0) {
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) | 0x80;
    bytes.push((ofStorage & 0x0f) | ((ofTariff & 3) << 4) | ((ofSubunit & 1) << 6));
    ofStorage = Math.floor(ofStorage / 16);
    ofTariff >>>= 2;
    ofSubunit >>>= 1;
  }
  return bytes;
}

function exponentOf([vif = 0, code = 0]: readonly number[]): number {
  const table = vif === 0xfb ? firstExtension : vif === 0xfd ? secondExtension : primaryCodes;
  return table[(vif === 0xfb || vif === 0xfd ? code : vif) & 0x7f]?.exponent ?? 0;
}

function numberBytes(data: MbusData, length: number, raw: number): number[] {
  if (data === 'float32') {
    const bytes = Buffer.alloc(4);
    bytes.writeFloatLE(raw);
    return [...bytes];
  }
  if (data.startsWith('bcd')) {
    // A minus takes the place of the highest digit.
    const digits = 2 * length;
    const most = 10 ** (raw < 0 ? digits - 1 : digits) - 1;
    const whole = Math.min(Math.abs(Math.round(raw)), most);
    const text =
      (raw < 0 && whole > 0 ? 'f' : '') +
      whole.toString().padStart(raw < 0 && whole > 0 ? digits - 1 : digits, '0');
    return [...Buffer.from(text, 'hex').reverse()];
  }
  // The smallest number of all stands for invalid.
  const most = 256 ** length / 2 - 1;
  const whole = Math.min(Math.max(Math.round(raw), -most), most);
  const unsigned = whole < 0 ? whole + 256 ** length : whole;
  return Array.from({ length }, (_, i) => Math.floor(unsigned / 256 ** i) % 256);
}
