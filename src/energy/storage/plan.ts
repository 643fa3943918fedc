import type { StorageSite } from './battery.ts';
import { createCandidates } from './choices.ts';
import type { PeakGrid, Stage, Table } from './stage.ts';

export type PlanInput = {
  readonly site: StorageSite;
  readonly stages: readonly Stage[];
  /** By tracker; two at most. */
  readonly grids: readonly PeakGrid[];
  /** Cost (negative: worth) of what is stored at the end, kWh. */
  readonly atEnd: (storedKwh: number) => number;
  /** Points at which the value is known over the store's content. */
  readonly contents: number;
};

/** The expected cost from the end of each stage on, by mood, peaks so far and content of the store. */
export type Plan = {
  readonly table: Table;
  readonly input: PlanInput;
  readonly values: readonly Float64Array[];
};

const oneGrid: PeakGrid = { fromKw: 0, stepKw: 1, points: 1 };

/**
 * The cheapest policy on average, by stochastic dynamic programming from the end (Bellman 1957): the state is what is stored,
 * the day's billed peaks so far, and the mood of the load. In a stage the load is seen before the power is set.
 */
export function makePlan(input: PlanInput): Plan {
  const { site, stages, contents } = input;
  const table = tableOf(input);
  const { first, second, perMood, stepKwh } = table;
  let next = new Float64Array(table.moods * perMood);
  for (let e = 0; e < contents; e += 1) {
    const value = input.atEnd(e * stepKwh);
    const peaks = first.points * second.points;
    for (let mood = 0; mood < table.moods; mood += 1)
      next.fill(value, mood * perMood + e * peaks, mood * perMood + (e + 1) * peaks);
  }
  const values: Float64Array[] = Array.from({ length: stages.length });
  const candidates = createCandidates(contents + 6);
  const peaks = first.points * second.points;
  const best = new Float64Array(peaks);
  for (let k = stages.length - 1; k >= 0; k -= 1) {
    const stage = stages[k];
    if (!stage) continue;
    settle(table, next, stage);
    values[k] = next;
    const { load } = stage;
    const before = new Float64Array(next.length);
    for (let e = 0; e < contents; e += 1) {
      for (let j = 0; j < load.kw.length; j += 1) {
        candidates.collect(site, stage, { storedKwh: e * stepKwh, loadKw: load.kw[j] ?? 0, table });
        candidates.best(table, next, (load.moods[j] ?? 0) * perMood, best);
        for (let mood = 0; mood < table.moods; mood += 1) {
          const share = load.after[mood]?.[j] ?? 0;
          const at = mood * perMood + e * peaks;
          for (let x = 0; x < peaks; x += 1) before[at + x] = (before[at + x] ?? 0) + share * (best[x] ?? 0);
        }
      }
    }
    next = before;
  }
  return { table, input, values };
}

function tableOf({ grids, contents, site, stages }: PlanInput): Table {
  const [first = oneGrid, second = oneGrid] = grids;
  return {
    first,
    second,
    contents,
    moods: stages[0]?.load.after.length ?? 1,
    perMood: first.points * second.points * contents,
    stepKwh: site.battery.capacityKwh / (contents - 1),
  };
}

/** Days that end with the stage: their peaks are paid, and the next day starts without. */
function settle({ first, second, contents, moods }: Table, values: Float64Array, { settles }: Stage): void {
  const [one, two] = settles;
  if (!one && !two) return;
  const costs1 = Array.from({ length: first.points }, (_, x) => one?.(first.fromKw + x * first.stepKw) ?? 0);
  const costs2 = Array.from(
    { length: second.points },
    (_, x) => two?.(second.fromKw + x * second.stepKw) ?? 0,
  );
  const peaks = first.points * second.points;
  for (let base = 0; base < moods * contents * peaks; base += peaks) {
    // From high to low, so that the values without a peak are read before they are changed.
    for (let x1 = first.points - 1; x1 >= 0; x1 -= 1) {
      for (let x2 = second.points - 1; x2 >= 0; x2 -= 1) {
        const from = base + (one ? 0 : x1 * second.points) + (two ? 0 : x2);
        values[base + x1 * second.points + x2] = (values[from] ?? 0) + (costs1[x1] ?? 0) + (costs2[x2] ?? 0);
      }
    }
  }
}
