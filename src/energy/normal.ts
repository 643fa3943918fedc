/** Logistic approximation of the standard normal distribution, off by at most 0.0002 (Bowling et al. 2009). */
export function normalCdf(z: number): number {
  if (z > 4) return 1;
  return z < -4 ? 0 : 1 / (1 + Math.exp(-0.07056 * z ** 3 - 1.5976 * z));
}

/** The score that a share of a normal distribution lies below: the inverse of {@link normalCdf} (of the same authors). */
export function normalQuantile(share: number): number {
  return 5.494 * Math.sinh(Math.asinh(-0.3418 * Math.log(1 / share - 1)) / 3);
}
