import type { Arena } from './arena.ts';

/** Rows of numbers by wall step, of which the last `length` steps are known. */
export type Rings = {
  /** NaN of a step that is unknown, is to come, or is too long ago. */
  readonly at: (row: number, wall: number) => number;
  /** Makes a step the newest, all of it unknown; a step that the clock shows again is kept. */
  readonly open: (wall: number) => void;
  readonly set: (row: number, wall: number, value: number) => void;
  /** NaN before the first. */
  readonly newest: () => number;
};

export function createRings(arena: Arena, rows: number, length: number): Rings {
  const head = arena.take(1, Number.NaN);
  const cells = arena.take(rows * length, Number.NaN);
  const place = (row: number, wall: number) => {
    const at = wall % length;
    return row * length + (at < 0 ? at + length : at);
  };
  const newest = () => head[0] ?? Number.NaN;
  return {
    newest,
    at: (row, wall) => {
      const newestWall = newest();
      const isKept = wall <= newestWall && wall > newestWall - length;
      return isKept ? (cells[place(row, wall)] ?? Number.NaN) : Number.NaN;
    },
    open: (wall) => {
      const from = Number.isNaN(newest()) ? wall : Math.max(newest() + 1, wall - length + 1);
      for (let step = from; step <= wall; step += 1) {
        for (let row = 0; row < rows; row += 1) cells[place(row, step)] = Number.NaN;
      }
      if (!(wall <= newest())) head[0] = wall;
    },
    set: (row, wall, value) => {
      cells[place(row, wall)] = value;
    },
  };
}
