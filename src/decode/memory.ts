import type { Json } from '../domain/alert.ts';
import type { Memory } from './decode.ts';

/** What is set (as JSON text, with the time of the packet that set it) or, with undefined, forgotten. */
export type MemoryChange = readonly [key: string, text: string | undefined, atMs: number];

/** A reader's memory. Depends on nothing but what was set, in which order: the same packets leave the same. */
export interface ReaderMemory {
  /** As of when a packet came. */
  get(key: string, atMs: number): Json | undefined;
  set(key: string, value: Json, atMs: number): void;
  /** The clock has gone on: packets from well before are taken in again. */
  tick(atMs: number): void;
  /** Sets what another reader's has set: both are the same then. */
  apply(changes: readonly MemoryChange[]): void;
  /** What has changed since it was asked last, the newest last; a key stands there once. */
  takeChanges(): readonly MemoryChange[];
  readonly bytes: () => number;
}

export type MemoryOptions = {
  /** Keys and texts together. At the bound what was set longest ago is forgotten. */
  readonly maxBytes: number;
  /** As it was kept, what was set longest ago first. */
  readonly entries?: Iterable<MemoryChange>;
  /** Asked for what is not here; answers with what was there when the packet came. */
  readonly behind?: { readonly getAsOf: (key: string, atMs: number) => Json | undefined };
};

type Entry = { readonly value: Json; readonly text: string; readonly atMs: number };

/** One value may have this share of the room. */
const LARGEST_SHARE = 4;
/** Packets are journaled as they come: what came so long before the newest tick comes again. */
const LATE_MS = 120_000;
const TICK = 'tick';
const NOTHING: readonly MemoryChange[] = [];

export function createMemory(
  options: MemoryOptions,
): ReaderMemory & { getAsOf(key: string, atMs: number): Json | undefined } {
  const { maxBytes, entries = [], behind } = options;
  const kept = new Map<string, Entry>();
  const changes = new Map<string, MemoryChange>();
  let bytes = 0;

  const note = (key: string, text: string | undefined, atMs: number) => {
    changes.delete(key);
    changes.set(key, [key, text, atMs]);
  };
  const forget = (key: string) => {
    const entry = kept.get(key);
    if (!entry) return;
    kept.delete(key);
    bytes -= sizeOf(key, entry);
    note(key, undefined, entry.atMs);
  };
  const put = (key: string, entry: Entry) => {
    forget(key);
    if (sizeOf(key, entry) > maxBytes / LARGEST_SHARE) return;
    kept.set(key, entry);
    bytes += sizeOf(key, entry);
    note(key, entry.text, entry.atMs);
  };
  const makeRoom = () => {
    for (const oldest of kept.keys()) {
      if (bytes <= maxBytes) break;
      forget(oldest);
    }
  };
  const keep = (key: string, entry: Entry) => {
    put(key, entry);
    makeRoom();
  };
  const apply = (others: Iterable<MemoryChange>) => {
    for (const [key, text, atMs] of others) {
      const value = text === undefined ? undefined : parsed(text);
      if (text === undefined || value === undefined) forget(key);
      else put(key, { value, text, atMs });
    }
    // At the end: of a key that was set twice only the last is told, so that on the way more may be here than ever was there.
    makeRoom();
  };
  const isLate = (atMs: number) => atMs < (kept.get(TICK)?.atMs ?? Number.NEGATIVE_INFINITY) - LATE_MS;
  const getAsOf = (key: string, atMs: number) => {
    const entry = kept.get(key);
    return entry && entry.atMs <= atMs ? entry.value : undefined;
  };

  apply(entries);
  changes.clear();
  return {
    getAsOf,
    get: (key, atMs) => {
      const entry = kept.get(key);
      if (entry && (entry.atMs <= atMs || !isLate(atMs))) return entry.value;
      return behind?.getAsOf(key, atMs);
    },
    set: (key, value, atMs) => {
      const entry = kept.get(key);
      if (entry && entry.atMs > atMs && isLate(atMs)) return;
      keep(key, { value, text: JSON.stringify(value), atMs });
    },
    tick: (atMs) => {
      // Only where there is something that a late packet could disturb.
      if (bytes > 0) keep(TICK, { value: null, text: 'null', atMs });
    },
    apply,
    takeChanges: () => {
      if (changes.size === 0) return NOTHING;
      const taken = [...changes.values()];
      changes.clear();
      return taken;
    },
    bytes: () => bytes,
  };
}

/** Each format and each sender has a part of its own: nobody can change what another's packets mean. */
export function memoryOf(
  memory: Pick<ReaderMemory, 'get' | 'set'>,
  format: string,
  { sender, receivedAtMs }: { readonly sender?: string; readonly receivedAtMs: number },
): Memory {
  // The length keeps names apart that begin alike; the names of formats have no slash.
  const scope = sender === undefined ? `${format}//` : `${format}/${sender.length}/${sender}/`;
  return {
    get: (key) => memory.get(scope + key, receivedAtMs),
    set: (key, value) => memory.set(scope + key, value, receivedAtMs),
  };
}

/** For formats that remember nothing. */
export const noMemory: Memory = { get: () => undefined, set: () => undefined };

function sizeOf(key: string, { text }: Entry): number {
  return key.length + text.length;
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
