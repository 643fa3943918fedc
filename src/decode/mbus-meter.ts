import type { Value } from './decode.ts';
import { type MbusMedium, mbusValue } from './mbus-quantities.ts';
import type { MbusRecord } from './mbus-records.ts';
import { scaled } from './mbus-values.ts';

export type MeterOptions = {
  readonly medium: MbusMedium;
  /** What a record that only the maker's manual explains says, by its code. */
  readonly manufacturer?: (code: number, value: number) => readonly Value[];
};

/**
 * The meter's values, in the order of the records: of now, and of earlier moments that a time record of the same storage
 * number tells, with the steps of a profile before them. The first record of a quantity and moment holds.
 */
export function meterValues(
  records: readonly MbusRecord[],
  { medium, manufacturer = () => [] }: MeterOptions,
): readonly Value[] {
  const times = new Map<number, number>();
  for (const { storage, time } of records) {
    if (time && !times.has(storage)) times.set(storage, time.wallMs);
  }
  const values: Value[] = [];
  const taken = new Set<string>();
  const add = (storage: number, { quantity, channel, value }: Value, agoMs?: number) => {
    const wallMs = times.get(storage);
    // A value of an earlier moment that nothing tells.
    if (storage !== 0 && wallMs === undefined) return;
    const isPlain = storage === 0 && channel === undefined && agoMs === undefined;
    const key = isPlain ? quantity : `${quantity}|${channel ?? ''}|${storage}|${agoMs ?? 0}`;
    if (taken.has(key)) return;
    taken.add(key);
    // Without spreads: this runs for every reading.
    const made: { -readonly [Name in keyof Value]: Value[Name] } = { quantity, value };
    if (channel !== undefined) made.channel = channel;
    if (storage !== 0 && wallMs !== undefined) made.wallMs = wallMs;
    if (agoMs !== undefined) made.agoMs = agoMs;
    values.push(made);
  };
  for (const record of records) {
    const { storage, tariff, subunit, manufacturerCode, value } = record;
    if (tariff !== 0 || subunit !== 0) continue;
    if (manufacturerCode !== undefined && value !== undefined) {
      for (const state of manufacturer(manufacturerCode, value)) add(storage, state);
      continue;
    }
    const plain = mbusValue(record, medium);
    if (plain) add(storage, plain);
    if (record.recordError !== INVERSE_PROFILE) continue;
    for (const [i, past] of profile(record, records).entries()) {
      const of = mbusValue({ ...past.base, value: past.value }, medium);
      if (of) add(storage, of, (i + 1) * past.everyMs);
    }
  }
  return values;
}

/** The mark of an inverse compact profile (EN 13757-3, annex F): a value, and by how much it was less before. */
const INVERSE_PROFILE = 0x13;
const spacingsMs = [1000, 60_000, 3_600_000, 86_400_000];
/** From here on a spacing is half a month or more, and no fixed time. */
const MOST_SPACING = 250;

type Past = { readonly base: MbusRecord; readonly value: number; readonly everyMs: number };

function profile(
  { bytes, what, storage, exponent = 0 }: MbusRecord,
  records: readonly MbusRecord[],
): readonly Past[] {
  if (bytes === undefined || bytes.length < 2) return [];
  const base = records.find(
    (record) =>
      record.what === what && record.storage === storage && !record.isDerived && record.value !== undefined,
  );
  const [control = 0, spacing = 0] = bytes;
  const size = control & 0x0f;
  const mode = control >> 6;
  const everyMs = (spacingsMs[(control >> 4) & 3] ?? 0) * spacing;
  if (base?.value === undefined || size < 1 || size > 4 || mode === 0) return [];
  if (spacing < 1 || spacing > MOST_SPACING) return [];
  const steps: Past[] = [];
  let raw = Math.round(scaled(base.value, -exponent));
  for (let at = 2; at + size <= bytes.length; at += size) {
    const change = changeOf(bytes.subarray(at, at + size), mode);
    if (change === undefined) break;
    raw -= change;
    steps.push({ base, value: scaled(raw, exponent), everyMs });
  }
  return steps;
}

/** Undefined: the meter did not know. */
function changeOf(bytes: Uint8Array, mode: number): number | undefined {
  const size = 256 ** bytes.length;
  let change = 0;
  for (let i = bytes.length - 1; i >= 0; i -= 1) change = change * 256 + (bytes[i] ?? 0);
  if (mode === 3) {
    if (change === size / 2) return undefined;
    return change < size / 2 ? change : change - size;
  }
  if (change === size - 1) return undefined;
  return mode === 1 ? change : -change;
}
