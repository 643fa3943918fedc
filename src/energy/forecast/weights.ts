import type { Arena } from './arena.ts';
import { solveRidge } from './ridge.ts';

/**
 * Linear weights of features for each part of the week, by ridge regression on what is exponentially forgotten: those of
 * all parts together towards the prior ones, those of a part towards those of all.
 */
export type Weights = {
  /** The weighted sum of features. */
  readonly predict: (part: number, features: Float64Array) => number;
  /** `trust` weighs this one example. */
  readonly learn: (part: number, features: Float64Array, example: Example) => void;
  /** Takes what was learnt into the weights; costs more than learning, so not after every example. */
  readonly solve: () => void;
};

export type Example = { readonly target: number; readonly trust: number };

export type WeightsOptions = {
  readonly parts: number;
  readonly prior: readonly number[];
  /** How many examples the prior weights are worth to all, and those of all to a part. */
  readonly priorExamples: number;
  readonly sharedExamples: number;
  /** Share of the old that is kept at each example of a part. */
  readonly keep: number;
};

export function createWeights(arena: Arena, options: WeightsOptions): Weights {
  const { parts, prior, keep, priorExamples, sharedExamples } = options;
  const size = prior.length;
  // The lower triangle of a symmetric matrix, by rows.
  const cells = (size * (size + 1)) / 2;
  const squares = Array.from({ length: parts }, () => arena.take(cells));
  const products = Array.from({ length: parts }, () => arena.take(size));
  const weights = Array.from({ length: parts }, () => arena.take(size, prior));
  const [allSquares, allProducts] = [new Float64Array(cells), new Float64Array(size)];
  const shared = new Float64Array(size);
  return {
    predict: (part, features) => {
      const own = weights[part] ?? shared;
      let sum = 0;
      for (let i = 0; i < size; i += 1) sum += (own[i] ?? 0) * (features[i] ?? 0);
      return sum;
    },
    learn: (part, features, { target, trust }) => {
      const [ownSquares, ownProducts] = [squares[part] ?? allSquares, products[part] ?? allProducts];
      let at = 0;
      for (let i = 0; i < size; i += 1) {
        const weighed = (features[i] ?? 0) * trust;
        ownProducts[i] = (ownProducts[i] ?? 0) * keep + weighed * target;
        for (let j = 0; j <= i; j += 1) {
          ownSquares[at] = (ownSquares[at] ?? 0) * keep + weighed * (features[j] ?? 0);
          at += 1;
        }
      }
    },
    solve: () => {
      sumInto(allSquares, squares);
      sumInto(allProducts, products);
      shared.set(prior);
      solveRidge({ squares: allSquares, products: allProducts, ridge: priorExamples }, shared);
      for (const [part, own] of weights.entries()) {
        own.set(shared);
        const learnt = { squares: squares[part] ?? allSquares, products: products[part] ?? allProducts };
        solveRidge({ ...learnt, ridge: sharedExamples }, own);
      }
    },
  };
}

function sumInto(sum: Float64Array, rows: readonly Float64Array[]): void {
  sum.fill(0);
  for (const row of rows) {
    for (let i = 0; i < sum.length; i += 1) sum[i] = (sum[i] ?? 0) + (row[i] ?? 0);
  }
}
