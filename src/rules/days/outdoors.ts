import { type HourMeans, meansIn } from '../../anomaly/hour-means.ts';
import { meanOf } from '../../anomaly/mean.ts';
import { median } from '../../anomaly/median.ts';
import type { WeatherAt } from '../../anomaly/night-floor.ts';
import { DAY_MS } from '../../domain/interval.ts';
import { buildingsNear } from '../../domain/register.ts';
import type { RuleSurroundings } from '../rule.ts';
import { dayView } from './day-view.ts';

type Known = Pick<RuleSurroundings, 'register' | 'hours'>;

/** In one area it is nowhere colder or warmer than this beside the others in the mean of a day, °C; so many of them know. */
const APART = { c: 8, others: 2 };

/**
 * Hours of the outdoor thermometers of a building, else of its area, else of any; of its area as well where its own were far from those
 * on the day before: one of them hangs in the sun, or over a vent.
 */
export function outdoorsOf(
  { register, hours }: Known,
  building: string,
  endMs: number,
): readonly HourMeans[] {
  const own = hours.outdoors(building);
  const near = buildingsNear(register(), building).flatMap((name) =>
    name === building ? [] : hours.outdoors(name),
  );
  if (own.length > 0) return areApart(own, near, endMs) ? [...own, ...near] : own;
  return near.length > 0 ? near : hours.buildingsWithOutdoors().flatMap(hours.outdoors);
}

function areApart(own: readonly HourMeans[], near: readonly HourMeans[], endMs: number): boolean {
  if (near.length < APART.others) return false;
  const dayC = (all: readonly HourMeans[]) =>
    all.map((means) => meanOf(meansIn(means, endMs - DAY_MS, endMs))).filter(Number.isFinite);
  const [ownC, nearC] = [dayC(own), dayC(near)];
  return ownC.length > 0 && nearC.length >= APART.others && Math.abs(median(ownC) - median(nearC)) > APART.c;
}

/** How cold it was at a building, by {@link outdoorsOf}: the eight hours until then, and the twenty before them. */
export function weatherAt(known: Known, building: string): WeatherAt {
  return (endMs) => {
    const view = dayView(
      {},
      { outdoors: outdoorsOf(known, building, endMs), endMs, isFree: false, weekday: 0 },
    );
    const [nightC, dayC] = [view.outdoorC([8, 0]), view.outdoorC([28, 8])];
    return nightC === undefined || dayC === undefined ? undefined : { nightC, dayC };
  };
}
