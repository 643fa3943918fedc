import { z } from 'zod';
import { HOUR_MS } from '../domain/interval.ts';
import { bulkSchema, createBulk, isGone, type Leap, watchBulk } from './bulk.ts';
import {
  createUsualRounds,
  type DueRound,
  forgetRound,
  usualRoundsSchema,
  watchRounds,
} from './usual-rounds.ts';

/** What can be wrong with a container, beside being full. */
export const containerTroubles = ['fire', 'overfilled', 'stuck', 'fouled', 'missed', 'bulk'] as const;
export type ContainerTrouble = (typeof containerTroubles)[number];

const MARKS = 10;
const LEVELS = 5;

const flags = z.object({
  fire: z.boolean(),
  overfilled: z.boolean(),
  stuck: z.boolean(),
  fouled: z.boolean(),
  missed: z.boolean().default(false),
  bulk: z.boolean().default(false),
});

/** All that is remembered of a container; plain JSON, of a bounded size. */
export const containerWatchSchema = z.object({
  /** Newest levels, time and %: three confirm one, {@link LEVELS} a leap. */
  levels: z.array(z.tuple([z.number(), z.number()])),
  isTilted: z.boolean(),
  /** When the level moved last, what it was then, how often it has moved, and its longest rest between two moves, ms. */
  movedMs: z.number(),
  movedPct: z.number(),
  moves: z.number(),
  longestRestMs: z.number(),
  /** Of the newest echoes, oldest first: 1 for one that was none, or far from those around it. */
  marks: z.array(z.number()),
  /** Newest temperatures, time and °C. */
  temperatures: z.array(z.tuple([z.number(), z.number()])),
  rounds: usualRoundsSchema.default(createUsualRounds),
  bulk: bulkSchema.default(createBulk),
  is: flags,
});
export type ContainerWatch = z.infer<typeof containerWatchSchema>;

export type ContainerWatchOptions = {
  /** Overfilled from here, %, confirmed by the median of three. */
  readonly overfilledPct: number;
  /** A change of more than this is a move, % points. */
  readonly movePct: number;
  /** Stuck when it rests so many times as long as it ever did, and at least so many hours. */
  readonly stuckRests: number;
  readonly stuckHours: number;
  /** Fouled when so many of the newest ten echoes are bad: none, or farther than this from the median, % points. */
  readonly badEchoes: number;
  readonly echoSpreadPct: number;
  /** A round is missed when it has not come so many hours after the longest that rounds usually leave between them. */
  readonly lateHours: number;
  /** Bulky waste came in when the level leaps by so much, % points, and so many times what bags ever did between two levels. */
  readonly bulkPct: number;
  readonly bulkTimes: number;
  /** Fire when the temperature rises by so much within so long, or is above this. */
  readonly riseC: number;
  readonly riseMinutes: number;
  readonly fireC: number;
};

/** A change: the trouble began or is over. */
export type ContainerNews = {
  readonly trouble: ContainerTrouble;
  readonly holds: boolean;
  readonly atMs: number;
  /** Confirmed level, %, and temperature, °C, where they are known. */
  readonly levelPct: number | undefined;
  readonly temperatureC: number | undefined;
  /** The round that was missed. */
  readonly round?: DueRound | undefined;
  /** What came in at once. */
  readonly leap?: Leap | undefined;
};

const LEARNED_MOVES = 10;
/** A rest that was longest counts for less at each move: the summer's rests are not those of the year. */
const REST_FADES = 0.98;
const COOLED_C = 8;

export function createContainerWatch(): ContainerWatch {
  return {
    levels: [],
    isTilted: false,
    movedMs: 0,
    movedPct: 0,
    moves: 0,
    longestRestMs: 0,
    marks: [],
    temperatures: [],
    rounds: createUsualRounds(),
    bulk: createBulk(),
    is: { fire: false, overfilled: false, stuck: false, fouled: false, missed: false, bulk: false },
  };
}

/** Takes a level in, %; what a tilted sensor says, and what is older than the newest, counts for nothing. */
export function watchLevel(
  watch: ContainerWatch,
  { atMs, levelPct }: { readonly atMs: number; readonly levelPct: number },
  options: ContainerWatchOptions,
): readonly ContainerNews[] {
  const newestMs = watch.levels.at(-1)?.[0] ?? Number.NEGATIVE_INFINITY;
  if (watch.isTilted || atMs <= newestMs) return [];
  watch.levels.push([atMs, levelPct]);
  if (watch.levels.length > LEVELS) watch.levels.shift();
  const leap = newestLeap(watch, options);
  const confirmed = confirmedPct(watch);
  // The middle of three is judged by those beside it: a true emptying is confirmed by the echo after it.
  const [first, middle, last] = newestThree(watch);
  if (first !== undefined && middle !== undefined && last !== undefined) {
    mark(watch, Math.min(Math.abs(middle - first), Math.abs(middle - last)) > options.echoSpreadPct);
  }
  noteMove(watch, atMs, levelPct, options.movePct);
  const restMs = atMs - watch.movedMs;
  const longMs = Math.max(options.stuckRests * watch.longestRestMs, options.stuckHours * HOUR_MS);
  const { is } = watch;
  const due = dueRound(watch, atMs);
  const holds = {
    overfilled: (confirmed ?? 0) >= options.overfilledPct - (is.overfilled ? options.movePct : 0),
    stuck: watch.moves >= LEARNED_MOVES && restMs >= longMs && levelPct < options.overfilledPct,
    fouled: isFouled(watch, options),
    missed: due !== undefined && (is.missed || isMissed(watch, due, options)),
    bulk: leap !== undefined || (is.bulk && !(confirmed !== undefined && isGone(watch.bulk, confirmed))),
  };
  return news(watch, atMs, holds, { round: due, leap });
}

