import type { Request, Suggestion } from '../decode/decode.ts';
import type { MemoryChange, ReaderMemory } from '../decode/memory.ts';
import type { Reading, Reject } from '../domain/reading.ts';
import type { Ingest, OwnTime } from '../ingest/ingest.ts';
import type { Cursor, Frame, JournalRecord } from '../journal/journal.ts';

/** A frame as readings. Ticks and starts keep their place between the readings, because rules see both in order. */
export type IngestedFrame = {
  readonly at: Cursor;
  readonly next: Cursor;
  readonly steps: readonly (
    | { readonly kind: 'readings'; readonly readings: readonly Reading[] }
    | Extract<JournalRecord, { kind: 'tick' | 'start' }>
  )[];
  readonly rejects: readonly Reject[];
  /** What the devices' own clocks have said. */
  readonly ownTimes: readonly OwnTime[];
  /** Devices that gateways have told about. */
  readonly suggestions: readonly Suggestion[];
  readonly records: number;
  /** Readings that came more than a day after their time: back-fill, or a device whose clock is wrong. */
  readonly late: number;
};

const LATE_MS = 86_400_000;

/** One reader's way through the frames, with what its decoders remember of those before. */
export interface FrameReader {
  /** The frame as readings; the same frame once more (it is tried again) gives the same. */
  readonly ingest: (frame: Frame) => IngestedFrame;
  /** What has to be kept together with the reader's place, since it was saved last. */
  readonly unsaved: () => readonly MemoryChange[];
  /** What {@link unsaved} gave is kept. */
  readonly saved: () => void;
}

/** What a packet's format would like to be published, and the packet that made it ask. */
export type OnRequest = (
  request: Request,
  packet: { readonly topic: string; readonly receivedAtMs: number },
) => void;

type Made = IngestedFrame & {
  readonly changes: readonly MemoryChange[];
  /** Records, and what was learnt of them, of which some is large. */
  readonly weight: number;
};

/** So many bytes of what was learnt weigh as much as a record. */
const BYTES_PER_RECORD = 1000;

/**
 * Decodes each frame once for both readers: the one that comes first pays, the other finds it here while it is near
 * enough, with what it changes in the memory. A reader that is far behind decodes for itself, by its own memory. Both
 * memories are what the frames before make of them, so it does not matter who decodes.
 */
export function createFrameCache(
  ingest: Pick<Ingest, 'packet'>,
  { keepRecords = 20_000, onRequest }: { readonly keepRecords?: number; readonly onRequest?: OnRequest } = {},
): (memory: ReaderMemory, kept?: Iterable<string>) => FrameReader {
  const cache = new Map<Cursor, Made>();
  let weight = 0;

  const make = (frame: Frame, memory: ReaderMemory): Made => {
    const made = ingestFrame(frame, ingest, memory, onRequest);
    cache.set(frame.at, made);
    weight += made.weight;
    for (const [at, oldest] of cache) {
      if (weight <= keepRecords || oldest === made) break;
      cache.delete(at);
      weight -= oldest.weight;
    }
    return made;
  };

  /** There are two readers: who finds a frame here is the second, and nobody else will come for it. */
  const take = (at: Cursor): Made | undefined => {
    const found = cache.get(at);
    if (found && cache.delete(at)) weight -= found.weight;
    return found;
  };

  return (memory, kept = []) => {
    const unsaved = new Map<string, MemoryChange>();
    /** Keys that are kept with the saved place: of others it need not be said that they are forgotten. */
    const saved = new Set(kept);
    let last: Made | undefined;
    return {
      ingest: (frame) => {
        if (last?.at === frame.at) return last;
        const found = take(frame.at);
        if (found && found.changes.length > 0) {
          memory.apply(found.changes);
          memory.takeChanges();
        }
        last = found ?? make(frame, memory);
        for (const change of last.changes) {
          const [key, text] = change;
          unsaved.delete(key);
          if (text !== undefined || saved.has(key)) unsaved.set(key, change);
        }
        return last;
      },
      unsaved: () => [...unsaved.values()],
      saved: () => {
        for (const [key, text] of unsaved.values()) {
          if (text === undefined) saved.delete(key);
          else saved.add(key);
        }
        unsaved.clear();
      },
    };
  };
}

function ingestFrame(
  { at, next, records }: Frame,
  ingest: Pick<Ingest, 'packet'>,
  memory: ReaderMemory,
  onRequest: OnRequest | undefined,
): Made {
  const steps: IngestedFrame['steps'][number][] = [];
  const rejects: Reject[] = [];
  /** One for each device: a frame holds a moment, and what it holds is kept until both readers have had it. */
  const ownTimes = new Map<string, OwnTime>();
  const suggestions: Suggestion[] = [];
  let readings: Reading[] = [];
  let late = 0;
  const close = () => {
    if (readings.length > 0) steps.push({ kind: 'readings', readings });
    readings = [];
  };
  for (const record of records) {
    if (record.kind === 'tick' || record.kind === 'start') {
      close();
      steps.push(record);
      memory.tick(record.atMs);
      continue;
    }
    if (record.kind === 'released') continue;
    const ingested = ingest.packet(record, memory);
    for (const reading of ingested.readings) {
      if (reading.receivedAtMs - reading.atMs > LATE_MS) late += 1;
      readings.push(reading);
    }
    for (const reject of ingested.rejects) rejects.push(reject);
    for (const own of ingested.ownTimes ?? []) ownTimes.set(own.device, own);
    if (ingested.suggestions) suggestions.push(...ingested.suggestions);
    for (const request of ingested.requests ?? []) onRequest?.(request, record);
  }
  close();
  const { length } = records;
  const changes = memory.takeChanges();
  const bytes = changes.reduce((sum, [key, text = '']) => sum + key.length + text.length, 0);
  const weight = length + Math.ceil(bytes / BYTES_PER_RECORD);
  return {
    at,
    next,
    steps,
    rejects,
    ownTimes: [...ownTimes.values()],
    suggestions,
    records: length,
    late,
    changes,
    weight,
  };
}
