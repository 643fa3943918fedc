import type { StorageSite } from './battery.ts';
import { addCars } from './foresight-cars.ts';
import {
  addBalance,
  addColumns,
  addExclusion,
  addLimits,
  addStore,
  type ProgramStep,
  type StorageCourse,
  stepColumns,
} from './foresight-steps.ts';
import { addTerm } from './foresight-terms.ts';
import { createProgram, type LinearProgram } from './linear-program.ts';
import type { PeakTerm } from './peak-term.ts';
import type { Car, Stay } from './stays.ts';

/** So far above every price that limits give way only where they must. */
const VIOLATION_FACTOR = 1000;

/** A step: whose stay it is in, and the site with the limits of the step. */
export type Place = { readonly stay: Stay | undefined; readonly site: StorageSite };

/** The linear program of who knows the future: its columns are first those of the steps ({@link stepColumns}). */
export function foresightProgram(
  places: readonly Place[],
  course: StorageCourse,
  {
    terms,
    exclusive,
    cars,
  }: {
    readonly terms: readonly PeakTerm[];
    readonly exclusive: ReadonlySet<number>;
    readonly cars: readonly Car[] | undefined;
  },
): LinearProgram {
  const builder = createProgram();
  const { fromMs, hours } = course;
  const steps = stepsOf(places, course);
  const overPrice = VIOLATION_FACTOR * dearestOf(course);
  for (const step of steps) addColumns(builder, step, { course, overPrice, isOneStore: !cars });
  for (const step of steps) {
    addBalance(builder, step);
    if (!cars) addStore(builder, step, hours);
    addLimits(builder, step);
    if (exclusive.has(step.t)) addExclusion(builder, step);
  }
  if (cars) addCars(builder, cars, { fromMs, hours, steps: steps.length, chargeColumn: stepColumns.charge });
  for (const term of terms) addTerm(builder, term, steps);
  return builder.program;
}

function stepsOf(places: readonly Place[], { netKw: loads }: StorageCourse): readonly ProgramStep[] {
  return places.map(({ stay, site }, t) => {
    const isKnown = Number.isFinite(loads[t]);
    const netKw = isKnown ? (loads[t] ?? 0) : 0;
    return {
      t,
      site,
      isKnown,
      netKw,
      mostBoughtKw: Math.max(netKw + site.battery.chargeKw, 0),
      mostSoldKw: Math.max(site.battery.dischargeKw - netKw, 0),
      isFirst: t === 0 || stay !== places[t - 1]?.stay,
      isLast: t === places.length - 1 || stay !== places[t + 1]?.stay,
    };
  });
}

/** The highest price of the course, at least 1. */
function dearestOf({ netKw, buy, sell }: StorageCourse): number {
  let dearest = 1;
  for (let t = 0; t < netKw.length; t += 1)
    dearest = Math.max(dearest, Math.abs(buy[t] ?? 0), Math.abs(sell[t] ?? 0));
  return dearest;
}
