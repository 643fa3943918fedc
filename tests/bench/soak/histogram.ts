/** Times in steps of a quarter of a millisecond, however many there are. */
export type Histogram = {
  readonly add: (ms: number) => void;
  /** The time that this share of them is below, ms. */
  readonly quantile: (share: number) => number;
};

const STEPS_PER_MS = 4;
const MOST_MS = 60_000;

export function createHistogram(): Histogram {
  const counts = new Uint32Array(MOST_MS * STEPS_PER_MS);
  let total = 0;
  return {
    add: (ms) => {
      const step = Math.min(Math.floor(ms * STEPS_PER_MS), counts.length - 1);
      counts[step] = (counts[step] ?? 0) + 1;
      total += 1;
    },
    quantile: (share) => {
      let seen = 0;
      for (const [step, count] of counts.entries()) {
        seen += count;
        if (seen > 0 && seen >= share * total) return (step + 1) / STEPS_PER_MS;
      }
      return 0;
    },
  };
}
