import { type Container, DAY_MS, type Level } from './container.ts';
import { settings } from './settings.ts';
import { createShrunkRates, type ShrunkRates } from './shrunk-rates.ts';

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
const WEEKDAYS = 7;
const BUCKETS = settings.buckets + 1;
/** The cells of a table: first those of a bucket alone, then of bucket and trend, bucket and age, bucket and weekday. */
const TRENDS = BUCKETS;
const AGES = TRENDS + BUCKETS * (BUCKETS + 1);
const WEEKDAY_CELLS = AGES + BUCKETS * (OLDEST_DAYS + 1);
const CELLS = WEEKDAY_CELLS + BUCKETS * WEEKDAYS;
/** Of the table of all containers: whatever the bucket. */
const ANY_BUCKET = BUCKETS;

/** Each table starts from a more general one: container from all containers, place from bucket, bucket from all. */
export function createChances(): Chances {
  const overall = createShrunkRates(settings.bucketStrength, BUCKETS + 1);
  const shared = createShrunkRates(settings.sharedStrength, CELLS);
  const owns = new Map<Container, Own>();
  const recently = (container: Container) => owns.get(container)?.recently ?? settings.priorChance;
  return {
    recently,
    of: (container, place) => {
      const own = owns.get(container);
      const bucket = overall.rate(place.bucket, overall.rate(ANY_BUCKET, settings.priorChance));
      const ownBucket = own ? own.rates.rate(place.bucket, bucket) : bucket;
      const chances = [bucket, ownBucket];
      for (const cell of cellsOf(place)) {
        const all = shared.rate(cell, bucket);
        const expected = Math.min(Math.max((all * ownBucket) / bucket, 0.003), 0.99);
        chances.push(all, own ? own.rates.rate(cell, expected) : expected);
      }
      const usual = recently(container);
      chances.push(own ? own.weekdays.rate(place.weekday, usual) : usual);
      return chances;
    },
    learn: (container, place, { isOver, weight }) => {
      const own = owns.get(container) ?? createOwn();
      owns.set(container, own);
      const outcome = isOver ? 1 : 0;
      for (const cell of [ANY_BUCKET, place.bucket]) overall.add(cell, outcome, weight);
      own.rates.add(place.bucket, outcome, weight);
      for (const cell of cellsOf(place)) {
        shared.add(cell, outcome, weight);
        own.rates.add(cell, outcome, weight);
      }
      own.weekdays.add(place.weekday, outcome, weight);
      own.recently += settings.overShare * weight * (outcome - own.recently);
    },
  };
}

type Own = { readonly rates: ShrunkRates; readonly weekdays: ShrunkRates; recently: number };

function createOwn(): Own {
  return {
    rates: createShrunkRates(settings.containerStrength, CELLS),
    weekdays: createShrunkRates(settings.weekdayStrength, WEEKDAYS),
    recently: settings.priorChance,
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
  const { dayBeforePct } = container;
  return {
    bucket: bucketOf(level.levelPct, thresholdPct),
    before: dayBeforePct === undefined ? -1 : bucketOf(dayBeforePct, thresholdPct),
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

/** Of bucket and trend, bucket and age, bucket and weekday. */
function cellsOf({ bucket, before, ageDays, weekday }: Place): readonly [number, number, number] {
  const age = Math.min(Math.floor(ageDays), OLDEST_DAYS);
  return [
    TRENDS + bucket * (BUCKETS + 1) + before + 1,
    AGES + bucket * (OLDEST_DAYS + 1) + age,
    WEEKDAY_CELLS + bucket * WEEKDAYS + weekday,
  ];
}
