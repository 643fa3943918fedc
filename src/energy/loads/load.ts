import { HOUR_MS, type LoadQuarter, QUARTER_MS } from '../../domain/interval.ts';
import { zoneOf } from '../../domain/zone.ts';

export type Resolution = 'PT15M' | 'PT1H' | 'P1D';

/** One step of an aggregated load; missing is null, never 0. */
export type LoadStep = {
  readonly fromMs: number;
  readonly toMs: number;
  /** Mean power while known, summed over the meters, kW; quarters weigh by their coverage. */
  readonly powerKw: number | null;
  /** Energy that is known, kWh. */
  readonly energyKwh: number | null;
  /** Known part of all meters' time, 0..1. */
  readonly coverage: number;
  /** Meters of which something is known. */
  readonly meters: number;
};

/** Of a step that is forecast or planned by, so much must be known. */
const LEAST_COVERAGE = 0.9;

/** Mean power of a step for a forecast or plan, kW; NaN when too little of it is known: missing, never low. */
export function knownKw({ powerKw, coverage }: LoadStep): number {
  return powerKw !== null && coverage >= LEAST_COVERAGE ? powerKw : Number.NaN;
}

/** Groups quarters into every step that begins in [fromMs, toMs); P1D is the calendar day of the time zone. */
export function loadIntervals(options: {
  readonly quarters: readonly LoadQuarter[];
  /** How many meters there are in a quarter. */
  readonly metersInScope: (quarterMs: number) => number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly resolution: Resolution;
  readonly timeZone: string;
}): readonly LoadStep[] {
  const { quarters, metersInScope, fromMs, toMs, resolution, timeZone } = options;
  const byStart = new Map(quarters.map((quarter) => [quarter.fromMs, quarter]));
  const nextStep = stepper(resolution, timeZone);
  const steps: LoadStep[] = [];
  for (let from = nextStep.floor(fromMs); from < toMs; ) {
    const to = nextStep.after(from);
    steps.push(stepOf(byStart, metersInScope, from, to));
    from = to;
  }
  return steps;
}

function stepOf(
  byStart: ReadonlyMap<number, LoadQuarter>,
  metersInScope: (quarterMs: number) => number,
  fromMs: number,
  toMs: number,
): LoadStep {
  let [energyWh, weightedW, coverageSum, meters, inScope] = [0, 0, 0, 0, 0];
  for (let at = fromMs; at < toMs; at += QUARTER_MS) {
    inScope += metersInScope(at);
    const quarter = byStart.get(at);
    if (!quarter) continue;
    energyWh += quarter.energyWh;
    weightedW += quarter.powerW * quarter.coverageSum;
    coverageSum += quarter.coverageSum;
    meters = Math.max(meters, quarter.meters);
  }
  const isKnown = coverageSum > 0;
  return {
    fromMs,
    toMs,
    powerKw: isKnown ? round(weightedW / coverageSum / 1000) : null,
    energyKwh: isKnown ? round(energyWh / 1000) : null,
    coverage: inScope === 0 ? 0 : round(coverageSum / inScope),
    meters,
  };
}

function stepper(resolution: Resolution, timeZone: string) {
  if (resolution !== 'P1D') {
    const stepMs = resolution === 'PT1H' ? HOUR_MS : QUARTER_MS;
    return {
      floor: (atMs: number) => Math.floor(atMs / stepMs) * stepMs,
      after: (fromMs: number) => fromMs + stepMs,
    };
  }
  const { dayAt } = zoneOf(timeZone);
  return { floor: (atMs: number) => dayAt(atMs).fromMs, after: (fromMs: number) => dayAt(fromMs).toMs };
}

function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
