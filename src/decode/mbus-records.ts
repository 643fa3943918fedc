import { ByteReader } from './byte-reader.ts';
import { bcd, float32, integer, type MeterTime, meterTime, reversedText, scaled } from './mbus-values.ts';
import { firstExtension, type Meaning, primaryCodes, secondExtension, type What } from './mbus-vif.ts';

/** A data record of M-Bus' application layer, wired, wireless or in a LoRaWAN uplink. */
export type MbusRecord = {
  readonly function: 'instantaneous' | 'maximum' | 'minimum' | 'error';
  /** 0: now. Above: kept from an earlier moment, which the time record of the same number tells. */
  readonly storage: number;
  /** 0: all tariffs together. */
  readonly tariff: number;
  /** 0: the meter itself; others are its inputs or parts. */
  readonly subunit: number;
  readonly what: What;
  /** As in `units.ts`; of a plain-text record, the meter's own words. */
  readonly unit: string;
  /** In the unit; absent when there is none, or the meter marked it invalid. */
  readonly value?: number;
  readonly text?: string;
  /** What stands behind {@link text}: a field of variable length that is no number. */
  readonly bytes?: Uint8Array;
  /** Numbers in {@link bytes}, times ten to this, are in the unit. */
  readonly exponent?: number;
  readonly time?: MeterTime;
  /** Of a record that only the maker's manual explains: its code. */
  readonly manufacturerCode?: number;
  /** What has flowed forward or backward only. */
  readonly direction?: 'forward' | 'backward';
  readonly phase?: 1 | 2 | 3;
  /** Not the value itself but something about it: a limit, a duration, a rate, a date of it. */
  readonly isDerived: boolean;
  /** The meter says that this record could not be made (EN 13757-3, table of record errors); 0: no error. */
  readonly recordError: number;
};

export type MbusDecoded = {
  readonly records: readonly MbusRecord[];
  /** What follows the records in the manufacturer's own form. */
  readonly manufacturerData?: Uint8Array;
  /** More records follow in the next telegram. */
  readonly moreFollow: boolean;
  /** The bytes could not be read to their end; the records before that were. */
  readonly problem?: string;
};

const MAX_RECORDS = 1000;
/** A DIF or VIF has at most ten extensions. */
const MAX_EXTENSIONS = 10;

/** Reads data records until the bytes end. Never throws; a record that is cut short ends the reading. */
export function decodeMbusRecords(bytes: Uint8Array): MbusDecoded {
  const reader = new ByteReader(bytes);
  const records: MbusRecord[] = [];
  while (!reader.atEnd) {
    const from = reader.at;
    const failed = (says: string) => ({
      records,
      moreFollow: false,
      problem: `the record at byte ${from} ${says}`,
    });
    const dif = reader.byte();
    if (dif === IDLE_FILLER) continue;
    if (dif === MANUFACTURER_DATA || dif === MANUFACTURER_DATA_MORE_FOLLOWS) {
      const moreFollow = dif === MANUFACTURER_DATA_MORE_FOLLOWS;
      return { records, manufacturerData: bytes.subarray(reader.at), moreFollow };
    }
    if ((dif & 0x0f) === 0x0f) return failed(`has a reserved function (${hex(dif)})`);
    if (records.length === MAX_RECORDS) return failed(`is beyond the ${MAX_RECORDS} that are read`);
    const record = readRecord(reader, dif);
    if (typeof record === 'string') return failed(record);
    records.push(record);
  }
  return { records, moreFollow: false };
}

const IDLE_FILLER = 0x2f;
const MANUFACTURER_DATA = 0x0f;
const MANUFACTURER_DATA_MORE_FOLLOWS = 0x1f;
const functions = ['instantaneous', 'maximum', 'minimum', 'error'] as const;
/** How many bytes a data field has, by the low digit of its DIF; D is as long as its first byte says. */
const lengths = [0, 1, 2, 3, 4, 4, 6, 8, 0, 1, 2, 3, 4, Number.NaN, 6];

/** A record, or what is wrong with it. */
function readRecord(reader: ByteReader, dif: number): MbusRecord | string {
  let storage = (dif >>> 6) & 1;
  let tariff = 0;
  let subunit = 0;
  let isExtended = (dif & 0x80) !== 0;
  for (let i = 0; isExtended; i += 1) {
    if (i === MAX_EXTENSIONS) return 'has more than ten DIFE';
    if (reader.atEnd) return 'is cut short';
    const dife = reader.byte();
    // Beyond 32 bits: products, not shifts.
    storage += (dife & 0x0f) * 2 ** (1 + 4 * i);
    tariff += ((dife >>> 4) & 3) * 4 ** i;
    subunit += ((dife >>> 6) & 1) * 2 ** i;
    isExtended = (dife & 0x80) !== 0;
  }
  const information = readInformation(reader);
  if (typeof information === 'string') return information;
  const { meaning, exponent, isManufacturers, plainText, ...about } = information;
  const head = {
    function: functions[(dif >>> 4) & 3] ?? 'error',
    storage,
    tariff,
    subunit,
    what: isManufacturers ? 'manufacturer' : meaning.what,
    unit: plainText ?? meaning.unit,
    ...about,
  } as const;
  const field = readField(reader, dif & 0x0f, meaning.what === 'time' && !about.isDerived);
  if (typeof field === 'string') return field;
  if (field.number === undefined) return { ...head, ...field, ...(field.bytes && { exponent }) };
  return { ...head, value: scaled(field.number, exponent) };
}

