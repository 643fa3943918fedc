const STEPS = 12;

/**
 * What holding a window down from one billed power to a lower one saves in the mean, in the price's currency. A kW more or
 * less of a window changes the bill by `price / N` if the window ends among the N that are averaged, so the expectation
 * is `price / N · ∫ chance(kW) dkW`, by the trapezoidal rule.
 */
export function expectedSaving(
  price: { readonly pricePerKw: number; readonly peaks: number },
  chance: (billedKw: number) => number,
  { fromKw, toKw }: { readonly fromKw: number; readonly toKw: number },
): number {
  if (!(fromKw > toKw)) return 0;
  const step = (fromKw - toKw) / STEPS;
  let sum = (chance(toKw) + chance(fromKw)) / 2;
  for (let i = 1; i < STEPS; i += 1) sum += chance(toKw + i * step);
  return (price.pricePerKw / price.peaks) * sum * step;
}
