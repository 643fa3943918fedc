import { MINUTE_MS } from '../domain/interval.ts';

/** A time of a series: the moment, and what the wall clock of the place shows, as if it showed UTC; epoch ms. */
export type SeriesTime = { readonly atMs: number; readonly wallMs: number };

const TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(\.\d{1,9})?)?\s?(Z|[+-]\d\d(?::?\d\d)?)?)?$/i;
const DATE = 'yyyy-mm-dd'.length;

/** The date read last: most often that of the next row too. */
let lastDate = '';
let lastDateMs = 0;

/**
 * `2014-04-01 00:00:00`, `2014-04-01T00:00`, with or without fraction, offset or Z; `2014-04-01` is its midnight. A time
 * without offset is taken for UTC. Undefined for anything else.
 */
export function parseSeriesTime(text: string): SeriesTime | undefined {
  return plainTime(text) ?? anyTime(text);
}

/** `2014-04-01 00:00:00`, read digit by digit: a series has millions of them. */
function plainTime(text: string): SeriesTime | undefined {
  const isPlain = text.length === 19 && text[13] === ':' && text[16] === ':' && isBetween(text[10]);
  if (!isPlain || !text.startsWith(lastDate) || lastDate === '') return undefined;
  const hours = twoDigits(text, 11);
  const minutes = twoDigits(text, 14);
  const seconds = twoDigits(text, 17);
  // NaN compares false.
  if (!(hours < 24 && minutes < 60 && seconds < 60)) return undefined;
  const atMs = lastDateMs + ((hours * 60 + minutes) * 60 + seconds) * 1000;
  return { atMs, wallMs: atMs };
}

function anyTime(text: string): SeriesTime | undefined {
  const [, date = '', hours = '0', minutes = '0', seconds = '0', fraction = '0', offset = 'Z'] =
    TIME.exec(text) ?? [];
  const dateMs = date === '' ? Number.NaN : Date.parse(`${date}T00:00:00Z`);
  // Date.parse takes 2014-02-30 for a day in March.
  if (!Number.isFinite(dateMs) || new Date(dateMs).toISOString().slice(0, DATE) !== date) return undefined;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  lastDate = date;
  lastDateMs = dateMs;
  const clock = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
  const wallMs = dateMs + clock + Math.floor(Number(fraction) * 1000);
  const offsetMs = offsetOf(offset);
  return offsetMs === undefined ? undefined : { atMs: wallMs - offsetMs, wallMs };
}

/** `Z`, `+01`, `+0100`, `+01:00`. */
function offsetOf(text: string): number | undefined {
  if (text.toUpperCase() === 'Z') return 0;
  const hours = Number(text.slice(1, 3));
  const minutes = Number(text.slice(3).replace(':', ''));
  if (hours > 18 || minutes > 59) return undefined;
  return (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * MINUTE_MS;
}

function isBetween(letter: string | undefined): boolean {
  return letter === ' ' || letter === 'T';
}

function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 0x30;
  const ones = text.charCodeAt(at + 1) - 0x30;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}
