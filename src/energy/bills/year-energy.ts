import type { DegreeDays } from '../tariffs/tariff-extensions.ts';
import type { Context } from './bill-context.ts';

const MONTHS_A_YEAR = 12;

/** Energy of the last twelve months, kWh, each corrected to a normal year's cold where degree days are given. */
export function yearKwh(
  { periods, tariff, note }: Context,
  { reference, degreeDays }: { readonly reference: string; readonly degreeDays: DegreeDays | undefined },
  /** What of `x-kvarter` asks. */
  key: 'categoryNumber' | 'shortUse',
): number {
  const count = Math.max(1, Math.round(MONTHS_A_YEAR / tariff.billingMonths));
  const known = periods.slice(-count);
  if (known.length < count) {
    note(`${reference}: the load has ${known.length} of the ${count} billing periods of the year`, true);
  }
  let kwh = 0;
  for (const { period: month, sums } of known) {
    if (!degreeDays) {
      kwh += sums.energyKwh;
      continue;
    }
    const local = tariff.zone.local(month.fromMs);
    const name = `${local.year}-${String(local.month).padStart(2, '0')}`;
    const actual = degreeDays.actual[name];
    const normal = degreeDays.normal[local.month - 1];
    if (actual === undefined || normal === undefined) {
      note(
        `${reference}: no degree days of ${name} (x-kvarter.${key}.degreeDays.actual): not corrected`,
        true,
      );
      kwh += sums.energyKwh;
      continue;
    }
    kwh += sums.energyKwh * (1 - degreeDays.share + (degreeDays.share * normal) / actual);
  }
  return kwh;
}
