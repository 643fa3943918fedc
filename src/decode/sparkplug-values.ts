import type { Measurement } from '../domain/reading.ts';
import type { Problem } from './decode.ts';
import { meaningOf, meantValue } from './names.ts';
import { EARLIEST_MS } from './payload.ts';
import type { Names } from './sparkplug-edge.ts';
import { metricValue, type SparkplugMetric, type SparkplugPayload } from './sparkplug-payload.ts';

/** What a node says of itself, and takes as commands. */
const OWN_METRICS = /^(?:bdSeq$|Node (?:Control|Info)\/|Device (?:Control|Info)\/|Properties\/)/;

export type SparkplugValues = {
  readonly measurements: Measurement[];
  readonly problems: Problem[];
  /** Aliases that no birth has named. */
  readonly unnamed: readonly string[];
  /** Names of values that mean nothing here. */
  readonly unread: readonly string[];
};

/** What the metrics say, by their own names or those that a birth gave. */
export function valuesOf(
  device: string,
  payload: SparkplugPayload,
  names: Names | undefined,
): SparkplugValues {
  const measurements: Measurement[] = [];
  const problems: Problem[] = [];
  const [unnamed, unread]: [string[], string[]] = [[], []];
  if (payload.isCut) {
    const detail = `more than ${payload.metrics.length} metrics: the rest is left out`;
    problems.push({ code: 'malformed-payload', detail, device });
  }
  for (const metric of payload.metrics) {
    const said = spoken(metric, names);
    if (said === undefined) {
      if (metric.alias !== undefined) unnamed.push(metric.alias);
      continue;
    }
    const { name, datatype, unit } = said;
    // Transient: of the moment, not to be kept. Null: there is no value. Neither is a reading.
    const raw =
      metric.isTransient || metric.isNull || OWN_METRICS.test(name)
        ? undefined
        : metricValue(metric.raw, datatype);
    if (raw === undefined) continue;
    const meaning = meaningOf(name, unit);
    const value = meaning && meantValue(raw, meaning);
    if (!meaning || value === undefined) {
      unread.push(name);
      continue;
    }
    const { quantity, channel } = meaning;
    const place = channel === undefined ? {} : { channel };
    measurements.push({ device, quantity, ...place, value, ...timeOf(metric.atMs ?? payload.atMs) });
  }
  return { measurements, problems, unnamed, unread };
}

/** A metric by its own name, or by the name that its birth gave to its alias; undefined: an alias nobody knows. */
function spoken(
  { name, alias, datatype, unit }: SparkplugMetric,
  names: Names | undefined,
):
  | { readonly name: string; readonly datatype: number | undefined; readonly unit: string | undefined }
  | undefined {
  const known =
    name === undefined || name === '' ? alias !== undefined && names?.byAlias(alias) : names?.byName(name);
  const called = name || (known ? known.name : undefined);
  if (called === undefined) return undefined;
  return {
    name: called,
    datatype: datatype ?? (known ? known.datatype : undefined),
    unit: unit ?? (known ? known.unit : undefined),
  };
}

/** A clock that was never set, or is beyond any calendar, is no time. */
export function timeOf(atMs: number | undefined): { readonly atMs?: number } {
  return atMs === undefined || atMs < EARLIEST_MS || atMs > 8.64e15 ? {} : { atMs };
}
