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

export type Spans = readonly (readonly [fromMs: number, toMs: number])[];

/** How much of a span is in one or more of others, ms. */
export function unheardMs(spans: Spans, fromMs: number, toMs: number): number {
  const within = spans.filter(([beganMs, endedMs]) => endedMs > fromMs && beganMs < toMs);
  let [sum, reachedMs] = [0, fromMs];
  for (const [beganMs, endedMs] of within.toSorted(([a], [b]) => a - b)) {
    const untilMs = Math.min(endedMs, toMs);
    sum += Math.max(0, untilMs - Math.max(beganMs, reachedMs));
    reachedMs = Math.max(reachedMs, untilMs);
  }
  return sum;
}
