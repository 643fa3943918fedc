import { HOUR_MS } from '../../domain/interval.ts';
import { keptShare, type StorageSite } from './battery.ts';
import { addCars } from './foresight-cars.ts';
import { createProgram, type LinearProgram, type LinearSolver } from './linear-program.ts';
import type { CandidateWindow, PeakTerm } from './peak-term.ts';
import { type Car, type Stay, type Stays, siteAt } from './stays.ts';

/** What happens, step by step; all arrays are of one length. */
export type StorageCourse = {
  readonly fromMs: number;
  /** Length of a step, h. */
  readonly hours: number;
  /** Load less own generation, kW. */
  readonly netKw: ArrayLike<number>;
  /** Price of a kWh that is bought, and of one that is sold. */
  readonly buy: ArrayLike<number>;
  readonly sell: ArrayLike<number>;
};

export type StoragePlan = {
  /** Power at the battery's terminals, kW; positive charges. */
  readonly powerKw: Float64Array;
  /** Stored at the end of each step, kWh. */
  readonly storedKwh: Float64Array;
};

/** So far above every price that limits give way only where they must. */
const VIOLATION_FACTOR = 1000;

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
    const { program, columns } = foresightProgram(places, course, { terms, exclusive, cars: stays.cars });
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

const columnsPerStep = 7;
/** The columns of a step. */
const columns = {
  charge: (t: number) => t * columnsPerStep,
  discharge: (t: number) => t * columnsPerStep + 1,
  stored: (t: number) => t * columnsPerStep + 2,
  bought: (t: number) => t * columnsPerStep + 3,
  sold: (t: number) => t * columnsPerStep + 4,
  boughtOver: (t: number) => t * columnsPerStep + 5,
  soldOver: (t: number) => t * columnsPerStep + 6,
};

/** A step: whose stay it is in, and the site with the limits of the step. */
type Place = { readonly stay: Stay | undefined; readonly site: StorageSite };

function foresightProgram(
  places: readonly Place[],
  { fromMs, hours, netKw: loads, buy, sell }: StorageCourse,
  {
    terms,
    exclusive,
    cars,
  }: {
    readonly terms: readonly PeakTerm[];
    readonly exclusive: ReadonlySet<number>;
    readonly cars: readonly Car[] | undefined;
  },
): { readonly program: LinearProgram; readonly columns: typeof columns } {
  const builder = createProgram();
  const steps = loads.length;
  // Where the load is missing nothing is bought, and the battery rests.
  const isKnown = Array.from({ length: steps }, (_, t) => Number.isFinite(loads[t]));
  const netKw = Float64Array.from(loads, (kw) => (Number.isFinite(kw) ? kw : 0));
  let dearest = 1;
  for (let t = 0; t < steps; t += 1)
    dearest = Math.max(dearest, Math.abs(buy[t] ?? 0), Math.abs(sell[t] ?? 0));
  const siteIn = (t: number): StorageSite => places[t]?.site ?? NOTHING;
  for (let t = 0; t < steps; t += 1) {
    const { battery, importLimitKw, exportLimitKw } = siteIn(t);
    const isLast = places[t]?.stay !== places[t + 1]?.stay || t === steps - 1;
    const net = netKw[t] ?? 0;
    const mostBought = Math.max(net + battery.chargeKw, 0);
    const mostSold = Math.max(battery.dischargeKw - net, 0);
    builder.column(0, 0, isKnown[t] ? battery.chargeKw : 0);
    builder.column(0, 0, isKnown[t] ? battery.dischargeKw : 0);
    builder.column(0, isLast && !cars ? battery.finalKwh : 0, cars ? 0 : battery.capacityKwh);
    builder.column((buy[t] ?? 0) * hours, 0, mostBought);
    builder.column(-(sell[t] ?? 0) * hours, 0, mostSold);
    const over = dearest * VIOLATION_FACTOR * hours;
    builder.column(over, 0, importLimitKw < mostBought ? mostBought : 0);
    builder.column(over, 0, exportLimitKw < mostSold ? mostSold : 0);
  }
  for (let t = 0; t < steps; t += 1) {
    const { battery, importLimitKw, exportLimitKw } = siteIn(t);
    const kept = keptShare(battery, hours);
    const isFirst = places[t]?.stay !== places[t - 1]?.stay || t === 0;
    const net = netKw[t] ?? 0;
    builder.row(net, net, [
      [columns.bought(t), 1],
      [columns.sold(t), -1],
      [columns.charge(t), -1],
      [columns.discharge(t), 1],
    ]);
    const start = isFirst ? battery.initialKwh * kept : 0;
    if (!cars) {
      builder.row(start, start, [
        [columns.stored(t), 1],
        ...(isFirst ? [] : [[columns.stored(t - 1), -kept] as const]),
        [columns.charge(t), -battery.chargeEfficiency * hours],
        [columns.discharge(t), hours / battery.dischargeEfficiency],
      ]);
    }
    if (importLimitKw < net + battery.chargeKw) {
      builder.row(Number.NEGATIVE_INFINITY, importLimitKw, [
        [columns.bought(t), 1],
        [columns.boughtOver(t), -1],
      ]);
    }
    if (exportLimitKw < battery.dischargeKw - net) {
      builder.row(Number.NEGATIVE_INFINITY, exportLimitKw, [
        [columns.sold(t), 1],
        [columns.soldOver(t), -1],
      ]);
    }
    if (exclusive.has(t)) {
      const charges = builder.column(0, 0, 1, true);
      const buys = builder.column(0, 0, 1, true);
      builder.row(Number.NEGATIVE_INFINITY, 0, [
        [columns.charge(t), 1],
        [charges, -battery.chargeKw],
      ]);
      builder.row(Number.NEGATIVE_INFINITY, battery.dischargeKw, [
        [columns.discharge(t), 1],
        [charges, battery.dischargeKw],
      ]);
      const most = Math.max(net + battery.chargeKw, 0);
      const mostSold = Math.max(battery.dischargeKw - net, 0);
      builder.row(Number.NEGATIVE_INFINITY, 0, [
        [columns.bought(t), 1],
        [buys, -most],
      ]);
      builder.row(Number.NEGATIVE_INFINITY, mostSold, [
        [columns.sold(t), 1],
        [buys, mostSold],
      ]);
    }
  }
  if (cars) addCars(builder, cars, { fromMs, hours, steps, chargeColumn: columns.charge });
  for (const term of terms)
    addTerm(builder, term, isKnown, (t) => Math.max((netKw[t] ?? 0) + siteIn(t).battery.chargeKw, 0));
  return { program: builder.program, columns };
}

