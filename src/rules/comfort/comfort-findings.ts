import type { BuildingComfort } from '../../comfort/building-comfort.ts';
import { medianOf } from '../../comfort/flat-comfort.ts';
import type { Discomfort, FlatWatch } from '../../comfort/flat-state.ts';
import { feltC } from '../../comfort/flat-watch.ts';
import type { Finding } from '../../domain/alert.ts';
import { isoTime } from '../../domain/time.ts';
import type { Told } from '../rule.ts';
import type { ComfortParameters } from './comfort-parameters.ts';
import { texts } from './comfort-words.ts';

export type About = { readonly building: string; readonly atMs: number; readonly told: Told };
type Band = { readonly minC: number; readonly maxC: number };
/** What alerts are about; colder than before is the beginning of cold, and told as one with it. */
export const toldKinds = ['cold', 'warm', 'dry', 'damp', 'stale', 'window', 'heatingLost'] as const;
export type ToldKind = (typeof toldKinds)[number];
export const milderOf: Partial<Record<ToldKind, Discomfort>> = { cold: 'behind' };

type FlatNow = {
  /** What it is now: the kind, or what is milder. */
  readonly now: Discomfort;
  readonly isSevere: boolean;
  readonly flat: FlatWatch;
  readonly band: Band;
  readonly parameters: ComfortParameters;
  /** Temperatures of the building's other flats, °C. */
  readonly others: readonly number[];
  readonly outdoorC: number | undefined;
};

export function flatFinding(
  kind: ToldKind,
  { building, space, atMs, told, ...found }: About & { space: string } & FlatNow,
): Finding {
  const { flat, others, outdoorC, now, isSevere } = found;
  const { says, todo } = texts[now];
  const { value, unit, shown, should, limits } = measured(now, found);
  const medianC = others.length === 0 ? undefined : medianOf(others.toSorted((a, b) => a - b));
  const beside = medianC === undefined ? '' : ` The other flats of the building are at ${round(medianC)} °C.`;
  return {
    ...told,
    building,
    space,
    subject: `${building}/${space}|${kind}`,
    atMs,
    ...(isSevere ? { severity: 'critical' } : {}),
    // It took hours to know.
    ...(kind === 'heatingLost' ? { forMs: 0 } : {}),
    holds: true,
    title: `${space} ${says}: ${shown}`,
    detail: `${should}${kind === 'dry' || kind === 'damp' || kind === 'stale' ? '' : beside} ${todo}`,
    facts: {
      space,
      kind,
      value,
      unit,
      ...limits,
      since: isoTime(flat.holds[now] ?? atMs),
      ...(now === kind ? {} : { is: now }),
      ...(medianC === undefined ? {} : { othersC: round(medianC) }),
      ...(outdoorC === undefined ? {} : { outdoorC: round(outdoorC) }),
    },
  };
}

function measured(kind: Discomfort, { flat, band, parameters, isSevere }: FlatNow) {
  const { meanHours, warmHours, airMeanHours } = parameters;
  switch (kind) {
    case 'behind': {
      const value = round(flat.recentC.mean);
      const offC = round(flat.offC);
      const by = Math.abs(offC);
      const should = `Over ${parameters.changeHours} hours it is ${value} °C, ${by} °C less than it usually is beside the others.`;
      return {
        value,
        unit: '°C',
        shown: `by ${by} °C`,
        should,
        limits: { offC, changeC: parameters.changeC },
      };
    }
    case 'cold':
    case 'warm': {
      const value = beyond(
        feltC(flat, kind),
        kind === 'warm' ? band.maxC : isSevere ? parameters.severeC : band.minC,
      );
      const should = `Over ${kind === 'warm' ? warmHours : meanHours} hours it is ${value} °C; it should be ${band.minC} to ${band.maxC} °C.`;
      return {
        value,
        unit: '°C',
        shown: `${value} °C`,
        should,
        limits: { minC: band.minC, maxC: band.maxC },
      };
    }
    case 'dry':
    case 'damp': {
      const limits = { minPct: parameters.dryPct, maxPct: parameters.dampPct };
      const value = beyond(flat.humidityPct.mean, kind === 'dry' ? limits.minPct : limits.maxPct);
      const should = `Over ${airMeanHours} hours it is ${value} % relative humidity; it should be ${limits.minPct} to ${limits.maxPct} %.`;
      return { value, unit: '%', shown: `${value} %`, should, limits };
    }
    case 'stale': {
      const value = Math.round(flat.co2Ppm.mean);
      const should = `Over ${airMeanHours} hours it is ${value} ppm CO₂; it should be at most ${parameters.co2Ppm} ppm.`;
      return { value, unit: 'ppm', shown: `${value} ppm CO₂`, should, limits: { maxPpm: parameters.co2Ppm } };
    }
    default: {
      const fromC = round(kind === 'window' ? (flat.fall?.fromC ?? flat.airC) : flat.unheated.fromC);
      const value = round(flat.airC);
      const hours = kind === 'window' ? 1 : flat.unheated.hours;
      const should = `It fell from ${fromC} to ${value} °C in ${hours} hour${hours === 1 ? '' : 's'}.`;
      return {
        value,
        unit: '°C',
        shown: `${fromC} to ${value} °C in ${hours} h`,
        should,
        limits: { fromC, hours },
      };
    }
  }
}

