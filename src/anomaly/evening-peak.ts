import { z } from 'zod';
import type { WholeDay } from './day-hours.ts';
import { MAD_TO_SIGMA, median } from './median.ts';
import { pack, packedCount, packedSchema, packedWith, unpack } from './packed-numbers.ts';

/** Days that are remembered. */
const DAYS = 28;
/** So many days of a spell that is over are learned, each as at most so many rises above what was usual. */
const LEARNED = { days: 3, rises: 2 };
/** A day that took so many times what is usual in all of its hours was counted by another ratio, and so was its peak. */
const OTHER_RATIO = 1.6;

export const eveningPeakSchema = z.object({
  /** By how much the highest hour of the evening was above the day's median, of ordinary days, the newest last, packed. */
  peaks: packedSchema,
  /** The medians of those days. */
  levels: packedSchema,
  highDays: z.number(),
  highSinceMs: z.number(),
  /** The lowest of the days in a row that are high. */
  leastHigh: z.number().default(0),
  isHigh: z.boolean(),
});
export type EveningPeak = z.infer<typeof eveningPeakSchema>;

export type PeakLimits = {
  readonly fromHour: number;
  readonly toHour: number;
  readonly minDays: number;
  /** Above what is usual by at least this, by so many spreads, and so many times as far as nine of ten known days. */
  readonly minRise: number;
  readonly spreads: number;
  readonly times: number;
  readonly days: number;
  readonly acceptDays: number;
};

export type PeakChange = {
  readonly is: 'high' | 'normal' | 'accepted';
  readonly sinceMs: number;
  /** The highest hour of the evening, and when it is; rates per hour above the day's median, as is usual, and as may be. */
  readonly hour: number;
  readonly rate: number;
  readonly above: number;
  readonly usual: number;
  readonly limit: number;
};

export function createEveningPeak(): EveningPeak {
  return { peaks: '', levels: '', highDays: 0, highSinceMs: 0, leastHigh: 0, isHigh: false };
}

/**
 * Folds a day of a meter: how far the highest hour of the evening stands above the day's median. Cold weather lifts both; what
 * piles up in an hour lifts one. Says what changed, if anything.
 */
export function foldEvening(
  state: EveningPeak,
  { dayMs, rates }: WholeDay,
  limits: PeakLimits,
): PeakChange | undefined {
  const known = rates.filter((rate) => rate !== undefined);
  const evening = rates.slice(limits.fromHour, limits.toHour).filter((rate) => rate !== undefined);
  if (evening.length === 0) return undefined;
  const rate = Math.max(...evening);
  const level = median(known);
  const above = rate - level;
  const learn = (peak = above) => {
    state.peaks = packedWith(state.peaks, [peak], DAYS);
    state.levels = packedWith(state.levels, [level], DAYS);
  };
  if (packedCount(state.peaks) < limits.minDays) {
    learn();
    return undefined;
  }
  const peaks = levelled(state);
  const usual = median(peaks);
  const spread = MAD_TO_SIGMA * median(peaks.map((peak) => Math.abs(peak - usual)));
  const rise = Math.max(limits.minRise, limits.spreads * spread, limits.times * (ninthTenth(peaks) - usual));
  const told = (is: PeakChange['is']): PeakChange => ({
    is,
    sinceMs: state.highSinceMs,
    hour: rates.indexOf(rate, limits.fromHour),
    rate,
    above,
    usual,
    limit: usual + rise,
  });
  if (above <= usual + (state.isHigh ? rise / 2 : rise)) {
    const ended = state.isHigh ? told('normal') : undefined;
    // What comes and goes by itself is what evenings may be: it is not told for long.
    const came = Math.min(state.leastHigh, usual + LEARNED.rises * rise);
    for (let day = 0; day < Math.min(state.highDays, LEARNED.days); day += 1) learn(came);
    Object.assign(state, { highDays: 0, isHigh: false });
    learn();
    return ended;
  }
  if (state.highDays === 0) Object.assign(state, { highSinceMs: dayMs, leastHigh: above });
  state.leastHigh = Math.min(state.leastHigh, above);
  state.highDays += 1;
  if (state.highDays >= limits.acceptDays) {
    const accepted = told('accepted');
    Object.assign(state, { peaks: pack([above]), levels: pack([level]), highDays: 0, isHigh: false });
    return accepted;
  }
  if (state.isHigh || state.highDays < limits.days) return undefined;
  state.isHigh = true;
  return told('high');
}

/** What is known of peaks, without what multiplied whole days. */
function levelled(state: EveningPeak): readonly number[] {
  const levels = unpack(state.levels);
  const usual = median(levels);
  return unpack(state.peaks).map((peak, i) => {
    const times = (levels[i] ?? 0) / Math.max(usual, 1e-9);
    return times > OTHER_RATIO ? peak / times : peak;
  });
}

/** One evening of guests, or one that was high and not told, is not what evenings may be; of a week it is the highest. */
function ninthTenth(peaks: readonly number[]): number {
  return peaks.toSorted((a, b) => a - b)[Math.ceil(0.9 * peaks.length) - 1] ?? 0;
}
