import type { LocalTime, Zone } from './zone.ts';

/** Minutes of the local day, [from, to); from > to runs over midnight. */
export type HourSpan = readonly [fromMinute: number, toMinute: number];

/** A part of the year, as month × 100 + day, both ends included; from > to runs over New Year. */
export type Season = { readonly from: number; readonly to: number };

/** When a rule may tell something, in local time. What is absent restricts nothing. Plain JSON. */
export type Schedule = {
  readonly season?: Season;
  /** ISO 8601: Monday is 1. */
  readonly weekdays?: readonly number[];
  readonly hours?: readonly HourSpan[];
  /** Nothing new is told in them; what has been told goes on. */
  readonly quietHours?: readonly HourSpan[];
};

/** Does the rule hold at all at this moment? */
export function isInForce({ season, weekdays, hours }: Schedule, local: LocalTime): boolean {
  return (
    (season === undefined || isInSeason(season, local)) &&
    (weekdays === undefined || weekdays.includes(local.weekday)) &&
    (hours === undefined || isWithin(hours, local))
  );
}

export function isQuiet({ quietHours }: Pick<Schedule, 'quietHours'>, local: LocalTime): boolean {
  return quietHours !== undefined && isWithin(quietHours, local);
}

function isInSeason({ from, to }: Season, { month, day }: LocalTime): boolean {
  const today = month * 100 + day;
  return from <= to ? today >= from && today <= to : today >= from || today <= to;
}

function isWithin(spans: readonly HourSpan[], { minuteOfDay }: LocalTime): boolean {
  return spans.some(([from, to]) =>
    from <= to ? minuteOfDay >= from && minuteOfDay < to : minuteOfDay >= from || minuteOfDay < to,
  );
}

/** The next moment at which the clock shows a minute of the day. */
export function nextAt(minuteOfDay: number, zone: Pick<Zone, 'local' | 'fromWall'>, nowMs: number): number {
  const { year, month, day } = zone.local(nowMs);
  const at = (days: number) => zone.fromWall(Date.UTC(year, month - 1, day + days, 0, minuteOfDay), nowMs);
  const today = at(0);
  return today > nowMs ? today : at(1);
}
