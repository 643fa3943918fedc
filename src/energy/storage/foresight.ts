import { HOUR_MS } from '../../domain/interval.ts';
import type { StorageSite } from './battery.ts';
import { foresightProgram } from './foresight-program.ts';
import { stepColumns as columns, type StorageCourse } from './foresight-steps.ts';
import type { LinearSolver } from './linear-program.ts';
import type { PeakTerm } from './peak-term.ts';
import { type Stays, siteAt } from './stays.ts';

export type StoragePlan = {
  /** Power at the battery's terminals, kW; positive charges. */
  readonly powerKw: Float64Array;
  /** Stored at the end of each step, kWh. */
  readonly storedKwh: Float64Array;
};

/** While nothing is there. */
const NOTHING: StorageSite = {
  battery: {
    capacityKwh: 0,
    chargeKw: 0,
    dischargeKw: 0,
    chargeEfficiency: 1,
    dischargeEfficiency: 1,
    lossPerHour: 0,
    initialKwh: 0,
    finalKwh: 0,
  },
  importLimitKw: Number.POSITIVE_INFINITY,
  exportLimitKw: Number.POSITIVE_INFINITY,
};

/**
 * The cheapest use of a store by somebody who knows the future: one mixed-integer linear program over all steps and
 * billing periods. The mean of the N highest is its convex epigraph, N·t + Σ max(0, p − t) (Rockafellar & Uryasev 2000), a
 * stepped price a choice of one step. Charging and discharging in one step is forbidden by a whole number only where the
 * relaxation does it, which is exact: the relaxation's optimum then is a plan, and none is cheaper.
 */
export function planWithForesight(
  stays: Stays,
  course: StorageCourse,
  terms: readonly PeakTerm[],
  solve: LinearSolver,
): StoragePlan & { readonly isProven: boolean } {
  const timeOf = (t: number): number => course.fromMs + t * course.hours * HOUR_MS;
  const places = Array.from(course.netKw, (_, t) => ({
    stay: stays.at(timeOf(t)),
    site: siteAt(stays, timeOf(t)) ?? NOTHING,
  }));
  const exclusive = new Set<number>();
  for (;;) {
    const program = foresightProgram(places, course, { terms, exclusive, cars: stays.cars });
    const solution = solve(program);
    if (!solution.ok) throw new RangeError(`perfect foresight: ${solution.status}`);
    const known = exclusive.size;
    const steps = course.netKw.length;
    const powerKw = new Float64Array(steps);
    const storedKwh = new Float64Array(steps);
    for (let t = 0; t < steps; t += 1) {
      const charge = solution.x[columns.charge(t)] ?? 0;
      const discharge = solution.x[columns.discharge(t)] ?? 0;
      const bought = solution.x[columns.bought(t)] ?? 0;
      const sold = solution.x[columns.sold(t)] ?? 0;
      if (Math.min(charge, discharge) > 1e-6 || Math.min(bought, sold) > 1e-6) exclusive.add(t);
      powerKw[t] = charge - discharge;
      storedKwh[t] = solution.x[columns.stored(t)] ?? 0;
    }
    if (exclusive.size === known) return { powerKw, storedKwh, isProven: solution.isProven };
  }
}
