import { z } from 'zod';
import { HOUR_MS } from '../domain/interval.ts';
import { MAD_TO_SIGMA, median } from './median.ts';
import { pack, packedCount, packedSchema, packedWith, unpack } from './packed-numbers.ts';

const DAY_HOURS = 24;
/** Days that are remembered of a sensor. */
const DAYS = 28;
/** A day of which less is known is not judged. */
const LEAST_HOURS = 12;
/** An odd day may make so many times the least difference of it. */
const MOST_RESERVE = 2;
/** With two neighbours a sensor that is off shifts what is expected of each by half of it. */
const REFLECTED = 0.6;

const sensorSchema = z.object({
  /** Of the running hour. */
  sum: z.number(),
  count: z.number(),
  /** Of the running day: by how much its hours differ from what its neighbours say. */
  daySum: z.number(),
  dayHours: z.number(),
  /** Means of ordinary days, the newest last, packed. */
  days: packedSchema,
  /** Days in a row that were not ordinary, when the first of them began, and whether that was told. */
  offDays: z.number(),
  offSinceMs: z.number(),
  isOff: z.boolean(),
});
type Sensor = z.infer<typeof sensorSchema>;

/** The sensors of one quantity in a building. Plain JSON of bounded size for each sensor. */
export const neighboursSchema = z.object({
  hourMs: z.number(),
  dayMs: z.number(),
  sensors: z.record(z.string(), sensorSchema),
});
export type Neighbours = z.infer<typeof neighboursSchema>;

export type NeighbourLimits = {
  /** A sensor is judged by the median of at least so many others. */
  readonly minNeighbours: number;
  readonly minDays: number;
  /** Days in a row. */
  readonly days: number;
  /** Off by at least this, in the quantity's unit, by so many spreads of ordinary days, … */
  readonly difference: number;
  readonly spreads: number;
  /** … and by so many times what the oddest of them was. */
  readonly reserve: number;
  /** After so many days in a row that is what is usual. */
  readonly acceptDays: number;
};

export type NeighbourChange = {
  readonly key: string;
  readonly is: 'off' | 'normal' | 'accepted';
  readonly sinceMs: number;
  /** Of the day that changed it: by how much the sensor is above its neighbours, usually is, and may be. */
  readonly difference: number;
  readonly usual: number;
  readonly limit: number;
  readonly neighbours: number;
};

export function createNeighbours(): Neighbours {
  return { hourMs: 0, dayMs: 0, sensors: {} };
}

const NONE: readonly NeighbourChange[] = [];

/**
 * Folds a reading of one of a building's sensors: hour by hour each against the median of the others, day by day that
 * difference against the one of the sensor's days before. What all rooms do at once (weather, heating) cancels; a sensor
 * that drifts or is off by something stands out. Says what changed, at the end of a day. Late readings are passed over.
 */
export function foldNeighbour(
  state: Neighbours,
  { key, atMs, value }: { readonly key: string; readonly atMs: number; readonly value: number },
  limits: NeighbourLimits,
): readonly NeighbourChange[] {
  if (atMs < state.hourMs) return NONE;
  let changes = NONE;
  if (atMs >= state.hourMs + HOUR_MS) {
    closeHour(state, limits);
    state.hourMs = Math.floor(atMs / HOUR_MS) * HOUR_MS;
    if (atMs >= state.dayMs + DAY_HOURS * HOUR_MS) {
      changes = closeDay(state, limits);
      state.dayMs = Math.floor(atMs / (DAY_HOURS * HOUR_MS)) * DAY_HOURS * HOUR_MS;
    }
  }
  const sensor = state.sensors[key];
  if (sensor === undefined) {
    state.sensors[key] = {
      sum: value,
      count: 1,
      daySum: 0,
      dayHours: 0,
      days: '',
      offDays: 0,
      offSinceMs: 0,
      isOff: false,
    };
    return changes;
  }
  sensor.sum += value;
  sensor.count += 1;
  return changes;
}

function closeHour({ sensors }: Neighbours, { minNeighbours }: NeighbourLimits): void {
  const heard = Object.values(sensors).filter(({ count }) => count > 0);
  if (heard.length > minNeighbours) {
    const means = heard.map(({ sum, count }) => sum / count);
    for (const [i, sensor] of heard.entries()) {
      const others = means.toSpliced(i, 1);
      sensor.daySum += (means[i] ?? 0) - median(others);
      sensor.dayHours += 1;
    }
  }
  for (const sensor of heard) Object.assign(sensor, { sum: 0, count: 0 });
}

type Judged = {
  readonly key: string;
  readonly sensor: Sensor;
  readonly mean: number;
  readonly usual: number;
  readonly rise: number;
};

function closeDay(state: Neighbours, limits: NeighbourLimits): readonly NeighbourChange[] {
  const all = Object.entries(state.sensors);
  const seen = all.flatMap(([key, sensor]): Judged[] => {
    const { daySum, dayHours } = sensor;
    const days = unpack(sensor.days);
    Object.assign(sensor, { daySum: 0, dayHours: 0 });
    if (dayHours < LEAST_HOURS) return [];
    const usual = median(days);
    const odd = days.map((day) => Math.abs(day - usual));
    const rise = Math.max(
      limits.difference,
      limits.spreads * MAD_TO_SIGMA * median(odd),
      // A drift makes each day the oddest so far: what is ordinary must not grow along with it.
      Math.min(limits.reserve * Math.max(0, ...odd), MOST_RESERVE * limits.difference),
    );
    return [{ key, sensor, mean: daySum / dayHours, usual, rise }];
  });
  const known = seen.filter(({ sensor }) => packedCount(sensor.days) >= limits.minDays);
  const worst = known.reduce((most, one) => (isFurther(one, most) ? one : most), known[0]);
  const farBy = worst === undefined ? 0 : worst.mean - worst.usual;
  const changes: NeighbourChange[] = [];
  let isAnyOff = false;
  for (const one of known) {
    const by = one.mean - one.usual;
    const { sensor, rise } = one;
    const isReflection = by * farBy < 0 && Math.abs(by) < REFLECTED * Math.abs(farBy);
    // What was told ends when it has come back more than half of the way.
    const isOff = !isReflection && Math.abs(by) > (sensor.isOff ? rise / 2 : rise);
    isAnyOff ||= isOff;
    const told = (is: NeighbourChange['is']) =>
      changes.push({
        key: one.key,
        is,
        sinceMs: sensor.offSinceMs,
        difference: one.mean,
        usual: one.usual,
        limit: one.usual + Math.sign(by) * rise,
        neighbours: seen.length - 1,
      });
    if (!isOff) {
      if (sensor.isOff) told('normal');
      Object.assign(sensor, { offDays: 0, isOff: false });
      continue;
    }
    if (sensor.offDays === 0) sensor.offSinceMs = state.dayMs;
    sensor.offDays += 1;
    if (sensor.offDays >= limits.acceptDays) {
      told('accepted');
      Object.assign(sensor, { days: pack([one.mean]), offDays: 0, isOff: false });
    } else if (!sensor.isOff && sensor.offDays >= limits.days) {
      sensor.isOff = true;
      told('off');
    }
  }
  // One that is off shifts what is expected of the others: nobody learns from such a day, but those who know nothing.
  for (const { sensor, mean } of seen) {
    if (isAnyOff && packedCount(sensor.days) >= limits.minDays) continue;
    sensor.days = packedWith(sensor.days, [mean], DAYS);
  }
  return changes;
}

function isFurther(one: Judged, most: Judged | undefined): boolean {
  return most === undefined || Math.abs(one.mean - one.usual) > Math.abs(most.mean - most.usual);
}
