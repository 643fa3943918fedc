import type { RejectCode } from '../domain/reading.ts';
import { isRecord, shown } from './payload.ts';

/** A record with the pack's base fields worked in (RFC 8428, 4.6). */
export type SenmlRecord = {
  readonly baseName: string;
  /** Without the base name. */
  readonly name: string;
  readonly unit: string | undefined;
  /** Absent: now. */
  readonly atMs: number | undefined;
  /** Was the time a date, and not so long ago? */
  readonly isAbsolute: boolean;
  /** Texts and data are left out: no quantity is one. */
  readonly value: number | boolean | undefined;
  /** In the unit × s. */
  readonly sum: number | undefined;
};
export type WrongRecord = { readonly problem: string; readonly code: RejectCode };
export type SenmlPack = {
  readonly records: readonly (SenmlRecord | WrongRecord)[];
  /** Of the pack as a whole. */
  readonly problems: readonly string[];
};

const MOST_RECORDS = 10_000;
/** Smaller times are relative to now (RFC 8428, 4.5.3), s. */
const RELATIVE_BELOW = 2 ** 28;
/** RFC 8428 is version 10; RFC 9100 adds 16 for its feature 4, the secondary units of RFC 8798. */
const FEATURES_OF_RFC_8428 = 10;
const KNOWN_VERSIONS = new Set([FEATURES_OF_RFC_8428, FEATURES_OF_RFC_8428 + 16]);
const NAME = /^[A-Za-z0-9][A-Za-z0-9\-:./_]*$/;
/** The last moment that a Date can hold. */
const LATEST_MS = 8.64e15;

/** Resolves a pack. A record that is wrong harms no other; a pack that needs what is not known here is refused. */
export function resolveSenml(pack: unknown, receivedAtMs: number): SenmlPack {
  const refused = (problem: string) => ({ records: [], problems: [problem] });
  if (!Array.isArray(pack)) return refused('a SenML pack is a list of records');
  if (pack.length > MOST_RECORDS)
    return refused(`${pack.length} records: at most ${MOST_RECORDS} in one pack`);
  const records: (SenmlRecord | WrongRecord)[] = [];
  let base: Base = { name: '', timeS: 0, unit: undefined, value: undefined, sum: undefined };
  for (const [index, record] of pack.entries()) {
    const wrong = (problem: string, code: RejectCode = 'malformed-payload') =>
      records.push({ problem: `record ${index}: ${problem}`, code });
    if (!isRecord(record)) {
      wrong(`${shown(record)} is no record`);
      continue;
    }
    const refusal = mandatoryUnknown(record);
    if (refusal !== undefined) return refused(`record ${index}: ${refusal}`);
    // What is well-formed of the base fields holds for the records after it, whatever else is wrong here.
    const { next, problem } = basesOf(record, base);
    base = next;
    if (problem !== undefined) {
      wrong(problem);
      continue;
    }
    const resolved = resolve(record, base, receivedAtMs);
    if (resolved === undefined) continue;
    if ('problem' in resolved) wrong(resolved.problem, resolved.code);
    else records.push(resolved);
  }
  return { records, problems: [] };
}

type Base = {
  readonly name: string;
  readonly timeS: number;
  readonly unit: string | undefined;
  readonly value: number | undefined;
  readonly sum: number | undefined;
};

/** A newer version, or a label that ends in `_`, must be understood or the pack left alone (RFC 8428, 4.4). */
function mandatoryUnknown(record: Record<string, unknown>): string | undefined {
  for (const label in record) {
    if (label.endsWith('_'))
      return `the label ${shown(label)} must be understood to read this pack, and is not`;
  }
  const { bver } = record;
  if (bver === undefined) return undefined;
  if (typeof bver !== 'number' || !Number.isInteger(bver) || bver < 1)
    return `bver ${shown(bver)} is no version`;
  return bver <= FEATURES_OF_RFC_8428 || KNOWN_VERSIONS.has(bver)
    ? undefined
    : `bver ${bver} needs features of SenML that are not known here (RFC 9100)`;
}

