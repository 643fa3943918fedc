import { DAY_MS, HOUR_MS } from '../../domain/interval.ts';
import { meanOf } from './mean.ts';
import { plannerSettings as settings } from './planner-settings.ts';

/** Loads that may come in the steps that follow, kW, their mean, and how likely they are. */
export type LoadOutcome = {
  readonly kw: readonly number[];
  readonly meanKw: number;
  readonly weight: number;
};

/** Hours about the time of day that are like it. */
const AROUND_HOURS = 1;
/** Of fewer courses nothing can be said. */
const LEAST_KNOWN = 20;

/** What the load of the rest of an hour usually comes to after that of a part of it, from the last weeks. */
export function createPartOutcomes(stepMs: number) {
  const parts = Math.round(HOUR_MS / stepMs);
  const perDay = Math.round(DAY_MS / stepMs);
  const most = settings.tailDays * perDay;
  /** Of the last weeks, oldest first, kW. */
  const recent: number[] = [];
  const highestWeight = settings.tails.reduce((sum, { weight }) => sum + weight, 0);

  /**
   * What the `later` steps after one with this load may be, the lowest mean first, by earlier days about the time: as far above that
   * load as they were then, and as high as they were then. What is unusual goes on or goes away, and either is as likely.
   */
  const coursesAfter = (netKw: number, later: number): readonly Omit<LoadOutcome, 'weight'>[] => {
    const found: Omit<LoadOutcome, 'weight'>[] = [];
    for (let day = recent.length - perDay; day >= 0; day -= perDay) {
      for (let hour = -AROUND_HOURS; hour <= AROUND_HOURS; hour += 1) {
        const at = day + hour * parts;
        const then = recent.slice(Math.max(at + 1, 0), Math.max(at + 1 + later, 0));
        const meanKw = meanOf(then);
        const rise = netKw - (recent[at] ?? Number.NaN);
        if (then.length < later || !Number.isFinite(meanKw + rise)) continue;
        found.push({ kw: then, meanKw }, { kw: then.map((kw) => kw + rise), meanKw: meanKw + rise });
      }
    }
    return found.sort((a, b) => a.meanKw - b.meanKw);
  };

  return {
    /** A step is over; NaN is not known. */
    note: (netKw: number): void => {
      recent.push(netKw);
      if (recent.length > most) recent.shift();
    },
    /** For the `later` steps that follow on one with this load, which is not over. */
    after: (netKw: number, later: number): readonly LoadOutcome[] => {
      const courses = coursesAfter(netKw, later);
      const highest = courses.at(-1);
      if (!highest || courses.length < LEAST_KNOWN) {
        return [{ kw: new Array<number>(later).fill(netKw), meanKw: netKw, weight: 1 }];
      }
      let below = 0;
      const likely = settings.weights.map((weight): LoadOutcome => {
        const rank = Math.floor((below + weight / 2) * courses.length);
        below += weight;
        return { ...(courses[rank] ?? highest), weight: weight * (1 - highestWeight) };
      });
      return [...likely, { ...highest, weight: highestWeight }];
    },
  };
}
