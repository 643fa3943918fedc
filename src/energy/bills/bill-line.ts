import type { Money } from '../tariffs/power-price.ts';
import type { Peak } from './top.ts';

/** Rounded to hundredths; `incVat` is undefined where the tariff does not say what the VAT is. */
export type Cost = { readonly exVat: number; readonly incVat: number | undefined };

export type BillLine = {
  readonly reference: string;
  readonly kind: 'power' | 'energy' | 'fixed';
  readonly quantity: number;
  readonly unit: string;
  /** Per unit and billing period. Of a spot price: the mean. */
  readonly price: Money;
  readonly cost: Cost;
  readonly peaks?: readonly Peak[];
};

/** A line with its cost; the quantity is shown rounded, and counts as it is. */
export function lineOf(line: Omit<BillLine, 'cost'>): BillLine {
  return { ...line, quantity: round(line.quantity), cost: costOf(line.quantity, line.price) };
}

export function costOf(quantity: number, { exVat, incVat }: Money): Cost {
  return {
    exVat: cents(quantity * exVat),
    incVat: incVat === undefined ? undefined : cents(quantity * incVat),
  };
}

/** Sum of costs that are rounded already. */
export function sumOf(costs: readonly Cost[]): Cost {
  let exVat = 0;
  let incVat: number | undefined = 0;
  for (const cost of costs) {
    exVat += cost.exVat;
    incVat = incVat === undefined || cost.incVat === undefined ? undefined : incVat + cost.incVat;
  }
  return { exVat: cents(exVat), incVat: incVat === undefined ? undefined : cents(incVat) };
}

/** Half a hundredth goes away from zero; what binary fractions are off by does not count. */
function cents(value: number): number {
  const hundredths = Math.round(Math.abs(value) * 100 * (1 + 1e-12) + 1e-9);
  return hundredths === 0 ? 0 : (Math.sign(value) * hundredths) / 100;
}

export function meanOf(peaks: readonly Peak[]): number {
  if (peaks.length === 0) return 0;
  return peaks.reduce((sum, { weightedKw }) => sum + weightedKw, 0) / peaks.length;
}

/** A price for a part of its time. */
export function scaled({ exVat, incVat }: Money, share: number): Money {
  return { exVat: exVat * share, incVat: incVat === undefined ? undefined : incVat * share };
}

/** ISO 8601: `P1M`, `P1Y`. */
export function periodName(months: number): string {
  return months === 12 ? 'P1Y' : `P${months}M`;
}

export function percent(share: number): string {
  return `${Math.max(0.1, Math.round(share * 1000) / 10)} %`;
}

export function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
