import { costInStep, type PowerPrice, type PriceStep, stepOf } from '../tariffs/power-price.ts';
import type { Context } from './bill-context.ts';
import { type BillLine, costOf, lineOf, periodName, round, scaled } from './bill-line.ts';
import type { Peak } from './top.ts';

type Priced = Pick<PowerPrice, 'reference' | 'path' | 'price' | 'steps' | 'isInBlocks'>;
type Billed = {
  readonly kw: number;
  /** Of a period's price. */
  readonly share: number;
  readonly peaks?: readonly Peak[];
};

/** What a billed power costs: per kW, or what its step says. */
export function pricedLines(
  context: Context,
  priced: Priced,
  { kw, share, peaks }: Billed,
): readonly BillLine[] {
  const { reference, steps } = priced;
  const line = { reference, kind: 'power', quantity: kw, unit: 'kW', ...(peaks && { peaks }) } as const;
  const step = stepOf(steps, kw) ?? steps.at(-1);
  if (!step) return [lineOf({ ...line, price: scaled(priced.price, share) })];
  if (kw > step.upToKw + 1e-9) {
    context.note(
      `${reference}: ${round(kw)} kW is above the last step (${priced.path.map(String).join('.')}.x-kvarter.steps), which is billed: the bill may be too small`,
      true,
    );
  }
  const { price, perKw } = step;
  if (priced.isInBlocks) return [inBlocks(line, step, share)];
  if (!perKw) return price ? [wholeOf(line, scaled(price, share))] : [];
  const paid = lineOf({ ...line, price: scaled(perKw, share) });
  if (!price) return [paid];
  const unit = periodName(context.tariff.billingMonths);
  const fixed = { reference: `${reference}-step`, kind: 'power', quantity: 1, unit } as const;
  return [paid, lineOf({ ...fixed, price: scaled(price, share) })];
}

type Line = Omit<BillLine, 'cost' | 'price'>;

/** A line whose price is that of all of it. */
function wholeOf(line: Line, price: BillLine['price']): BillLine {
  return { ...lineOf({ ...line, price }), cost: costOf(1, price) };
}

/** Each kW by its own block: the line's price is their mean. */
function inBlocks(line: Line, { price, perKw, ...step }: PriceStep, share: number): BillLine {
  const kw = line.quantity;
  const exVat = costInStep({ ...step, price, perKw }, kw);
  const [fixed, each] = [price?.incVat, perKw?.incVat];
  const incVat = fixed === undefined || each === undefined ? undefined : fixed + kw * each;
  const all = scaled({ exVat, incVat }, share);
  return { ...wholeOf(line, all), price: kw > 0 ? scaled(all, 1 / kw) : scaled(all, 0) };
}
