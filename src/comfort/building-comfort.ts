import { type FlatComfort, medianOf } from './flat-comfort.ts';
import type { ComfortLimits } from './limits.ts';

export type NamedFlat = { readonly id: string; readonly comfort: FlatComfort };

/**
 * `curveTooHigh`: most flats are warm because one is cold, so the heat that all get is set by the one: balance it, then lower
 * the curve. `unbalanced`: flats differ, none of them needs more. `cold`: most are cold: raise the curve. `warm`: none is
 * cold and most are warm: lower it. `even`: nothing to do.
 */
export type BalanceVerdict = 'curveTooHigh' | 'unbalanced' | 'cold' | 'warm' | 'even';

export type BuildingComfort = {
  readonly flats: number;
  /** Share of all hours of all flats inside the band, 0 … 1. */
  readonly inBand: number;
  /** Median of the flats' means at the reference outdoor temperature, °C, and how far the warmest is from the coldest. */
  readonly medianC: number;
  readonly spreadC: number;
  /** `notHeated`: it was too mild outdoors to say anything of the heating. */
  readonly verdict: BalanceVerdict | 'notHeated';
  /** By how much the median is above what the coldest flat would have to have, were it balanced, °C. */
  readonly overheatedC: number;
  /** Coldest first. */
  readonly coldest: readonly NamedFlat[];
};

/** Landlords aim at 20 – 21 °C, give or take one: 22 °C is enough. */
const WARM_ABOVE_LIMIT_C = 2;
const UNEVEN_C = 2;

/** How the flats of a building stand to each other; undefined without any. */
export function buildingComfort(
  flats: readonly NamedFlat[],
  limits: ComfortLimits,
): BuildingComfort | undefined {
  const coldest = flats.toSorted((a, b) => a.comfort.correctedC - b.comfort.correctedC);
  const temperatures = coldest.map(({ comfort }) => comfort.correctedC);
  if (temperatures.length === 0) return undefined;
  const { medianC, spreadC, verdict } = balanceOf(temperatures, limits);
  const hours = flats.reduce((sum, { comfort }) => sum + comfort.hours, 0);
  const inBand = flats.reduce((sum, { comfort }) => sum + comfort.inBand * comfort.hours, 0) / hours;
  const outdoors = flats.flatMap(({ comfort: { outdoorC } }) => (outdoorC === undefined ? [] : [outdoorC]));
  const isHeated = !outdoors.some((outdoorC) => outdoorC >= limits.heatingBelowC);
  const overheatedC = isHeated ? Math.max(medianC - limits.coldC - 1, 0) : 0;
  return {
    flats: flats.length,
    inBand,
    medianC,
    spreadC,
    verdict: isHeated ? verdict : 'notHeated',
    overheatedC,
    coldest,
  };
}

/**
 * `sorted`: the flats' means at the reference outdoor temperature, °C, coldest first; at least one. `slackC`: how far inside its
 * limits what was told of the flats still holds.
 */
export function balanceOf(
  sorted: readonly number[],
  limits: Pick<ComfortLimits, 'coldC'>,
  slackC = 0,
): Pick<BuildingComfort, 'medianC' | 'spreadC'> & { readonly verdict: BalanceVerdict } {
  const [first = 0, last = 0, medianC] = [sorted[0], sorted.at(-1), medianOf(sorted)];
  const spreadC = last - first;
  return { medianC, spreadC, verdict: verdictOf({ first, medianC, spreadC, slackC }, limits) };
}

function verdictOf(
  {
    first,
    medianC,
    spreadC,
    slackC,
  }: { readonly first: number; readonly medianC: number; readonly spreadC: number; readonly slackC: number },
  { coldC }: Pick<ComfortLimits, 'coldC'>,
): BalanceVerdict {
  if (medianC < coldC) return 'cold';
  const isWarm = medianC > coldC + WARM_ABOVE_LIMIT_C;
  // A single cold flat among warm ones: what the curve is set for.
  if (isWarm && spreadC >= UNEVEN_C - slackC && first < coldC + 0.5 + slackC) return 'curveTooHigh';
  if (spreadC >= UNEVEN_C) return 'unbalanced';
  return isWarm ? 'warm' : 'even';
}
