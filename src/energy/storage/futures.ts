import { evenNumbers } from '../even-numbers.ts';

/** What the past may have been a sample of, and futures that would follow from it. */
export type World = {
  /** Numbers of the past days that it is made of; a day may be in it more than once. */
  readonly pastDays: readonly number[];
  /** For each future and day the number of the past day that it is like. */
  readonly draws: readonly Uint16Array[];
};

/** Futures where the past is too short for more than one world. */
const DRAWS = 60;
const WORLDS = 20;
const DRAWS_PER_WORLD = 4;
const WEEK_DAYS = 7;
/**
 * Weeks that a world is made of. The mean of so few lies about as far from that of the past weeks, five of them, as the mean of
 * a month to come does: sqrt(1/2) of a week's spread beside sqrt(1/5 + 1/4.3).
 */
const WORLD_WEEKS = 2;

/**
 * Worlds of whole weeks of the past, drawn with repetition, and futures in each of them, drawn day by day, free days for
 * free days. Where the past is shorter than two weeks there is one world, of all days.
 * `days` and `past`: whether a day to come, and a past one, is free. The same input draws the same.
 */
export function drawWorlds(days: readonly boolean[], past: readonly boolean[]): readonly World[] {
  const weeks = Math.floor(past.length / WEEK_DAYS);
  const random = evenNumbers(days.length * 977 + past.length);
  const world = (pastDays: readonly number[], futures: number): World => {
    const like = [false, true].map((kind) => {
      const those = pastDays.filter((p) => past[p] === kind);
      return those.length >= 3 ? those : pastDays;
    });
    const draws = Array.from({ length: futures }, () =>
      Uint16Array.from(days, (isFree) => {
        const those = like[isFree ? 1 : 0] ?? pastDays;
        return those[Math.floor(random() * those.length)] ?? 0;
      }),
    );
    return { pastDays, draws };
  };
  if (weeks < 2) return [world([...past.keys()], DRAWS)];
  return Array.from({ length: WORLDS }, () => {
    const pastDays = Array.from({ length: WORLD_WEEKS }, () => {
      const first = past.length - WEEK_DAYS * (1 + Math.floor(random() * weeks));
      return Array.from({ length: WEEK_DAYS }, (_, d) => first + d);
    });
    return world(pastDays.flat(), DRAWS_PER_WORLD);
  });
}
