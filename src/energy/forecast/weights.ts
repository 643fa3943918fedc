import type { Arena } from './arena.ts';

/** Linear weights of features, by ridge regression towards prior weights on what is exponentially forgotten. */
export type Weights = {
  /** The weighted sum of features. */
  readonly predict: (features: Float64Array) => number;
  /** `trust` weighs this one example. */
  readonly learn: (features: Float64Array, target: number, trust: number) => void;
  /** Takes what was learnt into the weights: a Cholesky decomposition, so not after every example. */
  readonly solve: () => void;
};

export type WeightsOptions = {
  readonly prior: readonly number[];
  /** How many examples the prior is worth. */
  readonly priorExamples: number;
  /** Share of the old that is kept at each example. */
  readonly keep: number;
};

export function createWeights(arena: Arena, { prior, priorExamples, keep }: WeightsOptions): Weights {
  const size = prior.length;
  const squares = arena.take(size * size);
  const products = arena.take(size);
  const weights = arena.take(size);
  weights.set(prior);
  const lower = new Float64Array(size * size);
  const right = new Float64Array(size);
  return {
    predict: (features) => {
      let sum = 0;
      for (let i = 0; i < size; i += 1) sum += (weights[i] ?? 0) * (features[i] ?? 0);
      return sum;
    },
    learn: (features, target, trust) => {
      for (let i = 0; i < size; i += 1) {
        const part = (features[i] ?? 0) * trust;
        products[i] = (products[i] ?? 0) * keep + part * target;
        for (let j = 0; j <= i; j += 1) {
          const at = i * size + j;
          squares[at] = (squares[at] ?? 0) * keep + part * (features[j] ?? 0);
        }
      }
    },
    solve: () => {
      lower.set(squares);
      for (let i = 0; i < size; i += 1) {
        const at = i * size + i;
        lower[at] = (lower[at] ?? 0) + priorExamples;
        right[i] = (products[i] ?? 0) + priorExamples * (prior[i] ?? 0);
      }
      decompose(lower, size);
      substitute(lower, right, size);
      weights.set(right);
    },
  };
}

/** Cholesky: the lower triangle L with L·Lᵀ = the matrix, in place. */
function decompose(lower: Float64Array, size: number): void {
  for (let i = 0; i < size; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      let sum = lower[i * size + j] ?? 0;
      for (let k = 0; k < j; k += 1) sum -= (lower[i * size + k] ?? 0) * (lower[j * size + k] ?? 0);
      // Positive by the prior; rounding must not make it otherwise.
      lower[i * size + j] = i === j ? Math.sqrt(Math.max(sum, 1e-9)) : sum / (lower[j * size + j] ?? 1);
    }
  }
}

/** Solves L·Lᵀ·x = right, in place. */
function substitute(lower: Float64Array, right: Float64Array, size: number): void {
  for (let i = 0; i < size; i += 1) {
    let sum = right[i] ?? 0;
    for (let k = 0; k < i; k += 1) sum -= (lower[i * size + k] ?? 0) * (right[k] ?? 0);
    right[i] = sum / (lower[i * size + i] ?? 1);
  }
  for (let i = size - 1; i >= 0; i -= 1) {
    let sum = right[i] ?? 0;
    for (let k = i + 1; k < size; k += 1) sum -= (lower[k * size + i] ?? 0) * (right[k] ?? 0);
    right[i] = sum / (lower[i * size + i] ?? 1);
  }
}
