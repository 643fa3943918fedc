import { HOUR_MS } from '../domain/interval.ts';

export type TimeRange = { readonly lowMs: number; readonly highMs: number };

/**
 * The few closed ranges that hold all these times, split at the widest gaps: one late reading in a batch of fresh ones
 * must not make the store look through everything in between.
 */
export function timeRanges(
  atMs: Float64Array,
  { maxRanges = 8, minGapMs = HOUR_MS }: { maxRanges?: number; minGapMs?: number } = {},
): readonly TimeRange[] {
  const sorted = atMs.slice().sort();
  const gaps: { readonly before: number; readonly widthMs: number }[] = [];
  for (let at = 1; at < sorted.length; at += 1) {
    const widthMs = (sorted[at] ?? 0) - (sorted[at - 1] ?? 0);
    if (widthMs >= minGapMs) gaps.push({ before: at, widthMs });
  }
  const cuts = gaps
    .sort((a, b) => b.widthMs - a.widthMs)
    .slice(0, maxRanges - 1)
    .map(({ before }) => before)
    .sort((a, b) => a - b);
  const ranges: TimeRange[] = [];
  let first = 0;
  for (const end of [...cuts, sorted.length]) {
    const lowMs = sorted[first];
    const highMs = sorted[end - 1];
    if (lowMs !== undefined && highMs !== undefined) ranges.push({ lowMs, highMs });
    first = end;
  }
  return ranges;
}
