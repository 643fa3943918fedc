import { z } from 'zod';
import { type Carrier, DAY_MS } from '../../domain/interval.ts';
import type { Load } from './load-file.ts';
import { registerStep } from './samples.ts';

/**
 * What loads a meter has told of so far, so that one out of all scale is known from one that is high: when the first reading came, since
 * when all have been out of scale, and of each of the newest weeks its start and its highest load, kW. 0: none. Plain numbers.
 */
export type Scale = number[] | Float64Array;

export type ScaleLimits = {
  /** A load is out of scale beyond so many times the highest one of the newest weeks, … */
  readonly times: number;
  /** … which counts as at least this, kW. */
  readonly leastKw: number;
  /** What goes on for so many days is the load. */
  readonly acceptDays: number;
};

/** Of electricity: at least 100 kW, which nobody switches on in a small house. Of heat: a boiler that has stood still all summer takes much more than ever before on the first cold day. */
export const scaleLimits: Readonly<Record<Carrier, ScaleLimits>> = {
  electricity: { times: 10, leastKw: 10, acceptDays: 28 },
  heat: { times: 100, leastKw: 5, acceptDays: 28 },
};

/** Where nobody says of what a load is. */
export const anyScale: ScaleLimits = { times: 50, leastKw: 5, acceptDays: 28 };

const [FIRST, OUT_SINCE, WEEKS] = [0, 1, 2];
const COUNT = 5;
export const SCALE_LENGTH = WEEKS + 2 * COUNT;
export const scaleSchema = z.array(z.number()).length(SCALE_LENGTH);

const WEEK_MS = 7 * DAY_MS;
/** Less says nothing of what is high. */
const LEAST_DAYS = 3;
/** Registers count in steps: over less time than this a step of one is no load. */
const STEP_MS = 5 * 60_000;

export function newScale(): number[] {
  return new Array<number>(SCALE_LENGTH).fill(0);
}

/** The highest load of the newest weeks, kW. */
export function highestKw(scale: Scale): number {
  let highest = 0;
  for (let at = WEEKS + 1; at < SCALE_LENGTH; at += 2) highest = Math.max(highest, scale[at] ?? 0);
  return highest;
}

/**
 * Is a load, kW in or out, the newest of its meter, out of all scale: a wrong unit, ratio or decimal point rather than something that
 * somebody has switched on? What is not is remembered.
 */
export function isOutOfScale(scale: Scale, atMs: number, kw: number, limits: ScaleLimits): boolean {
  const size = Math.abs(kw);
  const [first = 0, outSince = 0] = scale;
  const isKnown = first > 0 && atMs - first >= LEAST_DAYS * DAY_MS;
  if (isKnown && size > limits.times * Math.max(highestKw(scale), limits.leastKw)) {
    const sinceMs = outSince > 0 ? outSince : atMs;
    scale[OUT_SINCE] = sinceMs;
    if (atMs - sinceMs < limits.acceptDays * DAY_MS) return true;
    scale.fill(0);
  }
  scale[OUT_SINCE] = 0;
  if ((scale[FIRST] ?? 0) <= 0) scale[FIRST] = atMs;
  const week = Math.floor(atMs / WEEK_MS);
  const place = WEEKS + 2 * (week % COUNT);
  const isRunning = scale[place] === week * WEEK_MS;
  scale[place] = week * WEEK_MS;
  scale[place + 1] = isRunning ? Math.max(scale[place + 1] ?? 0, size) : size;
  return false;
}

/** Was the newest load out of scale? */
export function isOut(scale: Scale, atMs: number, { acceptDays }: Pick<ScaleLimits, 'acceptDays'>): boolean {
  const sinceMs = scale[OUT_SINCE] ?? 0;
  return sinceMs > 0 && atMs - sinceMs < acceptDays * DAY_MS;
}

/** Mean power between two readings of a register, kW. */
export function powerOfStep(stepWh: number, elapsedMs: number): number {
  return (stepWh / Math.max(elapsedMs, STEP_MS)) * 3600;
}

/** The same of what a register says; undefined: reset, exchanged, or further than any meter counts. */
export function powerBetween(
  before: { readonly atMs: number; readonly value: number },
  now: { readonly atMs: number; readonly value: number },
): number | undefined {
  const elapsedMs = now.atMs - before.atMs;
  const stepWh = registerStep(before.value, now.value, elapsedMs);
  return stepWh === undefined ? undefined : powerOfStep(stepWh, elapsedMs);
}

/** A load of which what is out of all scale is missing. */
export function believed(load: Load, limits: ScaleLimits): Load {
  const kw = load.kw.slice();
  for (const step of outOfScaleSteps(load, limits)) kw[step] = Number.NaN;
  return { ...load, kw };
}

/** Which steps of a load are out of all scale. */
export function outOfScaleSteps({ fromMs, spacingMs, kw }: Load, limits: ScaleLimits): readonly number[] {
  const scale = newScale();
  const steps: number[] = [];
  for (const [step, one] of kw.entries()) {
    if (!Number.isNaN(one) && isOutOfScale(scale, fromMs + step * spacingMs, one, limits)) steps.push(step);
  }
  return steps;
}
