import { normalCdf, normalQuantile } from '../normal.ts';

/** Ranks within an outcome that are followed to the next step. */
const RANKS = 32;

/**
 * How likely each outcome is in a step, a row for each outcome of the step before. Outcomes are in rising order, of these
 * weights. The normal scores of their ranks are correlated from step to step by `persistence` (a Gaussian copula, 0..1), so that
 * with nothing known before each is as likely as its weight.
 */
export function transitionsOf(weights: readonly number[], persistence: number): readonly Float64Array[] {
  const edges = [0];
  for (const weight of weights) edges.push((edges.at(-1) ?? 0) + weight);
  const scores = edges.map((edge) => normalQuantile(Math.min(edge, 1)));
  const spread = Math.sqrt(1 - persistence ** 2);
  return weights.map((weight, from) => {
    const likely = new Float64Array(weights.length);
    for (let n = 0; n < RANKS; n += 1) {
      const expected = persistence * normalQuantile((edges[from] ?? 0) + (weight * (n + 0.5)) / RANKS);
      let below = 0;
      for (let to = 0; to < weights.length; to += 1) {
        const upTo = normalCdf(((scores[to + 1] ?? 0) - expected) / spread);
        likely[to] = (likely[to] ?? 0) + (upTo - below) / RANKS;
        below = upTo;
      }
    }
    return likely;
  });
}
