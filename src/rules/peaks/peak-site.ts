import { z } from 'zod';
import { type Carrier, HOUR_MS } from '../../domain/interval.ts';
import type { PlacedPoint, Reading } from '../../domain/reading.ts';
import { mainRoles } from '../../domain/register.ts';
import type { MeanOf } from '../../energy/guard/guarded.ts';
import {
  type Counting,
  countedPart,
  energyBetween,
  type Holds,
  loadOf,
  meanKw,
  type Source,
} from '../../energy/loads/intervals.ts';
import { forgetAfter, forgetBefore, insertSample } from '../../energy/loads/samples.ts';
import {
  isOut,
  isOutOfScale,
  newScale,
  powerBetween,
  type ScaleLimits,
  scaleSchema,
} from '../../energy/loads/scale.ts';
import type { Span } from '../../energy/tariffs/power-price.ts';

const samplesSchema = z.object({ atMs: z.array(z.number()), values: z.array(z.number()) });
const meterSchema = z.object({
  power: samplesSchema,
  register: samplesSchema,
  /**
   * Mean power of each of the newest clock hours, as start, kW, start, kW …: what a silent meter is taken to draw. Before December
   * 2026 an array an hour.
   */
  hours: z.union([
    z.array(z.number()),
    z.array(z.tuple([z.number(), z.number()])).transform((hours) => hours.flat()),
  ]),
  /** Of the power, and of what the register counts. */
  scales: z.object({ power: scaleSchema, register: scaleSchema }).exactOptional(),
});

/** The main meters of a building, and what they said of the newest hours. Plain JSON. */
export const siteSchema = z.object({ meters: z.record(z.string(), meterSchema) });
export type Site = z.infer<typeof siteSchema>;
type SiteMeter = z.infer<typeof meterSchema>;

export type Projection = {
  /** Energy from the window's start until now, what is unknown taken to be high, kWh. */
  readonly energyKwh: number;
  /** Mean power of the whole window if it goes on like this, kW. */
  readonly projectedKw: number;
  /** What the rest of the window is taken to go on with, kW; undefined when it is not known of a meter. */
  readonly paceKw: number | undefined;
  /** Part of the time so far that is known, 0..1. */
  readonly coverage: number;
};

const REMEMBERED_HOURS = 24;

/** When a meter of the site counts, by its key. */
export type CountingOf = (key: string) => Counting;
const always: CountingOf = () => ({});

/** Does a main meter say it of that load? */
export function isMainLoad(
  { role, quantity }: Pick<PlacedPoint, 'role' | 'quantity'>,
  carrier: Carrier | undefined,
): boolean {
  return carrier !== undefined && loadOf(quantity)?.carrier === carrier && role === mainRoles[carrier];
}

export type Keeping = {
  /** What is older than the newest of its meter by this is of no use. */
  readonly keptMs: number;
  /** A load beyond this is a wrong reading. */
  readonly scale: ScaleLimits;
};

/** Keeps a reading of a load among the newest; false for what is too old to matter, or out of all scale. */
export function addReading(site: Site, { point, atMs, value }: Reading, { keptMs, scale }: Keeping): boolean {
  const load = loadOf(point.quantity);
  if (load === undefined) return false;
  const key = `${point.device}|${point.channel ?? ''}`;
  let meter = site.meters[key];
  if (meter === undefined) {
    meter = { power: { atMs: [], values: [] }, register: { atMs: [], values: [] }, hours: [] };
    site.meters[key] = meter;
  }
  const samples = meter[load.source];
  const newestMs = samples.atMs.at(-1) ?? Number.NEGATIVE_INFINITY;
  if (atMs < newestMs - keptMs) return false;
  if (atMs > newestMs && isDoubted(meter, load.source, { atMs, value }, scale)) return false;
  insertSample(samples, atMs, value);
  if (atMs > newestMs) forgetBefore(samples, atMs - keptMs);
  return true;
}

/** Is a reading out of all scale, or what the meter says otherwise? Its power may be as much as it can say, and no more, of a register that races. */
function isDoubted(
  meter: SiteMeter,
  source: Source,
  { atMs, value }: Pick<Reading, 'atMs' | 'value'>,
  limits: ScaleLimits,
): boolean {
  meter.scales ??= { power: newScale(), register: newScale() };
  const { scales } = meter;
  const other: Source = source === 'power' ? 'register' : 'power';
  const [wasOut, isOther] = [isOut(scales[source], atMs, limits), isOut(scales[other], atMs, limits)];
  // What is doubted for the other's sake is none to know loads by.
  if (isOther && !wasOut) return true;
  const kw = source === 'power' ? value / 1000 : powerSince(meter.register, { atMs, value });
  const isOwn = kw !== undefined && isOutOfScale(scales[source], atMs, kw, limits);
  // What was said otherwise since this was right last is as doubtful.
  if (isOwn && !wasOut) forgetAfter(meter[other], meter[source].atMs.at(-1) ?? atMs);
  // What a register has counted since cannot be known; it goes on from here.
  if (isOwn && source === 'register') meter.register = { atMs: [atMs], values: [value] };
  return isOwn || isOther;
}

/** What a register has counted since its newest sample, as a mean power, kW; undefined: nobody can say. */
function powerSince({ atMs, values }: SiteMeter['register'], now: Pick<Reading, 'atMs' | 'value'>) {
  const [beforeMs, before] = [atMs.at(-1), values.at(-1)];
  return beforeMs === undefined || before === undefined
    ? undefined
    : powerBetween({ atMs: beforeMs, value: before }, now);
}

