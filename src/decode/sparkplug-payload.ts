import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/*
 * The part of `sparkplug_b.proto` (Eclipse Tahu) that readings are in:
 *   Payload { 1 timestamp, 2 metrics[], 3 seq }
 *   Metric { 1 name, 2 alias, 3 timestamp, 4 datatype, 5 is_historical, 6 is_transient, 7 is_null, 9 properties,
 *            10 int, 11 long, 12 float, 13 double, 14 boolean } – texts, bytes, data sets and templates are passed over
 *   PropertySet { 1 keys[], 2 values[] }, PropertyValue { 8 string }
 */

export type SparkplugMetric = {
  readonly name?: string;
  /** A whole number of 64 bits, in digits. */
  readonly alias?: string;
  readonly atMs?: number;
  readonly datatype?: number;
  readonly isTransient: boolean;
  readonly isNull: boolean;
  /** The property `engUnit`. */
  readonly unit?: string;
  /** As it travels: what it means, its datatype says. */
  readonly raw?: number | bigint | boolean;
};

export type SparkplugPayload = {
  readonly atMs?: number;
  readonly seq?: number;
  readonly metrics: readonly SparkplugMetric[];
  /** There were more metrics than are read. */
  readonly isCut: boolean;
};

export const DOUBLE = 10;
export const BOOLEAN = 11;
const FLOAT = 9;
const MOST_METRICS = 10_000;
const MOST_NAME_BYTES = 1024;

/** Undefined when it is not a Sparkplug B payload. */
export function readSparkplug(payload: Uint8Array): SparkplugPayload | undefined {
  try {
    const reader = new BinaryReader(payload);
    const metrics: SparkplugMetric[] = [];
    let atMs: number | undefined;
    let seq: number | undefined;
    while (reader.pos < reader.len) {
      const [field, type] = reader.tag();
      if (field === 1 && type === WireType.Varint) atMs = Number(reader.uint64());
      else if (field === 3 && type === WireType.Varint) seq = Number(reader.uint64());
      else if (field === 2 && type === WireType.LengthDelimited) {
        if (metrics.length >= MOST_METRICS) return { ...head(atMs, seq), metrics, isCut: true };
        metrics.push(readMetric(reader, endOf(reader)));
      } else reader.skip(type, field);
    }
    return { ...head(atMs, seq), metrics, isCut: false };
  } catch {
    // What is cut short, or no protobuf at all.
    return undefined;
  }
}

/** The number, or the claim, that a metric holds; undefined for other datatypes. */
export function metricValue(
  raw: SparkplugMetric['raw'],
  datatype: number | undefined,
): number | boolean | undefined {
  if (raw === undefined || typeof raw === 'boolean') return raw;
  const bits = signedBits.get(datatype ?? 0);
  // Signed whole numbers travel as two's complement in unsigned fields (Sparkplug 3.0, 6.4.16).
  if (bits !== undefined) {
    // A float in a whole number's field is a fault of the sender.
    return typeof raw === 'number' && !Number.isInteger(raw)
      ? undefined
      : Number(BigInt.asIntN(bits, BigInt(raw)));
  }
  if (datatype === FLOAT && typeof raw === 'number') return shortFloat(raw);
  // Whole numbers without a sign, doubles, and what the sender did not say the type of; not dates, texts, arrays.
  const isNumber = datatype === undefined || datatype === 0 || (datatype >= 5 && datatype <= DOUBLE);
  return isNumber && Number.isFinite(Number(raw)) ? Number(raw) : undefined;
}

/** Int8, Int16, Int32, Int64. */
const signedBits = new Map([1, 2, 3, 4].map((datatype) => [datatype, 4 * 2 ** datatype] as const));

