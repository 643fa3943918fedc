import { excessKw, type PowerPrice } from '../tariffs/power-price.ts';
import type { Context } from './bill-context.ts';
import { type BillLine, lineOf, meanOf, round, scaled } from './bill-line.ts';
import { pricedLines } from './bill-steps.ts';
import { createTop, type Peak } from './top.ts';
import { yearKwh } from './year-energy.ts';

/** Lines of the highest windows: what they are billed at, or a subscription and what exceeds it. */
export function powerLines(context: Context): readonly BillLine[] {
  return context.tariff.power.flatMap((price, p) => {
    const { days, share } = context.share(price.timing);
    if (days === 0) return [];
    const { reference, subscribed } = price;
    // What is known beforehand costs the same whatever the load is.
    if (subscribed?.kw !== undefined && !subscribed.excessPrice) {
      const kw = subscribed.kw;
      return [...pricedLines(context, price, { kw, share }), ...shortUseLines(context, price, { kw, share })];
    }
    const peaks = peaksOf(context, price, p);
    const billedKw = meanOf(peaks);
    const kw = subscribed?.kw ?? billedKw;
    if (subscribed && subscribed.kw === undefined) {
      context.note(
        `${reference}: the subscribed power is taken to be what is billed, ${round(billedKw)} kW (say it by --subscribed-kw, or subscribedKw in places.yaml)`,
        false,
      );
    }
    return [
      ...pricedLines(context, price, { kw, share, peaks }),
      ...excessLines(price, { kw, billedKw, share, peaks }),
      ...shortUseLines(context, price, { kw, share }),
    ];
  });
}

type Billed = { readonly kw: number; readonly share: number };

/** What exceeds a subscription. */
function excessLines(
  { reference, subscribed }: PowerPrice,
  { kw, billedKw, share, peaks }: Billed & { readonly billedKw: number; readonly peaks: readonly Peak[] },
): readonly BillLine[] {
  const excess = subscribed ? excessKw(billedKw, subscribed, kw) : 0;
  if (excess === 0 || !subscribed?.excessPrice) return [];
  const line = { reference: `${reference}-excess`, kind: 'power', unit: 'kW', peaks } as const;
  return [lineOf({ ...line, quantity: excess, price: scaled(subscribed.excessPrice, share) })];
}

/** What the year's energy lacks to that of a power that is used for long. */
function shortUseLines(
  context: Context,
  { reference, shortUse }: PowerPrice,
  { kw, share }: Billed,
): readonly BillLine[] {
  if (!shortUse) return [];
  const { hours, perKwh, degreeDays } = shortUse;
  const quantity = Math.max(0, kw * hours - yearKwh(context, { reference, degreeDays }, 'shortUse'));
  const line = { reference: `${reference}-short-use`, kind: 'power', unit: 'kWh' } as const;
  return [lineOf({ ...line, quantity, price: scaled(perKwh, share) })];
}

/** The billed candidates: the highest of all billing periods that the look-back reaches. */
function peaksOf({ periods, tariff, note }: Context, price: PowerPrice, p: number): readonly Peak[] {
  const { meanOf: most, lookBackMonths, reference } = price;
  for (const doubt of price.doubts) note(`${reference}: ${doubt}`, false);
  const count = Math.round(lookBackMonths / tariff.billingMonths);
  const known = periods.slice(-count);
  if (known.length < count) {
    note(
      `${reference}: the load has ${known.length} of the ${count} billing periods that are looked back on`,
      true,
    );
  }
  const top = createTop(most);
  for (const { sums } of known) {
    for (const { fromMs, toMs, kw, weightedKw } of sums.tops[p] ?? []) top.add(fromMs, toMs, kw, weightedKw);
  }
  return top.peaks;
}
