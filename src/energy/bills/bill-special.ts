import type { Money } from '../tariffs/power-price.ts';
import type { Context } from './bill-context.ts';
import { type BillLine, lineOf, scaled } from './bill-line.ts';
import { pricedLines } from './bill-steps.ts';
import { yearKwh } from './year-energy.ts';

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
      return pricedLines(context, special, {
        kw: yearKwh(context, special, 'categoryNumber') / special.hours,
        share: valid.share,
      });
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
