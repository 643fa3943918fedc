import { HOUR_MS } from '../../domain/interval.ts';
import { type Battery, keptShare, powerRange, type StorageSite, storedAfter } from './battery.ts';
import type { StoragePlan } from './foresight.ts';

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
 * connection's limits where both leave room for them.
 */
export function simulate(
  site: StorageSite,
  { fromMs, stepMs, netKw }: NetLoad,
  policy: Policy,
  onStep: (step: number) => void = () => undefined,
): StoragePlan {
  const hours = stepMs / HOUR_MS;
  const powerKw = new Float64Array(netKw.length);
  const storedKwh = new Float64Array(netKw.length);
  const { battery } = site;
  const leastKwh = contentForEnd(battery, netKw.length, hours);
  let stored = battery.initialKwh;
  for (let t = 0; t < netKw.length; t += 1) {
    const atMs = fromMs + t * stepMs;
    const net = netKw[t] ?? Number.NaN;
    let power = Number.isFinite(net) ? policy.powerFor(atMs, stored, net) : 0;
    const { minKw, maxKw } = powerRange(battery, stored, hours);
    if (Number.isFinite(net)) {
      power = Math.min(
        Math.max(power, -site.exportLimitKw - net),
        Math.max(site.importLimitKw - net, -battery.dischargeKw),
      );
      const missing = (leastKwh[t] ?? 0) - stored * keptShare(battery, hours);
      const share = missing > 0 ? 1 / battery.chargeEfficiency : battery.dischargeEfficiency;
      power = Math.max(power, (missing * share) / hours);
    }
    power = Math.min(Math.max(power, minKw), maxKw);
    stored = storedAfter(battery, stored, power, hours);
    powerKw[t] = power;
    storedKwh[t] = stored;
    policy.end(atMs, net, net + power);
    onStep(t);
  }
  return { powerKw, storedKwh };
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
