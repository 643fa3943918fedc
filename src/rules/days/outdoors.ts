import type { HourMeans } from '../../anomaly/hour-means.ts';
import type { WeatherAt } from '../../anomaly/night-floor.ts';
import { buildingsNear } from '../../domain/register.ts';
import type { RuleSurroundings } from '../rule.ts';
import { dayView } from './day-view.ts';

type Known = Pick<RuleSurroundings, 'register' | 'hours'>;

/** Hours of the outdoor thermometers of a building, else of its area, else of any. */
export function outdoorsOf({ register, hours }: Known, building: string): readonly HourMeans[] {
  const own = hours.outdoors(building);
  if (own.length > 0) return own;
  const near = buildingsNear(register(), building).flatMap(hours.outdoors);
  return near.length > 0 ? near : hours.buildingsWithOutdoors().flatMap(hours.outdoors);
}

/** How cold it was at a building, by {@link outdoorsOf}: the eight hours until then, and the twenty before them. */
export function weatherAt(known: Known, building: string): WeatherAt {
  return (endMs) => {
    const view = dayView({}, { outdoors: outdoorsOf(known, building), endMs, isFree: false, weekday: 0 });
    const [nightC, dayC] = [view.outdoorC([8, 0]), view.outdoorC([28, 8])];
    return nightC === undefined || dayC === undefined ? undefined : { nightC, dayC };
  };
}
