import { z } from 'zod';
import { HOUR_MS } from '../domain/interval.ts';
import { outlookOf } from '../energy/outlook.ts';
import { marginalCost, peakBookSchema, recordPeak, threshold } from '../energy/peaks.ts';
import { meanOfBilled, type PowerPrice } from '../energy/power-price.ts';
import { createBuildingStates } from './building-states.ts';
import { meterCounting } from './meter-counting.ts';
import { integer, number } from './parameters.ts';
import { peakEnded, peakTold } from './peak-finding.ts';
import { peakPrices } from './peak-prices.ts';
import { addReading, meanBetween, type Projection, projectWindow, siteSchema } from './peak-site.ts';
import type { Emit, RuleContext, RuleDefinition } from './rule.ts';
import { subjectOf } from './scope.ts';

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

const parameters = z.strictObject({
  chance: number(0, 1)
    .default(0.05)
    .describe('an hour is told when the chance that it ends among the billed ones is at least this'),
  halfLifeDays: number(0.5, 90).default(5).describe('of what earlier days say of the days to come'),
  leadMinutes: number(0, 60)
    .default(10)
    .describe("the alert must come this long before the window's end to be of use"),
  settleMinutes: number(0, 60).default(10).describe('nothing is said of a window before it is this old'),
  paceMinutes: number(1, 60)
    .default(15)
    .describe('the rest of the window is taken to go on like the newest minutes'),
  closePct: number(0, 20)
    .default(0)
    .describe('the projection is close to the budget within this of it; near the lead that is enough …'),
  earlyMarginPct: number(0, 100)
    .default(30)
    .describe('… and earlier it must pass the budget by this much per hour that is left'),
  hysteresisPct: number(0, 100)
    .default(3)
    .describe('the alert ends when the projection is this much below the budget'),
  defaultPricePerKw: number(0, 1e6)
    .default(50)
    .describe('for buildings without a tariff: price per billed kW and month …'),
  defaultCurrency: z.string().min(1).default('SEK'),
  defaultPeaks: integer(1, 31).default(3).describe('… and how many hours are averaged'),
});
export type PeakGuard = z.infer<typeof parameters>;

export const peakGuard: RuleDefinition<PeakGuard> = {
  type: 'peak-guard',
  doc: `The running clock hour (or quarter-hour, as the tariff says) is about to become one of those that the tariff bills, while
there is time to switch something off. Follows the energy of the building's main meters, projects the window's mean power, and
compares it with the budget: the mean power from which the window costs something (the N-th highest so far) and is likely enough
to still be among the billed ones when the period ends.`,
  level: 'building',
  parameters: () => parameters,
  defaults: { severity: 'critical', forMs: 0, clearMs: 0 },
  create,
};

