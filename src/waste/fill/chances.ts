import { type Container, DAY_MS, type Level, levelDayBefore } from './container.ts';
import { settings } from './settings.ts';
import { createShrunkRates } from './shrunk-rates.ts';

/** Where a container stands when it is asked about. */
export type Place = {
  /** Which of the equal steps below the threshold the level is on; `settings.buckets` at or above it. */
  readonly bucket: number;
  /** The same of the level a day before; -1 when it is not known. */
  readonly before: number;
  readonly ageDays: number;
  /** On which the span ends, 0 … 6. */
  readonly weekday: number;
};

/** How often the threshold was passed within the span, from the like of a place. */
export interface Chances {
  /**
   * In this order: from the bucket, by all containers and by this one; and so from bucket and trend, bucket and age, bucket
   * and weekday; and by this container on the weekday, whatever the level.
   */
  of(container: Container, place: Place): readonly number[];
  /** Running share of the questions about a container that ended above the threshold. */
  recently(container: Container): number;
  learn(
    container: Container,
    place: Place,
    outcome: { readonly isOver: boolean; readonly weight: number },
  ): void;
}

const OLDEST_DAYS = 7;
const KINDS = ['trend', 'age', 'weekday'] as const;

/** Each table starts from a more general one: container from all containers, place from bucket, bucket from all. */
export function createChances(): Chances {
  const overall = createShrunkRates(settings.bucketStrength);
  const shared = createShrunkRates(settings.sharedStrength);
  const own = createShrunkRates(settings.containerStrength);
  const ownWeekday = createShrunkRates(settings.weekdayStrength);
  const running = new Map<Container, number>();
  const recently = (container: Container) => running.get(container) ?? settings.priorChance;
  return {
    recently,
    of: (container, place) => {
      const cells = cellsOf(place);
      const bucket = overall.rate(cells.bucket, overall.rate('', settings.priorChance));
      const ownBucket = own.rate(`${container.name}|${cells.bucket}`, bucket);
      const chances = [bucket, ownBucket];
      for (const kind of KINDS) {
        const all = shared.rate(cells[kind], bucket);
        const expected = Math.min(Math.max((all * ownBucket) / bucket, 0.003), 0.99);
        chances.push(all, own.rate(`${container.name}|${cells[kind]}`, expected));
      }
      chances.push(ownWeekday.rate(`${container.name}|${place.weekday}`, recently(container)));
      return chances;
    },
    learn: (container, place, { isOver, weight }) => {
      const outcome = isOver ? 1 : 0;
      const cells = cellsOf(place);
      overall.add('', outcome, weight);
      overall.add(cells.bucket, outcome, weight);
      own.add(`${container.name}|${cells.bucket}`, outcome, weight);
      for (const kind of KINDS) {
        shared.add(cells[kind], outcome, weight);
        own.add(`${container.name}|${cells[kind]}`, outcome, weight);
      }
      ownWeekday.add(`${container.name}|${place.weekday}`, outcome, weight);
      const before = recently(container);
      running.set(container, before + settings.overShare * weight * (outcome - before));
    },
  };
}

export function placeOf(
  container: Container,
  level: Level,
  {
    spanMs,
    thresholdPct,
    weekdayOf,
  }: { readonly spanMs: number; readonly thresholdPct: number; readonly weekdayOf: WeekdayOf },
): Place {
  const dayBefore = levelDayBefore(container);
  return {
    bucket: bucketOf(level.levelPct, thresholdPct),
    before: dayBefore === undefined ? -1 : bucketOf(dayBefore, thresholdPct),
    ageDays: daysSince(level, container.emptiedAtMs, 9),
    weekday: weekdayOf(level.wallMs + spanMs),
  };
}

/** Days from a moment to a reading; `mostDays` when it is longer ago or was not seen. */
export function daysSince({ atMs }: Level, sinceMs: number | undefined, mostDays: number): number {
  return sinceMs === undefined ? mostDays : Math.min((atMs - sinceMs) / DAY_MS, mostDays);
}

/** Which of the seven kinds of days a time on the wall (as if it were UTC) is of, 0 (Sunday) … 6. */
export type WeekdayOf = (wallMs: number) => number;

export function plainWeekday(wallMs: number): number {
  return (((Math.floor(wallMs / DAY_MS) + 4) % 7) + 7) % 7;
}

function bucketOf(levelPct: number, thresholdPct: number): number {
  const { buckets } = settings;
  return Math.min(Math.floor((levelPct / thresholdPct) * buckets + 1e-9), buckets);
}

function cellsOf({ bucket, before, ageDays, weekday }: Place) {
  return {
    bucket: `${bucket}`,
    trend: `${bucket},${before}`,
    age: `${bucket};${Math.min(Math.floor(ageDays), OLDEST_DAYS)}`,
    weekday: `${bucket}/${weekday}`,
  };
}
