import type { Arena } from './arena.ts';
import type { Rings } from './rings.ts';

/** Exponential means of one quantity, each kept in a row of its own as it was after every step. */
export type KeptMeans = {
  readonly add: (value: number) => void;
  /** Writes the means as they are after a step, known or not, into its place. */
  readonly keep: (rings: Rings, wall: number) => void;
};

/** `share`: of the way to a new value that a mean goes. */
export function createKeptMeans(
  arena: Arena,
  kinds: readonly { readonly row: number; readonly share: number }[],
): KeptMeans {
  const means = arena.take(kinds.length);
  return {
    add: (value) => {
      for (const [i, { share }] of kinds.entries()) {
        means[i] = (means[i] ?? 0) + share * (value - (means[i] ?? 0));
      }
    },
    keep: (rings, wall) => {
      for (const [i, { row }] of kinds.entries()) rings.set(row, wall, means[i] ?? 0);
    },
  };
}
