/** How often something happened in each cell of a table, drawn towards what is expected of the cell while it is new. */
export interface ShrunkRates {
  /** (happened + strength · expected) / (seen + strength), in [0, 1]. */
  rate(cell: string, expected: number): number;
  /** Counts an outcome (0 or 1) of a cell with a weight in (0, 1]. */
  add(cell: string, outcome: number, weight: number): void;
}

/**
 * The mean of a beta distribution whose prior is worth `strength` observations: the standard way to let groups of
 * different size borrow from each other (Gelman et al., Bayesian Data Analysis, 3rd ed., chapter 5).
 */
export function createShrunkRates(strength: number): ShrunkRates {
  const cells = new Map<string, { seen: number; happened: number }>();
  return {
    rate: (name, expected) => {
      const cell = cells.get(name);
      return cell ? (cell.happened + strength * expected) / (cell.seen + strength) : expected;
    },
    add: (name, outcome, weight) => {
      const cell = cells.get(name) ?? { seen: 0, happened: 0 };
      cell.seen += weight;
      cell.happened += weight * outcome;
      cells.set(name, cell);
    },
  };
}
