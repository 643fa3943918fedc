/** A level or a tilt of a container, in order of time. */
export type ContainerSample = {
  readonly atMs: number;
  readonly quantity: 'fillLevelPct' | 'tilted';
  readonly value: number;
};

export type DailyLevel = { readonly atMs: number; readonly levelPct: number };

const ECHOES = 3;

/**
 * One level per day, for the fill forecast: the last of the day that ended the day's readings, as the median of the newest
 * three, so that one wrong echo says nothing; levels that a tilted sensor sends are left out. Of the newest day it is the
 * newest level. `dayOf`: the day that a moment is in.
 */
export function dailyLevels(
  samples: readonly ContainerSample[],
  dayOf: (atMs: number) => number,
): readonly DailyLevel[] {
  const levels: DailyLevel[] = [];
  let isTilted = false;
  for (const { atMs, quantity, value } of samples) {
    if (quantity === 'tilted') isTilted = value >= 0.5;
    else if (!isTilted) levels.push({ atMs, levelPct: value });
  }
  const days = new Map<number, DailyLevel>();
  for (const [at, { atMs }] of levels.entries()) {
    days.set(dayOf(atMs), { atMs, levelPct: medianBefore(levels, at) });
  }
  return [...days.values()];
}

/** Of sensors that speak once a day the level itself: the two before are older than a wrong echo could matter. */
function medianBefore(levels: readonly DailyLevel[], at: number): number {
  const now = levels[at]?.atMs ?? 0;
  const near = levels.slice(Math.max(at - ECHOES + 1, 0), at + 1).filter(({ atMs }) => now - atMs < NEAR_MS);
  const sorted = near.map(({ levelPct }) => levelPct).toSorted((a, b) => a - b);
  return sorted.length < ECHOES ? (levels[at]?.levelPct ?? 0) : (sorted[1] ?? 0);
}

const NEAR_MS = 43_200_000;