/** The shortest decimal that is this number in 32 bits: 21.7, not 21.700000762939453. */
function shortFloat(value: number): number | undefined {
  if (!Number.isFinite(value)) return undefined;
  for (const digits of [6, 7, 8]) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

function head(
  atMs: number | undefined,
  seq: number | undefined,
): { readonly atMs?: number; readonly seq?: number } {
  return { ...(atMs === undefined ? {} : { atMs }), ...(seq === undefined ? {} : { seq }) };
}

function readMetric(reader: BinaryReader, end: number): SparkplugMetric {
  const metric: { -readonly [K in keyof SparkplugMetric]: SparkplugMetric[K] } = {
    isTransient: false,
    isNull: false,
  };
  while (reader.pos < end) {
    const [field, type] = reader.tag();
    if (type === WireType.Varint) {
      if (field === 2) metric.alias = String(reader.uint64());
      else if (field === 3) metric.atMs = Number(reader.uint64());
      else if (field === 4) metric.datatype = reader.uint32();
      else if (field === 6) metric.isTransient = reader.bool();
      else if (field === 7) metric.isNull = reader.bool();
      // The same when a sender writes 32 bits with their sign as 64.
      else if (field === 10) metric.raw = reader.uint32();
      else if (field === 11) metric.raw = BigInt(reader.uint64());
      else if (field === 14) metric.raw = reader.bool();
      else reader.skip(type, field);
    } else if (field === 12 && type === WireType.Bit32) metric.raw = reader.float();
    else if (field === 13 && type === WireType.Bit64) metric.raw = reader.double();
    else if (field === 1 && type === WireType.LengthDelimited) metric.name = shortText(reader);
    else if (field === 9 && type === WireType.LengthDelimited) {
      const unit = readUnit(reader, endOf(reader));
      if (unit !== undefined) metric.unit = unit;
    } else reader.skip(type, field);
  }
  if (reader.pos !== end) throw new RangeError('a metric runs past its end');
  return metric;
}

/** Of a metric's properties the unit, if it has one. */
function readUnit(reader: BinaryReader, end: number): string | undefined {
  let keys = 0;
  let values = 0;
  let unitAt = -1;
  let unit: string | undefined;
  while (reader.pos < end) {
    const [field, type] = reader.tag();
    if (field === 1 && type === WireType.LengthDelimited) {
      if (/^(?:engunit|engineering units?|units?)$/i.test(shortText(reader))) unitAt = keys;
      keys += 1;
    } else if (field === 2 && type === WireType.LengthDelimited) {
      const text = readPropertyText(reader, endOf(reader));
      if (values === unitAt) unit = text;
      values += 1;
    } else reader.skip(type, field);
  }
  return unit;
}

function readPropertyText(reader: BinaryReader, end: number): string | undefined {
  let text: string | undefined;
  while (reader.pos < end) {
    const [field, type] = reader.tag();
    if (field === 8 && type === WireType.LengthDelimited) text = shortText(reader);
    else reader.skip(type, field);
  }
  return text;
}

/** Longer ones are no names that anybody would know. */
function shortText(reader: BinaryReader): string {
  const bytes = reader.bytes();
  return bytes.length > MOST_NAME_BYTES
    ? ''
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
}

/** Where the message that begins here ends. */
function endOf(reader: BinaryReader): number {
  const length = reader.uint32();
  const end = reader.pos + length;
  if (end > reader.len) throw new RangeError('a message runs past the payload');
  return end;
}

export type WrittenMetric = {
  readonly name?: string;
  readonly alias?: number;
  readonly atMs?: number;
  readonly datatype: number;
  /** Absent: null. */
  readonly value?: number | boolean;
};

/** The payload that {@link readSparkplug} reads. `seq` is absent in commands and deaths. */
export function writeSparkplug(
  metrics: readonly WrittenMetric[],
  { atMs, seq }: { readonly atMs?: number; readonly seq?: number },
): Uint8Array {
  const writer = new BinaryWriter();
  if (atMs !== undefined) writer.tag(1, WireType.Varint).uint64(atMs);
  for (const { name, alias, atMs: metricMs, datatype, value } of metrics) {
    writer.tag(2, WireType.LengthDelimited).fork();
    if (name !== undefined) writer.tag(1, WireType.LengthDelimited).string(name);
    if (alias !== undefined) writer.tag(2, WireType.Varint).uint64(alias);
    if (metricMs !== undefined) writer.tag(3, WireType.Varint).uint64(metricMs);
    writer.tag(4, WireType.Varint).uint32(datatype);
    if (value === undefined) writer.tag(7, WireType.Varint).bool(true);
    else if (typeof value === 'boolean') writer.tag(14, WireType.Varint).bool(value);
    else if (datatype === DOUBLE) writer.tag(13, WireType.Bit64).double(value);
    else writer.tag(11, WireType.Varint).uint64(value);
    writer.join();
  }
  if (seq !== undefined) writer.tag(3, WireType.Varint).uint64(seq);
  return writer.finish();
}
