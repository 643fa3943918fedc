/** Reads the present moment, epoch ms. Only the edges hold one: what a rule knows of time comes with its data. */
export type Clock = () => number;

/** ISO 8601 in UTC (`2026-01-15T07:15:00.000Z`), the one form in which kvarter writes times. */
export function isoTime(atMs: number): string {
  return new Date(atMs).toISOString();
}

const ISO = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[Zz]|[+-]\d\d:?\d\d)$/;

/** Epoch ms of an ISO 8601 time with offset; undefined for anything else, a time without offset included. */
export function parseIsoTime(text: string): number | undefined {
  const plain = plainTime(text);
  if (plain !== undefined) return plain;
  if (!ISO.test(text)) return undefined;
  const atMs = Date.parse(hasPlainOffset(text) ? `${text.slice(0, -2)}:${text.slice(-2)}` : text);
  if (!Number.isFinite(atMs)) return undefined;
  if (isPlain(text)) {
    lastDate = text.slice(0, DATE);
    lastDateMs = Date.parse(`${lastDate}00:00:00Z`);
  }
  return atMs;
}

const DATE = 'yyyy-mm-ddT'.length;
/** The date of the newest time of the plain form, which is most often that of the next one: it is not read again. */
let lastDate = '-';
let lastDateMs = 0;

/** `2026-01-15T07:15:00.000Z` or without milliseconds, of the date that came last; undefined for any other form. */
function plainTime(text: string): number | undefined {
  if (!isPlain(text) || !text.startsWith(lastDate)) return undefined;
  const hours = digits(text, DATE, 2);
  const minutes = digits(text, DATE + 3, 2);
  const seconds = digits(text, DATE + 6, 2);
  const ms = text.length === 24 ? digits(text, DATE + 9, 3) : 0;
  // NaN compares false.
  if (!(hours < 24 && minutes < 60 && seconds < 60 && ms < 1000)) return undefined;
  return lastDateMs + ((hours * 60 + minutes) * 60 + seconds) * 1000 + ms;
}

function isPlain(text: string): boolean {
  return (
    (text.length === 20 || (text.length === 24 && text[19] === '.')) &&
    text.endsWith('Z') &&
    text[10] === 'T' &&
    text[13] === ':' &&
    text[16] === ':'
  );
}

/** NaN when one of them is no digit. */
function digits(text: string, at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i += 1) {
    const digit = text.charCodeAt(i) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** `+0100`: fine in ISO 8601, but not for Date.parse. */
function hasPlainOffset(text: string): boolean {
  const sign = text.at(-5);
  return sign === '+' || sign === '-';
}
