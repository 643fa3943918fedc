import { isRecord } from '../domain/record.ts';
import { parseIsoTime } from '../domain/time.ts';

/** Clocks that were never set count from 1970 or 1980: a time before this is no time, and the arrival's is taken. */
export const EARLIEST_MS = Date.UTC(2000, 0, 1);
/** The last moment that a Date can hold. */
const LATEST_MS = 8.64e15;

export type ParsedJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly detail: string };

/**
 * A payload read as JSON in UTF-8; `detail` says where it is not. The last one is remembered: of a packet whose topic
 * nobody claims, several formats ask for its shape before one of them decodes it. Do not change what it gives.
 */
export function parseJson(payload: Uint8Array): ParsedJson {
  if (payload === last.payload) return last.parsed;
  const parsed = parse(payload);
  last = { payload, parsed };
  return parsed;
}

let last: { readonly payload?: Uint8Array; readonly parsed: ParsedJson } = {
  parsed: { ok: false, detail: 'not JSON' },
};

/** What a JSON value, or the white space before it, may begin with. */
const BEGINNINGS = new Set(Buffer.from(' \t\r\n{["-0123456789tfn'));

function parse(payload: Uint8Array): ParsedJson {
  // Told apart here because an error costs many times what a telegram or a line costs to read.
  const [first] = payload;
  if (first === undefined || !BEGINNINGS.has(first))
    return { ok: false, detail: 'it does not begin as JSON does' };
  try {
    const text = Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString();
    return { ok: true, value: JSON.parse(text) };
  } catch (cause) {
    return { ok: false, detail: cause instanceof Error ? cause.message : 'not JSON' };
  }
}

export { isRecord };

/** The record behind a field; an empty one when there is none. */
export function recordOf(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

/** Text that says something; undefined for anything else. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

/** A number, also when it is quoted as text; undefined for anything else. */
export function numberOf(value: unknown): number | undefined {
  const text = textOf(value);
  const number = text === undefined ? value : Number(text);
  return typeof number === 'number' && !Number.isNaN(number) ? number : undefined;
}

/** `{ atMs }` of ISO 8601 text with offset, `{}` without a time; undefined when what is there cannot be read. */
export function timeOf(value: unknown): { readonly atMs?: number } | undefined {
  if (value === undefined || value === null) return {};
  const atMs = typeof value === 'string' ? parseIsoTime(value) : undefined;
  return atMs === undefined ? undefined : setTime(atMs);
}

/** `{ atMs }` of seconds since 1970, `{}` without a time; undefined when what is there cannot be read. */
export function epochTimeOf(value: unknown): { readonly atMs?: number } | undefined {
  if (value === undefined || value === null) return {};
  const atMs = Math.round((numberOf(value) ?? Number.NaN) * 1000);
  return Math.abs(atMs) <= LATEST_MS ? setTime(atMs) : undefined;
}

/** A foreign value in a message: short, and whatever it is. (JSON.stringify overflows the stack on deep nesting.) */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (Array.isArray(value)) return 'a list';
  return isRecord(value) ? 'an object' : String(value);
}

function setTime(atMs: number): { readonly atMs?: number } {
  return atMs < EARLIEST_MS ? {} : { atMs };
}

/** The first names of many, for a message. */
export function listed(names: Iterable<string>): string {
  const all = [...names];
  return all.slice(0, 5).map(shown).join(', ') + (all.length > 5 ? ', …' : '');
}
