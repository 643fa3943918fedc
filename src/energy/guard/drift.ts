import { z } from 'zod';
import { HOUR_MS } from '../../domain/interval.ts';
import type { PowerPrice, Span } from '../tariffs/power-price.ts';
import { spreadPart } from './spread.ts';

/**
 * How the mean of a window usually differs from what it was heading for: a building's load rises and falls at the same hours
 * of its days. By hour of working and of free days and part of the window that is left: the mean logarithm of
 * `actual / heading`. Plain JSON; undefined (null) where no such window was seen.
 */
export const driftSchema = z.record(z.string(), z.array(z.number().nullable()));
export type Drift = z.infer<typeof driftSchema>;

const PARTS = 4;
/** How much the newest window counts. */
const NEWEST = 0.15;
/** A window that was off by more is no habit. */
const MOST = 0.15;
/** How much of the usual difference is counted on. */
const TRUST = 0.7;

/** The window's place among those like it; undefined for windows so long that each is a day of its own. */
export function driftKey(
  price: Pick<PowerPrice, 'dayAt' | 'isFreeDay'>,
  { fromMs, toMs }: Span,
): string | undefined {
  if (toMs - fromMs > HOUR_MS) return undefined;
  const day = price.dayAt(fromMs).fromMs;
  return `${price.isFreeDay(day) ? 'free' : 'work'}${Math.floor((fromMs - day) / HOUR_MS)}`;
}

/** What a window that is heading for a mean will probably come to, kW. */
export function withDrift(
  drift: Drift,
  key: string | undefined,
  leftShare: number,
  headingKw: number,
): number {
  const usual = key === undefined ? undefined : drift[key]?.[spreadPart(leftShare)];
  return headingKw * Math.exp(TRUST * (usual ?? 0));
}

export function learnDrift(
  drift: Drift,
  key: string | undefined,
  part: number,
  headingKw: number,
  actualKw: number,
): void {
  if (key === undefined || !(headingKw > 0) || !(actualKw > 0)) return;
  const off = Math.min(Math.max(Math.log(actualKw / headingKw), -MOST), MOST);
  const parts = drift[key] ?? Array.from({ length: PARTS }, () => null);
  const before = parts[part] ?? 0;
  parts[part] = before + NEWEST * (off - before);
  drift[key] = parts;
}
