import { QUARTER_MS } from '../../domain/interval.ts';
import type { LocalTime, Zone } from '../../domain/zone.ts';
import { type Activity, type CalendarDay, QUARTERS_A_DAY } from './recurring.ts';
import type { ValidPeriod } from './tariff-parts.ts';

/** When a component of a tariff holds. */
export type Timing = {
  /** Its place among the tariff's components. */
  readonly index: number;
  /** Its price is that of a year, which is shared out by days. */
  readonly isByDays: boolean;
  /** Does its price hold on a day at all? `date` may be another than the day's: of the year whose prices stand in. */
  readonly isValidOn: (date: string, month: number) => boolean;
  /** Are windows of a calendar month looked at? */
  readonly countsIn: (month: number) => boolean;
  /** Per quarter-hour of the wall clock which of its recurring periods are active, as bits; 0: none. */
  readonly masksOn: (day: CalendarDay) => Uint16Array;
};

/** Recurring periods of one component; their bits must go into a mask. */
export const MOST_PERIODS = 15;
const never = new Uint16Array(QUARTERS_A_DAY);

export function createTiming(options: {
  readonly index: number;
  readonly validPeriods: readonly ValidPeriod[];
  readonly months: readonly number[] | undefined;
  /** In other months nothing is looked at, but the price goes on: with a look-back. */
  readonly isPaidAllYear: boolean;
  readonly isByDays: boolean;
  readonly activities: readonly Activity[];
}): Timing {
  const { index, validPeriods, activities, isPaidAllYear, isByDays } = options;
  const months = options.months === undefined ? undefined : new Set(options.months);
  const countsIn = (month: number) => months?.has(month) ?? true;
  const made = new Map<string, Uint16Array>();
  return {
    index,
    isByDays,
    countsIn,
    isValidOn: (date, month) =>
      (isPaidAllYear || countsIn(month)) && validPeriods.every((period) => isWithin(period, date)),
    masksOn: (day) => {
      const bits = activities.map(({ bitsOn }) => bitsOn(day));
      const key = bits.join(',');
      let masks = made.get(key);
      if (!masks) {
        masks = Uint16Array.from({ length: QUARTERS_A_DAY }, (_, quarter) =>
          activities.reduce(
            (mask, { isActive }, i) => (isActive(bits[i] ?? 0, quarter) ? mask | (1 << i) : mask),
            0,
          ),
        );
        made.set(key, masks);
      }
      return masks;
    },
  };
}

export function isWithin(period: ValidPeriod, date: string): boolean {
  if (!period) return true;
  return (
    (!period.fromIncluding || date >= period.fromIncluding) &&
    (!period.toExcluding || date < period.toExcluding)
  );
}

/** A local day of a tariff: which of its components hold when. */
export type DayPlan = {
  readonly fromMs: number;
  readonly toMs: number;
  readonly date: string;
  readonly month: number;
  /** Per component: does its price hold on this day? */
  readonly isValid: readonly boolean[];
  /** Per component and quarter-hour since the day began (92 to 100): its active periods, as bits. */
  readonly masks: readonly Uint16Array[];
};

export function planOf(
  fromMs: number,
  zone: Zone,
  timings: readonly Timing[],
  pricedOn: (local: LocalTime, timing: Timing) => string,
): DayPlan {
  const local = zone.local(fromMs);
  const { toMs } = zone.dayAt(fromMs);
  const date = dateOf(local);
  const day = { date, year: local.year, weekday: local.weekday };
  const isValid = timings.map((timing) => timing.isValidOn(pricedOn(local, timing), local.month));
  const quarters = Math.round((toMs - fromMs) / QUARTER_MS);
  const masks = timings.map((timing, i) => {
    if (!isValid[i] || !timing.countsIn(local.month))
      return quarters <= QUARTERS_A_DAY ? never : new Uint16Array(quarters);
    const byClock = timing.masksOn(day);
    if (quarters === QUARTERS_A_DAY) return byClock;
    // The day of a changeover: what the clock shows is asked for each quarter-hour.
    return Uint16Array.from({ length: quarters }, (_, quarter) => {
      const { minuteOfDay } = zone.local(fromMs + quarter * QUARTER_MS);
      return byClock[Math.floor(minuteOfDay / 15)] ?? 0;
    });
  });
  return { fromMs, toMs, date, month: local.month, isValid, masks };
}

export function dateOf({ year, month, day }: LocalTime): string {
  return dateText(year, month, day);
}

function dateText(year: number, month: number, day: number): string {
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/**
 * The date on which to look a price up that holds beyond its validity: before and after the time that a section of a tariff
 * is made for, its nearest year holds, day for day.
 */
export function nearestYear(
  tariff: ValidPeriod,
  components: readonly ValidPeriod[],
  { local, startOf }: Zone,
): (at: LocalTime) => string {
  const bounds = components.length > 0 ? components : [tariff];
  const starts = bounds.map((period) => later(tariff?.fromIncluding, period?.fromIncluding));
  const ends = bounds.map((period) => earlier(tariff?.toExcluding, period?.toExcluding));
  const first = starts.includes('') ? undefined : starts.toSorted()[0];
  const last = ends.includes('') ? undefined : ends.toSorted().at(-1);
  return ({ year, month, day }) => {
    const date = dateText(year, month, day);
    let shifted = year;
    if (first !== undefined && date < first) {
      shifted = Number(first.slice(0, 4));
      if (dateText(shifted, month, day) < first) shifted += 1;
    } else if (last !== undefined && date >= last) {
      shifted = Number(last.slice(0, 4));
      if (dateText(shifted, month, day) >= last) shifted -= 1;
    }
    if (shifted === year) return date;
    // The 29th of February has no like in other years: the day after it stands in.
    return dateOf(local(startOf(shifted, month, day)));
  };
}

/** '' is open. */
function later(a: string | null | undefined, b: string | null | undefined): string {
  return [a ?? '', b ?? ''].toSorted()[1] ?? '';
}

function earlier(a: string | null | undefined, b: string | null | undefined): string {
  return a && b ? ([a, b].toSorted()[0] ?? '') : a || b || '';
}
