/** Reads the present moment, epoch ms. Only the edges hold one: what a rule knows of time comes with its data. */
export type Clock = () => number;

/** ISO 8601 in UTC (`2026-01-15T07:15:00.000Z`), the one form in which kvarter writes times. */
export function isoTime(atMs: number): string {
  return new Date(atMs).toISOString();
}

const ISO = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[Zz]|[+-]\d\d:?\d\d)$/;

/** Epoch ms of an ISO 8601 time with offset; undefined for anything else, a time without offset included. */
export function parseIsoTime(text: string): number | undefined {
  const fast = ofLastDate(text);
  if (fast !== undefined) return fast;
  if (!ISO.test(text)) return undefined;
  const atMs = Date.parse(hasPlainOffset(text) ? `${text.slice(0, -2)}:${text.slice(-2)}` : text);
  const dateMs = Date.parse(`${text.slice(0, DATE - 1)}T00:00:00Z`);
  // Date.parse takes 2026-02-30 for a day in March.
  if (!Number.isFinite(atMs) || !isoTime(dateMs).startsWith(text.slice(0, DATE - 1))) return undefined;
  lastDate = text.slice(0, DATE);
  lastDateMs = dateMs;
  return atMs;
}

const DATE = 'yyyy-mm-ddT'.length;
const [PLUS, MINUS, DOT, COLON, UPPER_Z] = [43, 45, 46, 58, 90];
/** The date of the newest time, which is most often that of the next one: it is not read again. */
let lastDate = '-';
let lastDateMs = 0;

/** `2026-01-15T07:15:00.775023242+00:00`, with or without fraction, of the date that came last; undefined for any other form. */
function ofLastDate(text: string): number | undefined {
  if (!text.startsWith(lastDate) || text.charCodeAt(13) !== COLON || text.charCodeAt(16) !== COLON)
    return undefined;
  const hours = digits(text, DATE, 2);
  const minutes = digits(text, DATE + 3, 2);
  const seconds = digits(text, DATE + 6, 2);
  let end = DATE + 8;
  let ms = 0;
  if (text.charCodeAt(end) === DOT) {
    // Three digits are the least that is read here; what is finer than a millisecond is cut off, as Date.parse does.
    ms = digits(text, end + 1, 3);
    end += 4;
    while (text.length - end > 1 && digits(text, end, 1) >= 0) end += 1;
  }
  const offset = offsetMinutes(text, end);
  // NaN compares false.
  if (!(hours < 24 && minutes < 60 && seconds < 60 && ms < 1000 && Math.abs(offset) < 1440)) return undefined;
  return lastDateMs + ((hours * 60 + minutes - offset) * 60 + seconds) * 1000 + ms;
}

/** Minutes of a `Z`, `+01:00` or `-0130` that ends the text; NaN for anything else. */
function offsetMinutes(text: string, at: number): number {
  const sign = text.charCodeAt(at);
  const left = text.length - at;
  if (sign === UPPER_Z) return left === 1 ? 0 : Number.NaN;
  if ((sign !== PLUS && sign !== MINUS) || (left !== 6 && left !== 5)) return Number.NaN;
  if (left === 6 && text.charCodeAt(at + 3) !== COLON) return Number.NaN;
  const [hours, minutes] = [digits(text, at + 1, 2), digits(text, text.length - 2, 2)];
  if (!(hours < 24 && minutes < 60)) return Number.NaN;
  return (sign === MINUS ? -1 : 1) * (hours * 60 + minutes);
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