function basesOf(
  { bn, bt, bu, bv, bs }: Record<string, unknown>,
  before: Base,
): { readonly next: Base; readonly problem?: string } {
  const isBare =
    bn === undefined && bt === undefined && bu === undefined && bv === undefined && bs === undefined;
  // Most records have none: this runs for each.
  if (isBare) return { next: before };
  const next = {
    name: typeof bn === 'string' ? bn : before.name,
    timeS: isNumber(bt) ? bt : before.timeS,
    unit: typeof bu === 'string' ? bu : before.unit,
    value: isNumber(bv) ? bv : before.value,
    sum: isNumber(bs) ? bs : before.sum,
  };
  const wrong = [
    ...Object.entries({ bn, bu }).filter(([, text]) => text !== undefined && typeof text !== 'string'),
    ...Object.entries({ bt, bv, bs }).filter(([, number]) => number !== undefined && !isNumber(number)),
  ].map(([label]) => label);
  return wrong.length === 0 ? { next } : { next, problem: `${wrong.join(', ')} cannot be read` };
}

/** Undefined for a record of base fields alone. */
function resolve(
  record: Record<string, unknown>,
  base: Base,
  receivedAtMs: number,
): SenmlRecord | WrongRecord | undefined {
  const { n, u, t, v, vs, vb, vd, s } = record;
  const wrong = (problem: string, code: RejectCode = 'malformed-payload') => ({ problem, code });
  if (n !== undefined && typeof n !== 'string') return wrong(`the name n ${shown(n)} is no text`);
  if (u !== undefined && typeof u !== 'string') return wrong(`the unit u ${shown(u)} is no text`);
  if (t !== undefined && !isNumber(t)) return wrong(`the time t ${shown(t)} is no number`, 'invalid-time');
  if (v !== undefined && !isNumber(v)) return wrong(`v ${shown(v)} is no number`, 'impossible-value');
  if (s !== undefined && !isNumber(s)) return wrong(`s ${shown(s)} is no number`, 'impossible-value');
  const given =
    Number(v !== undefined) + Number(vs !== undefined) + Number(vb !== undefined) + Number(vd !== undefined);
  if (given > 1) return wrong('has more than one of v, vs, vb, vd');
  if ((vs !== undefined && typeof vs !== 'string') || (vd !== undefined && typeof vd !== 'string')) {
    return wrong('vs and vd are text');
  }
  if (vb !== undefined && typeof vb !== 'boolean') return wrong('vb is true or false');
  const isBare = n === undefined && t === undefined && given === 0 && s === undefined;
  // Base value and base sum stand in for a value that is missing (4.2, 4.3) – of a record that names one.
  const number =
    isNumber(v) || (given === 0 && s === undefined && n !== undefined && base.value !== undefined)
      ? (base.value ?? 0) + (isNumber(v) ? v : 0)
      : undefined;
  const sum = isNumber(s) ? (base.sum ?? 0) + s : undefined;
  if (number === undefined && given === 0 && sum === undefined) {
    if (isBare) return undefined;
    const draft = 'sv' in record ? ' ("sv" is of a draft: in RFC 8428 it is "vs")' : '';
    return wrong(`has none of v, vs, vb, vd and s${draft}`);
  }
  if (!NAME.test(base.name + (n ?? ''))) {
    return wrong(
      `the name ${shown(base.name + (n ?? ''))} is not letters, digits and "-:./_" (RFC 8428, 4.5.1)`,
    );
  }
  const seconds = base.timeS + (isNumber(t) ? t : 0);
  const isAbsolute = seconds >= RELATIVE_BELOW;
  const atMs = isAbsolute ? Math.round(seconds * 1000) : receivedAtMs + Math.round(seconds * 1000);
  if (Math.abs(atMs) > LATEST_MS)
    return wrong(`the time ${seconds} s is beyond any calendar`, 'invalid-time');
  return {
    baseName: base.name,
    name: n ?? '',
    unit: u ?? base.unit,
    atMs: seconds === 0 ? undefined : atMs,
    isAbsolute,
    value: number ?? (typeof vb === 'boolean' ? vb : undefined),
    sum,
  };
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
