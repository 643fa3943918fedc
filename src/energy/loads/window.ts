import { forgetBefore, insertSample, lastAtOrBefore, type Samples } from './samples.ts';

/** The newest samples of one point, in order of time, complete from a moment on. */
export type SampleWindow = {
  /** Nothing is missing from here on; what is older is not taken in. */
  readonly fromMs: () => number;
  readonly samples: Samples;
  /** Takes a sample in its place; a later one for the same time replaces it. */
  readonly add: (atMs: number, value: number) => void;
  /** Times of the samples before and after a moment. */
  readonly neighbours: (atMs: number) => readonly [beforeMs: number | undefined, afterMs: number | undefined];
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
      if (at >= fromMs) insertSample({ atMs, values }, at, value);
    },
    neighbours: (at) => {
      const index = lastAtOrBefore(atMs, at);
      return [atMs[atMs[index] === at ? index - 1 : index], atMs[index + 1]];
    },
    keep: (durationMs) => {
      const oldest = (atMs.at(-1) ?? fromMs) - durationMs;
      if (oldest <= fromMs) return;
      fromMs = oldest;
      forgetBefore({ atMs, values }, oldest);
    },
  };
}
