import { HOUR_MS } from '../../domain/interval.ts';
import { zoneOf } from '../../domain/zone.ts';
import type { ForecastStep } from '../forecast/forecast.ts';
import { powerRange, type StorageSite } from './battery.ts';
import { createChances, type Expectation } from './chances.ts';
import { createCandidates } from './choices.ts';
import { controllerSettings } from './controller-settings.ts';
import { createPeakLedger } from './peak-ledger.ts';
import { billedBy, importBilling } from './peak-term.ts';
import { makePlan, type Plan } from './plan.ts';
import type { StoragePrices } from './prices.ts';
import { createRuleCalendar, type PeakRule } from './rule-calendar.ts';
import type { Policy } from './simulate.ts';
import type { Stage } from './stage.ts';

export type ControllerOptions = {
  readonly site: StorageSite;
  readonly timeZone: string;
  readonly stepMs: number;
  readonly rules: readonly PeakRule[];
  readonly prices: StoragePrices;
  readonly horizonMs: number;
  /** When the store must hold its final content; undefined: never. */
  readonly endMs: number | undefined;
  readonly forecaster: {
    readonly add: (fromMs: number, kw: number) => void;
    readonly forecast: (steps: number) => readonly ForecastStep[];
  };
};

/**
 * Plans a battery over forecasts, again every few hours: stochastic dynamic programming (plan.ts) over the days for which
 * there is detail, with what a day's peak costs given the peaks that are paid and those that the rest of the billing period
 * may bring (season.ts). It knows no clock, and no load before it is told.
 */
