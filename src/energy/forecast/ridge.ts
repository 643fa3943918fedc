/** Sums over examples: of x·xᵀ (the lower triangle, by rows) and of x·y; `ridge` is what the prior weights are worth. */
export type Normal = {
  readonly squares: Float64Array;
  readonly products: Float64Array;
  readonly ridge: number;
};

/** Prior weights in, ridge regression's out: (X + r·I)·w = p + r·prior, by Cholesky decomposition. */
export function solveRidge({ squares, products, ridge }: Normal, weights: Float64Array): void {
  const size = weights.length;
  if (triangle.length !== squares.length) triangle = new Float64Array(squares.length);
  const lower = triangle;
  lower.set(squares);
  for (let i = 0; i < size; i += 1) {
    const diagonal = start(i) + i;
    lower[diagonal] = (lower[diagonal] ?? 0) + ridge;
    weights[i] = (products[i] ?? 0) + ridge * (weights[i] ?? 0);
  }
  decompose(lower, size);
  substitute(lower, weights);
}

/** Used each time anew: thousands are solved a year, nearly all of one size. */
let triangle = new Float64Array(0);

/** Where a row of the triangle begins: a whole number, of 32 bits. */
function start(row: number): number {
  return (row * (row + 1)) >> 1;
}

/** The triangle L with L·Lᵀ = the matrix, in place. */
function decompose(lower: Float64Array, size: number): void {
  for (let i = 0; i < size; i += 1) {
    const row = start(i);
    for (let j = 0; j <= i; j += 1) {
      const other = start(j);
      let sum = lower[row + j] ?? 0;
      for (let k = 0; k < j; k += 1) sum -= (lower[row + k] ?? 0) * (lower[other + k] ?? 0);
      // Positive by the ridge; rounding must not make it otherwise.
      lower[row + j] = i === j ? Math.sqrt(Math.max(sum, 1e-9)) : sum / (lower[other + j] ?? 1);
    }
  }
}

/** Solves L·Lᵀ·x = right, in place. */
function substitute(lower: Float64Array, right: Float64Array): void {
  const size = right.length;
  for (let i = 0; i < size; i += 1) {
    const row = start(i);
    let sum = right[i] ?? 0;
    for (let k = 0; k < i; k += 1) sum -= (lower[row + k] ?? 0) * (right[k] ?? 0);
    right[i] = sum / (lower[row + i] ?? 1);
  }
  for (let i = size - 1; i >= 0; i -= 1) {
    let sum = right[i] ?? 0;
    let at = start(i) + i;
    const diagonal = lower[at] ?? 1;
    for (let k = i + 1; k < size; k += 1) {
      at += k;
      sum -= (lower[at] ?? 0) * (right[k] ?? 0);
    }
    right[i] = sum / diagonal;
  }
}
