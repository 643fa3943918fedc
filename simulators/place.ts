import type { Building } from '../src/domain/register.ts';
import type { Chance } from './chance.ts';
import type { LocalTime } from './local-time.ts';
import type { Weather } from './weather.ts';

/** What everything in a building shares. */
export type Place = {
  readonly building: Building;
  readonly areaM2: number;
  /** The building's own. */
  readonly chance: Chance;
  readonly weather: Weather;
  readonly localTime: (atMs: number) => LocalTime;
};
