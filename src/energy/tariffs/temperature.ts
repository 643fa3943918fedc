import type { Compiling } from './compiling.ts';
import type { TemperatureExtension } from './tariff-extensions.ts';

/** By how much a mean temperature of a billing period is off what a tariff wants. */
export type TemperatureDifference = {
  readonly of: 'return' | 'supply' | 'cooling';
  /** What is wanted goes by the supply, so that it must be known, too. */
  readonly isBySupply: boolean;
  /** °C, held within bounds; undefined where the reference of the month is not known. */
  readonly differenceC: (
    means: { readonly meanC: number; readonly supplyC: number },
    month: string,
  ) => number | undefined;
};

type Reference = TemperatureExtension['referenceC'];
type Points = readonly (readonly [supplyC: number, referenceC: number])[];

export function temperatureDifference({
  of,
  referenceC,
  leastDifferenceC = Number.NEGATIVE_INFINITY,
  mostDifferenceC = Number.POSITIVE_INFINITY,
}: TemperatureExtension): TemperatureDifference {
  const points = pointsOf(referenceC);
  return {
    of,
    isBySupply: points !== undefined,
    differenceC: ({ meanC, supplyC }, month) => {
      const wantedC = points ? between(points, supplyC) : ofMonth(referenceC, month);
      if (wantedC === undefined) return undefined;
      return Math.min(Math.max(meanC - wantedC, leastDifferenceC), mostDifferenceC);
    },
  };
}

/** What the schema cannot see of a reference. */
export function checkReference(
  { referenceC }: TemperatureExtension,
  path: readonly PropertyKey[],
  { billingMonths, compiling: { wrong } }: { readonly billingMonths: number; readonly compiling: Compiling },
): void {
  const points = pointsOf(referenceC) ?? [];
  for (const [p, [supplyC]] of points.entries()) {
    if (p > 0 && supplyC <= (points[p - 1]?.[0] ?? 0))
      wrong([...path, 'bySupplyC', p, 0], 'must be higher than the supply before');
  }
  if (typeof referenceC === 'object' && points.length === 0 && billingMonths !== 1) {
    wrong(path, 'by month needs bills by month: the billingPeriod must be P1M');
  }
}

function pointsOf(referenceC: Reference): Points | undefined {
  return typeof referenceC === 'object' && Array.isArray(referenceC.bySupplyC)
    ? referenceC.bySupplyC
    : undefined;
}

function ofMonth(referenceC: Reference, month: string): number | undefined {
  if (typeof referenceC === 'number') return referenceC;
  return Object.entries(referenceC).find(([name]) => name === month)?.[1];
}

/** On the line through the points beside it; beyond them all as the nearest. */
function between(points: Points, supplyC: number): number | undefined {
  const after = points.findIndex(([atC]) => atC >= supplyC);
  const [low, high] = [points[after - 1], points[after]];
  if (!high) return points.at(-1)?.[1];
  if (!low) return high[1];
  return low[1] + ((high[1] - low[1]) * (supplyC - low[0])) / (high[0] - low[0]);
}
