import { type CalmState, calmSurprise, nothingCalm } from './calm.ts';
import { type FirstAlarmState, isFirstAlarm, noAlarmYet } from './first-alarm.ts';
import { slotOf } from './hour-slots.ts';
import { emptyLatest, type LatestState, residualAt } from './latest.ts';
import { emptyNovelty, type NoveltyState, noveltyOf } from './novelty.ts';
import { addRecent, meanOf, nothingRecent, type RecentState, takeNewest } from './recent.ts';
import { emptySameAgain, type SameAgainState, stuckSurprise } from './same-again.ts';
import { nothingUsual, type UnusualState, unusualAt } from './unusual.ts';

/** Scores one series, value by value, from its past only. */
export interface Detector {
  /**
   * How anomalous a value is, 0 … 1. Below 0.5 it ranks values by how unusual they are; from 0.5 on it is an alarm:
   * something new, on its first value. `wallMs`: what the wall clock of the place shows, as if it showed UTC; default:
   * `atMs`. Times must rise. A value that is not finite scores 0 and is forgotten.
   */
  next(atMs: number, value: number, wallMs?: number): number;
  /** Everything that it knows, as plain JSON of bounded size: some 5,400 numbers with the default options. */
  snapshot(): DetectorState;
}

export type DetectorOptions = {
  /** Points that each of the six memories holds. */
  readonly points: number;
  /** Share of the rows that are new to a memory. */
  readonly newShare: number;
  /** Rows of a shape. */
  readonly shapeRows: number;
  /** Rows of a level. */
  readonly levelRows: number;
  /** Share of the way to a new value that the latest of its hour goes. */
  readonly latestGain: number;
  /** An outlier counts as this many spreads in what is usual. */
  readonly clipSpreads: number;
  /** Surprise that a series ten times as long takes more for the same score: alarms must not come by length alone. */
  readonly surprisePerDecade: number;
  /** Mean surprise from which something new is an alarm. */
  readonly alarmSurprise: number;
  /** Rows for which an alarm is not repeated unless it grows. */
  readonly quietRows: number;
  /** Rows after which what has been seen counts half. */
  readonly memoryRows: number;
};

export const detectorDefaults: DetectorOptions = {
  points: 128,
  newShare: 0.1,
  shapeRows: 12,
  levelRows: 48,
  latestGain: 0.1,
  clipSpreads: 2.5,
  surprisePerDecade: 0.2,
  alarmSurprise: 0.88,
  quietRows: 80,
  memoryRows: 5000,
};

/** One stream of numbers, the value itself or what is unusual about it, looked at three ways. */
type StreamState = {
  readonly recent: RecentState;
  readonly value: NoveltyState;
  readonly shape: NoveltyState;
  readonly level: NoveltyState;
};

export type DetectorState = {
  rows: number;
  /** Running mean of how odd values are. */
  lately: number;
  readonly usual: UnusualState;
  readonly latest: LatestState;
  readonly sameAgain: SameAgainState;
  readonly calm: CalmState;
  readonly values: StreamState;
  readonly residuals: StreamState;
  readonly alarm: FirstAlarmState;
};

/** Rows of a series whose surprise is taken as it is. */
const REFERENCE_ROWS = 2000;
const FIRST_ROWS = 100;
/** Larger values would overflow when squared; nobody measures them. */
const LARGEST = 1e100;
const LATELY_GAIN = 0.1;
const MOST_ODD = 4;
/** How much the recent mean counts against the value itself. */
const LASTING = 2;

/**
 * Makes a detector, or one that goes on from a snapshot. Three things are put together:
 *
 * - *unusual*: distance to robust profiles of hours and weekdays, values that stay exactly the same, and a series that
 *   hardly moves, with their recent mean, because anomalies last. It says how odd each value is, for as long as it lasts.
 * - *new*: value, shape and level of the series and of its residual against the latest, each by its distance to a
 *   bounded memory of what has been seen, as a calibrated tail probability; their mean surprise.
 * - *first*: what is new enough is an alarm unless there just was one as high.
 */
export function createDetector(options: Partial<DetectorOptions> = {}, from?: DetectorState): Detector {
  const set = { ...detectorDefaults, ...options };
  const state = from === undefined ? emptyState() : copyOf(from);
  const novelty = { points: set.points, newShare: set.newShare, memoryRows: set.memoryRows };

  // Points on their way, used again for each row: a series has millions.
  const single = [0];
  const shape = Array.from({ length: set.shapeRows }, () => 0);

  /** The sum of the surprises at a stream's value, shape and level. */
  const surpriseIn = (stream: StreamState, value: number): number => {
    addRecent(stream.recent, value, set.levelRows);
    single[0] = value;
    let sum = noveltyOf(stream.value, single, novelty);
    if (takeNewest(stream.recent, shape)) sum += noveltyOf(stream.shape, shape, novelty);
    single[0] = meanOf(stream.recent);
    return sum + noveltyOf(stream.level, single, novelty);
  };

  /** How odd a value is, for as long as it lasts; never negative. */
  const oddness = (spreads: number, value: number): number => {
    const stuck = stuckSurprise(state.sameAgain, value, set.memoryRows);
    const now = 3 * Math.log10(1 + spreads) + stuck + calmSurprise(state.calm, value);
    state.lately += LATELY_GAIN * (Math.min(now, MOST_ODD) - state.lately);
    return now + LASTING * state.lately;
  };

  return {
    next: (atMs, given, wallMs = atMs) => {
      if (!Number.isFinite(given)) return 0;
      const value = Math.max(-LARGEST, Math.min(LARGEST, given));
      state.rows += 1;
      const slot = slotOf(wallMs);
      const odd = oddness(
        unusualAt(state.usual, slot, value, { clipSpreads: set.clipSpreads, odd: state.lately }),
        value,
      );
      const residual = residualAt(state.latest, slot, value, set.latestGain);
      const sum = surpriseIn(state.values, value) + surpriseIn(state.residuals, residual);
      const decades = Math.log10(Math.max(state.rows, FIRST_ROWS) / REFERENCE_ROWS);
      const surprise = Math.max(0, sum / 6 - set.surprisePerDecade * decades);
      const isAlarm = isFirstAlarm(state.alarm, heightOf(surprise), {
        least: heightOf(set.alarmSurprise),
        quietRows: set.quietRows,
      });
      return isAlarm ? alarmScore(surprise - set.alarmSurprise) : oddScore(odd);
    },
    snapshot: () => copyOf(state),
  };
}

/** Plain JSON, and by way of it: arrays that `structuredClone` makes hold each number in a box, a third slower. */
function copyOf(state: DetectorState): DetectorState {
  return JSON.parse(JSON.stringify(state));
}

/** 0 … 1, so that steps between heights mean less the higher they are. */
function heightOf(surprise: number): number {
  return surprise / (surprise + 4);
}

/** 0.5 … 1. */
function alarmScore(surpriseAbove: number): number {
  return 1 - Math.exp(-surpriseAbove / 2) / 2;
}

/** 0 … 0.5. */
function oddScore(odd: number): number {
  return odd / (odd + 6) / 2;
}

function emptyState(): DetectorState {
  const stream = (): StreamState => ({
    recent: nothingRecent(),
    value: emptyNovelty(),
    shape: emptyNovelty(),
    level: emptyNovelty(),
  });
  return {
    rows: 0,
    lately: 0,
    usual: nothingUsual(),
    latest: emptyLatest(),
    sameAgain: emptySameAgain(),
    calm: nothingCalm(),
    values: stream(),
    residuals: stream(),
    alarm: noAlarmYet(),
  };
}
