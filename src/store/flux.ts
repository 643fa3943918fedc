import {
  flux,
  fluxDateTime,
  fluxDuration,
  fluxRegExp,
  type ParameterizedQuery,
} from '@influxdata/influxdb-client';
import type { Meter } from '../domain/interval.ts';
import { type Quantity, quantities } from '../domain/quantity.ts';
import type { Point } from '../domain/reading.ts';
import { INTERVAL_MEASUREMENT, tagText } from './influxdb-lines.ts';

// Every Flux text, in what InfluxDB 1.8 (Flux 0.65) and 2.x both understand. Only `flux` puts values into text, so
// nothing gets in unescaped. A query reads its series in a pipeline of its own, also where that repeats one: 2.x
// answers `sum`, `count`, `first` and `last` from its index of blocks only when nothing else reads the same stream.

export type Flux = ParameterizedQuery;

/**
 * The times that InfluxDB serves: a bound of a query at or before 1970 is no bound (`validateArgs` in its store.go), and
 * the last is what 64 bits of nanoseconds hold.
 */
export const FIRST_MS = 0;
export const LAST_MS = 9_223_372_036_854;

/** `fromMs` is included, `toMs` is not; both within `FIRST_MS..LAST_MS`. InfluxDB refuses an empty one. */
export type Range = { readonly fromMs: number; readonly toMs: number };

/** What InfluxDB can have of a range that may lack a bound. */
export function boundsOf({ fromMs, toMs }: { readonly fromMs?: number; readonly toMs?: number }): Range {
  return { fromMs: Math.max(fromMs ?? FIRST_MS, FIRST_MS), toMs: Math.min(toMs ?? LAST_MS, LAST_MS) };
}

/** Which series: what is absent may be anything. An empty channel is none. */
export type Match = {
  readonly device?: string | undefined;
  readonly quantity?: Quantity | undefined;
  readonly channel?: string | undefined;
};

/** The oldest readings, at most `limit`, in order of time alone. Columns: the tags, `_measurement`, `_time`, `_value`. */
export function readingsFlux(
  bucket: string,
  match: Match,
  range: Range,
  limit: number = Number.MAX_SAFE_INTEGER,
): Flux {
  // The first limit, per series, keeps what is sorted small.
  return flux`${rangeOf(bucket, range)}
  |> filter(fn: (r) => ${matching(match)})
  |> limit(n: ${limit})
  |> drop(columns: ["_start", "_stop", "_field"])
  |> group()
  |> sort(columns: ["_time"])
  |> limit(n: ${limit})`;
}

/** Points of one kind, as their devices. */
export type Points = Omit<Point, 'device'> & { readonly devices: readonly string[] };

/** Columns: the tags, `_measurement`, `_time`, `_value`; rows per series. */
export function samplesFlux(bucket: string, { quantity, channel = '', devices }: Points, range: Range): Flux {
  return flux`${rangeOf(bucket, range)}
  |> filter(fn: (r) => ${matching({ quantity, channel })} and r.device =~ ${oneOf(devices.map(tagText))})`;
}

/** The oldest reading of each series. */
export function firstFlux(bucket: string, match: Match, range: Range): Flux {
  return flux`${rangeOf(bucket, range)} |> filter(fn: (r) => ${matching(match)}) |> first()`;
}

/** The newest reading of each series. */
export function lastFlux(bucket: string, match: Match, range: Range): Flux {
  return flux`${rangeOf(bucket, range)} |> filter(fn: (r) => ${matching(match)}) |> last()`;
}

/** Results `sum` and `count` of each step that has a reading. Columns: `_start`, `_value`; rows per series. */
export function sumsFlux(bucket: string, point: Point, range: Range, stepMs: number): Flux {
  const offsetMs = ((range.fromMs % stepMs) + stepMs) % stepMs;
  const steps = flux`${rangeOf(bucket, range)}
  |> filter(fn: (r) => ${matching({ ...point, channel: point.channel ?? '' })})
  |> window(every: ${milliseconds(stepMs)}, offset: ${milliseconds(offsetMs)})`;
  return flux`${steps} |> sum() |> yield(name: "sum")
${steps} |> count() |> yield(name: "count")`;
}

/** Meters of one kind, as their devices. */
export type Meters = Omit<Meter, 'device'> & { readonly devices: readonly string[] };

/** Each quarter of each meter of which anything is known. Columns: `_time`, `energyWh`, `coverage`. */
export function intervalsFlux(bucket: string, { carrier, channel, devices }: Meters, range: Range): Flux {
  return flux`${rangeOf(bucket, range)}
  |> filter(fn: (r) => r._measurement == ${INTERVAL_MEASUREMENT} and (r._field == "energyWh" or r._field == "coverage")
      and r.carrier == ${carrier} and ${onChannel(channel)} and r.device =~ ${oneOf(devices.map(tagText))})
  |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")
  |> filter(fn: (r) => r.coverage > 0.0)
  |> keep(columns: ["_time", "energyWh", "coverage"])`;
}

function rangeOf(bucket: string, { fromMs, toMs }: Range): Flux {
  return flux`from(bucket: ${bucket}) |> range(start: ${new Date(fromMs)}, stop: ${justBefore(toMs)})`;
}

/** 1.8 includes what is stamped with the stop, 2.x does not: half a millisecond earlier, both give the same. */
function justBefore(atMs: number) {
  return fluxDateTime(new Date(atMs - 1).toISOString().replace('Z', '5Z'));
}

function matching({ device, quantity, channel }: Match): Flux {
  const parts = [
    flux`r._field == "value"`,
    // Others may write into the bucket too; integers of theirs could not be sorted together with our floats.
    quantity === undefined ? flux`r._measurement =~ ${ANY_QUANTITY}` : flux`r._measurement == ${quantity}`,
  ];
  if (device !== undefined) parts.push(flux`r.device == ${tagText(device)}`);
  if (channel !== undefined) parts.push(onChannel(channel));
  return parts.reduce((all, one) => flux`${all} and ${one}`);
}

const ANY_QUANTITY = oneOf(Object.keys(quantities));

function onChannel(channel: string | undefined): Flux {
  return channel ? flux`r.channel == ${tagText(channel)}` : flux`not exists r.channel`;
}

/** A pattern, because a chain of 100 `or`s takes InfluxDB ten times as long. */
function oneOf(texts: readonly string[]) {
  const escaped = texts.map((text) => text.replace(/[.*+?^${}()|[\]]/g, '\\$&'));
  return fluxRegExp(new RegExp(`^(${escaped.join('|')})$`));
}

function milliseconds(count: number) {
  if (!Number.isSafeInteger(count)) throw new RangeError(`${count} is not a whole number of milliseconds`);
  return fluxDuration(`${count}ms`);
}
