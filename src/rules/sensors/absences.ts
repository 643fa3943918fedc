import { z } from 'zod';
import type { Span } from '../../energy/tariffs/power-price.ts';

/** When kvarter itself was away, in a building's event time, the newest last: that nobody was heard then says nothing. */
export const absencesSchema = z.array(z.tuple([z.number(), z.number()]));
export type Absences = z.infer<typeof absencesSchema>;

/** Those of some restarts in a row are remembered. */
const KEPT = 8;

export function withAbsence(absences: Absences, { fromMs, toMs }: Span): Absences {
  return [...absences, [fromMs, toMs] satisfies [number, number]].slice(-KEPT);
}

/** How much of a span nobody listened, ms. */
export function awayMs(absences: Absences, fromMs: number, toMs: number): number {
  let sum = 0;
  for (const [leftMs, backMs] of absences)
    sum += Math.max(0, Math.min(backMs, toMs) - Math.max(leftMs, fromMs));
  return sum;
}
