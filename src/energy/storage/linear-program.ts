/** A linear program with some whole-number columns: min cost·x, rowLower ≤ A·x ≤ rowUpper, lower ≤ x ≤ upper. */
export type LinearProgram = {
  readonly cost: readonly number[];
  readonly lower: readonly number[];
  readonly upper: readonly number[];
  readonly isInteger: readonly boolean[];
  readonly rowLower: readonly number[];
  readonly rowUpper: readonly number[];
  /** Rows one after another: row r has the entries [starts[r], starts[r + 1]). */
  readonly starts: readonly number[];
  readonly indices: readonly number[];
  readonly values: readonly number[];
};

export type LinearSolution =
  /** `isProven`: it is the best there is, not only the best that was found in time. */
  | { readonly ok: true; readonly x: Float64Array; readonly isProven: boolean }
  | { readonly ok: false; readonly status: string };

/** Solves a linear program to optimality. */
export type LinearSolver = (program: LinearProgram) => LinearSolution;

/** Builds a linear program column by column and row by row. */
export function createProgram() {
  const cost: number[] = [];
  const lower: number[] = [];
  const upper: number[] = [];
  const isInteger: boolean[] = [];
  const rowLower: number[] = [];
  const rowUpper: number[] = [];
  const starts = [0];
  const indices: number[] = [];
  const values: number[] = [];
  const program: LinearProgram = {
    cost,
    lower,
    upper,
    isInteger,
    rowLower,
    rowUpper,
    starts,
    indices,
    values,
  };
  return {
    program,
    /** The new column's number. */
    column: (perUnit: number, least: number, most: number, isWhole = false): number => {
      cost.push(perUnit);
      lower.push(least);
      upper.push(most);
      isInteger.push(isWhole);
      return cost.length - 1;
    },
    row: (least: number, most: number, entries: readonly (readonly [column: number, value: number])[]) => {
      for (const [column, value] of entries) {
        indices.push(column);
        values.push(value);
      }
      starts.push(indices.length);
      rowLower.push(least);
      rowUpper.push(most);
    },
  };
}

export type ProgramBuilder = ReturnType<typeof createProgram>;
