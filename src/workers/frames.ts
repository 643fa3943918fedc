import type { Reading, Reject } from '../domain/reading.ts';
import type { Ingest } from '../ingest/ingest.ts';
import type { Cursor, Frame, JournalRecord } from '../journal/journal.ts';

/** A frame as readings. Ticks keep their place between the readings, because rules see both in order. */
export type IngestedFrame = {
  readonly at: Cursor;
  readonly next: Cursor;
  readonly steps: readonly (
    | { readonly kind: 'readings'; readonly readings: readonly Reading[] }
    | Extract<JournalRecord, { kind: 'tick' }>
  )[];
  readonly rejects: readonly Reject[];
  readonly records: number;
  /** Readings that came more than a day after their time: back-fill, or a device whose clock is wrong. */
  readonly late: number;
};

const LATE_MS = 86_400_000;

/**
 * Decodes each frame once for both readers: the one that comes first pays, the other finds it here while it is near
 * enough. A reader that is far behind decodes for itself.
 */
export function createFrameCache(ingest: Ingest, keepRecords = 20_000): (frame: Frame) => IngestedFrame {
  const cache = new Map<Cursor, IngestedFrame>();
  let records = 0;
  return (frame) => {
    const found = cache.get(frame.at);
    if (found) return found;
    const made = ingestFrame(frame, ingest);
    cache.set(frame.at, made);
    records += made.records;
    for (const [at, oldest] of cache) {
      if (records <= keepRecords || oldest === made) break;
      cache.delete(at);
      records -= oldest.records;
    }
    return made;
  };
}

function ingestFrame({ at, next, records }: Frame, ingest: Ingest): IngestedFrame {
  const steps: IngestedFrame['steps'][number][] = [];
  const rejects: Reject[] = [];
  let readings: Reading[] = [];
  let late = 0;
  const close = () => {
    if (readings.length > 0) steps.push({ kind: 'readings', readings });
    readings = [];
  };
  for (const record of records) {
    if (record.kind === 'tick') {
      close();
      steps.push(record);
      continue;
    }
    if (record.kind === 'released') continue;
    const ingested = ingest.packet(record);
    for (const reading of ingested.readings) {
      if (reading.receivedAtMs - reading.atMs > LATE_MS) late += 1;
      readings.push(reading);
    }
    rejects.push(...ingested.rejects);
  }
  close();
  return { at, next, steps, rejects, records: records.length, late };
}
