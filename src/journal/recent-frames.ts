import type { Cursor, Frame } from './journal.ts';

/** The newest frames, for readers that keep up: they need not read, check and parse what was in memory just now. */
export type RecentFrames = {
  /** Takes in a durable frame, and forgets the oldest past the bound. */
  readonly add: (frame: Frame, bytes: number) => void;
  readonly at: (place: Cursor) => Frame | undefined;
};

export function createRecentFrames(maxBytes: number): RecentFrames {
  const frames = new Map<Cursor, { readonly frame: Frame; readonly bytes: number }>();
  let held = 0;
  return {
    add: (frame, bytes) => {
      frames.set(frame.at, { frame, bytes });
      held += bytes;
      for (const [at, oldest] of frames) {
        if (held <= maxBytes) break;
        frames.delete(at);
        held -= oldest.bytes;
      }
    },
    at: (place) => frames.get(place)?.frame,
  };
}
