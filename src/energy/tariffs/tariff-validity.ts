import { type Compiling, sectionNames } from './compiling.ts';
import type { TariffObject } from './tariff.ts';
import type { TariffProblem } from './tariff-file.ts';
import type { ValidPeriod } from './tariff-parts.ts';
import { type DayPlan, isWithin } from './timing.ts';

/**
 * A day is unpriced outside the tariff's validity, where no fixed or no energy price holds though there are some, and before
 * the first or after the last of the power prices. (Between them there may be months without: that is a season.)
 */
export function unpriced(
  tariff: TariffObject,
  root: readonly PropertyKey[],
  { date }: DayPlan,
  { placeOf }: Compiling,
): TariffProblem | undefined {
  const { validPeriod } = tariff;
  if (!isWithin(validPeriod, date)) {
    return {
      path: placeOf([...root, 'validPeriod']),
      message: `the tariff has no price for ${date}: it is valid ${spanText(validPeriod)}`,
    };
  }
  const isClosed = Boolean(validPeriod?.fromIncluding && validPeriod.toExcluding);
  for (const name of sectionNames) {
    const section = tariff[name];
    const periods = (section?.components ?? []).map((component) => component.validPeriod);
    if (periods.length === 0) continue;
    const isPriced =
      isWithin(section?.validPeriod, date) &&
      (name === 'powerPrice'
        ? isClosed || isWithin(hull(periods), date)
        : periods.some((period) => isWithin(period, date)));
    if (!isPriced) {
      return {
        path: placeOf([...root, name, 'components']),
        message: `no ${name} holds on ${date}: its components are valid ${spanText(hull(periods))}`,
      };
    }
  }
  return undefined;
}

function hull(periods: readonly ValidPeriod[]): ValidPeriod {
  const starts = periods.map((period) => period?.fromIncluding || '');
  const ends = periods.map((period) => period?.toExcluding || '');
  return {
    fromIncluding: starts.includes('') ? null : (starts.toSorted()[0] ?? null),
    toExcluding: ends.includes('') ? null : (ends.toSorted().at(-1) ?? null),
  };
}

function spanText(period: ValidPeriod): string {
  const from = period?.fromIncluding ? `from ${period.fromIncluding}` : '';
  const to = period?.toExcluding ? `until ${period.toExcluding}` : '';
  return [from, to].filter(Boolean).join(' ') || 'always';
}
