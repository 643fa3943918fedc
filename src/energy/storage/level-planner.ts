import { HOUR_MS } from '../../domain/interval.ts';
import type { ForecastStep } from '../forecast/forecast.ts';
import type { Tariff } from '../tariffs/compile-tariff.ts';
import type { Span } from '../tariffs/power-price.ts';
import { endCost, worthOf } from './end-cost.ts';
import { expectedPeaks } from './expected-peaks.ts';
import { chooseLevel } from './level-choice.ts';
import type { PartOfStep } from './part-search.ts';
import { plannerSettings as settings } from './planner-settings.ts';
import type { ImportLevel } from './power-search.ts';
import type { StoragePrices } from './prices.ts';
import { createShadows } from './shadows.ts';
import type { Stay, Stays } from './stays.ts';
import { stepLimit } from './step-limit.ts';
import { createOutlook, type TimedSteps } from './steps-ahead.ts';
import { type StoredValue, valueOfStore } from './stored-value.ts';
import { type Aim, importLevel, importLevels, paidLevel, peaksBeside, trackRules } from './tracked-rules.ts';

export type LevelPlannerOptions = {
  readonly stays: Stays;
  readonly tariff: Tariff;
  readonly stepMs: number;
  readonly prices: StoragePrices;
  readonly horizonMs: number;
  /** When the battery begins to work: what is told before is learnt from. */
  readonly startMs: number;
  /** When the simulation ends. */
  readonly endMs: number;
  readonly forecaster: {
    readonly add: (fromMs: number, kw: number) => void;
    readonly forecast: (steps: number) => readonly ForecastStep[];
  };
};

export type LevelPlanner = {
  /** A step is over: what the net load was, and what came from the grid, kW. */
  readonly note: (fromMs: number, netKw: number, gridKw: number) => void;
  /** The battery's power in a step, or in a part of it, kW; what is stored is so when that begins. */
  readonly powerFor: (fromMs: number, storedKwh: number, netKw: number, part?: PartOfStep) => number;
};

/** In the mean of so long a window an hour says little: what is charged in one hour is not bought in another. */
const LONG_WINDOW_MS = 6 * HOUR_MS;
/**
 * Holds the import below what is billed and uses what of the store is not needed for that where energy is dearest. Under a stepped
 * price each day the level is chosen that is expected to cost least over the rest of the billing period ({@link chooseLevel});
 * under prices per kW a kW costs what it is expected to add to the bill ({@link expectedPeaks}). For that the value of what is
 * stored is worked out anew each hour over what the load may become ({@link valueOfStore}).
 */
