import { z } from 'zod';
import { HOUR_MS } from '../domain/interval.ts';

/** How a value swings to and fro. Plain JSON of bounded size. */
export const swingsSchema = z.object({
  lastMs: z.number(),
  /** The furthest since it turned, and which way it goes: 1 up, -1 down, 0 not known yet. */
  extreme: z.number(),
  direction: z.union([z.literal(1), z.literal(-1), z.literal(0)]),
  /** The running hour, in hours since 1970: its turns, and its lowest and highest value. */
  hour: z.number(),
  turns: z.number(),
  lowest: z.number(),
  highest: z.number(),
});
export type Swings = z.infer<typeof swingsSchema>;

/** An hour that has ended. */
export type HourOfSwings = Pick<Swings, 'turns' | 'lowest' | 'highest'> & { readonly fromMs: number };

export function createSwings(atMs: number, value: number): Swings {
  return {
    lastMs: atMs,
    extreme: value,
    direction: 0,
    hour: Math.floor(atMs / HOUR_MS),
    turns: 0,
    lowest: value,
    highest: value,
  };
}

/**
 * Counts turns: the value went one way and has come back by `swing`. What is smaller is noise. A late value is passed
 * over. Gives the hour that has ended with this value, if one has.
 */
export function foldSwings(
  state: Swings,
  atMs: number,
  value: number,
  swing: number,
): HourOfSwings | undefined {
  if (atMs <= state.lastMs) return undefined;
  state.lastMs = atMs;
  const hour = Math.floor(atMs / HOUR_MS);
  let ended: HourOfSwings | undefined;
  if (hour > state.hour) {
    const { turns, lowest, highest } = state;
    ended = { fromMs: state.hour * HOUR_MS, turns, lowest, highest };
    Object.assign(state, { hour, turns: 0, lowest: value, highest: value });
  }
  state.lowest = Math.min(state.lowest, value);
  state.highest = Math.max(state.highest, value);
  const { direction, extreme } = state;
  const back = direction === 0 ? Math.abs(value - extreme) : direction * (extreme - value);
  if (back >= swing) {
    if (direction !== 0) state.turns += 1;
    state.direction = direction === 0 ? (value > extreme ? 1 : -1) : direction === 1 ? -1 : 1;
    state.extreme = value;
  } else if (direction !== 0 && direction * (value - extreme) > 0) state.extreme = value;
  return ended;
}
