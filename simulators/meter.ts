import { HOUR_MS } from '../src/domain/interval.ts';

/**
 * Where every register stands when a simulation starts, Wh or litres. Always the same: a simulation that is started
 * again over the same data then shows a register that fell, and not from just below a power of ten to just above zero.
 * That reads as an exchanged meter; a rise would be read as a load that never was.
 */
const START = 200_000_000;

/** A cumulative register: what was flowing at the last reading is held until this one. */
export function createMeter(): { readonly read: (atMs: number, perHour: number) => number } {
  let total = START;
  let lastMs: number | undefined;
  let flowing = 0;
  return {
    read: (atMs, perHour) => {
      if (lastMs !== undefined) total += (flowing * (atMs - lastMs)) / HOUR_MS;
      lastMs = atMs;
      flowing = perHour;
      return total;
    },
  };
}
