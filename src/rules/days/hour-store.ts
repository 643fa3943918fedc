import { z } from 'zod';
import {
  createHourMeans,
  foldGauge,
  foldRegister,
  type HourMeans,
  hourMeansSchema,
  hoursJson,
} from '../../anomaly/hour-means.ts';
import {
  isBelieved,
  isPossible,
  newThermometer,
  type ThermometerPlace,
  thermometerSchema,
} from '../../comfort/thermometer.ts';
import type { Json } from '../../domain/alert.ts';
import { type Quantity, quantities } from '../../domain/quantity.ts';
import { type PlacedPoint, roles } from '../../domain/reading.ts';
import { createBuildingStates } from '../building-states.ts';

const seriesSchema = z.object({
  role: z.enum(roles),
  quantity: z.custom<Quantity>((name) => typeof name === 'string' && Object.hasOwn(quantities, name)),
  space: z.string().exactOptional(),
  means: hourMeansSchema,
  /** Of one of air, once it has shown what can be. */
  thermometer: thermometerSchema.exactOptional(),
});
/** Hourly means of a point, and where it is. */
export type Series = z.infer<typeof seriesSchema>;
/** By the keys of the points, in the order of their first reading. */
export type SeriesByPoint = Readonly<Record<string, Series>>;

/** What rules may ask: hourly means of the points that any of them looks at. */
export type KnownHours = {
  readonly of: (building: string) => SeriesByPoint;
  /** Of its outdoor thermometers. */
  readonly outdoors: (building: string) => readonly HourMeans[];
  readonly buildings: () => readonly string[];
  /** Those of them that have an outdoor thermometer. */
  readonly buildingsWithOutdoors: () => readonly string[];
  /** The newest reading of the point is one that its place cannot have: it is in no hour, and no rule should learn from it. */
  readonly doubtOf: (point: PlacedPoint) => Doubt | undefined;
};
/** Since when nothing of a thermometer is believed, and what was last, °C. */
export type Doubt = { readonly sinceMs: number; readonly believedC: number };

/**
 * The hours of the points, kept once for all rules that judge day by day: each of them looks at a third of a building's points,
 * most of them at the same. The engine folds a reading into it before the rules see it.
 */
export type HourStore = KnownHours & {
  /** Where a point's readings go from here on; undefined: it has no role, and nobody can say what it stands for. */
  readonly seriesOf: (point: PlacedPoint) => Series | undefined;
  readonly snapshot: () => Iterable<Json>;
  /** The hours given before are of no use any more. */
  readonly restore: (part: Json) => void;
};

export function createHourStore(): HourStore {
  const states = createBuildingStates(z.record(z.string(), seriesSchema), () => ({}), pointsJson);
  const of = (building: string): SeriesByPoint => states.find(building) ?? {};
  /** Each of a thousand buildings asks for the weather, and few of them measure it. */
  const haveOutdoors = new Set<string>();
  /** Found once, until a point of the building is taken in: each rule of each building asks for those of its whole area. */
  const outdoorMeans = new Map<string, readonly HourMeans[]>();

  return {
    of,
    outdoors: (building) => {
      if (!haveOutdoors.has(building)) return [];
      const known = outdoorMeans.get(building);
      if (known) return known;
      const found = Object.values(of(building)).flatMap((series) =>
        isOutdoor(series) ? [series.means] : [],
      );
      outdoorMeans.set(building, found);
      return found;
    },
    buildings: states.names,
    buildingsWithOutdoors: () =>
      haveOutdoors.size === 0 ? [] : states.names().filter((building) => haveOutdoors.has(building)),
    doubtOf: ({ building, key, quantity }) => {
      const known = isOfAir(quantity) ? states.find(building)?.[key]?.thermometer : undefined;
      if (known?.doubtedMs === undefined) return undefined;
      return { sinceMs: known.doubtedMs, believedC: known.c };
    },
    seriesOf: (point) => {
      const { key, building, role, quantity, space } = point;
      if (role === undefined) return undefined;
      if (isOutdoor(point)) haveOutdoors.add(building);
      const all = states.of(building);
      const { means = createHourMeans(), thermometer } = all[key] ?? {};
      // The register may have moved it since.
      const series: Series = {
        role,
        quantity,
        ...(space === undefined ? {} : { space }),
        means,
        ...(thermometer === undefined ? {} : { thermometer }),
      };
      all[key] = series;
      outdoorMeans.delete(building);
      return series;
    },
    snapshot: states.snapshot,
    restore: (part) => {
      const building = states.restore(part);
      outdoorMeans.delete(building);
      if (Object.values(of(building)).some(isOutdoor)) haveOutdoors.add(building);
    },
  };
}

/** How a point's readings are folded into its series: one of four functions, chosen once for the point. */
export function foldOf(point: Pick<PlacedPoint, 'role' | 'quantity'>): FoldReading {
  const { role, quantity } = point;
  if (isOutdoor(point)) return foldOutdoors;
  if (role === 'room' && quantity === 'airTemperatureC') return foldRoom;
  return quantities[quantity].kind === 'register' ? foldCounted : foldMeasured;
}
type FoldReading = (series: Series, atMs: number, value: number) => void;

const foldCounted: FoldReading = ({ means }, atMs, value) => foldRegister(means, atMs, value);
const foldMeasured: FoldReading = ({ means }, atMs, value) => foldGauge(means, atMs, value);
const foldOutdoors = foldAir('outdoors');
const foldRoom = foldAir('room');

function foldAir(place: ThermometerPlace): FoldReading {
  return (series, atMs, c) => {
    if (series.thermometer === undefined) {
      if (!isPossible(c, place)) return;
      series.thermometer = newThermometer(atMs, c);
    } else if (!isBelieved(series.thermometer, { atMs, c }, place)) return;
    foldGauge(series.means, atMs, c);
  };
}

/** Hours lie in blocks of numbers: what is written down of them is made here. */
function pointsJson(all: SeriesByPoint): Readonly<Record<string, z.input<typeof seriesSchema>>> {
  return Object.fromEntries(
    Object.entries(all).map(([key, { means, ...where }]) => [key, { ...where, means: hoursJson(means) }]),
  );
}

/** Where it is measured how warm it is outside. */
export function isOutdoor({ role, quantity }: Pick<PlacedPoint, 'role' | 'quantity'>): boolean {
  return role === 'outdoor' && isOfAir(quantity);
}

export function isOfAir(quantity: Quantity): boolean {
  return quantity === 'outdoorTemperatureC' || quantity === 'airTemperatureC';
}
