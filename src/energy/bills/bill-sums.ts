import { HOUR_MS, QUARTER_MS } from '../../domain/interval.ts';
import type { Tariff } from '../tariffs/compile-tariff.ts';
import { functionOf } from '../tariffs/peak-function.ts';
import type { DayPlan } from '../tariffs/timing.ts';
import { windowAt } from '../tariffs/windows.ts';
import { createCandidates } from './candidates.ts';
import { createMeanTemperature, type MeanTemperature } from './mean-temperature.ts';
import type { Peak } from './top.ts';

/** What is known of one interval beside its mean power; NaN is not known. */
export type Beside = {
  /** Spot price per kWh, excluding VAT. */
  readonly spotPrice: number;
  /** Mean reactive power, kVAr. */
  readonly kvar: number;
  /** Volume of flow, m³. */
  readonly m3: number;
  /** Mean temperature of district heating's return, and of its supply, °C. */
  readonly returnC: number;
  readonly supplyC: number;
};

/** What a billing period's load comes to, component by component, in the order of the tariff. */
export type PeriodSums = {
  readonly knownMs: number;
  readonly energyKwh: number;
  /** kWh or m³ of each energy price. */
  readonly quantities: readonly number[];
  /** Of each energy price per degree. */
  readonly temperatures: readonly (MeanTemperature | undefined)[];
  /** Σ energy × spot price of each energy price. */
  readonly spotCosts: readonly number[];
  /** Energy for which a spot price was asked, and none was there, kWh. */
  readonly spotlessKwh: number;
  /** Energy at times for which the tariff has energy prices, and none that holds, kWh. */
  readonly pricelessKwh: number;
  readonly hasKvar: boolean;
  readonly hasFlow: boolean;
  /** Time of which the load is known, and not the flow that is billed, ms. */
  readonly flowlessMs: number;
  /** The highest candidates of each power price. */
  readonly tops: readonly (readonly Peak[])[];
  /** Of each special price: Σ billed kW over its windows (dynamic), or its highest hourly kVAr (reactive). */
  readonly special: readonly number[];
  readonly highestKw: number;
};

export type Accumulator = {
  /** Takes in an interval; they come in the order of time, and lie within one billing period. */
  readonly add: (fromMs: number, kw: number, day: DayPlan, beside: Beside) => void;
  /** Nothing more comes: a window that is not over counts with what of it has been. */
  readonly finish: () => void;
  /** What it comes to so far. */
  readonly sums: () => PeriodSums;
};

/** A window of which less is known is no candidate. */
const LEAST_KNOWN = 0.5;
export const nothingBeside: Beside = {
  spotPrice: Number.NaN,
  kvar: Number.NaN,
  m3: Number.NaN,
  returnC: Number.NaN,
  supplyC: Number.NaN,
};

