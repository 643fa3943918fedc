import { HOUR_MS } from '../src/domain/interval.ts';
import type { Chance } from './chance.ts';
import type { LocalTime } from './local-time.ts';
import type { Place } from './place.ts';

type Level = {
  readonly distanceMm: number;
  readonly airTemperatureC: number;
  readonly batteryPct: number;
};

/** How much of a usual day's waste each weekday brings, Monday first: people tidy up at the week's end. */
const weights = [1.45, 0.9, 0.75, 0.75, 0.85, 1.05, 1.25];
/** Bags go in between these hours, local. */
const OPEN = 7;
const CLOSED = 22;
/** A bag raises the level by about this much. */
const BAG = 0.025;

/** A waste container as a function of time: filled through the week, emptied on the building's morning of the week. */
export function createContainer(
  { weather, localTime, chance }: Place,
  own: Chance,
  { emptyMm, fullMm }: { emptyMm: number; fullMm: number },
): (atMs: number) => Level {
  // One lorry for all containers of a building.
  const emptiedOn = 1 + Math.floor(5 * chance.fork('lorry').at(0));
  const emptiedAt = 7 + 3 * chance.fork('lorry').at(1);
  const usualFill = 0.6 + 0.35 * own.at(0);

  const fillAt = (local: LocalTime): number => {
    const sinceDays = (local.weekday - emptiedOn + 7) % 7;
    const isBefore = sinceDays === 0 && local.hour < emptiedAt;
    const days = isBefore ? 7 : sinceDays;
    const emptiedDay = local.day - days;
    const weekFill = usualFill * (0.85 + 0.3 * own.at(emptiedDay));
    let usualDays = 0;
    for (let i = 0; i <= days; i += 1) {
      const weekday = ((emptiedOn - 1 + i) % 7) + 1;
      const from = i === 0 ? emptiedAt : OPEN;
      const to = i === days ? local.hour : CLOSED;
      const share = Math.max(Math.min(to, CLOSED) - Math.max(from, OPEN), 0) / (CLOSED - OPEN);
      usualDays += share * (weights[weekday - 1] ?? 1);
    }
    return Math.floor(((usualDays / 7) * weekFill) / BAG) * BAG;
  };

  return (atMs) => {
    const fill = Math.min(fillAt(localTime(atMs)), 1.05);
    const slot = Math.floor(atMs / (HOUR_MS / 4));
    const noiseMm = 12 * (own.at(slot) + own.at(-slot) - 1);
    return {
      distanceMm: Math.max(emptyMm - fill * (emptyMm - fullMm) + noiseMm, 30),
      airTemperatureC: weather.outdoorTemperatureC(atMs) + 1 + 8 * fill * weather.season(atMs),
      batteryPct: 86 + 10 * own.at(1),
    };
  };
}
