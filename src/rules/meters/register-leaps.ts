import { z } from 'zod';
import { DAY_MS } from '../../domain/interval.ts';
import { isOutOfScale, newScale, powerOfStep, scaleSchema } from '../../energy/loads/scale.ts';

/** A register that leaps up and goes on from there, and readings alone that are below it. Plain JSON. */
export const leapsSchema = z.object({
  /** Of rates in thousands of the register's unit an hour. */
  scale: scaleSchema,
  /** A leap that the next reading confirms: when, and from where. */
  leapt: z.object({ atMs: z.number(), from: z.number() }).exactOptional(),
  /** When readings alone were below it, of late. */
  aloneMs: z.array(z.number()),
});
export type Leaps = z.infer<typeof leapsSchema>;

/** A meter that has stood still for a summer may take so many times as much in the autumn, … */
const SCALE = { times: 30, leastKw: 50, acceptDays: 28 };
/** … and one wrong reading is nothing. So many within a day are another meter’s, or those of another day. */
const ALONE = 3;

export function newLeaps(): Leaps {
  return { scale: newScale(), aloneMs: [] };
}

type Step = {
  readonly atMs: number;
  readonly value: number;
  readonly beforeMs: number;
  readonly before: number;
};
/** Folds a step that does not go back. Gives the leap before it, when the register goes on from there as it did before. */
export function foldLeap(state: Leaps, { atMs, value, beforeMs, before }: Step): Leaps['leapt'] {
  const { leapt } = state;
  delete state.leapt;
  const isLeap = isOutOfScale(state.scale, atMs, powerOfStep(value - before, atMs - beforeMs), SCALE);
  // What is out of scale again is another unit, and no leap.
  if (isLeap && leapt === undefined) state.leapt = { atMs, from: before };
  return isLeap ? undefined : leapt;
}

/** Notes a reading alone that was below the register. Are there too many? */
export function foldAlone(state: Leaps, atMs: number): boolean {
  state.aloneMs = [...state.aloneMs.filter((oneMs) => atMs - oneMs <= DAY_MS), atMs].slice(-ALONE);
  return state.aloneMs.length === ALONE;
}