/** Adds up a billing period of a tariff, from intervals of 15, 30 or 60 minutes. */
export function createAccumulator(tariff: Tariff, spacingMs: number): Accumulator {
  const { energy, power, special } = tariff;
  const hours = spacingMs / HOUR_MS;
  const quantities = energy.map(() => 0);
  const temperatures = energy.map(({ temperature }) => temperature && createMeanTemperature(temperature));
  const spotCosts = energy.map(() => 0);
  const specials = special.map(() => 0);
  const candidates = power.map(createCandidates);
  let [knownMs, energyKwh, spotlessKwh, pricelessKwh, highestKw, flowlessMs] = [0, 0, 0, 0, 0, 0];
  const pricesEnergy = energy.some(({ unit, temperature }) => unit === 'kWh' && !temperature);
  let [hasKvar, hasFlow] = [false, false];

  const closings = new Map<number, Closing[]>();
  const onWindow = (minutes: number, closing: Closing) => {
    const key = Math.max(minutes, spacingMs / 60_000);
    closings.set(key, [...(closings.get(key) ?? []), closing]);
  };
  for (const [p, { windowMinutes, timing, onePer }] of power.entries()) {
    const close: Closing = (fromMs, toMs, kw, day) => {
      candidates[p]?.window(fromMs, toMs, kw, maskAt(day, timing.index, fromMs), day);
    };
    onWindow(windowMinutes, onePer === 'window' ? eachOf(windowMinutes, spacingMs, close) : close);
  }
  for (const [s, price] of special.entries()) {
    if (price.kind === 'dynamic') {
      const functions: ((kw: number) => number)[] = [];
      const close: Closing = (fromMs, _toMs, kw, day) => {
        const mask = maskAt(day, price.timing.index, fromMs);
        if (mask === 0) return;
        functions[mask] ??= functionOf(price.curveOf(mask));
        specials[s] = (specials[s] ?? 0) + (functions[mask]?.(kw) ?? 0);
      };
      onWindow(price.windowMinutes, eachOf(price.windowMinutes, spacingMs, close));
    } else if (price.kind === 'reactive') {
      onWindow(60, (fromMs, _toMs, kw, day, kvar) => {
        highestKw = Math.max(highestKw, kw);
        if (Number.isNaN(kvar) || maskAt(day, price.timing.index, fromMs) === 0) return;
        hasKvar = true;
        specials[s] = Math.max(specials[s] ?? 0, kvar);
      });
    }
  }
  const windows = [...closings].map(([minutes, of]) => createWindow(tariff, minutes, spacingMs, of));

  return {
    add: (fromMs, kw, day, beside) => {
      if (Number.isNaN(kw)) return;
      knownMs += spacingMs;
      const kwh = kw * hours;
      energyKwh += kwh;
      const quarter = Math.floor((fromMs - day.fromMs) / QUARTER_MS);
      let isPriced = !pricesEnergy;
      for (let e = 0; e < energy.length; e += 1) {
        const price = energy[e];
        if (!price || !day.masks[price.timing.index]?.[quarter]) continue;
        temperatures[e]?.add(kwh, beside);
        if (price.unit === 'm3') {
          if (Number.isNaN(beside.m3)) {
            flowlessMs += spacingMs;
            continue;
          }
          hasFlow = true;
          quantities[e] = (quantities[e] ?? 0) + beside.m3;
          continue;
        }
        isPriced ||= price.temperature === undefined;
        quantities[e] = (quantities[e] ?? 0) + kwh;
        if (price.spotMultiplier === undefined) continue;
        if (Number.isNaN(beside.spotPrice)) spotlessKwh += kwh;
        else spotCosts[e] = (spotCosts[e] ?? 0) + kwh * beside.spotPrice;
      }
      if (!isPriced) pricelessKwh += kwh;
      for (const window of windows) window.add(fromMs, kw, day, beside.kvar);
    },
    finish: () => {
      for (const window of windows) window.settle();
    },
    sums: () => ({
      knownMs,
      energyKwh,
      quantities: [...quantities],
      temperatures: temperatures.map((temperature) => temperature?.mean()),
      spotCosts: [...spotCosts],
      spotlessKwh,
      pricelessKwh,
      hasKvar,
      hasFlow,
      flowlessMs,
      tops: candidates.map(({ top }) => [...top()]),
      special: [...specials],
      highestKw,
    }),
  };
}

type Closing = (fromMs: number, toMs: number, meanKw: number, day: DayPlan, meanKvar: number) => void;

/** Of an interval that is longer than a window each window counts: it is taken to be even. */
function eachOf(minutes: number, spacingMs: number, close: Closing): Closing {
  const windowMs = minutes * 60_000;
  if (windowMs >= spacingMs) return close;
  return (fromMs, toMs, ...rest) => {
    for (let at = fromMs; at < toMs; at += windowMs) close(at, at + windowMs, ...rest);
  };
}

/** Means of windows, from intervals; each is given on when it is over. */
function createWindow(tariff: Tariff, minutes: number, spacingMs: number, closings: readonly Closing[]) {
  let [fromMs, toMs, sum, count, kvarSum, kvarCount] = [0, 0, 0, 0, 0, 0];
  let day: DayPlan | undefined;
  const settle = () => {
    const wanted = (toMs - fromMs) / spacingMs;
    if (day && count > 0 && count >= wanted * LEAST_KNOWN) {
      const kvar = kvarCount > 0 ? kvarSum / kvarCount : Number.NaN;
      for (const close of closings) close(fromMs, toMs, sum / count, day, kvar);
    }
    [sum, count, kvarSum, kvarCount] = [0, 0, 0, 0];
  };
  return {
    settle,
    add: (atMs: number, kw: number, on: DayPlan, kvar: number) => {
      if (atMs >= toMs) {
        settle();
        day = on;
        if (minutes <= 60) {
          const lengthMs = minutes * 60_000;
          fromMs = on.fromMs + Math.floor((atMs - on.fromMs) / lengthMs) * lengthMs;
          toMs = fromMs + lengthMs;
        } else {
          ({ fromMs, toMs } = windowAt(tariff.zone, atMs, minutes));
        }
      }
      sum += kw;
      count += 1;
      if (!Number.isNaN(kvar)) {
        kvarSum += kvar;
        kvarCount += 1;
      }
      if (atMs + spacingMs >= toMs) settle();
    },
  };
}

function maskAt(day: DayPlan, index: number, fromMs: number): number {
  return day.masks[index]?.[Math.floor((fromMs - day.fromMs) / QUARTER_MS)] ?? 0;
}
