import { z } from 'zod';
import { HOUR_MS } from '../../domain/interval.ts';
import type { PowerPrice, Span } from '../tariffs/power-price.ts';
import { PARTS, spreadPart } from './spread.ts';

/**
 * How the mean of a window usually differs from what it was heading for: a building's load rises and falls at the same hours
 * of its days. By hour of working and of free days and part of the window that is left: the mean logarithm of
 * `actual / heading`, by {@link driftKey} and part; {@link UNSEEN} where no such window was seen. Plain JSON; empty before the
 * first. Before December 2026 a record of arrays, which took five times as much.
 */
export const driftSchema = z.union([
  z.array(z.number()),
  z.record(z.string(), z.array(z.number().nullable())).transform(fromRecord),
]);
export type Drift = z.infer<typeof driftSchema>;

/** How much the newest window counts. */
const NEWEST = 0.15;
/** A window that was off by more is no habit. */
const MOST = 0.15;
/** How much of the usual difference is counted on. */
const TRUST = 0.7;
/** No habit is as large. A number, because with others among them numbers take three times as much. */
const UNSEEN = 9;
/** Hours of working days, then of free ones; a day that winter time begins has 25. */
const HOURS = 25;
/** Windows that are alike have a place in common; so many of them. */
export const PLACES = 2 * HOURS;

/** The window's place among those like it, from 0 to before {@link PLACES}; undefined for windows so long that each is a day of its own. */
export function driftKey(
  price: Pick<PowerPrice, 'dayAt' | 'isFreeDay'>,
  { fromMs, toMs }: Span,
): number | undefined {
  if (toMs - fromMs > HOUR_MS) return undefined;
  const day = price.dayAt(fromMs).fromMs;
  return (price.isFreeDay(day) ? HOURS : 0) + Math.floor((fromMs - day) / HOUR_MS);
}

/** What a window that is heading for a mean will probably come to, kW. */
export function withDrift(
  drift: Drift,
  key: number | undefined,
  leftShare: number,
  headingKw: number,
): number {
  const usual = key === undefined ? UNSEEN : drift[key * PARTS + spreadPart(leftShare)];
  return headingKw * Math.exp(TRUST * (usual === undefined || usual === UNSEEN ? 0 : usual));
}

export function learnDrift(
  drift: Drift,
  key: number | undefined,
  part: number,
  headingKw: number,
  actualKw: number,
): void {
  if (key === undefined || !(headingKw > 0) || !(actualKw > 0)) return;
  const off = Math.min(Math.max(Math.log(actualKw / headingKw), -MOST), MOST);
  if (drift.length === 0) for (let at = 0; at < PLACES * PARTS; at += 1) drift.push(UNSEEN);
  const at = key * PARTS + part;
  const before = drift[at] ?? UNSEEN;
  drift[at] = (before === UNSEEN ? 0 : before) + NEWEST * (off - (before === UNSEEN ? 0 : before));
}

function fromRecord(record: Readonly<Record<string, readonly (number | null)[]>>): number[] {
  const drift = Object.keys(record).length === 0 ? [] : new Array<number>(PLACES * PARTS).fill(UNSEEN);
  for (const [name, parts] of Object.entries(record)) {
    const key = (name.startsWith('free') ? HOURS : 0) + Number(name.slice(4));
    for (const [part, value] of parts.entries()) if (value !== null) drift[key * PARTS + part] = value;
  }
  return drift;
}
