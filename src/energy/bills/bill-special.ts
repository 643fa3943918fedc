import type { SpecialPower } from '../tariffs/compile-power.ts';
import type { Money } from '../tariffs/power-price.ts';
import type { Context } from './bill-context.ts';
import { type BillLine, lineOf, scaled } from './bill-line.ts';
import { pricedLines } from './bill-steps.ts';

/** Lines of what is billed by power, but not by its highest windows. */
export function specialLines(context: Context): readonly BillLine[] {
  const { tariff, share, sums, note } = context;
  return tariff.special.flatMap((special, s) => {
    const valid = share(special.timing);
    if (valid.days === 0) return [];
    const { reference } = special;
    const line = (quantity: number, unit: string, of: Money) =>
      lineOf({ reference, kind: 'power', quantity, unit, price: of });
    if (special.kind === 'dynamic') return [line(sums.special[s] ?? 0, 'kW', special.price)];
    const price = scaled(special.price, valid.share);
    if (special.kind === 'categoryNumber') {
      return pricedLines(context, special, { kw: categoryKw(context, special), share: valid.share });
    }
    if (!sums.hasKvar) {
      if (sums.knownMs > 0) {
        note(`${reference}: the load has no column kvar, so reactive power is not in the bill`, false);
      }
      return [];
    }
    const free = special.freeShareOfActive * sums.highestKw;
    return [line(Math.max(0, (sums.special[s] ?? 0) - free), 'kVAr', price)];
  });
}

/** Energy of the last twelve months, each corrected to a normal year's cold, over the hours of the category number. */
function categoryKw(
  { periods, tariff, note }: Context,
  special: Extract<SpecialPower, { kind: 'categoryNumber' }>,
): number {
  const count = Math.max(1, Math.round(12 / tariff.billingMonths));
  const known = periods.slice(-count);
  if (known.length < count) {
    note(
      `${special.reference}: the load has ${known.length} of the ${count} billing periods of the year`,
      true,
    );
  }
  let kwh = 0;
  for (const { period: month, sums } of known) {
    const { degreeDays } = special;
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
        `${special.reference}: no degree days of ${name} (x-kvarter.categoryNumber.degreeDays.actual): not corrected`,
        true,
      );
      kwh += sums.energyKwh;
      continue;
    }
    kwh += sums.energyKwh * (1 - degreeDays.share + (degreeDays.share * normal) / actual);
  }
  return kwh / special.hours;
}
