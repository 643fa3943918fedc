import { z } from 'zod';
import { HOUR_MS } from '../../domain/interval.ts';
import type { Span } from '../tariffs/power-price.ts';
import { driftKey, PLACES } from './drift.ts';
import { PARTS, spreadPart } from './spread.ts';

/**
 * How much of what a load draws beyond the usual is still there in the rest of the window: an oven goes off again, a cold day
 * stays. Learnt from how earlier windows went on, by the part of the window that was left: a regression through the origin of
 * the rest's deviation on that of the newest minutes. Plain JSON.
 */
export const reversionSchema = z.object({
  /** What hours usually come to, by place ({@link hourKey}), kW; {@link UNSEEN} where none was seen. */
  usualKw: z.array(z.number()),
  /** For each part of the window three sums over earlier ones: products of both deviations, squares of the first, windows. */
  sums: z.array(z.number()),
});
export type Reversion = z.infer<typeof reversionSchema>;

const SUMS = 3;
const UNSEEN = -1;
/** How much the newest hour counts in what is usual at its place. */
const NEWEST = 0.15;
/** A load's character stays: the share of what was learnt that is kept from hour to hour, for three months. */
const KEPT = 1 - 1 / (90 * 24);
/** Until windows were seen all of it stays; that counts for so many of them. */
const PRIOR = { share: 1, windows: 100 };

export function newReversion(): Reversion {
  return { usualKw: [], sums: new Array<number>(PARTS * SUMS).fill(0) };
}

/** The place of a window that is an hour. In a quarter-hour what the newest minutes draw has no time to go away. */
export function hourKey(price: Parameters<typeof driftKey>[0], window: Span): number | undefined {
  return window.toMs - window.fromMs < HOUR_MS ? undefined : driftKey(price, window);
}

/** By how much a power is above what is usual of a window at its place, kW; 0 while nothing is known of it. */
export function aboveUsual({ usualKw }: Reversion, key: number | undefined, kw: number): number {
  const usual = key === undefined ? UNSEEN : (usualKw[key] ?? UNSEEN);
  return usual === UNSEEN ? 0 : kw - usual;
}

/** What a window is heading for, kW, when what is unusual in its newest minutes goes away as it usually does. */
export function withReversion(
  reversion: Reversion,
  { aboveKw, leftShare, pacedKw }: { aboveKw: number; leftShare: number; pacedKw: number },
): number {
  const goes = 1 - shareThatStays(reversion, spreadPart(leftShare));
  return Math.max(pacedKw - goes * aboveKw * leftShare, 0);
}

/** A window that is over: what it came to, and by part what it was heading for with the reversion and what that was made of. */
export type PastWindow = {
  readonly key: number | undefined;
  readonly actualKw: number;
  readonly headingKw: readonly number[];
  readonly aboveKw: readonly number[];
  readonly leftShare: readonly number[];
};

export function learnReversion(reversion: Reversion, past: PastWindow): void {
  const { key, actualKw, headingKw, aboveKw, leftShare } = past;
  if (key === undefined) return;
  const { sums, usualKw } = reversion;
  for (let part = 0; part < PARTS; part += 1) {
    const [above = 0, left = 0, heading = 0] = [aboveKw[part], leftShare[part], headingKw[part]];
    if (above === 0 || !(left > 0) || !(heading > 0)) continue;
    const stayed = shareThatStays(reversion, part) * above + (actualKw - heading) / left;
    for (const [i, value] of [above * stayed, above ** 2, 1].entries()) {
      sums[part * SUMS + i] = KEPT * (sums[part * SUMS + i] ?? 0) + value;
    }
  }
  if (usualKw.length === 0) for (let place = 0; place < PLACES; place += 1) usualKw.push(UNSEEN);
  const before = usualKw[key] ?? UNSEEN;
  usualKw[key] = before === UNSEEN ? actualKw : before + NEWEST * (actualKw - before);
}

function shareThatStays({ sums }: Reversion, part: number): number {
  const at = part * SUMS;
  const [both, squares, windows] = [sums[at] ?? 0, sums[at + 1] ?? 0, sums[at + 2] ?? 0];
  if (!(squares > 0)) return PRIOR.share;
  const prior = (PRIOR.windows * squares) / windows;
  return Math.min(Math.max((both + PRIOR.share * prior) / (squares + prior), 0), 1);
}