export function createController(options: ControllerOptions): Policy {
  const { site, stepMs, rules, prices, horizonMs, endMs, forecaster } = options;
  const { battery } = site;
  const zone = zoneOf(options.timeZone);
  const hours = stepMs / HOUR_MS;
  const calendar = createRuleCalendar(rules, stepMs);
  const ledger = createPeakLedger({
    calendar,
    battery,
    timeZone: options.timeZone,
    stepMs,
    horizonMs,
    endMs,
  });
  const chances = createChances();
  const picker = createCandidates(2 * 60 + 400);
  /** What was expected when, and the plan that was made of it (none of the past, before there was a battery). */
  let plan:
    | { made?: Plan; fromMs: number; expected: readonly Expectation[]; slots: readonly number[][] }
    | undefined;
  let mood = 0;
  let pathMood: number | undefined;
  const noteLoad = (fromMs: number, netKw: number): void => {
    ledger.noteLoad(fromMs, netKw);
    if (plan) {
      const lead = Math.round((fromMs - plan.fromMs) / stepMs);
      const e = plan.expected[lead];
      if (e && Number.isFinite(netKw)) {
        const z = (netKw - e.middleKw) / e.spreadKw;
        chances.learn(lead, z);
        mood = chances.moodOf(lead, z);
        if (pathMood !== undefined) chances.follow(pathMood, mood);
        pathMood = mood;
      }
    }
    forecaster.add(fromMs, netKw);
  };

  const learnOnly = (fromMs: number): void => {
    const lead = plan ? Math.round((fromMs - plan.fromMs) / stepMs) : Number.POSITIVE_INFINITY;
    if (lead < controllerSettings.replanHours / hours) return;
    const expected = expectations(fromMs, Math.round(48 / hours));
    if (expected) plan = { fromMs, expected, slots: [] };
    if (zone.local(fromMs).minuteOfDay < 60 * controllerSettings.replanHours) chances.refresh();
  };

  const expectations = (fromMs: number, count: number) => {
    const steps = forecaster.forecast(count);
    if (steps.length === 0 || steps[0]?.fromMs !== fromMs) return undefined;
    const largest = steps.reduce((most, { p50 }) => Math.max(most, Math.abs(p50)), 0);
    return steps.map(({ p10, p50, p90 }) => ({
      middleKw: p50,
      spreadKw: Math.max((p90 - p10) / 2.56, largest * 0.01, 1e-3),
    }));
  };

  const replan = (fromMs: number): void => {
    const today = zone.dayAt(fromMs);
    let untilMs = zone.dayAt(today.toMs).toMs;
    if (untilMs - fromMs < 36 * HOUR_MS) untilMs = Math.max(untilMs, zone.dayAt(untilMs).toMs);
    untilMs = Math.min(untilMs, fromMs + Math.max(horizonMs, stepMs), endMs ?? Number.POSITIVE_INFINITY);
    const count = Math.round((untilMs - fromMs) / stepMs);
    if (zone.local(fromMs).minuteOfDay < 60 * controllerSettings.replanHours) chances.refresh();
    const expected = expectations(fromMs, count);
    if (!expected) {
      plan = undefined;
      return;
    }
    const loads = expected.map((e, i) => chances.chances(i, e, Number.NEGATIVE_INFINITY));
    const slots = calendar.slotsOf(fromMs, count);
    const units = slots.map((members) => ledger.unitsOf(members, fromMs, count));
    const grids = slots.map((members, s) => {
      let most = 0.1;
      for (let i = 0; i < count; i += 1) {
        for (const r of members) {
          const pieces = calendar.piecesAt(r, fromMs + i * stepMs);
          most = Math.max(most, billedBy(pieces, Math.max(loads[i]?.kw.at(-1) ?? 0, 0)));
        }
      }
      // What is charged above the highest load is charged only as far as it costs nothing.
      const highest = most + battery.chargeKw;
      const isFree = (kw: number) => (units[s] ?? []).every(({ costOfPeak }) => costOfPeak(kw) <= 1e-6);
      while (most < highest && isFree(most)) most = Math.min(most * 1.1, highest);
      // Below, a peak costs nothing.
      let least = most;
      for (const { costOfPeak } of units[s] ?? []) {
        for (let i = 0; i < 24; i += 1) {
          const level = (most * i) / 24;
          if (costOfPeak((most * (i + 1)) / 24) > 1e-6) {
            least = Math.min(least, level);
            break;
          }
        }
      }
      const points =
        slots.length > 1 ? Math.ceil(controllerSettings.points * 0.7) : controllerSettings.points;
      most *= 1.02;
      return { fromKw: least, stepKw: Math.max((most - least) / (points - 1), 1e-3), points };
    });
    const stages: Stage[] = loads.map((load, i) => {
      const atMs = fromMs + i * stepMs;
      const { buy, sell } = prices.expected(atMs, fromMs);
      return {
        hours,
        buy,
        sell,
        load,
        pieces: slots.map((members) => {
          for (const r of members) {
            const pieces = calendar.piecesAt(r, atMs);
            if (pieces.length > 0) return pieces;
          }
          return [];
        }),
        settles: units.map((list) => list.find(({ endStage }) => endStage === i)?.costOfPeak),
      };
    });
    const lastDay = stages
      .slice(-Math.round(24 / hours))
      .map(({ buy }) => buy)
      .sort((a, b) => a - b);
    const high = (lastDay[Math.floor(lastDay.length * 0.75)] ?? 0) * battery.dischargeEfficiency;
    const low = Math.min((lastDay[Math.floor(lastDay.length * 0.2)] ?? 0) / battery.chargeEfficiency, high);
    const isEnd = endMs !== undefined && untilMs >= endMs;
    const made = makePlan({
      site,
      stages,
      grids,
      contents: controllerSettings.contents,
      atEnd: (kwh) => {
        if (isEnd) return Math.max(battery.finalKwh - kwh, 0) * 5e3;
        const share = kwh / battery.capacityKwh;
        return -kwh * (high - ((high - low) * share) / 2);
      },
    });
    plan = { made, fromMs, expected, slots };
  };

  /** The power for a step in which the net load turns out as `netKw`. */
  const powerFor = (fromMs: number, storedKwh: number, netKw: number): number => {
    if (!plan?.made) return 0;
    const k = Math.round((fromMs - plan.fromMs) / stepMs);
    const stage = plan.made.input.stages[k];
    const next = plan.made.values[k];
    const e = plan.expected[k];
    if (!stage || !next || !e) return 0;
    const { table, input } = plan.made;
    const day = zone.dayAt(fromMs).fromMs;
    const places = plan.slots.map((members, s) => {
      const grid = input.grids[s];
      const so = members.reduce((most, r) => Math.max(most, ledger.todayPeak(r, day)), 0);
      return grid ? Math.max((so - grid.fromKw) / grid.stepKw, 0) : 0;
    });
    const levels: number[] = [];
    for (const [s, pieces] of stage.pieces.entries()) {
      const grid = input.grids[s];
      if (!grid || pieces.length === 0) continue;
      for (let i = 0; i < grid.points * 4; i += 1) {
        const billed = grid.fromKw + (i / 4) * grid.stepKw;
        levels.push(importBilling(pieces, billed));
      }
      levels.push(importBilling(pieces, grid.fromKw + (places[s] ?? 0) * grid.stepKw));
    }
    picker.collect(site, stage, { storedKwh, loadKw: netKw, table }, levels);
    const now = chances.moodOf(k, (netKw - e.middleKw) / e.spreadKw);
    const grid = picker.choose(table, next, now * table.perMood, places[0] ?? 0, places[1] ?? 0);
    const { minKw, maxKw } = powerRange(battery, storedKwh, hours);
    return Math.min(Math.max(grid - netKw, minKw), maxKw);
  };

  return {
    /** A step of the past. */
    learn: (fromMs: number, netKw: number): void => {
      learnOnly(fromMs);
      noteLoad(fromMs, netKw);
    },
    begin: (fromMs: number): void => {
      const lead = plan?.made ? Math.round((fromMs - plan.fromMs) / stepMs) : Number.POSITIVE_INFINITY;
      if (lead * hours >= controllerSettings.replanHours || zone.dayAt(fromMs).fromMs === fromMs) {
        pathMood = undefined;
        replan(fromMs);
      }
    },
    powerFor,
    end: (fromMs: number, netKw: number, gridKw: number): void => {
      noteLoad(fromMs, netKw);
      if (Number.isFinite(gridKw)) ledger.noteGrid(fromMs, gridKw);
    },
  };
}
