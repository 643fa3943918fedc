import type { Compiling } from './compiling.ts';
import { costInStep, type OnePer, type PriceStep } from './power-price.ts';
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

/** Steps with their prices per billing period; blocks as the steps that cost the same. */
export function stepsOf(
  { steps: said = [], blocks }: Pick<PowerExtension, 'steps' | 'blocks'>,
  path: readonly PropertyKey[],
  factor: number,
  { wrong, money }: Pick<Compiling, 'wrong'> & { readonly money: MoneyWith },
): readonly PriceStep[] {
  const place = [...path, 'x-kvarter', 'steps'];
  if (blocks && said.length === 0) wrong([...path, 'x-kvarter', 'blocks'], 'needs steps');
  for (const [s, { upToKw, price, perKw }] of said.entries()) {
    const before = said[s - 1];
    if (before && (upToKw ?? Number.POSITIVE_INFINITY) <= (before.upToKw ?? Number.POSITIVE_INFINITY)) {
      wrong([...place, s, 'upToKw'], 'must be higher than that of the step before');
    }
    if (blocks && price) {
      wrong([...place, s, 'price'], 'does not go together with blocks: what a period costs is a fixedPrice');
    } else if (!perKw && (blocks || !price)) {
      wrong(
        [...place, s, 'perKw'],
        `is missing: ${blocks ? 'a block' : 'a step without price'} costs so much for each kW`,
      );
    }
  }
  const steps = said.map(({ upToKw, price, perKw }) => ({
    upToKw: upToKw ?? Number.POSITIVE_INFINITY,
    price: price && money(price, factor),
    perKw: perKw && money(perKw, factor),
  }));
  return blocks ? continued(steps) : steps;
}

/** Each step with what the kW below it cost more (or less) than its own. */
function continued(blocks: readonly PriceStep[]): readonly PriceStep[] {
  let [exVat, incVat]: [number, number | undefined] = [0, 0];
  return blocks.map((block, b) => {
    const before = blocks[b - 1];
    if (before?.perKw && block.perKw) {
      exVat += before.upToKw * (before.perKw.exVat - block.perKw.exVat);
      const [left, right] = [before.perKw.incVat, block.perKw.incVat];
      incVat =
        incVat === undefined || left === undefined || right === undefined
          ? undefined
          : incVat + before.upToKw * (left - right);
    }
    return { ...block, price: { exVat, incVat } };
  });
}

/** Mean price per kW of a stepped price: what a kW more costs in the long run. */
export function slopeOf(steps: readonly PriceStep[]): number {
  const ends = steps.filter(({ upToKw }) => Number.isFinite(upToKw));
  const [first, last] = [ends[0], ends.at(-1)];
  if (!first || !last) return steps[0]?.perKw?.exVat ?? 0;
  const [low, high] = [costInStep(first, first.upToKw), costInStep(last, last.upToKw)];
  return first === last ? low / first.upToKw : (high - low) / (last.upToKw - first.upToKw);
}

/** What is billed as it stands, and reads as if its author had meant something else. */
export function doubtsOf(
  { recurringPeriods, price, peakIdentificationSettings: settings, 'x-kvarter': extension }: PowerComponent,
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
    ...(price && extension?.steps ? ['the steps are billed, and not the price beside them'] : []),
    ...(most > candidates
      ? [
          `the mean of ${most} peaks is that of ${candidates}: peakIdentificationPeriod ${peakIdentificationPeriod} gives no more (P1D: each on another day)`,
        ]
      : []),
  ];
}
