import { FIRST_MS, LAST_MS } from './flux.ts';
import { type Bucket, withBucket } from './influxdb-buckets.ts';
import { type Connection, connect } from './influxdb-connection.ts';
import { storeError } from './influxdb-errors.ts';
import { selectIntervals, selectLoad } from './influxdb-intervals.ts';
import { createReadingLines, intervalLine } from './influxdb-lines.ts';
import { selectMeans } from './influxdb-means.ts';
import { selectNewest, selectReadings, selectSamples } from './influxdb-readings.ts';
import { writeLines } from './influxdb-write.ts';
import { intervalProblem, readingProblem, sortOut } from './storable.ts';
import type { ReadingStore } from './store.ts';
import { createTurns } from './turns.ts';

export type InfluxdbOptions = {
  readonly url: string;
  /** On 1.8: `user:password`, or absent where nobody logs in. */
  readonly token?: string | undefined;
  readonly org: string;
  /** For readings; on 1.8 the name of a database. */
  readonly bucket: string;
  readonly intervalsBucket: string;
  /** How long the server may be silent during a request. */
  readonly timeoutMs: number;
  /** Retention of the buckets, when kvarter creates them; 0 or absent: for ever. */
  readonly readingsKeepDays?: number;
  readonly intervalsKeepDays?: number;
};

/**
 * InfluxDB 2.x, or 1.8 with Flux. Opening does not need the server: every call does, and rejects with
 * `store-unavailable` or `store-misconfigured` until it can be served.
 *
 * A series is a point *and its place*, so that Grafana can group by building. Writing again overwrites as long as the
 * device hangs where it hung; a reading that is written again after the device moved is there once per place, and
 * queries give one of them, always the same.
 */
export async function openInfluxdbStore(options: InfluxdbOptions): Promise<ReadingStore> {
  const { url, org } = options;
  const connection = connect(options);
  const readingsBucket: Bucket = { name: options.bucket, retentionDays: options.readingsKeepDays ?? 0 };
  const intervalsBucket: Bucket = {
    name: options.intervalsBucket,
    retentionDays: options.intervalsKeepDays ?? 0,
  };
  // One write after the other, because of two for the same time the later one wins.
  const readingWrites = createTurns(1);
  const intervalWrites = createTurns(1);
  const reads = createTurns(4);
  const readingLine = createReadingLines();

  const failed = (error: unknown): never => {
    throw storeError(url, error);
  };
  const write = <T>(bucket: Bucket, items: readonly T[], lineOf: (item: T) => string) =>
    writeLines(
      items.map((item) => ({ item, line: lineOf(item) })),
      (lines) => withBucket(connection, org, bucket, () => connection.write(bucket.name, lines)),
    ).catch(failed);
  const queryOf =
    (bucket: Bucket): Connection['query'] =>
    (flux, onRow) =>
      withBucket(connection, org, bucket, () => connection.query(flux, onRow));
  const queryReadings = queryOf(readingsBucket);
  const queryIntervals = queryOf(intervalsBucket);
  const read = <T>(task: () => Promise<T>): Promise<T> => reads.run(task).catch(failed);

  return {
    async writeReadings(readings) {
      const { sound, refused } = sortOut(readings, (one) => readingProblem(one) ?? timeProblem(one.atMs));
      const unwritten = await readingWrites.run(() => write(readingsBucket, sound, readingLine));
      return [...refused, ...unwritten];
    },
    async writeIntervals(intervals) {
      const { sound, refused } = sortOut(intervals, (one) => intervalProblem(one) ?? timeProblem(one.fromMs));
      const unwritten = await intervalWrites.run(() => write(intervalsBucket, sound, intervalLine));
      return [...refused, ...unwritten];
    },
    readings: (query) => read(() => selectReadings(queryReadings, options.bucket, query)),
    samples: (query) => read(() => selectSamples(queryReadings, options.bucket, query)),
    last: (query) => read(() => selectNewest(queryReadings, options.bucket, query)),
    means: (query) => read(() => selectMeans(queryReadings, options.bucket, query)),
    intervals: (query) => read(() => selectIntervals(queryIntervals, options.intervalsBucket, query)),
    load: (query) => read(() => selectLoad(queryIntervals, options.intervalsBucket, query)),
    // The buckets' retention does that.
    forget: async () => undefined,
    async check() {
      await connection.request('GET', '/health').catch(failed);
    },
    async [Symbol.asyncDispose]() {
      // A server that does not answer must not hold up the end; what it has not confirmed is written again.
      connection.breakOff();
      await Promise.all([readingWrites.settled(), intervalWrites.settled(), reads.settled()]);
      await connection.close();
    },
  };
}

function timeProblem(atMs: number): string | undefined {
  if (atMs >= FIRST_MS && atMs < LAST_MS) return undefined;
  return `the time ${atMs} is not one that InfluxDB serves (1970 to 2262)`;
}