type Information = Pick<
  MbusRecord,
  'direction' | 'phase' | 'isDerived' | 'recordError' | 'manufacturerCode'
> & {
  readonly meaning: Meaning;
  readonly exponent: number;
  readonly isManufacturers: boolean;
  readonly plainText?: string;
};

/** VIF and VIFE: what the value is, and what is to be understood of it. */
function readInformation(reader: ByteReader): Information | string {
  if (reader.atEnd) return 'is cut short';
  const vif = reader.byte();
  let isExtended = (vif & 0x80) !== 0;
  let meaning = primaryCodes[vif & 0x7f] ?? NOTHING;
  let plainText: string | undefined;
  let isManufacturers = (vif & 0x7f) === 0x7f;
  let extensions = 0;
  if (vif === 0xfb || vif === 0xfd) {
    if (reader.atEnd) return 'is cut short';
    const code = reader.byte();
    meaning = (vif === 0xfb ? firstExtension : secondExtension)[code & 0x7f] ?? NOTHING;
    isExtended = (code & 0x80) !== 0;
    extensions = 1;
  } else if ((vif & 0x7f) === 0x7c) {
    // The text stands between the VIF and its extensions.
    const text = reader.take(reader.atEnd ? 0 : reader.byte());
    if (!text) return 'is cut short';
    meaning = PLAIN_TEXT;
    plainText = reversedText(text);
  }
  let exponent = meaning.exponent;
  let isDerived = false;
  let recordError = 0;
  const about: { direction?: 'forward' | 'backward'; phase?: 1 | 2 | 3; manufacturerCode?: number } = {};
  for (; isExtended; extensions += 1) {
    if (extensions === MAX_EXTENSIONS) return 'has more than ten VIFE';
    if (reader.atEnd) return 'is cut short';
    const vife = reader.byte();
    const code = vife & 0x7f;
    isExtended = (vife & 0x80) !== 0;
    // Behind 7Fh all is the manufacturer's, whatever the code.
    if (isManufacturers) {
      about.manufacturerCode ??= code;
      continue;
    }
    if (code === 0x7f) isManufacturers = true;
    else if (code >= 0x70 && code <= 0x77) exponent += code - 0x76;
    else if (code === 0x7d) exponent += 3;
    else if (code === 0x3b) about.direction = 'forward';
    else if (code === 0x3c) about.direction = 'backward';
    else if (code === 0x7c) {
      if (!isExtended) continue;
      if (reader.atEnd) return 'is cut short';
      const second = reader.byte();
      isExtended = (second & 0x80) !== 0;
      const phase = second & 0x7f;
      if (phase === 1 || phase === 2 || phase === 3) about.phase = phase;
      else isDerived = true;
    } else if (code < 0x20) {
      // The code of an error; from 12h on also marks of profiles, which are no values either.
      recordError = code;
      if (code >= 0x12 && (code < 0x15 || code > 0x18)) isDerived = true;
    } else isDerived = true;
  }
  return {
    meaning,
    exponent,
    isManufacturers,
    isDerived,
    recordError,
    ...about,
    ...(plainText === undefined ? {} : { plainText }),
  };
}

const NOTHING: Meaning = { what: 'other', unit: '', exponent: 0 };
const PLAIN_TEXT: Meaning = { what: 'plainText', unit: '', exponent: 0 };

type Field = Pick<MbusRecord, 'text' | 'bytes' | 'time'> & { readonly number?: number };

function readField(reader: ByteReader, kind: number, isTime: boolean): Field | string {
  if (kind === 0x0d) return readVariable(reader);
  const bytes = reader.take(lengths[kind] ?? 0);
  if (!bytes) return 'is cut short';
  if (isTime && (kind === 2 || kind === 4 || kind === 6)) {
    const time = meterTime(bytes);
    return time ? { time } : {};
  }
  // No data, or a selection for readout: nothing to read.
  if (bytes.length === 0) return {};
  if (kind >= 9) return numeric(bcd(bytes));
  return numeric(kind === 5 ? float32(bytes) : integer(bytes));
}

/** A field that says in its first byte, LVAR, what it is and how long. */
function readVariable(reader: ByteReader): Field | string {
  if (reader.atEnd) return 'is cut short';
  const lvar = reader.byte();
  const length = variableLength(lvar);
  if (length === undefined) return `has a reserved length (LVAR ${hex(lvar)})`;
  const bytes = reader.take(length);
  if (!bytes) return 'is cut short';
  if (lvar < 0xc0) return { text: reversedText(bytes), bytes };
  // What is longer is an encrypted or a foreign container, not a number.
  if (length === 0 || length > 8) return {};
  if (lvar >= 0xe0) return numeric(integer(bytes));
  const digits = bcd(bytes);
  return numeric(digits !== undefined && lvar >= 0xd0 ? 0 - digits : digits);
}

function variableLength(lvar: number): number | undefined {
  if (lvar < 0xc0) return lvar;
  if (lvar < 0xca) return lvar - 0xc0;
  if (lvar >= 0xd0 && lvar < 0xda) return lvar - 0xd0;
  if (lvar >= 0xe0 && lvar < 0xf0) return lvar - 0xe0;
  if (lvar >= 0xf0 && lvar < 0xf5) return 4 * (lvar - 0xec);
  if (lvar === 0xf5) return 48;
  return lvar === 0xf6 ? 64 : undefined;
}

function numeric(number: number | undefined): Field {
  return number === undefined ? {} : { number };
}

function hex(byte: number): string {
  return `0x${byte.toString(16).padStart(2, '0')}`;
}
