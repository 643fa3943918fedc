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
  /** Newest pauses between readings, ms. */
  readonly pausesMs: number[];
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
    if (before.levelPct - level.levelPct >= settings.emptiedDropPct) {
      noteEmptying(container, level.atMs);
    }
  }
  if (level.levelPct >= thresholdPct) container.overAtMs = level.atMs;
  recent.push(level);
  while (recent.length > MOST_RECENT || (recent[1]?.atMs ?? level.atMs) < level.atMs - 1.5 * DAY_MS) {
    recent.shift();
  }
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

/** The usual pause between readings: the median of the newest; a day while there are none. */
export function usualPauseMs({ pausesMs }: Container): number {
  const sorted = pausesMs.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? DAY_MS;
}

/** The level a day before the newest; undefined when there is no reading within half a usual pause of that. */
export function levelDayBefore(container: Container): number | undefined {
  const { recent } = container;
  const now = recent.at(-1);
  if (!now) return undefined;
  const slackMs = Math.min(usualPauseMs(container), DAY_MS) / 2;
  const wantedMs = now.atMs - DAY_MS;
  const found = recent.findLast(({ atMs }) => atMs <= wantedMs + slackMs);
  return found && found.atMs >= wantedMs - slackMs && found !== now ? found.levelPct : undefined;
}
