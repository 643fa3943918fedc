import { MAD_TO_SIGMA, median } from './median.ts';

/** What several rooms have done together: the newest nights of each against its own nights before them. */
export type CommonShift = {
  /** The middle one of all rooms and nights, … */
  readonly middle: number;
  /** … and of the nights of the room that has the least and of the one that has the most. */
  readonly least: number;
  readonly most: number;
  /** What nights before differed from the usual of their room by, as a standard deviation. */
  readonly spread: number;
};

/** So many nights before the newest say what is usual of a room, and not fewer than that. */
const BEFORE = { most: 14, least: 10 };

/** So many nights of a room are asked for. */
export const nightsKept = (newest: number) => newest + BEFORE.most;

/** Values of rooms, the newest last: the downward shift of the `newest` nights. Undefined: too little is known of a room. */
export function commonShift(rooms: readonly (readonly number[])[], newest: number): CommonShift | undefined {
  if (rooms.length === 0 || rooms.some(({ length }) => length < newest + BEFORE.least)) return undefined;
  const parts = rooms.map((values) => {
    const before = values.slice(-nightsKept(newest), -newest);
    const usual = median(before);
    return {
      falls: values.slice(-newest).map((value) => usual - value),
      apart: before.map((value) => Math.abs(value - usual)),
    };
  });
  const byRoom = parts.map(({ falls }) => median(falls));
  return {
    middle: median(parts.flatMap(({ falls }) => falls)),
    least: Math.min(...byRoom),
    most: Math.max(...byRoom),
    spread: MAD_TO_SIGMA * median(parts.flatMap(({ apart }) => apart)),
  };
}
