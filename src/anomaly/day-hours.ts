import { z } from 'zod';
import { HOUR_MS } from '../domain/interval.ts';
import type { LocalClock } from './night-floor.ts';

/** A slot of a register is at least an hour; from a longer one nothing is known of its hours. */
const LONGEST_MS = 2 * HOUR_MS;
/** A day of which fewer hours are known is passed over. */
const LEAST_HOURS = 18;

/** The running local day of a register. Plain JSON of bounded size. */
export const dayHoursSchema = z.object({
  fromMs: z.number(),
  fromValue: z.number(),
  lastMs: z.number(),
  dayMs: z.number(),
  /** By hour of the day: so much was counted in it; −1: not known. */
  hours: z.array(z.number()),
});
export type DayHours = z.infer<typeof dayHoursSchema>;

/** A day that is over: rates of its 24 hours in the register's unit per hour, undefined where nobody knows. */
export type WholeDay = { readonly dayMs: number; readonly rates: readonly (number | undefined)[] };

export function createDayHours(atMs: number, value: number): DayHours {
  return { fromMs: atMs, fromValue: value, lastMs: atMs, dayMs: 0, hours: [] };
}

/**
 * Folds a reading of a register into the hours of its local day, each by the slot whose middle lies in it, and gives the day
 * before when a new one has begun and enough of it is known. Late readings, gaps and registers that go back are passed over.
 */
export function foldDayHours(
  state: DayHours,
  { atMs, value }: { readonly atMs: number; readonly value: number },
  clock: LocalClock,
): WholeDay | undefined {
  if (atMs <= state.lastMs) return undefined;
  state.lastMs = atMs;
  const lengthMs = atMs - state.fromMs;
  if (lengthMs < HOUR_MS) return undefined;
  const { minuteOfDay, dayMs } = clock(state.fromMs + lengthMs / 2);
  const rate = ((value - state.fromValue) * HOUR_MS) / lengthMs;
  state.fromMs = atMs;
  state.fromValue = value;
  let over: WholeDay | undefined;
  if (dayMs !== state.dayMs) {
    const rates = state.hours.map((hour) => (hour < 0 ? undefined : hour));
    if (rates.filter((hour) => hour !== undefined).length >= LEAST_HOURS)
      over = { dayMs: state.dayMs, rates };
    state.dayMs = dayMs;
    state.hours = Array.from({ length: 24 }, () => -1);
  }
  if (lengthMs <= LONGEST_MS && rate >= 0) state.hours[Math.floor(minuteOfDay / 60)] = rate;
  return over;
}
