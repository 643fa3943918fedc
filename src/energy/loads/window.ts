import { forgetBefore, insertSample, lastAtOrBefore, type Samples } from './samples.ts';

/** The newest samples of one point, in order of time, complete from a moment on. */
export type SampleWindow = {
  /** Nothing is missing from here on; what is older is not taken in. */
  readonly fromMs: () => number;
  readonly samples: Samples;
  /** Takes a sample in its place; a later one for the same time replaces it: then it is true. */
  readonly add: (atMs: number, value: number) => boolean;
  /** Times of the samples so many before and after a moment; of fewer the first, and none. */
  readonly neighbours: (
    atMs: number,
    away: number,
  ) => readonly [beforeMs: number, afterMs: number | undefined];
  /** Does it fall from one sample to the next, so near to a moment? */
  readonly falls: (atMs: number, away: number) => boolean;
  /** Forgets what is older than this before the newest sample, ms. */
  readonly keep: (durationMs: number) => void;
};

export function createWindow(completeFromMs: number): SampleWindow {
  let fromMs = completeFromMs;
  const atMs: number[] = [];
  const values: number[] = [];
  return {
    fromMs: () => fromMs,
    samples: { atMs, values },
    add: (at, value) => {
      if (at < fromMs) return false;
      const count = atMs.length;
      insertSample({ atMs, values }, at, value);
      return atMs.length === count;
    },
    neighbours: (at, away) => {
      const index = lastAtOrBefore(atMs, at);
      const before = (atMs[index] === at ? index : index + 1) - away;
      return [Math.min(atMs[Math.max(before, 0)] ?? at, at), atMs[index + away]];
    },
    falls: (at, away) => {
      const index = lastAtOrBefore(atMs, at);
      for (let i = Math.max(index - away, 0); i < Math.min(index + away, values.length - 1); i += 1)
        if ((values[i + 1] ?? 0) < (values[i] ?? 0)) return true;
      return false;
    },
    keep: (durationMs) => {
      const oldest = (atMs.at(-1) ?? fromMs) - durationMs;
      if (oldest <= fromMs) return;
      fromMs = oldest;
      forgetBefore({ atMs, values }, oldest);
    },
  };
}
