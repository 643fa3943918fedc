import { HOUR_MS } from '../../domain/interval.ts';
import { type Battery, keptShare, powerRange, type StorageSite, storedAfter } from './battery.ts';
import type { StoragePlan } from './foresight.ts';
import { type Stay, type Stays, siteAt } from './stays.ts';

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
 * Runs a policy over a net load. The battery's limits hold always, the final content where it can be reached, and the
 * connection's limits where both leave room for them. While no store is there nothing is stored.
 */
export function simulate(
  stays: Stays,
  { fromMs, stepMs, netKw }: NetLoad,
  policy: Policy,
  onStep: (step: number) => void = () => undefined,
): StoragePlan {
  const hours = stepMs / HOUR_MS;
  const powerKw = new Float64Array(netKw.length);
  const storedKwh = new Float64Array(netKw.length);
  let stay: Stay | undefined;
  let [stored, firstStep] = [0, 0];
  let leastKwh: ArrayLike<number> = [];
  for (let t = 0; t < netKw.length; t += 1) {
    const atMs = fromMs + t * stepMs;
    const net = netKw[t] ?? Number.NaN;
    const now = stays.at(atMs);
    if (now !== stay) {
      [stay, stored, firstStep] = [now, now?.site.battery.initialKwh ?? 0, t];
      const steps = now ? Math.min(Math.round((now.toMs - atMs) / stepMs), netKw.length - t) : 0;
      leastKwh = now ? contentForEnd(now.site.battery, steps, hours) : [];
    }
    const asked = now && Number.isFinite(net) ? policy.powerFor(atMs, stored, net) : 0;
    const site = siteAt(stays, atMs);
    const power = site
      ? allowed(site, { asked, stored, net, hours, leastKwh: leastKwh[t - firstStep] ?? 0 })
      : 0;
    if (site) stored = storedAfter(site.battery, stored, power, hours);
    powerKw[t] = power;
    storedKwh[t] = stored;
    policy.end(atMs, net, net + power);
    onStep(t);
  }
  return { powerKw, storedKwh };
}

/** The power that is asked for as far as limits and the final content allow it; NaN is a load that is not known. */
function allowed(
  { battery, importLimitKw, exportLimitKw }: StorageSite,
  step: {
    readonly asked: number;
    readonly stored: number;
    readonly net: number;
    readonly hours: number;
    readonly leastKwh: number;
  },
): number {
  const { stored, net, hours, leastKwh } = step;
  const { minKw, maxKw } = powerRange(battery, stored, hours);
  let power = step.asked;
  if (Number.isFinite(net)) {
    power = Math.min(
      Math.max(power, -exportLimitKw - net),
      Math.max(importLimitKw - net, -battery.dischargeKw),
    );
    const missing = leastKwh - stored * keptShare(battery, hours);
    const share = missing > 0 ? 1 / battery.chargeEfficiency : battery.dischargeEfficiency;
    power = Math.max(power, (missing * share) / hours);
  }
  return Math.min(Math.max(power, minKw), maxKw);
}

/** What must be stored after each step, so that charging at full power from then on still reaches the final content, kWh. */
function contentForEnd(battery: Battery, steps: number, hours: number): Float64Array {
  const least = new Float64Array(steps);
  const perStep = battery.chargeKw * battery.chargeEfficiency * hours;
  const kept = keptShare(battery, hours);
  let needed = battery.finalKwh;
  for (let t = steps - 1; t >= 0 && needed > 0; t -= 1) {
    least[t] = needed;
    needed = (needed - perStep) / kept;
  }
  return least;
}
