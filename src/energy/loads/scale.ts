import { z } from 'zod';
import { DAY_MS } from '../../domain/interval.ts';

/** What loads a meter has told of so far, so that one out of all scale is known from one that is high. Plain JSON. */
export const scaleSchema = z.object({
  /** The first reading that counts. */
  fromMs: z.number(),
  /** The highest load of each of the newest weeks, as the week's start, kW, start, kW …, the newest last. */
  weeks: z.array(z.number()),
  /** Since when all that was told was out of scale. */
  outSinceMs: z.number().exactOptional(),
});
export type Scale = z.infer<typeof scaleSchema>;

export type ScaleLimits = {
  /** A load is out of scale beyond so many times the highest one of the newest weeks, … */
  readonly times: number;
  /** … which counts as at least this, kW. */
  readonly leastKw: number;
  /** What goes on for so many days is the load. */
  readonly acceptDays: number;
};

const WEEK_MS = 7 * DAY_MS;
const WEEKS = 5;
/** Less says nothing of what is high. */
const LEAST_DAYS = 3;
/** Registers count in steps: over less time than this a step of one is no load. */
const STEP_MS = 5 * 60_000;

export function newScale(atMs: number): Scale {
  return { fromMs: atMs, weeks: [] };
}

/** The highest load of the newest weeks, kW. */
export function highestKw({ weeks }: Scale): number {
  let highest = 0;
  for (let at = 1; at < weeks.length; at += 2) highest = Math.max(highest, weeks[at] ?? 0);
  return highest;
}

/**
 * Is a load, kW in or out, the newest of its meter, out of all scale: a wrong unit, ratio or decimal point rather than something that
 * somebody has switched on? What is not is remembered.
 */
export function isOutOfScale(scale: Scale, atMs: number, kw: number, limits: ScaleLimits): boolean {
  const size = Math.abs(kw);
  const isKnown = atMs - scale.fromMs >= LEAST_DAYS * DAY_MS && scale.weeks.length > 0;
  if (isKnown && size > limits.times * Math.max(highestKw(scale), limits.leastKw)) {
    scale.outSinceMs ??= atMs;
    if (atMs - scale.outSinceMs < limits.acceptDays * DAY_MS) return true;
    Object.assign(scale, newScale(atMs));
  }
  delete scale.outSinceMs;
  const { weeks } = scale;
  const weekMs = Math.floor(atMs / WEEK_MS) * WEEK_MS;
  if (weeks.at(-2) !== weekMs) scale.weeks = [...weeks, weekMs, size].slice(-2 * WEEKS);
  else if (size > (weeks.at(-1) ?? 0)) weeks[weeks.length - 1] = size;
  return false;
}

/** Mean power between two readings of a register, kW. */
export function powerOfStep(stepWh: number, elapsedMs: number): number {
  return (stepWh / Math.max(elapsedMs, STEP_MS)) * 3600;
}
