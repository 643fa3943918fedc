import { cusum } from './cusum.ts';

/** What days have added up to, and how far above its expectation a day is, in spreads. */
export type AddedUp = {
  readonly sum: number;
  /** Of the newest day. */
  readonly z: number;
  /** Of the days that added to it, lately. */
  readonly level: number;
};

/** What has added up to such a share of what tells is over with two days that came back: it would take a week to wear off. */
const OVER_FROM = 0.75;
/** A day has come back that is above by such a share of what those before it were. */
const BACK = 0.5;
/** A day counts for so much of the level. */
const NEWEST = 1 / 3;

/** Takes a day in. `most` tells, and no more is added up; `slack` of each day is ordinary. */
export function addDay(
  before: AddedUp | undefined,
  z: number,
  { most, slack }: { readonly most: number; readonly slack: number },
): AddedUp {
  const { sum: sumBefore, z: zBefore, level } = before ?? { sum: 0, z, level: 0 };
  const back = Math.max(slack, BACK * level);
  const isOver = sumBefore >= OVER_FROM * most && Math.max(z, zBefore) <= back;
  const sum = isOver ? 0 : Math.min(cusum(sumBefore, z, slack), most);
  if (sum === 0) return { sum, z, level: 0 };
  if (z <= back) return { sum, z, level };
  return { sum, z, level: level === 0 ? z : level + NEWEST * (z - level) };
}