function addTerm(
  builder: ReturnType<typeof createProgram>,
  { peaks, groups, cost }: PeakTerm,
  isKnown: readonly boolean[],
  mostKw: (step: number) => number,
): void {
  if (groups.length === 0) return;
  const infinite = Number.POSITIVE_INFINITY;
  const isFree = cost.kind === 'linear' && cost.freeKw > 0;
  const perKw = cost.kind === 'linear' && !isFree ? cost.pricePerKw : 0;
  // billed = level + Σ over / N
  const level = builder.column(perKw, 0, infinite);
  const billed: (readonly [number, number])[] = [[level, 1]];
  for (const { windows } of groups) {
    const times = Math.min(windows[0]?.times ?? 1, peaks);
    const excess = peaks === 1 ? undefined : builder.column((perKw * times) / peaks, 0, infinite);
    if (excess !== undefined) billed.push([excess, times / peaks]);
    for (const window of windows) {
      let count = 0;
      for (let t = window.firstStep; t < window.endStep; t += 1) if (isKnown[t]) count += 1;
      const share = 1 / Math.max(count, 1);
      for (const { slope, offsetKw } of window.pieces) {
        const entries: (readonly [number, number])[] = [[level, -1]];
        if (excess !== undefined) entries.push([excess, -1]);
        for (let t = window.firstStep; t < window.endStep; t += 1) {
          if (slope !== 0 && isKnown[t]) entries.push([columns.bought(t), slope * share]);
        }
        builder.row(-infinite, -offsetKw, entries);
      }
    }
  }
  if (cost.kind === 'linear' && !isFree) return;
  const highest = Math.max(
    0,
    ...groups.flatMap(({ windows }) => windows.map((window) => mostOf(window, mostKw))),
  );
  if (cost.kind === 'linear') {
    const { pricePerKw, freeKw, bandKw } = cost;
    const paid = builder.column(pricePerKw, 0, infinite);
    const bandTop = freeKw + bandKw;
    if (bandKw === 0 || highest <= bandTop) {
      builder.row(-infinite, bandTop, [...billed, [paid, -1]]);
      return;
    }
    const isPassed = builder.column(0, 0, 1, true);
    builder.row(-infinite, bandTop, [...billed, [isPassed, bandTop - highest]]);
    builder.row(-infinite, bandTop, [...billed, [paid, -1], [isPassed, bandKw]]);
    return;
  }
  const choices = cost.steps.map((step) => ({
    upToKw: Math.min(step.upToKw, highest),
    column: builder.column(step.price, 0, 1, true),
  }));
  builder.row(
    1,
    1,
    choices.map(({ column }) => [column, 1] as const),
  );
  builder.row(-infinite, 0, [...billed, ...choices.map(({ column, upToKw }) => [column, -upToKw] as const)]);
}

function mostOf({ firstStep, endStep, pieces }: CandidateWindow, mostKw: (step: number) => number): number {
  let most = 0;
  for (let t = firstStep; t < endStep; t += 1) most = Math.max(most, mostKw(t));
  return Math.max(0, ...pieces.map(({ slope, offsetKw }) => slope * most + offsetKw));
}
