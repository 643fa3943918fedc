import { seededUniform } from '../../support/chance.ts';

/** An hour of a meter, by the wall clock. */
export type Hour = { readonly wallMs: number; readonly kwh: number };
/** An hour, and the fault that made it what it is. */
export type FaultyHour = Hour & { readonly fault: Fault | undefined };

/** Faults of meters and of what they meter, and how many of a hundred each is. */
const shares = {
  zero: 28,
  flat: 12,
  spike: 16,
  dip: 10,
  nightLoad: 10,
  missedSetBack: 8,
  holidayAtWork: 6,
  workOnSunday: 5,
  lowLevel: 5,
} as const;
export type Fault = keyof typeof shares;
export const faults = Object.keys(shares).filter((name): name is Fault => name in shares);

const HOUR_MS = 3_600_000;
const DAY = 24;
const SUNDAY = 0;
/** The first two weeks are for learning. */
const QUIET_HOURS = 14 * DAY;
/** A change smaller than this share of the median is no fault, except that a meter stands still. */
const LEAST_CHANGE = 0.02;

/** Puts 7 to 13 faults into a year of a meter, the same ones for the same name. */
export function withFaults(name: string, hours: readonly Hour[]): readonly FaultyHour[] {
  const uniform = seededUniform(name);
  const between = (from: number, to: number) => from + uniform() * (to - from);
  const whole = (from: number, to: number) => Math.floor(between(from, to + 1));
  const sorted = hours.map(({ kwh }) => kwh).toSorted((a, b) => a - b);
  const quantile = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  const found: FaultyHour[] = hours.map((hour) => ({ ...hour, fault: undefined }));
  const kwhAt = (at: number) => hours[Math.min(Math.max(at, 0), hours.length - 1)]?.kwh ?? 0;
  const hourOf = (at: number) => Math.floor((hours[at]?.wallMs ?? 0) / HOUR_MS) % DAY;
  const weekdayOf = (at: number) => new Date(hours[at]?.wallMs ?? 0).getUTCDay();
  const put = (at: number, fault: Fault, kwh: number) => {
    const hour = found[at];
    if (!hour || hour.fault) return;
    if (fault !== 'flat' && Math.abs(kwh - hour.kwh) < LEAST_CHANGE * quantile(0.5)) return;
    found[at] = { ...hour, fault, kwh: Math.round(Math.max(0, kwh) * 10) / 10 };
  };
  const midnightBefore = (at: number) => at - hourOf(at);
  const dayFrom = (at: number, wanted: (weekday: number) => boolean) => {
    let day = midnightBefore(at);
    while (day < hours.length - DAY && !wanted(weekdayOf(day))) day += DAY;
    return day;
  };

  const make: Record<Fault, (at: number) => void> = {
    zero: (at) => {
      const length = uniform() < 0.6 ? whole(1, 12) : whole(12, 83);
      for (let i = 0; i < length; i += 1) put(at + i, 'zero', 0);
    },
    flat: (at) => {
      for (let i = 1, length = whole(6, 53); i < length; i += 1) put(at + i, 'flat', kwhAt(at));
    },
    spike: (at) => {
      const times = between(1.5, 4.5);
      for (let i = 0, length = whole(1, 3); i < length; i += 1)
        put(at + i, 'spike', Math.max(kwhAt(at + i), quantile(0.6)) * times);
    },
    dip: (at) => {
      const share = between(0.05, 0.45);
      for (let i = 0, length = whole(1, 4); i < length; i += 1) put(at + i, 'dip', kwhAt(at + i) * share);
    },
    nightLoad: (at) => {
      const more = (quantile(0.5) - quantile(0.05)) * between(0.5, 1.5);
      const from = midnightBefore(at);
      for (let i = 0, length = whole(1, 5) * DAY; i < length; i += 1)
        if (i % DAY < 6 || i % DAY >= 22) put(from + i, 'nightLoad', kwhAt(from + i) + more);
    },
    missedSetBack: (at) => {
      const from = midnightBefore(at);
      for (let i = 18; i < 30; i += 1) put(from + i, 'missedSetBack', kwhAt(from + 16) * between(0.9, 1.1));
    },
    holidayAtWork: (at) => {
      const day = dayFrom(at, (weekday) => weekday >= 1 && weekday <= 5);
      const sunday = day - weekdayOf(day) * DAY;
      for (let i = 0; i < DAY; i += 1) put(day + i, 'holidayAtWork', kwhAt(sunday + i) * between(0.95, 1.05));
    },
    workOnSunday: (at) => {
      const day = dayFrom(at, (weekday) => weekday === SUNDAY);
      for (let i = 0; i < DAY; i += 1)
        put(day + i, 'workOnSunday', kwhAt(day - 3 * DAY + i) * between(0.95, 1.05));
    },
    lowLevel: (at) => {
      const share = between(0.3, 0.6);
      for (let i = 0, length = whole(12, 71); i < length; i += 1)
        put(at + i, 'lowLevel', kwhAt(at + i) * share);
    },
  };

  const lottery = faults.flatMap((name) => Array.from({ length: shares[name] }, () => name));
  for (let left = whole(7, 13); left > 0; left -= 1) {
    const fault = lottery[Math.floor(uniform() * lottery.length)];
    if (fault) make[fault](whole(QUIET_HOURS, hours.length - 7 * DAY));
  }
  return found;
}
