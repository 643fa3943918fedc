import { z } from 'zod';
import { HOUR_MS } from '../domain/interval.ts';

/** Newest gaps between rounds that are remembered; so many have to be known where they are alike, all where they come in twos. */
const ROUNDS = 6;
const KNOWN = 4;
/** Closer than this, ms, are no two rounds: the sensor jumps. */
const LEAST_GAP_MS = 24 * HOUR_MS;
/** Gaps are alike that differ by no more than this, but for one that was shorter and one that was longer (a holiday, a missed round). */
const ALIKE = 1.15;
/** Of two rounds a week one gap is longer by no more than this. */
const OF_TWO = 1.45;
/** What holds less, %, may have been emptied without anybody seeing it. */
const VISIBLE_PCT = 15;
/** An emptying leaves at most so much of what there was, and no more than that, %. */
const LEFT = 0.5;
const LEFT_PCT = 25;
/** What falls by so much and is not empty is a sensor that was wrong, % points: a lorry may have been there unseen. */
const WRONG_PCT = 30;
/** A round is only missed where there is so much of what it usually takes. */
const WORTH_A_ROUND = 0.5;
/** After a silence of so long a lorry may have been there. */
const SILENT_MS = 48 * HOUR_MS;

/** What is known of the rounds of a container; plain JSON, of a bounded size. */
export const usualRoundsSchema = z.object({
  seenMs: z.number(),
  /** When it was emptied last, or, with too little in it to see, should have been; 0: nobody knows. */
  emptiedMs: z.number(),
  /** Since then, %. */
  highestPct: z.number(),
  /** Between emptyings, ms, and what was in it then, %: the newest last. */
  gaps: z.array(z.number()),
  held: z.array(z.number()),
});
export type UsualRounds = z.infer<typeof usualRoundsSchema>;

export function createUsualRounds(): UsualRounds {
  return { seenMs: 0, emptiedMs: 0, highestPct: 0, gaps: [], held: [] };
}

/** A round that has not come, and the longest that rounds usually leave between them, ms. */
export type DueRound = { readonly dueMs: number; readonly gapMs: number };

/**
 * Takes a confirmed level in, %, and says which round should have come by now and has left at least half of what rounds usually take.
 * Nothing is due where gaps differ: such containers are emptied when they are full.
 */
export function watchRounds(
  rounds: UsualRounds,
  { atMs, levelPct }: { readonly atMs: number; readonly levelPct: number },
): DueRound | undefined {
  if (atMs - rounds.seenMs > SILENT_MS) forgetRound(rounds);
  rounds.seenMs = atMs;
  if (rounds.highestPct >= VISIBLE_PCT && levelPct <= Math.min(LEFT * rounds.highestPct, LEFT_PCT)) {
    noteEmptying(rounds, atMs);
    rounds.highestPct = levelPct;
    return undefined;
  }
  if (rounds.highestPct - levelPct >= WRONG_PCT) forgetRound(rounds);
  rounds.highestPct = Math.max(rounds.highestPct, levelPct);
  const usual = usualGap(rounds);
  if (usual === undefined || rounds.emptiedMs === 0) return undefined;
  const { gapMs, isOnly } = usual;
  const dueMs = rounds.emptiedMs + gapMs;
  if (atMs < dueMs) return undefined;
  if (levelPct < VISIBLE_PCT) {
    Object.assign(rounds, { emptiedMs: isOnly ? dueMs : 0, highestPct: levelPct });
    return undefined;
  }
  const usualPct = rounds.held.reduce((sum, held) => sum + held, 0) / rounds.held.length;
  return levelPct >= WORTH_A_ROUND * usualPct ? { dueMs, gapMs } : undefined;
}

/** Nobody saw whether a lorry came: nothing is due before the next emptying. */
export function forgetRound(rounds: UsualRounds): void {
  Object.assign(rounds, { emptiedMs: 0, highestPct: 0 });
}

function noteEmptying(rounds: UsualRounds, atMs: number): void {
  const gapMs = atMs - rounds.emptiedMs;
  if (rounds.emptiedMs > 0 && gapMs >= LEAST_GAP_MS) {
    rounds.gaps = [...rounds.gaps, gapMs].slice(-ROUNDS);
    rounds.held = [...rounds.held, rounds.highestPct].slice(-ROUNDS);
  }
  rounds.emptiedMs = atMs;
}

/**
 * The longest that rounds usually leave between them, ms: of a lorry that comes on Mondays and Thursdays, four days; and whether they leave
 * no other. Undefined where they are not regular.
 */
function usualGap({ gaps }: UsualRounds): { readonly gapMs: number; readonly isOnly: boolean } | undefined {
  const [shortestMs, gapMs] = usualRange(gaps);
  if (gaps.length >= KNOWN && gapMs <= ALIKE * shortestMs) return { gapMs, isOnly: true };
  if (gaps.length < ROUNDS || gapMs > OF_TWO * shortestMs) return undefined;
  const [leastMs, mostMs] = usualRange(gaps.slice(1).map((gap, i) => gap + (gaps[i] ?? 0)));
  return mostMs <= ALIKE * leastMs ? { gapMs, isOnly: false } : undefined;
}

/** But for one at either end. */
function usualRange(values: readonly number[]): readonly [number, number] {
  const sorted = values.toSorted((a, b) => a - b);
  return [sorted[1] ?? 0, sorted.at(-2) ?? 0];
}