/** Of a container that has shown what bags do to it, with a sensor that sees: all of the newest echoes are good. */
function newestLeap({ levels, bulk, moves, marks }: ContainerWatch, options: ContainerWatchOptions) {
  if (levels.length < LEVELS || marks.includes(1)) return undefined;
  return watchBulk(bulk, levels, { ...options, isKnown: moves >= LEARNED_MOVES });
}

function dueRound(watch: ContainerWatch, atMs: number): DueRound | undefined {
  const levelPct = confirmedPct(watch);
  // What a fouled sensor says is no emptying, and none is seen by it.
  if (watch.is.fouled) forgetRound(watch.rounds);
  else if (levelPct !== undefined) return watchRounds(watch.rounds, { atMs, levelPct });
  return undefined;
}

/** One that has not moved since then may be stuck, and one that is overfilled has been told of. */
function isMissed(
  { levels, movedMs, is }: ContainerWatch,
  { dueMs }: DueRound,
  { lateHours }: ContainerWatchOptions,
): boolean {
  const atMs = levels.at(-1)?.[0] ?? 0;
  return !is.overfilled && atMs >= dueMs + lateHours * HOUR_MS && movedMs >= dueMs;
}

/** An echo that was none: the sensor says so itself. */
export function watchNoEcho(
  watch: ContainerWatch,
  atMs: number,
  options: ContainerWatchOptions,
): readonly ContainerNews[] {
  mark(watch, true);
  return news(watch, atMs, { fouled: isFouled(watch, options) });
}

/** Takes a temperature under the lid in, °C. */
export function watchTemperature(
  watch: ContainerWatch,
  { atMs, temperatureC }: { readonly atMs: number; readonly temperatureC: number },
  options: ContainerWatchOptions,
): readonly ContainerNews[] {
  const newestMs = watch.temperatures.at(-1)?.[0] ?? Number.NEGATIVE_INFINITY;
  if (atMs <= newestMs) return [];
  watch.temperatures = watch.temperatures.filter(([time]) => atMs - time <= options.riseMinutes * 60_000);
  const lowest = Math.min(temperatureC, ...watch.temperatures.map(([, celsius]) => celsius));
  watch.temperatures.push([atMs, temperatureC]);
  if (watch.temperatures.length > MARKS) watch.temperatures.shift();
  const isHot = temperatureC >= options.fireC - (watch.is.fire ? COOLED_C : 0);
  return news(watch, atMs, { fire: isHot || temperatureC - lowest >= options.riseC });
}

/** Median of the newest three levels, %; undefined before there are three. */
export function confirmedPct(watch: ContainerWatch): number | undefined {
  const newest = newestThree(watch);
  return newest.length < 3 ? undefined : newest.toSorted((a, b) => a - b)[1];
}

function newestThree({ levels }: ContainerWatch): readonly number[] {
  return levels.slice(-3).map(([, pct]) => pct);
}

function noteMove(watch: ContainerWatch, atMs: number, levelPct: number, movePct: number): void {
  if (watch.movedMs === 0) {
    watch.movedMs = atMs;
    watch.movedPct = levelPct;
  } else if (Math.abs(levelPct - watch.movedPct) > movePct) {
    // The rest of a sensor that was stuck is no rest of the container.
    if (!watch.is.stuck) {
      watch.longestRestMs = Math.max(watch.longestRestMs * REST_FADES, atMs - watch.movedMs);
    }
    watch.movedMs = atMs;
    watch.movedPct = levelPct;
    watch.moves = Math.min(watch.moves + 1, LEARNED_MOVES);
  }
}

function mark(watch: ContainerWatch, isBad: boolean): void {
  watch.marks.push(isBad ? 1 : 0);
  if (watch.marks.length > MARKS) watch.marks.shift();
}

/** It sees again when none of them is bad: of a sensor that has tilted, which hits by chance, some hours may be good. */
function isFouled({ marks, is }: ContainerWatch, { badEchoes }: ContainerWatchOptions): boolean {
  const bad = marks.reduce((sum, one) => sum + one, 0);
  return bad >= (is.fouled ? 1 : badEchoes);
}

function news(
  watch: ContainerWatch,
  atMs: number,
  now: Partial<Record<ContainerTrouble, boolean>>,
  why: Pick<ContainerNews, 'round' | 'leap'> = {},
): readonly ContainerNews[] {
  return containerTroubles.flatMap((trouble) => {
    const holds = now[trouble];
    if (holds === undefined || holds === watch.is[trouble]) return [];
    watch.is[trouble] = holds;
    const [levelPct, temperatureC] = [confirmedPct(watch), watch.temperatures.at(-1)?.[1]];
    return [{ trouble, holds, atMs, levelPct, temperatureC, ...why }];
  });
}
