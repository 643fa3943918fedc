import type { Interval } from '../domain/interval.ts';
import type { Reading } from '../domain/reading.ts';
import type { Refused } from './store.ts';

/** Divides a batch into what a store can hold at all and what no store can. */
export function sortOut<T>(
  items: readonly T[],
  problem: (item: T) => string | undefined,
): { readonly sound: readonly T[]; readonly refused: readonly Refused<T>[] } {
  const refused: Refused<T>[] = [];
  for (const item of items) {
    const reason = problem(item);
    if (reason !== undefined) refused.push({ item, reason });
  }
  if (refused.length === 0) return { sound: items, refused };
  const bad = new Set(refused.map(({ item }) => item));
  return { sound: items.filter((item) => !bad.has(item)), refused };
}

export function readingProblem({ atMs, value }: Reading): string | undefined {
  if (!Number.isSafeInteger(atMs)) return `the time ${atMs} is not a whole number of milliseconds`;
  if (!Number.isFinite(value)) return `the value ${value} is not a finite number`;
  return undefined;
}

export function intervalProblem({ fromMs, energyWh, coverage }: Interval): string | undefined {
  if (!Number.isSafeInteger(fromMs)) return `the time ${fromMs} is not a whole number of milliseconds`;
  if (!Number.isFinite(energyWh)) return `the energy ${energyWh} Wh is not a finite number`;
  if (!(coverage >= 0 && coverage <= 1)) return `the coverage ${coverage} is not within 0..1`;
  return undefined;
}
