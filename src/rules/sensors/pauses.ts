import { z } from 'zod';
import { MINUTE_MS } from '../../domain/interval.ts';

/** Pauses that are remembered. */
const KEPT = 21;
/** Their 80th percentile is the usual pause: it looks through bursts of packets and through the odd outage alike. */
const USUAL = 0.8;

/** The silence that is too long for a device of which too little is known, ms. */
export const NEVER_MS = Number.MAX_SAFE_INTEGER;

/** A packet is lost now and then: that a device has not spoken when it was due is at least as likely as this. */
export const LOST = 0.2;

export const pausesSchema = z.object({
  /** The newest pauses between readings, ms: oldest first until all are known, then each in the place of the oldest. */
  pausesMs: z.array(z.number()),
  next: z.number().default(0),
});
export type Pauses = z.infer<typeof pausesSchema>;

export function foldPause(pauses: Pauses, pauseMs: number): void {
  if (pauses.pausesMs.length < KEPT) {
    pauses.pausesMs.push(pauseMs);
    // An array keeps room to grow: this one does no more.
    if (pauses.pausesMs.length === KEPT) pauses.pausesMs = pauses.pausesMs.slice();
  } else {
    pauses.pausesMs[pauses.next] = pauseMs;
    pauses.next = (pauses.next + 1) % KEPT;
  }
}

/** Sorted by insertion into the same room each time: a few pauses, and this runs for every packet. */
const sorted = new Float64Array(KEPT);

export function usualMs({ pausesMs }: Pauses): number {
  for (let n = 0; n < pausesMs.length; n += 1) {
    const pauseMs = pausesMs[n] ?? 0;
    let at = n;
    for (; at > 0 && (sorted[at - 1] ?? 0) > pauseMs; at -= 1) sorted[at] = sorted[at - 1] ?? 0;
    sorted[at] = pauseMs;
  }
  return sorted[Math.floor(USUAL * (pausesMs.length - 1))] ?? 0;
}

/** The silence that is too long, ms. */
export function longestPauseMs(
  pauses: Pauses,
  limits: { readonly pauses: number; readonly minSilenceMinutes: number; readonly minPauses: number },
): number {
  if (pauses.pausesMs.length < limits.minPauses) return NEVER_MS;
  return Math.max(limits.minSilenceMinutes * MINUTE_MS, limits.pauses * usualMs(pauses));
}
