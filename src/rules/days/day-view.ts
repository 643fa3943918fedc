import { type HourMeans, meansIn } from '../../anomaly/hour-means.ts';
import { meanOf } from '../../anomaly/mean.ts';
import { median } from '../../anomaly/median.ts';
import { HOUR_MS } from '../../domain/interval.ts';
import type { Quantity } from '../../domain/quantity.ts';
import type { Role } from '../../domain/reading.ts';
import type { SeriesByPoint } from './hour-store.ts';

/** Hours before the end of the night that is judged: `[24, 0]` is the day until then. */
export type Hours = readonly [fromHoursBefore: number, toHoursBefore: number];

/** What a building's day was, as its rules ask. Undefined: not known well enough. */
export type DayView = {
  /** The night that has ended followed a Saturday, a Sunday, a holiday or an eve. */
  readonly isFree: boolean;
  /** On which the night has ended: 1 = Monday … 7 = Sunday. */
  readonly weekday: number;
  /** Values of the hours of each point of the role and quantity that was heard for most of them. */
  readonly of: (role: Role, quantity: Quantity, hours: Hours) => readonly (readonly number[])[];
  /** Mean of the points' means. */
  readonly mean: (role: Role, quantity: Quantity, hours: Hours) => number | undefined;
  /** The points' sum hour by hour; undefined: one of them was not heard in it. None: there are no such points. */
  readonly byHour: (role: Role, quantity: Quantity, hours: Hours) => readonly (number | undefined)[];
  /** The points' sum: mean of the lowest hours, so many of them. */
  readonly lowest: (role: Role, quantity: Quantity, hours: Hours, count: number) => number | undefined;
  /** The same, each with its device and channel (empty: none). */
  readonly channels: (role: Role, quantity: Quantity, hours: Hours) => readonly Channel[];
  /** The same by device and channel. */
  readonly byDevice: (role: Role, quantity: Quantity, hours: Hours) => ReadonlyMap<string, readonly number[]>;
  /** The same of this building and the others of its area, or of all where no other of the area has such points. */
  readonly near: (role: Role, quantity: Quantity, hours: Hours) => ReadonlyMap<string, readonly number[]>;
  /** The end of the night that is judged. */
  readonly endMs: number;
  /** Of each outdoor thermometer the hours. */
  readonly outdoorHours: (hours: Hours) => readonly (readonly number[])[];
  /** Means by room, of those that were heard. */
  readonly rooms: (quantity: Quantity, hours: Hours) => ReadonlyMap<string, number>;
  /** Mean of the outdoor thermometers of the building, else of its area, else of any. */
  readonly outdoorC: (hours: Hours) => number | undefined;
};

export type Channel = {
  readonly device: string;
  readonly channel: string;
  readonly values: readonly number[];
};

/** Of so much of the hours a point must have been heard. */
const HEARD = 0.6;

/** `outdoors`: what outdoor thermometers there are for the building. */
export function dayView(
  all: SeriesByPoint,
  {
    outdoors,
    others = [],
    isGone = () => false,
    endMs,
    isFree,
    weekday,
  }: {
    readonly outdoors: readonly HourMeans[];
    /** Is a point of the building, by its key, not there any more? */
    readonly isGone?: (key: string) => boolean;
    /** Points of other buildings: of the area, and of all. */
    readonly others?: readonly (() => readonly SeriesByPoint[])[];
    readonly endMs: number;
    readonly isFree: boolean;
    readonly weekday: number;
  },
): DayView {
  const heard = (means: HourMeans, [from, to]: Hours) => {
    const found = meansIn(means, endMs - from * HOUR_MS, endMs - to * HOUR_MS);
    return found.length >= HEARD * (from - to) ? found : undefined;
  };
  const of: DayView['of'] = (role, quantity, hours) =>
    Object.values(all).flatMap((series) => {
      const found = series.role === role && series.quantity === quantity && heard(series.means, hours);
      return found ? [found] : [];
    });
  const channelsOf = (points: SeriesByPoint, role: Role, quantity: Quantity, hours: Hours): Channel[] =>
    Object.entries(points).flatMap(([key, series]) => {
      const values = series.role === role && series.quantity === quantity && heard(series.means, hours);
      // A point's key is `device|quantity|channel`.
      const [device = key, , channel = ''] = key.split('|');
      return values ? [{ device, channel, values }] : [];
    });
  const byDevice = (points: SeriesByPoint, role: Role, quantity: Quantity, hours: Hours) =>
    new Map(
      channelsOf(points, role, quantity, hours).map(({ device, channel, values }) => [
        channel === '' ? device : `${device} (${channel})`,
        values,
      ]),
    );
  return {
    isFree,
    weekday,
    endMs,
    of,
    mean: (role, quantity, hours) => known(meanOf(of(role, quantity, hours).map(meanOf))),
    byHour: (role, quantity, [from, to]) => {
      // One that was taken out or replaced is not waited for.
      const points = Object.entries(all).flatMap(([key, series]) =>
        series.role === role && series.quantity === quantity && !isGone(key) ? [series] : [],
      );
      if (points.length === 0) return [];
      return Array.from({ length: from - to }, (_, i) => {
        const hourMs = endMs - (from - i) * HOUR_MS;
        const found = points.flatMap(({ means }) => meansIn(means, hourMs, hourMs + HOUR_MS));
        return found.length < points.length ? undefined : found.reduce((total, one) => total + one, 0);
      });
    },
    lowest: (role, quantity, hours, count) => {
      const sums = of(role, quantity, hours).map((values) =>
        meanOf(values.toSorted((a, b) => a - b).slice(0, count)),
      );
      return sums.length === 0 ? undefined : sums.reduce((total, one) => total + one, 0);
    },
    channels: (role, quantity, hours) => channelsOf(all, role, quantity, hours),
    byDevice: (role, quantity, hours) => byDevice(all, role, quantity, hours),
    near: (role, quantity, hours) => {
      const own = byDevice(all, role, quantity, hours);
      for (const of of others) {
        const found = of().flatMap((points) => [...byDevice(points, role, quantity, hours)]);
        if (found.length > 0) return new Map([...own, ...found]);
      }
      return own;
    },
    outdoorHours: (hours) =>
      outdoors.map((means) => heard(means, hours)).filter((values) => values !== undefined),
    rooms: (quantity, hours) => {
      const bySpace = new Map<string, number[]>();
      for (const { role, quantity: own, space, means } of Object.values(all)) {
        if (role !== 'room' || own !== quantity || space === undefined) continue;
        const found = heard(means, hours);
        if (found) bySpace.set(space, [...(bySpace.get(space) ?? []), meanOf(found)]);
      }
      return new Map([...bySpace].map(([space, means]) => [space, meanOf(means)]));
    },
    outdoorC: (hours) => {
      const found = outdoors.map((means) => heard(means, hours)).filter((values) => values !== undefined);
      return found.length === 0 ? undefined : median(found.map(meanOf));
    },
  };
}

function known(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}
