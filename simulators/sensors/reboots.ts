import { DAY_MS } from '../../src/domain/interval.ts';
import type { Chance } from '../chance.ts';
import type { Route } from '../network/route.ts';

/** How often a device with a plug loses power or starts again by itself, in a year. */
const PER_YEAR = 4;
const OFF_MS = 90_000;

/** When a device that is on the network itself starts again: it is away for a minute or two. */
export function createReboots({ gateway, radio }: Route, chance: Chance, startMs: number, stepMs: number) {
  const own = chance.fork('reboots');
  const isMains = gateway === undefined && radio === undefined;
  /** The day's reboot, if it has one: when it is off. */
  const offOn = (day: number): number | undefined =>
    isMains && own.at(2 * day) < PER_YEAR / 365
      ? day * DAY_MS + own.at(2 * day + 1) * (DAY_MS - 2 * OFF_MS)
      : undefined;
  const isOffAt = (atMs: number): boolean => {
    const offMs = offOn(Math.floor(atMs / DAY_MS));
    return offMs !== undefined && offMs >= startMs && atMs >= offMs && atMs < offMs + OFF_MS;
  };
  return {
    isOffAt,
    /** Was it off when it was due before? */
    isBackAt: (atMs: number): boolean => !isOffAt(atMs) && isOffAt(atMs - stepMs),
    goesOffAt: (atMs: number): boolean => isOffAt(atMs) && !isOffAt(atMs - stepMs),
  };
}
