import type { Config } from '../config/config.ts';
import { agesOf } from '../config/durations.ts';
import { DAY_MS } from '../domain/interval.ts';
import type { Reading } from '../domain/reading.ts';
import type { Register } from '../domain/register.ts';
import { createIngest } from '../ingest/ingest.ts';
import { readCsvFiles } from './csv-readings.ts';

export type Replaying = {
  readonly config: Config;
  readonly register: Register;
  readonly onReading: (reading: Reading) => void;
  /** Some thousand lines have been taken in. */
  readonly onBatch: (lastMs: number) => void;
  /** So many more bytes of the files are read. */
  readonly onBytes?: (bytes: number) => void;
};

/** What was read, and what was refused of it: how often each reason. */
export type Replayed = { readonly readings: number; readonly refused: ReadonlyMap<string, number> };

const MOST_REASONS = 1000;

/** Readings of CSV files through ingest, in the order of time. Throws `input-invalid` for a wrong line. */
export async function replayFiles(
  files: readonly string[],
  { config, register, onReading, onBatch, onBytes }: Replaying,
): Promise<Replayed> {
  const ingest = createIngest({ register: () => register, ...agesOf(config) });
  const refused = new Map<string, number>();
  const arrivalOf = createArrivals();
  const readings: Reading[] = [];
  let count = 0;
  for await (const batch of readCsvFiles(files, onBytes)) {
    for (const measurement of batch) {
      const refusal = ingest.measurement(measurement, arrivalOf(measurement.atMs), readings);
      if (refusal) {
        const says = `${refusal.code}: ${refusal.detail}`;
        if (refused.has(says) || refused.size < MOST_REASONS) refused.set(says, (refused.get(says) ?? 0) + 1);
      }
      for (const reading of readings) onReading(reading);
      count += readings.length;
      readings.length = 0;
    }
    onBatch(batch.at(-1)?.atMs ?? 0);
  }
  return { readings: count, refused };
}

/** Quiet for longer than this is nothing that a line alone can say. */
const FAR_MS = 366 * DAY_MS;

/**
 * When each line would have arrived: at its own time. One that is far ahead of all before it has a wrong clock, and would have
 * arrived with them, unless the line before it says the same.
 */
function createArrivals(): (atMs: number) => number {
  let newestMs: number | undefined;
  let farMs: number | undefined;
  return (atMs) => {
    const isAlone = farMs === undefined || Math.abs(atMs - farMs) > FAR_MS;
    farMs = atMs > (newestMs ?? atMs) + FAR_MS && isAlone ? atMs : undefined;
    if (farMs !== undefined && newestMs !== undefined) return newestMs;
    newestMs = Math.max(newestMs ?? atMs, atMs);
    return atMs;
  };
}
