/** Sums over examples: of x·xᵀ (the lower triangle, by rows) and of x·y; `ridge` is what the prior weights are worth. */
export type Normal = {
  readonly squares: Float64Array;
  readonly products: Float64Array;
  readonly ridge: number;
};

/** Prior weights in, ridge regression's out: (X + r·I)·w = p + r·prior, by Cholesky decomposition. */
export function solveRidge({ squares, products, ridge }: Normal, weights: Float64Array): void {
  const size = weights.length;
  const lower = Float64Array.from(squares);
  for (let i = 0; i < size; i += 1) {
    const diagonal = start(i) + i;
    lower[diagonal] = (lower[diagonal] ?? 0) + ridge;
    weights[i] = (products[i] ?? 0) + ridge * (weights[i] ?? 0);
  }
  decompose(lower, size);
  substitute(lower, weights);
}

/** Where a row of the triangle begins. */
function start(row: number): number {
  return (row * (row + 1)) / 2;
}

/** The triangle L with L·Lᵀ = the matrix, in place. */
function decompose(lower: Float64Array, size: number): void {
  for (let i = 0; i < size; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      const at = start(i) + j;
      let sum = lower[at] ?? 0;
      for (let k = 0; k < j; k += 1) sum -= (lower[start(i) + k] ?? 0) * (lower[start(j) + k] ?? 0);
      // Positive by the ridge; rounding must not make it otherwise.
      lower[at] = i === j ? Math.sqrt(Math.max(sum, 1e-9)) : sum / (lower[start(j) + j] ?? 1);
    }
  }
}

/** Solves L·Lᵀ·x = right, in place. */
function substitute(lower: Float64Array, right: Float64Array): void {
  const size = right.length;
  for (let i = 0; i < size; i += 1) {
    let sum = right[i] ?? 0;
    for (let k = 0; k < i; k += 1) sum -= (lower[start(i) + k] ?? 0) * (right[k] ?? 0);
    right[i] = sum / (lower[start(i) + i] ?? 1);
  }
  for (let i = size - 1; i >= 0; i -= 1) {
    let sum = right[i] ?? 0;
    for (let k = i + 1; k < size; k += 1) sum -= (lower[start(k) + i] ?? 0) * (right[k] ?? 0);
    right[i] = sum / (lower[start(i) + i] ?? 1);
  }
}