export function createLevelPlanner(options: LevelPlannerOptions): LevelPlanner {
  const { stays, tariff, stepMs, prices, startMs, endMs, forecaster } = options;
  const { zone } = tariff;
  const rules = trackRules(tariff, { stepMs, endMs });
  // Above a level that is held each hour costs all of a step, though of a day only the highest counts: who expects more of them
  // after the first would keep too much for them.
  const isStepped = rules.some(({ cost }) => cost.kind === 'steps');
  const outlook = createOutlook({ ...options, forecast: forecaster.forecast, isStepped });

  /** `paidAtMs`: what is paid at that moment counts; an imagined store has paid nothing. */
  const valueFor = (ahead: TimedSteps, aim: Aim, paidAtMs?: number) => {
    const levels = rules.flatMap((rule) => {
      const isPaid = paidAtMs !== undefined;
      const paidKw = isPaid ? paidLevel(rule, paidAtMs) : () => 0;
      const levelOf = (group: number): number => Math.max(aim.levelKw, paidKw(group));
      const level = importLevel(rule, { levelOf, caution: aim.caution }, ahead, stepMs);
      const limit = stepLimit(rule, aim, ahead, stepMs, isPaid ? peaksBeside(rule, paidAtMs) : undefined);
      return limit ? [level, limit] : [level];
    });
    return valueWith(ahead, levels);
  };
  /** For peaks that are expected to be billed anyway, by rule. */
  const valueAbove = (ahead: TimedSteps, expected: readonly (readonly number[])[], paidAtMs: number) => {
    const levels = rules.flatMap((rule, r) =>
      importLevels(rule, expected[r] ?? [], ahead, stepMs, paidLevel(rule, paidAtMs)),
    );
    return valueWith(ahead, levels);
  };
  const valueWith = (ahead: TimedSteps, levels: readonly ImportLevel[]): StoredValue =>
    valueOfStore(ahead.stay.site, ahead, levels, (prices) => endCost(ahead, prices, levels));
  const shadows = createShadows({
    stays,
    stepMs,
    rules,
    valueFor,
    nextToldMs: prices.nextToldMs,
    lookAhead: outlook.at,
    topKw: outlook.topKw,
  });

  let plan: { readonly fromMs: number; readonly stay: Stay; readonly value: StoredValue } | undefined;
  let chosen: Aim | undefined;
  let expected: readonly (readonly number[])[] | undefined;
  let chosenDayMs = Number.NaN;

  /** Once a day: what is to be held for the rest of the billing period, or what its peaks will come to. */
  const choose = (fromMs: number, ahead: TimedSteps): void => {
    const today = zone.dayAt(fromMs);
    if (chosenDayMs === today.fromMs) return;
    chosenDayMs = today.fromMs;
    const days = [today];
    const untilMs = Math.min(tariff.periodAt(fromMs).toMs, endMs);
    for (let atMs = today.toMs; atMs < untilMs; ) {
      const day = zone.dayAt(atMs);
      days.push(day);
      atMs = day.toMs;
    }
    const rest = {
      rules,
      shadows: shadows.all(),
      days,
      stepMs,
      worth: worthOf(ahead, ahead.stay),
      isFreeDay: (atMs: number) =>
        zone.local(atMs).weekday > 5 || rules.some(({ price }) => price.isFreeDay(atMs)),
    };
    const isHeld = rules.some(
      ({ cost, stepAt }) => cost.kind === 'steps' || lengthOf(stepAt(fromMs).window) >= LONG_WINDOW_MS,
    );
    [chosen, expected] = isHeld ? [chooseLevel(rest), undefined] : [undefined, expectedPeaks(rest)];
  };

  const replan = (fromMs: number): void => {
    plan = undefined;
    const ahead = outlook.at(fromMs);
    if (!ahead) return;
    for (const { paid } of rules) paid.trim(fromMs);
    choose(fromMs, ahead);
    if (expected) {
      plan = { fromMs, stay: ahead.stay, value: valueAbove(ahead, expected, fromMs) };
      return;
    }
    // Before anything was lived through: a little below what is expected at most.
    const expectedTop = Math.max(...(ahead.outcomesKw.at(-1) ?? []), 0.1);
    const aim = chosen ?? { levelKw: 0.8 * (outlook.topKw() ?? expectedTop), caution: 1 };
    plan = { fromMs, stay: ahead.stay, value: valueFor(ahead, aim, fromMs) };
  };

  const note = (fromMs: number, netKw: number, gridKw: number): void => {
    outlook.note(netKw);
    forecaster.add(fromMs, netKw);
    for (const { paid, price } of rules) {
      // Of the period in which it begins only what is simulated is billed.
      const isBilled = fromMs >= startMs || fromMs < price.periodAt(startMs).fromMs;
      if (isBilled && Number.isFinite(gridKw)) paid.note(fromMs, gridKw);
    }
    if (fromMs + stepMs < startMs - settings.shadowDays * 24 * HOUR_MS) return;
    // Known now; of a past that is older than the list of prices, or has gaps, what is supposed.
    const { buy, sell } = prices.expected(fromMs, fromMs);
    const price = { buy: Number.isFinite(buy) ? buy : 0, sell: Number.isFinite(sell) ? sell : 0 };
    shadows.step(fromMs, { day: zone.dayAt(fromMs), netKw, ...price });
    shadows.plan(fromMs + stepMs);
  };

  return {
    note,
    powerFor: (fromMs, storedKwh, netKw, part) => {
      const isOld = !plan || fromMs - plan.fromMs >= settings.replanHours * HOUR_MS;
      if (isOld || plan?.stay !== stays.at(fromMs)) replan(fromMs);
      if (!plan) return 0;
      const { value } = plan;
      const step = Math.round((fromMs - plan.fromMs) / stepMs);
      return part
        ? value.powerInPart(step, storedKwh, netKw, part)
        : value.powerIn(step, storedKwh, netKw, stays.limitsAt?.(fromMs));
    },
  };
}

function lengthOf({ fromMs, toMs }: Span): number {
  return toMs - fromMs;
}
