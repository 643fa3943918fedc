import { HOUR_MS } from '../domain/interval.ts';

const HOURS = 24;
const DAYS = 7;
/** 1970-01-01 was a Thursday. */
const FIRST_WEEKDAY = 4;
const SUNDAY = 0;
const SATURDAY = 6;

/** A number for each hour of a working day, then of a weekend day. */
export function emptySlots(): number[] {
  return Array.from({ length: 2 * HOURS }, () => 0);
}

/** The hour's place among them. `wallMs`: what the wall clock shows, as if it showed UTC. */
export function slotOf(wallMs: number): number {
  const hours = Math.floor(wallMs / HOUR_MS);
  const days = Math.floor(hours / HOURS);
  const weekday = (((days + FIRST_WEEKDAY) % DAYS) + DAYS) % DAYS;
  const isWeekend = weekday === SUNDAY || weekday === SATURDAY;
  return hours - days * HOURS + (isWeekend ? HOURS : 0);
}
