import { excessKw, type PowerPrice } from '../tariffs/power-price.ts';
import type { Context } from './bill-context.ts';
import { type BillLine, lineOf, meanOf, round, scaled } from './bill-line.ts';
import { pricedLines } from './bill-steps.ts';
import { createTop, type Peak } from './top.ts';

/** Lines of the highest windows: what they are billed at, or a subscription and what exceeds it. */
export function powerLines(context: Context): readonly BillLine[] {
  return context.tariff.power.flatMap((price, p) => {
    const { days, share } = context.share(price.timing);
    if (days === 0) return [];
    const { reference, subscribed } = price;
    // What is known beforehand costs the same whatever the load is.
    if (subscribed?.kw !== undefined && !subscribed.excessPrice) {
      return pricedLines(context, price, { kw: subscribed.kw, share });
    }
    const peaks = peaksOf(context, price, p);
    const billedKw = meanOf(peaks);
    if (!subscribed) return pricedLines(context, price, { kw: billedKw, share, peaks });
    if (subscribed.kw === undefined) {
      context.note(
        `${reference}: the subscribed power is taken to be what is billed, ${round(billedKw)} kW (say it by --subscribed-kw, or subscribedKw in places.yaml)`,
        false,
      );
    }
    const kw = subscribed.kw ?? billedKw;
    const lines = pricedLines(context, price, { kw, share, peaks });
    const excess = excessKw(billedKw, subscribed, kw);
    if (excess === 0 || !subscribed.excessPrice) return lines;
    const of = scaled(subscribed.excessPrice, share);
    const line = { reference: `${reference}-excess`, kind: 'power', unit: 'kW', peaks } as const;
    return [...lines, lineOf({ ...line, quantity: excess, price: of })];
  });
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
