import { settings } from './settings.ts';

export const DAY_MS = 86_400_000;

/** A level as it was read. `wallMs`: the time on the wall of the place, as if it were UTC; it tells the weekday. */
export type Level = { readonly atMs: number; readonly wallMs: number; readonly levelPct: number };

/** What is remembered of one container. */
export type Container = {
  readonly name: string;
  /** Containers of the same kind; undefined: of no kind that is known. */
  readonly group: string | undefined;
  /** Newest readings of a day and a half, oldest first. */
  readonly recent: Level[];
  /** Newest pauses between readings, ms; the median of them, a day while there are none. */
  readonly pausesMs: number[];
  usualPauseMs: number;
  /** The level a day before the newest; undefined when there is no reading within half a usual pause of that. */
  dayBeforePct: number | undefined;
  emptiedAtMs: number | undefined;
  overAtMs: number | undefined;
  /** Running mean of the time from one emptying to the next, days. */
  cycleDays: number;
  /** Counts emptyings: a gain over one of them is none. */
  emptyings: number;
  /** Running mean of the gain in a day, % points. */
  gainPctPerDay: number | undefined;
};

const PAUSES = 9;
const MOST_RECENT = 2000;
const LONGEST_CYCLE_DAYS = 30;

export function createContainer(name: string, group?: string): Container {
  return {
    name,
    group,
    recent: [],
    pausesMs: [],
    usualPauseMs: DAY_MS,
    dayBeforePct: undefined,
    emptiedAtMs: undefined,
    overAtMs: undefined,
    cycleDays: settings.priorCycleDays,
    emptyings: 0,
    gainPctPerDay: undefined,
  };
}

/** Takes a later reading in. */
export function noteLevel(container: Container, level: Level, thresholdPct: number): void {
  const { recent, pausesMs } = container;
  const before = recent.at(-1);
  if (before) {
    pausesMs.push(level.atMs - before.atMs);
    if (pausesMs.length > PAUSES) pausesMs.shift();
    container.usualPauseMs = upperMedian(pausesMs);
    if (before.levelPct - level.levelPct >= settings.emptiedDropPct) {
      noteEmptying(container, level.atMs);
    }
  }
  if (level.levelPct >= thresholdPct) container.overAtMs = level.atMs;
  recent.push(level);
  while (recent.length > MOST_RECENT || (recent[1]?.atMs ?? level.atMs) < level.atMs - 1.5 * DAY_MS) {
    recent.shift();
  }
  container.dayBeforePct = levelDayBefore(container, level);
}

function noteEmptying(container: Container, atMs: number): void {
  const { emptiedAtMs, cycleDays } = container;
  if (emptiedAtMs !== undefined) {
    const days = Math.min((atMs - emptiedAtMs) / DAY_MS, LONGEST_CYCLE_DAYS);
    container.cycleDays += settings.cycleShare * (days - cycleDays);
  }
  container.emptiedAtMs = atMs;
  container.emptyings += 1;
}

function upperMedian(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

function levelDayBefore({ recent, usualPauseMs }: Container, now: Level): number | undefined {
  const slackMs = Math.min(usualPauseMs, DAY_MS) / 2;
  const wantedMs = now.atMs - DAY_MS;
  for (let at = recent.length - 1; at >= 0; at -= 1) {
    const level = recent[at];
    if (!level || level.atMs > wantedMs + slackMs) continue;
    return level.atMs >= wantedMs - slackMs && level !== now ? level.levelPct : undefined;
  }
  return undefined;
}
