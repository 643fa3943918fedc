import { isoTime } from '../../domain/time.ts';
import type { Bill } from './bill.ts';
import type { BillLine, Cost } from './bill-line.ts';
import type { BillPeriod } from './bill-period.ts';

/**
 * A bill for machines. `price` and `cost` of a component are without VAT, and stand with VAT beside; null where the tariff does
 * not say what the VAT is.
 */
export function billJson({ currency, periods, cost, incomplete }: Bill) {
  return { currency, periods: periods.map(periodJson), cost: costJson(cost), incomplete };
}

/** One billing period. */
export function periodJson(period: BillPeriod) {
  return {
    from: isoTime(period.fromMs),
    to: isoTime(period.toMs),
    coverage: period.coverage,
    incomplete: period.incomplete,
    notes: period.notes,
    components: period.lines.map(lineJson),
    cost: costJson(period.cost),
  };
}

function lineJson({ reference, kind, quantity, unit, price, cost, peaks }: BillLine) {
  return {
    reference,
    kind,
    quantity,
    unit,
    price: round(price.exVat),
    priceIncVat: price.incVat === undefined ? null : round(price.incVat),
    cost: cost.exVat,
    costIncVat: cost.incVat ?? null,
    peaks: (peaks ?? []).map(({ fromMs, toMs, kw, weightedKw }) => ({
      from: isoTime(fromMs),
      to: isoTime(toMs),
      kw: round(kw),
      weightedKw: round(weightedKw),
    })),
  };
}

/** With null where the VAT is not known. */
export function costJson({ exVat, incVat }: Cost) {
  return { exVat, incVat: incVat ?? null };
}

function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