/** Mean power of a span, summed over the meters, kW, how much of their time is known, and whether each said anything of it. */
export function meanBetween(
  site: Site,
  span: Span,
  holds: Holds,
  countingOf: CountingOf = always,
): ReturnType<MeanOf> {
  let [kw, knownMs, countedMs] = [0, 0, 0];
  let isOfAll = true;
  for (const [key, meter] of Object.entries(site.meters)) {
    const { fromMs, toMs } = countedPart(countingOf(key), span.fromMs, span.toMs);
    if (toMs <= fromMs) continue;
    const known = energyBetween(meter, fromMs, toMs, holds);
    const mean = meanKw(known);
    countedMs += toMs - fromMs;
    knownMs += known.knownMs;
    kw += ((mean ?? 0) * (toMs - fromMs)) / (span.toMs - span.fromMs);
    if (mean === undefined) isOfAll = false;
    else remember(meter, span.fromMs, mean);
  }
  return { kw, coverage: countedMs === 0 ? 0 : knownMs / countedMs, isOfAll };
}

/**
 * Mean power of the running window if it goes on like its newest minutes. What is not known, of the time so far as of
 * the newest minutes, is what {@link assumedKw} says: unknown is never idle. Undefined when no meter has said anything for a day.
 */
export function projectWindow(
  site: Site,
  { fromMs, toMs }: Span,
  atMs: number,
  {
    holds,
    paceMs,
    countingOf = always,
  }: { readonly holds: Holds; readonly paceMs: number; readonly countingOf?: CountingOf },
): Projection | undefined {
  let soFarKwh = 0;
  let restKwh = 0;
  let knownMs = 0;
  let countedMs = 0;
  let count = 0;
  let isPaced = true;
  for (const key in site.meters) {
    const meter = site.meters[key];
    if (meter === undefined) continue;
    const counting = countingOf(key);
    const whole = countedPart(counting, fromMs, toMs);
    if (whole.toMs <= whole.fromMs) continue;
    const past = countedPart(counting, fromMs, atMs);
    const newest = countedPart(counting, atMs - paceMs, atMs);
    const pastMs = Math.max(past.toMs - past.fromMs, 0);
    const soFar = energyBetween(meter, past.fromMs, past.toMs, holds);
    const pace = energyBetween(meter, newest.fromMs, newest.toMs, holds);
    const unknownKw = assumedKw(meter, atMs, meanKw(soFar));
    if (unknownKw === undefined) continue;
    const isPaceKnown = pace.knownMs * 2 >= newest.toMs - newest.fromMs;
    isPaced &&= isPaceKnown || isInRhythm(meter, atMs);
    const paceKw = (isPaceKnown ? meanKw(pace) : undefined) ?? unknownKw;
    soFarKwh += soFar.energyWh / 1000 + (unknownKw * (pastMs - soFar.knownMs)) / HOUR_MS;
    restKwh += (paceKw * Math.max(whole.toMs - Math.max(atMs, whole.fromMs), 0)) / HOUR_MS;
    knownMs += soFar.knownMs;
    countedMs += pastMs;
    count += 1;
  }
  if (count === 0) return undefined;
  const restHours = (toMs - atMs) / HOUR_MS;
  return {
    energyKwh: soFarKwh,
    paceKw: isPaced && restHours > 0 ? restKwh / restHours : undefined,
    projectedKw: ((soFarKwh + restKwh) * HOUR_MS) / (toMs - fromMs),
    coverage: countedMs === 0 ? 1 : knownMs / countedMs,
  };
}

function remember(meter: SiteMeter, fromMs: number, kw: number): void {
  const { hours } = meter;
  for (let at = 0; at < hours.length; at += 2) {
    if (hours[at] !== fromMs) continue;
    hours[at + 1] = kw;
    return;
  }
  // A new array each hour, with no room to grow: one that numbers are put into keeps half as much again.
  meter.hours = [...hours, fromMs, kw].slice(-2 * REMEMBERED_HOURS);
}

/**
 * What a meter draws while it says nothing. Until it is silent for longer than it usually is, it goes on as in its newest time; then
 * nobody knows, and it counts as the highest of its last day.
 */
function assumedKw(meter: SiteMeter, atMs: number, now: number | undefined): number | undefined {
  const { hours } = meter;
  const oldestMs = atMs - REMEMBERED_HOURS * HOUR_MS;
  let newestMs = Number.NEGATIVE_INFINITY;
  let newest = now;
  let highest = now;
  for (let at = 0; at < hours.length; at += 2) {
    const start = hours[at] ?? 0;
    if (start < oldestMs) continue;
    const kw = hours[at + 1] ?? 0;
    if (highest === undefined || kw > highest) highest = kw;
    if (start <= newestMs) continue;
    newestMs = start;
    newest = now ?? kw;
  }
  return isInRhythm(meter, atMs) ? newest : highest;
}

/** A pause that is longer by this is none of the usual ones. */
const LONGER = 1.25;

function isInRhythm({ power, register }: SiteMeter, atMs: number): boolean {
  return isSoonAfter(power.atMs, atMs) || isSoonAfter(register.atMs, atMs);
}

function isSoonAfter(times: readonly number[], atMs: number): boolean {
  const [before, last, newest] = [times.at(-3), times.at(-2), times.at(-1)];
  if (before === undefined || last === undefined || newest === undefined) return false;
  return atMs - newest <= LONGER * Math.max(newest - last, last - before);
}