export function buildingFinding(
  kind: ToldKind,
  {
    building,
    atMs,
    told,
    having,
    flats,
    outdoorC,
  }: About & {
    readonly having: readonly { readonly space: string; readonly flat: FlatWatch }[];
    readonly flats: number;
    readonly outdoorC: number | undefined;
  },
): Finding {
  const { many, all } = texts[kind];
  const { unit, amount, isTooHigh } = amountOf(kind);
  const lowestFirst = having
    .map(({ space, flat }) => ({ space, value: amount(flat) }))
    .toSorted((a, b) => a.value - b.value);
  const median = round(medianOf(lowestFirst.map(({ value }) => value)));
  const worstFirst = isTooHigh ? lowestFirst.toReversed() : lowestFirst;
  const since = Math.min(atMs, ...having.map(({ flat }) => flat.holds[kind] ?? atMs));
  return {
    ...told,
    building,
    subject: `${building}|${kind}`,
    atMs,
    holds: true,
    title: `${having.length} of ${flats} flats of ${building} ${many}`,
    detail: `Most flats have it, so it is not theirs: their median is ${median} ${unit}. ${all}`,
    facts: {
      kind,
      flats,
      having: having.length,
      value: median,
      unit,
      since: isoTime(since),
      spaces: worstFirst.slice(0, 10).map(({ space }) => space),
      ...(outdoorC === undefined ? {} : { outdoorC: round(outdoorC) }),
    },
  };
}

/** What a flat has too much or too little of. */
function amountOf(kind: ToldKind): {
  readonly unit: string;
  readonly amount: (flat: FlatWatch) => number;
  readonly isTooHigh: boolean;
} {
  switch (kind) {
    case 'dry':
    case 'damp':
      return { unit: '%', amount: ({ humidityPct }) => humidityPct.mean, isTooHigh: kind === 'damp' };
    case 'stale':
      return { unit: 'ppm', amount: ({ co2Ppm }) => Math.round(co2Ppm.mean), isTooHigh: true };
    default:
      return { unit: '°C', amount: (flat) => feltC(flat, kind), isTooHigh: kind === 'warm' };
  }
}

export function curveFinding({
  building,
  atMs,
  told,
  balance,
  flats,
  coldest,
}: About & {
  readonly balance: Pick<BuildingComfort, 'medianC' | 'spreadC' | 'verdict'>;
  readonly flats: number;
  readonly coldest: { readonly space: string; readonly c: number };
}): Finding {
  const medianC = round(balance.medianC);
  const isForOne = balance.verdict === 'curveTooHigh';
  return {
    ...told,
    building,
    subject: `${building}|curve`,
    atMs,
    holds: true,
    title: `The heating curve of ${building} is too high: its flats are at ${medianC} °C`,
    detail: isForOne
      ? `All are heated for the sake of ${coldest.space} (${round(coldest.c)} °C): balance its radiators first, then lower the curve.`
      : 'Lower the heating curve by two degrees of supply, wait two days, and look again.',
    facts: {
      kind: 'curve',
      verdict: balance.verdict,
      value: medianC,
      unit: '°C',
      spreadC: round(balance.spreadC),
      coldest: coldest.space,
      coldestC: round(coldest.c),
      flats,
    },
  };
}

/** By how many whole degrees a flat is too cold or too warm. */
export function degreesBeyond(now: Discomfort, flat: FlatWatch, { minC, maxC }: Band): number {
  if (now !== 'cold' && now !== 'warm') return 0;
  const mean = feltC(flat, now);
  return Math.max(0, Math.floor(now === 'cold' ? minC - mean : mean - maxC));
}

/** In tenths, and on its side of the limit: what is colder than 22 °C is not told as 22. */
function beyond(value: number, limit: number): number {
  const rounded = round(value);
  if (rounded !== limit || value === limit) return rounded;
  return round(value < limit ? limit - 0.1 : limit + 0.1);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
