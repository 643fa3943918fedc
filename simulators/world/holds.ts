import { MINUTE_MS } from '../../src/domain/interval.ts';
import type { FlexibleLoad } from '../../src/domain/register.ts';
import { type OffSpan, type OffTime, restedMs } from '../../src/energy/guard/load-rest.ts';

/** How a flexible load is held back: what it may draw at most. */
type Hold = OffTime & { limitW: number };

export type LoadCommand = {
  readonly building: string;
  /** The id of the flexible load or battery in the register. */
  readonly load: string;
  /** What it may draw at most; of a battery what it is to charge with, below 0 to discharge with. */
  readonly limitKw?: number;
  readonly off?: boolean;
  /** Of a battery: what the main meter is to show, kW. */
  readonly gridKw?: number;
  /** Of a battery: what it is to charge with, kW, below 0 to discharge with. */
  readonly powerKw?: number;
  readonly untilMs: number;
};

/** What a load answers. `untilMs`: until when it obeys, which may be earlier than asked. */
export type Acknowledgement =
  | { readonly accepted: true; readonly untilMs: number }
  | { readonly accepted: false; readonly reason: string };

/** What the flexible loads of a building have been told. */
export function createHolds(loads: readonly FlexibleLoad[]) {
  const holds = new Map<string, Hold>();

  return {
    /** What a load may draw now, W; infinite when nobody holds it. */
    limitW: (load: string, atMs: number): number => {
      const hold = holds.get(load);
      if (!hold || atMs >= hold.untilMs) return Number.POSITIVE_INFINITY;
      return hold.limitW;
    },
    /** For the sake of comfort: the house is too cold, the air too bad, the car must go. */
    release: (load: string, atMs: number): void => {
      const hold = holds.get(load);
      const known = loads.find(({ id }) => id === load);
      if (hold && known && atMs < hold.untilMs) letGo(known, hold, atMs);
    },
    command: ({ load: id, limitKw, off, untilMs }: LoadCommand, atMs: number): Acknowledgement => {
      const load = loads.find((known) => known.id === id);
      if (!load) return { accepted: false, reason: `the building has no flexible load ${id}` };
      if (!(untilMs > atMs)) return { accepted: false, reason: 'its end is past' };
      const limitW = off ? 0 : limitKw === undefined ? Number.NaN : limitKw * 1000;
      if (Number.isNaN(limitW)) return { accepted: false, reason: 'it says neither off nor a limit' };
      const before = holds.get(id);
      if (before && atMs >= before.untilMs && atMs < before.freeFromMs) {
        return { accepted: false, reason: `${id} recovers from the last time` };
      }
      const sinceMs = before && atMs < before.untilMs ? before.sinceMs : atMs;
      const latestMs = sinceMs + load.maxOffMinutes * MINUTE_MS;
      if (atMs >= latestMs)
        return { accepted: false, reason: `${id} may be held for ${load.maxOffMinutes} minutes` };
      const endMs = Math.min(untilMs, latestMs);
      holds.set(id, { limitW, ...offTime(load, { sinceMs, untilMs: endMs }) });
      return { accepted: true, untilMs: endMs };
    },
  };
}

function letGo(load: FlexibleLoad, hold: Hold, atMs: number): void {
  Object.assign(hold, offTime(load, { sinceMs: hold.sinceMs, untilMs: atMs }));
}

function offTime(load: FlexibleLoad, off: OffSpan): OffTime {
  return { ...off, freeFromMs: restedMs(load, off) };
}
