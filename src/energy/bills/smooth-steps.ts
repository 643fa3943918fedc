/**
 * How an interval's energy is spread over equal steps of it, each as a share of 1: the derivative of a monotone cubic through
 * the cumulated energy (Fritsch & Carlson 1980), so that a load rises and falls without jumps and no energy is moved to
 * another interval. `before` and `after`: energy of its neighbours, where they are known.
 */
export function smoothShares(
  { before, energy, after }: { readonly before?: number; readonly energy: number; readonly after?: number },
  steps: number,
): number[] {
  const even = () => Array.from({ length: steps }, () => 1 / steps);
  if (!(energy > 0)) return even();
  const slopes = [slope(before ?? energy, energy), slope(energy, after ?? energy)] as const;
  const shares = Array.from({ length: steps }, (_, step) =>
    Math.max(cubic(energy, slopes, (step + 1) / steps) - cubic(energy, slopes, step / steps), 0),
  );
  const sum = shares.reduce((total, share) => total + share, 0);
  return sum > 0 ? shares.map((share) => share / sum) : even();
}

/** Slope of the cumulated energy where two intervals meet: the harmonic mean, which keeps the curve monotone. */
function slope(left: number, right: number): number {
  return left > 0 && right > 0 ? (2 * left * right) / (left + right) : 0;
}

/** Cubic Hermite from (0, 0) to (1, energy). */
function cubic(energy: number, [from, to]: readonly [number, number], t: number): number {
  return from * (t ** 3 - 2 * t ** 2 + t) + energy * (3 * t ** 2 - 2 * t ** 3) + to * (t ** 3 - t ** 2);
}
