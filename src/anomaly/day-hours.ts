import { z } from 'zod';
import { HOUR_MS } from '../domain/interval.ts';
import type { LocalClock } from './night-floor.ts';

/** Between readings further apart nobody knows in which hour it was. */
const LONGEST_MS = 2 * HOUR_MS;
/** A day of which fewer hours are known is passed over. */
const LEAST_HOURS = 18;

/** The running local day of a register. Plain JSON of bounded size. */
export const dayHoursSchema = z.object({
  lastMs: z.number(),
  lastValue: z.number(),
  /** What the register stood at when the running hour began; undefined: nobody knows. */
  edgeValue: z.number().exactOptional(),
  dayMs: z.number(),
  /** By hour of the day: so much was counted in it; −1: not known. */
  hours: z.array(z.number()),
});
export type DayHours = z.infer<typeof dayHoursSchema>;

/** A day that is over: rates of its 24 hours in the register's unit per hour, undefined where nobody knows. */
export type WholeDay = { readonly dayMs: number; readonly rates: readonly (number | undefined)[] };

export function createDayHours(atMs: number, value: number): DayHours {
  return { lastMs: atMs, lastValue: value, ...edgeAt(atMs, value), dayMs: 0, hours: [] };
}

/**
 * Folds a reading of a register into the hours of its local day, and gives the day before when a new one has begun and enough of
 * it is known. What the register stood at on the hour is on the line between the readings beside it, so that a meter that
 * speaks every 50 minutes has all of its hours, too. Late readings, gaps and registers that go back are passed over.
 */
export function foldDayHours(
  state: DayHours,
  { atMs, value }: { readonly atMs: number; readonly value: number },
  clock: LocalClock,
): WholeDay | undefined {
  if (atMs <= state.lastMs) return undefined;
  const { lastMs, lastValue } = state;
  state.lastMs = atMs;
  state.lastValue = value;
  const lengthMs = atMs - lastMs;
  const isKnown = lengthMs <= LONGEST_MS && value >= lastValue;
  if (!isKnown) delete state.edgeValue;
  let over: WholeDay | undefined;
  // One that was away for long leaves nothing behind but the hour in which it comes back.
  const newestMs = Math.floor(atMs / HOUR_MS) * HOUR_MS;
  const firstMs = isKnown ? Math.floor(lastMs / HOUR_MS) * HOUR_MS + HOUR_MS : newestMs;
  for (let edgeMs = firstMs; edgeMs <= newestMs; edgeMs += HOUR_MS) {
    const { minuteOfDay, dayMs } = clock(edgeMs - HOUR_MS / 2);
    if (dayMs !== state.dayMs) {
      over = wholeDay(state) ?? over;
      state.dayMs = dayMs;
      state.hours = Array.from({ length: 24 }, () => -1);
    }
    if (!isKnown) {
      Object.assign(state, edgeAt(atMs, value));
      break;
    }
    const edgeValue = lastValue + ((value - lastValue) * (edgeMs - lastMs)) / lengthMs;
    if (state.edgeValue !== undefined)
      state.hours[Math.floor(minuteOfDay / 60)] = edgeValue - state.edgeValue;
    state.edgeValue = edgeValue;
  }
  return over;
}

/** A reading on the hour itself. */
function edgeAt(atMs: number, value: number): Pick<DayHours, 'edgeValue'> {
  return atMs % HOUR_MS === 0 ? { edgeValue: value } : {};
}

function wholeDay({ dayMs, hours }: DayHours): WholeDay | undefined {
  const rates = hours.map((hour) => (hour < 0 ? undefined : hour));
  return rates.filter((hour) => hour !== undefined).length >= LEAST_HOURS ? { dayMs, rates } : undefined;
}
