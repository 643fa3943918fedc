import { HOUR_MS } from '../../domain/interval.ts';
import { zoneOf } from '../../domain/zone.ts';
import type { PowerPrice } from '../power-price.ts';
import type { Battery } from './battery.ts';
import { controllerSettings } from './controller-settings.ts';
import { billedBy } from './peak-term.ts';
import type { RuleCalendar } from './rule-calendar.ts';
import { lowestPeak, peakCost } from './season.ts';

type Day = { readonly fromMs: number; readonly loads: number[] };

/** The peaks of the running billing period, and what the rest of it may bring. */
export function createPeakLedger(options: {
  readonly calendar: RuleCalendar;
  readonly battery: Battery;
  readonly timeZone: string;
  readonly stepMs: number;
  readonly horizonMs: number;
  readonly endMs: number | undefined;
}) {
  const { calendar, battery, stepMs, horizonMs, endMs } = options;
  const { rules, piecesAt, activeInPeriod } = calendar;
  const zone = zoneOf(options.timeZone);
  const hours = stepMs / HOUR_MS;
  const days: Day[] = [];
  /** By rule: the billed peaks of each day of the running period. */
  const peaksSoFar = rules.map(() => ({ periodMs: Number.NaN, days: new Map<number, number[]>() }));
  let seed = 1;
  const random = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };

  const noteLoad = (fromMs: number, netKw: number): void => {
    const day = zone.dayAt(fromMs);
    const today = days.at(-1);
    if (today?.fromMs === day.fromMs) today.loads.push(netKw);
    else days.push({ fromMs: day.fromMs, loads: [netKw] });
    if (days.length > controllerSettings.daysKept + 1) days.shift();
  };

  const noteGrid = (fromMs: number, gridKw: number): void => {
    for (const [r, { price }] of rules.entries()) {
      const state = peaksSoFar[r];
      if (!state) continue;
      const period = price.periodAt(fromMs).fromMs;
      if (state.periodMs !== period) {
        state.periodMs = period;
        state.days.clear();
      }
      const day = price.dayAt(fromMs).fromMs;
      const billed = billedBy(piecesAt(r, fromMs), Math.max(gridKw, 0));
      const list = state.days.get(day) ?? [];
      state.days.set(day, list);
      list.push(billed);
      list.sort((a, b) => b - a);
      if (list.length > price.peaks) list.pop();
    }
  };

  /** Lowest peaks of recent days under a rule, as if they were days like those that begin at `fromMs`. */
  const recentPeaks = (r: number, fromMs: number): { weekday: boolean; kw: number }[] => {
    const rule = rules[r];
    if (!rule) return [];
    return days.slice(0, -1).flatMap(({ fromMs: dayMs, loads }) => {
      if (loads.length < 20 / hours) return [];
      const weeks = Math.ceil((fromMs - dayMs) / (7 * 24 * HOUR_MS));
      const atMs = dayMs + weeks * 7 * 24 * HOUR_MS;
      const pieces = loads.map((_, i) => piecesAt(r, atMs + i * stepMs));
      const known = loads.map((kw) => (Number.isFinite(kw) ? kw : 0));
      const { heldKw, bareKw } = lowestPeak(battery, known, hours, (step, kw) =>
        billedBy(pieces[step] ?? [], kw),
      );
      return [
        {
          weekday: zone.local(dayMs).weekday < 6,
          kw: heldKw + controllerSettings.missedShare * (bareKw - heldKw),
        },
      ];
    });
  };

  const othersOf = (r: number, dayMs: number, nowMs: number): number[][] => {
    const rule = rules[r];
    if (!rule) return [];
    const { price } = rule;
    const period = price.periodAt(dayMs);
    const state = peaksSoFar[r];
    const known: number[] = [];
    if (state && state.periodMs === period.fromMs) {
      for (const [day, list] of state.days)
        if (day !== dayMs) known.push(...list.slice(0, price.onePerDay ? 1 : price.peaks));
    }
    const end = Math.min(period.toMs, nowMs + horizonMs, endMs ?? Number.POSITIVE_INFINITY);
    const recent = recentPeaks(r, dayMs);
    const ahead: boolean[] = [];
    const today = zone.dayAt(nowMs).fromMs;
    for (let at = Math.max(today, period.fromMs); at < end; ) {
      const day = price.dayAt(at);
      if (day.fromMs !== dayMs) ahead.push(zone.local(day.fromMs).weekday < 6);
      at = day.toMs;
    }
    const copies = price.onePerDay ? 1 : timesOf(price);
    return Array.from({ length: controllerSettings.scenarios }, () => {
      const all = [...known];
      for (const weekday of ahead) {
        const like = recent.filter((one) => one.weekday === weekday);
        const pool = like.length > 0 ? like : recent;
        const drawn = pool[Math.floor(random() * pool.length)]?.kw;
        if (drawn !== undefined) for (let c = 0; c < copies; c += 1) all.push(drawn);
      }
      return all.sort((a, b) => b - a).slice(0, price.peaks);
    });
  };

  /** The days of the plan, with what their peaks cost. */
  const unitsOf = (members: readonly number[], fromMs: number, count: number) => {
    const units: { endStage: number; costOfPeak: (kw: number) => number }[] = [];
    for (let i = 0; i < count; ) {
      const atMs = fromMs + i * stepMs;
      const day = zone.dayAt(atMs);
      const endStage = Math.min(Math.round((day.toMs - fromMs) / stepMs), count) - 1;
      const r = members.find((one) => activeInPeriod(one, atMs));
      const rule = r === undefined ? undefined : rules[r];
      if (r !== undefined && rule) {
        const { price, cost } = rule;
        const others = othersOf(r, day.fromMs, fromMs);
        units.push({
          endStage,
          costOfPeak: peakCost(
            { cost, peaks: price.peaks, times: price.onePerDay ? 1 : timesOf(price) },
            others,
          ),
        });
      } else units.push({ endStage, costOfPeak: () => 0 });
      i = endStage + 1;
    }
    return units;
  };

  const todayPeak = (r: number, dayMs: number): number => {
    const state = peaksSoFar[r];
    const price = rules[r]?.price;
    if (!state || !price || state.periodMs !== price.periodAt(dayMs).fromMs) return 0;
    return state.days.get(dayMs)?.[0] ?? 0;
  };

  return { noteLoad, noteGrid, unitsOf, todayPeak };
}

function timesOf(price: PowerPrice): number {
  return Math.max(Math.ceil(price.peaks * controllerSettings.dayShare), 1);
}
