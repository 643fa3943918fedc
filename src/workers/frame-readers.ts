import { createMemory, type MemoryChange, type ReaderMemory } from '../decode/memory.ts';
import type { Ingest } from '../ingest/ingest.ts';
import type { Cursor, Frame } from '../journal/journal.ts';
import { createFrameCache, type IngestedFrame, type OnRequest } from './frames.ts';

export type FrameReaderOptions = {
  readonly ingest: Pick<Ingest, 'packet'>;
  /** Where each reader's place is kept, with what its decoders remember there. */
  readonly checkpoints: {
    load(reader: string): { readonly cursor: Cursor; readonly snapshot: string | undefined } | undefined;
    remembered(reader: string): Iterable<MemoryChange>;
    save(reader: string, cursor: Cursor, snapshot?: string, remembered?: readonly MemoryChange[]): void;
  };
  /** What the decoders of one reader may remember. */
  readonly maxBytes: number;
  readonly onRequest: OnRequest;
};

type Reader = {
  /** The saved place. */
  readonly from: Cursor | undefined;
  readonly ingest: (frame: Frame) => IngestedFrame;
};

export type FrameReaders = {
  readonly store: Reader & { readonly onFinished: (cursor: Cursor) => void };
  readonly rules: Reader & {
    readonly snapshot: string | undefined;
    /** May be called in a transaction; `onSaved` is called once that is over. */
    readonly save: (cursor: Cursor, snapshot: string) => void;
    readonly onSaved: () => void;
  };
  /** For packets that are read once more, from the oldest kept on: it knows what was said before them. */
  readonly memoryOfOld: () => ReaderMemory;
  /** Of the fuller reader. */
  readonly memoryBytes: () => number;
};

/** The journal's two readers: their places, what their decoders remember, and what they decode shared between them. */
export function openFrameReaders(options: FrameReaderOptions): FrameReaders {
  const { ingest, checkpoints, maxBytes, onRequest } = options;
  const [keptOfStore, keptOfRules] = [
    [...checkpoints.remembered('store')],
    [...checkpoints.remembered('rules')],
  ];
  const store = createMemory({ maxBytes, entries: keptOfStore });
  const rules = createMemory({ maxBytes, entries: keptOfRules });
  const readerOf = createFrameCache(ingest, { onRequest });
  const keyOf = ([key]: MemoryChange) => key;
  const storing = readerOf(store, keptOfStore.map(keyOf));
  const ruling = readerOf(rules, keptOfRules.map(keyOf));
  const place = checkpoints.load('rules');
  return {
    store: {
      from: checkpoints.load('store')?.cursor,
      ingest: storing.ingest,
      onFinished: (cursor) => {
        checkpoints.save('store', cursor, undefined, storing.unsaved());
        storing.saved();
      },
    },
    rules: {
      from: place?.cursor,
      snapshot: place?.snapshot,
      ingest: ruling.ingest,
      save: (cursor, snapshot) => checkpoints.save('rules', cursor, snapshot, ruling.unsaved()),
      onSaved: ruling.saved,
    },
    memoryOfOld: () => createMemory({ maxBytes, behind: store }),
    memoryBytes: () => Math.max(store.bytes(), rules.bytes()),
  };
}
