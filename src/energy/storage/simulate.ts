import { HOUR_MS } from '../../domain/interval.ts';
import type { StorageSite } from './battery.ts';
import { batteryCourse } from './battery-course.ts';
import type { StoragePlan } from './foresight.ts';
import type { Stays, StepRange } from './stays.ts';

/** Decides what a battery does, step by step, from the past alone. */
export type Policy = {
  /** A step of the past, before there was a battery. */
  readonly learn: (fromMs: number, netKw: number) => void;
  /**
   * The battery's power (kW, positive charges) in a step in which the net load turns out to be `netKw`: what an inverter that
   * follows a grid set-point does within the step. It must depend on nothing later.
   */
  readonly powerFor: (fromMs: number, storedKwh: number, netKw: number) => number;
  /** A step is over: what the net load was, and what came from the grid. */
  readonly end: (fromMs: number, netKw: number, gridKw: number) => void;
};

/** Equal steps of a net load, kW; NaN is missing, and then the battery rests. */
export type NetLoad = { readonly fromMs: number; readonly stepMs: number; readonly netKw: Float64Array };

/**
 * Runs a policy over a net load. The store's limits hold always, the final content where it can be reached, and the
 * connection's limits where both leave room for them. While no store is there nothing is stored.
 */
export function simulate(
  stays: Stays,
  { fromMs, stepMs, netKw }: NetLoad,
  policy: Policy,
  onStep: (step: number) => void = () => undefined,
): StoragePlan {
  const powerKw = new Float64Array(netKw.length);
  const storedKwh = new Float64Array(netKw.length);
  const course =
    stays.course?.(stepMs / HOUR_MS) ??
    batteryCourse(stays, { stepMs, endMs: fromMs + netKw.length * stepMs });
  for (let t = 0; t < netKw.length; t += 1) {
    const atMs = fromMs + t * stepMs;
    const net = netKw[t] ?? Number.NaN;
    const range = course.enter(atMs);
    const asked = range && Number.isFinite(net) ? policy.powerFor(atMs, range.storedKwh, net) : 0;
    const site = stays.at(atMs)?.site;
    const power = range && site ? allowed(range, site, { asked, net }) : 0;
    powerKw[t] = power;
    storedKwh[t] = range ? course.take(power) : 0;
    policy.end(atMs, net, net + power);
    onStep(t);
  }
  return { powerKw, storedKwh };
}

/** The power that is asked for as far as limits and the final content allow it; NaN is a load that is not known. */
function allowed(
  { minKw, maxKw, mustKw }: StepRange,
  { importLimitKw, exportLimitKw }: Pick<StorageSite, 'importLimitKw' | 'exportLimitKw'>,
  { asked, net }: { readonly asked: number; readonly net: number },
): number {
  let power = asked;
  if (Number.isFinite(net)) {
    power = Math.min(Math.max(power, -exportLimitKw - net), importLimitKw - net);
    power = Math.max(power, mustKw);
  }
  return Math.min(Math.max(power, minKw), maxKw);
}
