/** Reads the present moment, epoch ms. Only the edges hold one: what a rule knows of time comes with its data. */
export type Clock = () => number;

/** ISO 8601 in UTC (`2026-01-15T07:15:00.000Z`), the one form in which kvarter writes times. */
export function isoTime(atMs: number): string {
  return new Date(atMs).toISOString();
}

const ISO = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[Zz]|[+-]\d\d:?\d\d)$/;

/** Epoch ms of an ISO 8601 time with offset; undefined for anything else, a time without offset included. */
export function parseIsoTime(text: string): number | undefined {
  if (!ISO.test(text)) return undefined;
  const atMs = Date.parse(hasPlainOffset(text) ? `${text.slice(0, -2)}:${text.slice(-2)}` : text);
  return Number.isFinite(atMs) ? atMs : undefined;
}

/** `+0100`: fine in ISO 8601, but not for Date.parse. */
function hasPlainOffset(text: string): boolean {
  const sign = text.at(-5);
  return sign === '+' || sign === '-';
}
