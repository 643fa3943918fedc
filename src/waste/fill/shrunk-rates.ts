/** How often something happened in each cell of a table, drawn towards what is expected of the cell while it is new. */
export interface ShrunkRates {
  /** (happened + strength · expected) / (seen + strength), in [0, 1]. */
  rate(cell: number, expected: number): number;
  /** Counts an outcome (0 or 1) of a cell with a weight in (0, 1]. */
  add(cell: number, outcome: number, weight: number): void;
}

/**
 * The mean of a beta distribution whose prior is worth `strength` observations: the standard way to let groups of
 * different size borrow from each other (Gelman et al., Bayesian Data Analysis, 3rd ed., chapter 5).
 */
export function createShrunkRates(strength: number, cells: number): ShrunkRates {
  // Of each cell how often it was seen, and then how often it happened.
  const counts = new Float64Array(2 * cells);
  return {
    rate: (cell, expected) => {
      const seen = counts[2 * cell] ?? 0;
      return seen > 0 ? ((counts[2 * cell + 1] ?? 0) + strength * expected) / (seen + strength) : expected;
    },
    add: (cell, outcome, weight) => {
      counts[2 * cell] = (counts[2 * cell] ?? 0) + weight;
      counts[2 * cell + 1] = (counts[2 * cell + 1] ?? 0) + weight * outcome;
    },
  };
}