function create({
  holds,
  register,
  tariffs,
  settingsOf,
  toldOf,
}: RuleContext<PeakGuard>): ReturnType<(typeof peakGuard)['create']> {
  const pricesOf = peakPrices({ register, tariffs });
  const optionsOf = (building: string) => settingsOf(subjectOf(register(), building))?.parameters;
  const told = (building: string) => toldOf(subjectOf(register(), building));
  const states = createBuildingStates<State>(stateSchema, () => ({
    site: { meters: {} },
    evaluatedMs: 0,
    components: {},
  }));

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

  const evaluate = (id: string, state: State, options: PeakGuard, atMs: number, emit: Emit) => {
    state.evaluatedMs = atMs;
    const countingOf = meterCounting(register(), state.site);
    for (const price of pricesOf(id, options)) {
      const component = turn(id, state, price, atMs, emit);
      const paceMs = options.paceMinutes * MINUTE_MS;
      const projection = projectWindow(state.site, component, atMs, { holds, paceMs, countingOf });
      if (projection === undefined) continue;
      component.projectedKw = projection.projectedKw;
      judge(id, component, price, { atMs, options, ...projection }, emit);
    }
  };

  /** Computed when it is first asked for in a window: most hours stay far below. */
  const costsFrom = (component: Component, price: PowerPrice): number => {
    if (component.costsKw < 0) component.costsKw = threshold(component.peaks, price, component);
    return component.costsKw;
  };

  const budgetOf = (component: Component, price: PowerPrice, options: PeakGuard): number => {
    if (component.likelyKw < 0) {
      const outlook = outlookOf(component.peaks, price, component, options.halfLifeDays);
      component.likelyKw = outlook.powerWithChance(options.chance, costsFrom(component, price));
    }
    return meanOfBilled(price, component.likelyKw, component);
  };

  const judge = (id: string, component: Component, price: PowerPrice, now: Now, emit: Emit) => {
    const { options } = now;
    const close = 1 - options.closePct / 100;
    const billedKw = price.billedKw(now.projectedKw, component);
    const costsKw = costsFrom(component, price);
    // A first day has nothing to be compared with until it has as many hours as are billed.
    const isNew = costsKw === 0 && component.peaks.days.length < 2;
    const isYoung = now.atMs < component.fromMs + options.settleMinutes * MINUTE_MS;
    if (isNew || isYoung || billedKw <= costsKw * close) return settle(id, component, price, now, emit);
    const budgetKw = budgetOf(component, price, options);
    const leftMs = component.toMs - now.atMs;
    const earlyHours = Math.max(0, leftMs - options.leadMinutes * 1.5 * MINUTE_MS) / HOUR_MS;
    const neededKw = budgetKw * close * (1 + (options.earlyMarginPct / 100) * earlyHours);
    if (now.projectedKw > neededKw && !isToldAlready(component, now.projectedKw)) {
      component.toldKw = now.projectedKw;
      emit(tell(id, component, price, { ...now, budgetKw }));
    } else {
      settle(id, component, price, now, emit);
    }
  };

  const settle = (id: string, component: Component, price: PowerPrice, now: Now, emit: Emit) => {
    if (component.toldKw === 0) return;
    const budgetKw = budgetOf(component, price, now.options);
    const close = 1 - now.options.closePct / 100;
    if (now.projectedKw >= budgetKw * close * (1 - now.options.hysteresisPct / 100)) return;
    component.toldKw = 0;
    emit(ended(id, component, price, now.atMs));
  };

  const tell = (id: string, component: Component, price: PowerPrice, now: Now & { budgetKw: number }) => {
    const billedKw = price.billedKw(now.projectedKw, component);
    return peakTold(register().buildings.get(id), {
      ...now,
      id,
      told: told(id),
      window: component,
      price,
      billedFromKw: component.costsKw,
      chance: outlookOf(component.peaks, price, component, now.options.halfLifeDays).chance(billedKw),
      cost: marginalCost(price, billedKw, component.costsKw),
    });
  };

  const ended = (id: string, window: Component, price: PowerPrice, atMs: number) =>
    peakEnded(register().buildings.get(id), { id, told: told(id), window, price, atMs });

  return {
    sees: ({ role }) => role === 'electricityMain',
    onReading: (reading, { parameters: options }, emit) => {
      const { point, atMs } = reading;
      const state = states.of(point.building);
      if (!addReading(state.site, reading, keptMs(state))) return;
      if (atMs >= state.evaluatedMs + MINUTE_MS) evaluate(point.building, state, options, atMs, emit);
    },
    // A silent meter must not hide the end of the hour, or that nothing is known of it.
    onTick: (building, atMs, emit) => {
      const state = states.find(building);
      if (state === undefined || atMs < state.evaluatedMs + 5 * MINUTE_MS) return;
      const options = optionsOf(building);
      if (options) evaluate(building, state, options, atMs, emit);
    },
    peaks: () =>
      states.names().flatMap((building) => {
        const components = states.find(building)?.components ?? {};
        const options = optionsOf(building);
        if (!options) return [];
        return pricesOf(building, options).flatMap((price) => {
          const component = components[price.reference];
          if (!component) return [];
          const { fromMs, toMs, projectedKw } = component;
          const budgetKw = budgetOf(component, price, options);
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

type Now = Projection & { readonly atMs: number; readonly options: PeakGuard };

/** Samples of three windows: the running one, and the two that may still be booked anew. */
function keptMs({ components }: State): number {
  let longestMs = HOUR_MS;
  for (const { fromMs, toMs } of Object.values(components)) longestMs = Math.max(longestMs, toMs - fromMs);
  return 3 * longestMs + HOUR_MS;
}

function isToldAlready({ toldKw }: Component, projectedKw: number): boolean {
  return toldKw > 0 && Math.abs(projectedKw - toldKw) < NEWS * toldKw;
}
