import { z } from 'zod';
import { HOUR_MS } from '../domain/interval.ts';
import type { Reading } from '../domain/reading.ts';
import { energyBetween, type Holds, meanKw, meterOf } from '../energy/intervals.ts';
import type { Span } from '../energy/power-price.ts';
import { forgetBefore, insertSample } from '../energy/samples.ts';

const samplesSchema = z.object({ atMs: z.array(z.number()), values: z.array(z.number()) });
const meterSchema = z.object({
  power: samplesSchema,
  register: samplesSchema,
  /** Highest mean power of each of the newest clock hours, [start, kW]: what a silent meter is taken to draw. */
  hours: z.array(z.tuple([z.number(), z.number()])),
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
  /** Part of the time so far that is known, 0..1. */
  readonly coverage: number;
};

const REMEMBERED_HOURS = 24;

/** Keeps a reading among the newest; false for what is no electrical load, or too old to matter. */
export function addReading(site: Site, { point, atMs, value }: Reading, keptMs: number): boolean {
  const found = meterOf(point);
  if (found?.meter.carrier !== 'electricity') return false;
  const key = `${point.device}|${point.channel ?? ''}`;
  let meter = site.meters[key];
  if (meter === undefined) {
    meter = { power: { atMs: [], values: [] }, register: { atMs: [], values: [] }, hours: [] };
    site.meters[key] = meter;
  }
  const samples = meter[found.source];
  const newestMs = samples.atMs.at(-1) ?? Number.NEGATIVE_INFINITY;
  if (atMs < newestMs - keptMs) return false;
  insertSample(samples, atMs, value);
  if (atMs > newestMs) forgetBefore(samples, atMs - keptMs);
  return true;
}

/** Mean power of a span, summed over the meters, kW, and how much of their time is known. */
export function meanBetween(
  site: Site,
  span: Span,
  holds: Holds,
): { readonly kw: number; readonly coverage: number } {
  let [kw, knownMs, count] = [0, 0, 0];
  for (const meter of Object.values(site.meters)) {
    const known = energyBetween(meter, span.fromMs, span.toMs, holds);
    const mean = meanKw(known);
    count += 1;
    knownMs += known.knownMs;
    kw += mean ?? 0;
    if (mean !== undefined) remember(meter, span.fromMs, mean);
  }
  return { kw, coverage: count === 0 ? 0 : knownMs / (count * (span.toMs - span.fromMs)) };
}

/**
 * Mean power of the running window if it goes on like its newest minutes. What is not known, of the time so far as of
 * the newest minutes, counts as the highest of the meter's last day: unknown is never idle. Undefined when no meter has
 * said anything for a day.
 */
export function projectWindow(
  site: Site,
  { fromMs, toMs }: Span,
  atMs: number,
  { holds, paceMs }: { readonly holds: Holds; readonly paceMs: number },
): Projection | undefined {
  let [soFarKwh, restKwh, knownMs, count] = [0, 0, 0, 0];
  for (const meter of Object.values(site.meters)) {
    const soFar = energyBetween(meter, fromMs, atMs, holds);
    const pace = energyBetween(meter, atMs - paceMs, atMs, holds);
    const highKw = assumedKw(meter, atMs, meanKw(soFar));
    if (highKw === undefined) continue;
    const paceKw = (pace.knownMs * 2 >= paceMs ? meanKw(pace) : undefined) ?? highKw;
    soFarKwh += soFar.energyWh / 1000 + (highKw * (atMs - fromMs - soFar.knownMs)) / HOUR_MS;
    restKwh += (paceKw * (toMs - atMs)) / HOUR_MS;
    knownMs += soFar.knownMs;
    count += 1;
  }
  if (count === 0) return undefined;
  return {
    energyKwh: soFarKwh,
    projectedKw: ((soFarKwh + restKwh) * HOUR_MS) / (toMs - fromMs),
    coverage: atMs === fromMs ? 1 : knownMs / (count * (atMs - fromMs)),
  };
}

function remember({ hours }: SiteMeter, fromMs: number, kw: number): void {
  const known = hours.find(([start]) => start === fromMs);
  if (known) known[1] = kw;
  else hours.push([fromMs, kw]);
  while (hours.length > REMEMBERED_HOURS) hours.shift();
}

function assumedKw({ hours }: SiteMeter, atMs: number, now: number | undefined): number | undefined {
  let high = now;
  for (const [start, kw] of hours) {
    if (start >= atMs - REMEMBERED_HOURS * HOUR_MS) high = Math.max(high ?? kw, kw);
  }
  return high;
}
