import { z } from 'zod';
import type { Finding } from '../domain/alert.ts';
import { HOUR_MS } from '../domain/interval.ts';
import type { Holds } from '../energy/intervals.ts';
import { outlookOf } from '../energy/outlook.ts';
import { marginalCost, peakBookSchema, recordPeak, threshold } from '../energy/peaks.ts';
import { meanOfBilled, type PowerPrice } from '../energy/power-price.ts';
import { createBuildingStates } from './building-states.ts';
import { meterCounting } from './meter-counting.ts';
import type { PeakGuardOptions } from './options.ts';
import { PEAK_GUARD, peakEnded, peakTold } from './peak-finding.ts';
import { addReading, meanBetween, type Projection, projectWindow, siteSchema } from './peak-site.ts';
import type { RegisterSource, Rule } from './rule.ts';

const MINUTE_MS = 60_000;
/** A window of which less is known says nothing of the month's peaks. */
const LEAST_COVERAGE = 0.5;
/** A told projection is told again when it has moved by this much. */
const NEWS = 0.05;

const componentSchema = z.object({
  peaks: peakBookSchema,
  /** The running window. */
  fromMs: z.number(),
  toMs: z.number(),
  /** Billed power above which the window costs, and from which it is likely enough to be billed, kW; -1: not computed. */
  costsKw: z.number(),
  likelyKw: z.number(),
  /** The projection that was told; 0 while there is no alert. */
  toldKw: z.number(),
  projectedKw: z.number(),
});
type Component = z.infer<typeof componentSchema>;

const stateSchema = z.object({
  site: siteSchema,
  evaluatedMs: z.number(),
  components: z.record(z.string(), componentSchema),
});
type State = z.infer<typeof stateSchema>;

/** How a building's running window stands. */
export type PeakStatus = {
  readonly building: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly projectedKw: number;
  /** Mean power from which the window is likely to be billed; undefined while nothing is billed then. */
  readonly budgetKw: number | undefined;
};

export type PeakGuardContext = {
  readonly options: PeakGuardOptions;
  readonly holds: Holds;
  readonly register: RegisterSource;
  /** What power costs in a building, by its tariff. */
  readonly pricesOf: (building: string) => readonly PowerPrice[];
};

/**
 * Tells that the running clock hour is about to become one of the hours that the tariff bills, while there is time to
 * switch something off. Follows the energy of the building's main meters, projects the window's mean power, and
 * compares it with the budget: the mean power from which the window costs something (the N-th highest so far) and is
 * likely enough to still be among the billed ones when the period ends.
 */
