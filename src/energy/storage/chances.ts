import type { LoadChances } from './stage.ts';

/** Shares of the outcomes at which the values of a stage meet; finest where peaks are made. */
const EDGES = [0, 0.2, 0.4, 0.6, 0.75, 0.86, 0.94, 0.98, 1];
const WEIGHTS = EDGES.slice(1).map((edge, i) => edge - (EDGES[i] ?? 0));
/** The mood that each value makes: usual, high, very high. */
const MOODS = [0, 0, 0, 1, 1, 2, 2, 2];
const MOOD_COUNT = 3;
/** Outcomes that are kept of each group of leads: two months of them. */
const KEPT = 24 * 60;
/** Leads, in stages, at which a new group begins. */
const GROUPS = [0, 1, 3, 8, 24];
/** A normal distribution's mean in each bin, which counts before anything was seen as much as this many outcomes. */
const PRIOR = [-1.4, -0.53, 0, 0.46, 0.86, 1.28, 1.75, 2.42];
const PRIOR_COUNT = 48;

/** What was said of a stage: the load in the middle, and how far it may be off, kW. */
export type Expectation = { readonly middleKw: number; readonly spreadKw: number };

/**
 * How loads came out against what was expected, in units of the expected spread: the shape of the distribution with its
 * tails, by how far ahead it was said, and how often an unusual hour follows another.
 */
export function createChances() {
  const outcomes = GROUPS.map(() => ({ ring: new Float64Array(KEPT), count: 0 }));
  const follows = Array.from({ length: MOOD_COUNT }, () => new Float64Array(MOOD_COUNT));
  let shapes: readonly Float64Array[] = GROUPS.map(() => Float64Array.from(PRIOR));

  const groupOf = (lead: number): number => GROUPS.findLastIndex((from) => lead >= from);

  /** The mood of an outcome of so many spreads. */
  const moodOf = (lead: number, z: number): number => {
    const shape = shapes[groupOf(lead)];
    let nearest = 0;
    for (let i = 1; i < PRIOR.length; i += 1) {
      if (Math.abs((shape?.[i] ?? 0) - z) < Math.abs((shape?.[nearest] ?? 0) - z)) nearest = i;
    }
    return MOODS[nearest] ?? 0;
  };

  return {
    moodOf,
    learn: (lead: number, z: number): void => {
      const group = outcomes[groupOf(lead)];
      if (!group || !Number.isFinite(z)) return;
      group.ring[group.count % KEPT] = z;
      group.count += 1;
    },
    /** One hour's mood followed another's. */
    follow: (before: number, after: number): void => {
      const row = follows[before];
      if (row) row[after] = (row[after] ?? 0) * 0.9995 + 1;
    },
    /** Works the shapes out anew; once a day is enough. */
    refresh: (): void => {
      shapes = outcomes.map(({ ring, count }) => {
        const known = ring.slice(0, Math.min(count, KEPT)).toSorted();
        return Float64Array.from(PRIOR, (prior, i) => {
          const from = Math.floor((EDGES[i] ?? 0) * known.length);
          const to = Math.max(Math.floor((EDGES[i + 1] ?? 1) * known.length), from);
          let sum = prior * PRIOR_COUNT * (WEIGHTS[i] ?? 0);
          for (let k = from; k < to; k += 1) sum += known[k] ?? 0;
          return sum / (PRIOR_COUNT * (WEIGHTS[i] ?? 0) + to - from);
        });
      });
    },
    chances: (lead: number, { middleKw, spreadKw }: Expectation, leastKw: number): LoadChances => {
      const shape = shapes[groupOf(lead)];
      const after = follows.map((row) => {
        const total = row.reduce((sum, count) => sum + count, 0);
        const share = (mood: number) => {
          const usual = WEIGHTS.reduce((sum, weight, i) => sum + (MOODS[i] === mood ? weight : 0), 0);
          return ((row[mood] ?? 0) + 20 * usual) / (total + 20) / usual;
        };
        return WEIGHTS.map((weight, i) => weight * share(MOODS[i] ?? 0));
      });
      return {
        kw: Float64Array.from(PRIOR, (_, i) => Math.max(middleKw + spreadKw * (shape?.[i] ?? 0), leastKw)),
        weights: WEIGHTS,
        moods: MOODS,
        after,
      };
    },
  };
}
