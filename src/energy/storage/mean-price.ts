import type { PriceList } from '../bills/bill.ts';

/** The price of a step; the mean of several where prices are for shorter times. NaN where it is not known. */
export function meanPrice({ fromMs, spacingMs, price }: PriceList, atMs: number, stepMs: number): number {
  const from = Math.floor((atMs - fromMs) / spacingMs);
  const count = Math.max(1, Math.round(stepMs / spacingMs));
  if (count === 1) return price[from] ?? Number.NaN;
  let sum = 0;
  for (let i = from; i < from + count; i += 1) sum += price[i] ?? Number.NaN;
  return sum / count;
}
