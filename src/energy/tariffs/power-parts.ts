import type { Compiling } from './compiling.ts';
import type { OnePer, PriceStep } from './power-price.ts';
import type { PowerComponent } from './tariff.ts';
import type { PowerExtension } from './tariff-extensions.ts';
import type { MoneyWith } from './tariff-money.ts';

const HOUR_MINUTES = 60;

/** What a `peakIdentificationPeriod` means beside a `peakDuration`; undefined when nothing that is understood. */
export function onePerOf(text: string, durationMinutes: number): OnePer | undefined {
  if (text === 'P1M') return 'month';
  if (text === 'P1Y') return 'period';
  if (text === 'P1D' || text === 'PT24H') return durationMinutes === 1440 ? 'window' : 'day';
  const match = /^PT(\d+)(M|H)$/.exec(text);
  if (!match) return undefined;
  const minutes = Number(match[1]) * (match[2] === 'H' ? HOUR_MINUTES : 1);
  // Peaks may fall in any windows, or in any hours.
  if (minutes <= durationMinutes) return 'window';
  return minutes === HOUR_MINUTES ? 'hour' : undefined;
}

/** Steps with their prices per billing period. */
export function stepsOf(
  said: NonNullable<PowerExtension['steps']>,
  path: readonly PropertyKey[],
  factor: number,
  { wrong, money }: Pick<Compiling, 'wrong'> & { readonly money: MoneyWith },
): readonly PriceStep[] {
  const steps = said.map(({ upToKw, price }) => ({
    upToKw: upToKw ?? Number.POSITIVE_INFINITY,
    price: money(price, factor),
  }));
  for (const [s, { upToKw }] of steps.entries()) {
    if (s > 0 && upToKw <= (steps[s - 1]?.upToKw ?? 0)) {
      wrong([...path, 'x-kvarter', 'steps', s, 'upToKw'], 'must be higher than that of the step before');
    }
  }
  return steps;
}

/** Mean price per kW of a stepped price: what a kW more costs in the long run. */
export function slopeOf(steps: readonly PriceStep[]): number {
  const closed = steps.filter(({ upToKw }) => Number.isFinite(upToKw));
  const [first, last] = [closed[0], closed.at(-1)];
  if (!first || !last) return 0;
  if (first === last) return first.price.exVat / first.upToKw;
  return (last.price.exVat - first.price.exVat) / (last.upToKw - first.upToKw);
}

/** What is billed as it stands, and reads as if its author had meant something else. */
export function doubtsOf(
  { recurringPeriods, peakIdentificationSettings: settings }: PowerComponent,
  {
    references,
    onePer,
    months,
    billingMonths,
  }: {
    /** Recurring periods that the peakFunction names. */
    readonly references: readonly string[];
    readonly onePer: OnePer;
    /** That candidates come from. */
    readonly months: number;
    readonly billingMonths: number;
  },
): readonly string[] {
  const periods = recurringPeriods ?? [];
  const unnamed = periods.filter(({ reference }) => !references.includes(reference));
  const candidates =
    onePer === 'month' ? months : onePer === 'period' ? months / billingMonths : Number.POSITIVE_INFINITY;
  const { numberOfPeaksForAverageCalculation: most = 0, peakIdentificationPeriod = '' } = settings ?? {};
  return [
    ...unnamed.map(
      ({ reference }) =>
        `the recurring period ${reference} is not in the peakFunction, so its peaks are not billed`,
    ),
    ...(most > candidates
      ? [
          `the mean of ${most} peaks is that of ${candidates}: peakIdentificationPeriod ${peakIdentificationPeriod} gives no more (P1D: each on another day)`,
        ]
      : []),
  ];
}
