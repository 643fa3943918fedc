import { DAY_MS } from '../../domain/interval.ts';
import { evenNumbers } from '../even-numbers.ts';
import type { Load } from '../loads/load-file.ts';
import type { Tariff } from '../tariffs/compile-tariff.ts';

/** One way in which the rest of a billing period may go: mean power of each interval from `fromMs` on, kW. */
export type Future = Float64Array;

/** Ways in which it may go, all as likely as each other. */
export type Futures = (options: {
  /** What is known, all of it before `fromMs`. */
  readonly load: Load;
  readonly fromMs: number;
  readonly toMs: number;
  readonly tariff: Tariff;
}) => readonly Future[];

const FUTURES = 40;
/** Days to choose from: the newest of each kind. */
const MOST_DAYS = 20;

/**
 * The days to come are like the newest days of the same kind (working, or free by the calendar) that were, each way another
 * choice of them. Chosen by a fixed sequence, so that the same load gives the same answer.
 */
export function pastDaysAsFutures({ load, fromMs, toMs, tariff }: Parameters<Futures>[0]): readonly Future[] {
  const { spacingMs, kw } = load;
  const [first] = tariff.power;
  const isFree = first?.isFreeDay ?? ((atMs: number) => tariff.zone.local(atMs).weekday > 5);
  const perDay = Math.round(DAY_MS / spacingMs);
  const days: Record<'free' | 'working', Float64Array[]> = { free: [], working: [] };
  for (let at = tariff.zone.dayAt(fromMs).fromMs; at > load.fromMs; ) {
    const day = tariff.zone.dayAt(at - 1);
    const from = Math.round((day.fromMs - load.fromMs) / spacingMs);
    const values = from < 0 ? new Float64Array() : kw.subarray(from, from + perDay);
    const kind = isFree(day.fromMs) ? 'free' : 'working';
    if (values.length === perDay && days[kind].length < MOST_DAYS) days[kind].push(values);
    if (days.free.length === MOST_DAYS && days.working.length === MOST_DAYS) break;
    at = day.fromMs;
  }
  const all = [...days.working, ...days.free];
  if (all.length === 0) return [];
  const next = evenNumbers(1);
  const choose = (from: readonly Float64Array[]) =>
    from[Math.floor(next() * from.length)] ?? new Float64Array();
  return Array.from({ length: FUTURES }, () => {
    const future = new Float64Array(Math.max(0, Math.round((toMs - fromMs) / spacingMs)));
    for (let at = fromMs; at < toMs; ) {
      const day = tariff.zone.dayAt(at);
      const own = days[isFree(at) ? 'free' : 'working'];
      const like = choose(own.length > 0 ? own : all);
      for (; at < Math.min(day.toMs, toMs); at += spacingMs) {
        const interval = Math.min(Math.round((at - day.fromMs) / spacingMs), perDay - 1);
        future[Math.round((at - fromMs) / spacingMs)] = like[interval] ?? Number.NaN;
      }
    }
    return future;
  });
}

/**
 * How far a rest of a month is from what was expected of it, as a share of it: a standard deviation, reached within days.
 * Of 45 building-years no forecast knows the week of an examination, a holiday, a new tenant.
 */
const LEVEL_SPREAD = 0.15;
const LEVEL_DAYS = 7;
/** Of the golden section: levels that lie evenly however many there are, in no order of the days. */
const GOLDEN = 0.618034;
/** Standard deviation of a logistic distribution, in logits. */
const LOGISTIC_SPREAD = Math.PI / Math.sqrt(3);

/**
 * Around a forecast of the mean power of each interval from now on, kW: the past days' differences from what they are in the
 * mean, and for each way a level of its own, because a whole month may be higher than anybody thought.
 */
export function futuresAround(meanKw: ArrayLike<number>): Futures {
  return (options) => {
    const past = pastDaysAsFutures(options);
    const length = past[0]?.length ?? 0;
    const usualKw = Float64Array.from({ length }, (_, i) => knownMean(past.map((future) => future[i])));
    const levelSteps = (LEVEL_DAYS * DAY_MS) / options.load.spacingMs;
    return past.map((future, k) => {
      const share = (k * GOLDEN) % 1;
      const chance = (Math.floor(share * past.length) + 0.5) / past.length;
      const level = (LEVEL_SPREAD * Math.log(chance / (1 - chance))) / LOGISTIC_SPREAD;
      return future.map((kw, i) => {
        const expectedKw = meanKw[i] ?? usualKw[i] ?? Number.NaN;
        const difference = kw - (usualKw[i] ?? Number.NaN);
        return Math.max(
          Math.min(0, kw),
          (expectedKw + (Number.isNaN(difference) ? 0 : difference)) *
            Math.exp(level * Math.min(1, i / levelSteps)),
        );
      });
    });
  };
}

function knownMean(values: readonly (number | undefined)[]): number {
  const known = values.filter((value) => value !== undefined && !Number.isNaN(value));
  return known.reduce((sum: number, value) => sum + (value ?? 0), 0) / known.length;
}