export function peakGuardRule({ options, holds, register, pricesOf }: PeakGuardContext): Rule & {
  readonly peaks: () => readonly PeakStatus[];
} {
  const states = createBuildingStates<State>(stateSchema, () => ({
    site: { meters: {} },
    evaluatedMs: 0,
    components: {},
  }));
  const paceMs = options.paceMinutes * MINUTE_MS;
  const close = 1 - options.closePct / 100;

  /** Makes the running window that of the moment; books the one before and ends its alert. */
  const turn = (id: string, state: State, price: PowerPrice, atMs: number, emit: Emit): Component => {
    const window = price.windowAt(atMs);
    const known = state.components[price.reference];
    if (known?.fromMs === window.fromMs) return known;
    if (known) {
      if (known.toldKw > 0) emit(ended(id, known, price, known.toMs));
      // The window before the last is booked again: late readings may have changed it.
      for (const past of [price.windowAt(known.fromMs - 1), { fromMs: known.fromMs, toMs: known.toMs }]) {
        const { kw, coverage } = meanBetween(state.site, past, holds, meterCounting(register(), state.site));
        if (coverage >= LEAST_COVERAGE) recordPeak(known.peaks, price, past, kw);
      }
    }
    const component = {
      peaks: known?.peaks ?? { days: [] },
      ...window,
      costsKw: -1,
      likelyKw: -1,
      toldKw: 0,
      projectedKw: 0,
    };
    state.components[price.reference] = component;
    return component;
  };

  const evaluate = (id: string, state: State, atMs: number, emit: Emit) => {
    state.evaluatedMs = atMs;
    const countingOf = meterCounting(register(), state.site);
    for (const price of pricesOf(id)) {
      const component = turn(id, state, price, atMs, emit);
      const projection = projectWindow(state.site, component, atMs, { holds, paceMs, countingOf });
      if (projection === undefined) continue;
      component.projectedKw = projection.projectedKw;
      judge(id, component, price, { atMs, ...projection }, emit);
    }
  };

  /** Computed when it is first asked for in a window: most hours stay far below. */
  const costsFrom = (component: Component, price: PowerPrice): number => {
    if (component.costsKw < 0) component.costsKw = threshold(component.peaks, price, component);
    return component.costsKw;
  };

  const budgetOf = (component: Component, price: PowerPrice): number => {
    if (component.likelyKw < 0) {
      const outlook = outlookOf(component.peaks, price, component, options.halfLifeDays);
      component.likelyKw = outlook.powerWithChance(options.chance, costsFrom(component, price));
    }
    return meanOfBilled(price, component.likelyKw, component);
  };

  const judge = (id: string, component: Component, price: PowerPrice, now: Now, emit: Emit) => {
    const billedKw = price.billedKw(now.projectedKw, component);
    const costsKw = costsFrom(component, price);
    // A first day has nothing to be compared with until it has as many hours as are billed.
    const isNew = costsKw === 0 && component.peaks.days.length < 2;
    const isYoung = now.atMs < component.fromMs + options.settleMinutes * MINUTE_MS;
    if (isNew || isYoung || billedKw <= costsKw * close) return settle(id, component, price, now, emit);
    const budgetKw = budgetOf(component, price);
    const leftMs = component.toMs - now.atMs;
    const earlyHours = Math.max(0, leftMs - options.leadMinutes * 1.5 * MINUTE_MS) / HOUR_MS;
    const neededKw = budgetKw * close * (1 + (options.earlyMarginPct / 100) * earlyHours);
    if (now.projectedKw > neededKw && !isToldAlready(component, now.projectedKw)) {
      component.toldKw = now.projectedKw;
      emit(told(id, component, price, { ...now, budgetKw }));
    } else {
      settle(id, component, price, now, emit);
    }
  };

  const settle = (id: string, component: Component, price: PowerPrice, now: Now, emit: Emit) => {
    if (component.toldKw === 0) return;
    const budgetKw = budgetOf(component, price);
    if (now.projectedKw >= budgetKw * close * (1 - options.hysteresisPct / 100)) return;
    component.toldKw = 0;
    emit(ended(id, component, price, now.atMs));
  };

  const told = (id: string, component: Component, price: PowerPrice, now: Now & { budgetKw: number }) => {
    const billedKw = price.billedKw(now.projectedKw, component);
    return peakTold(register().buildings.get(id), {
      ...now,
      id,
      window: component,
      price,
      billedFromKw: component.costsKw,
      chance: outlookOf(component.peaks, price, component, options.halfLifeDays).chance(billedKw),
      cost: marginalCost(price, billedKw, component.costsKw),
    });
  };

  const ended = (id: string, window: Component, price: PowerPrice, atMs: number) =>
    peakEnded(register().buildings.get(id), { id, window, price, atMs });

  return {
    name: PEAK_GUARD,
    onReading: (reading, emit) => {
      const { point, atMs } = reading;
      if (point.role !== 'electricityMain') return;
      const state = states.of(point.building);
      if (!addReading(state.site, reading, keptMs(state))) return;
      if (atMs >= state.evaluatedMs + MINUTE_MS) evaluate(point.building, state, atMs, emit);
    },
    // A silent meter must not hide the end of the hour, or that nothing is known of it.
    onTick: (building, atMs, emit) => {
      const state = states.find(building);
      if (state === undefined || atMs < state.evaluatedMs + 5 * MINUTE_MS) return;
      evaluate(building, state, atMs, emit);
    },
    peaks: () =>
      states.names().flatMap((building) => {
        const components = states.find(building)?.components ?? {};
        return pricesOf(building).flatMap((price) => {
          const component = components[price.reference];
          if (!component) return [];
          const { fromMs, toMs, projectedKw } = component;
          const budgetKw = budgetOf(component, price);
          return [
            {
              building,
              fromMs,
              toMs,
              projectedKw,
              budgetKw: Number.isFinite(budgetKw) ? budgetKw : undefined,
            },
          ];
        });
      }),
    snapshot: states.snapshot,
    restore: states.restore,
  };
}

type Emit = (finding: Finding) => void;
type Now = Projection & { readonly atMs: number };

/** Samples of three windows: the running one, and the two that may still be booked anew. */
function keptMs({ components }: State): number {
  let longestMs = HOUR_MS;
  for (const { fromMs, toMs } of Object.values(components)) longestMs = Math.max(longestMs, toMs - fromMs);
  return 3 * longestMs + HOUR_MS;
}

function isToldAlready({ toldKw }: Component, projectedKw: number): boolean {
  return toldKw > 0 && Math.abs(projectedKw - toldKw) < NEWS * toldKw;
}
