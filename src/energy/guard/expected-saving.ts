const STEPS = 12;

/**
 * What holding a window down from one billed power to a lower one saves in the mean, in the price's currency. What a kW of the
 * window adds to the cost is billed if the window ends among those that are averaged, so the expectation is
 * ∫ chance(kW) · cost'(kW) dkW, by the trapezoidal rule. `costOf`: of the billing period, by the window's billed power.
 */
export function expectedSaving(
  costOf: (billedKw: number) => number,
  chance: (billedKw: number) => number,
  { fromKw, toKw }: { readonly fromKw: number; readonly toKw: number },
): number {
  if (!(fromKw > toKw)) return 0;
  const at = (i: number) => toKw + ((fromKw - toKw) * i) / STEPS;
  let sum = 0;
  for (let i = 0; i < STEPS; i += 1) {
    sum += ((chance(at(i)) + chance(at(i + 1))) / 2) * (costOf(at(i + 1)) - costOf(at(i)));
  }
  return sum;
}
