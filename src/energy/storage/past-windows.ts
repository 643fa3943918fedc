import type { PeakTerm } from './peak-term.ts';

/**
 * Terms whose first steps have gone by, as terms of the steps to come: a window that is over is what it was, of a running
 * one the past steps weigh in its mean. `importKw`: of the `past` steps; NaN (unknown) counts as nothing.
 */
export function withPast(
  terms: readonly PeakTerm[],
  past: number,
  importKw: (step: number) => number,
): readonly PeakTerm[] {
  return terms.map((term) => ({
    ...term,
    groups: term.groups.map(({ windows }) => ({
      windows: windows.map((window) => {
        if (window.firstStep >= past) {
          return { ...window, firstStep: window.firstStep - past, endStep: window.endStep - past };
        }
        const steps = window.endStep - window.firstStep;
        let sum = 0;
        for (let t = window.firstStep; t < Math.min(window.endStep, past); t += 1) {
          const kw = importKw(t);
          if (Number.isFinite(kw)) sum += kw;
        }
        const left = Math.max(window.endStep - past, 0);
        const pieces = window.pieces.map(({ slope, offsetKw }) => ({
          slope: (slope * left) / steps,
          offsetKw: offsetKw + (slope * sum) / steps,
        }));
        if (left > 0) return { ...window, firstStep: 0, endStep: left, pieces };
        return {
          ...window,
          firstStep: 0,
          endStep: 0,
          pieces: pieces.map((piece) => ({ ...piece, slope: 0 })),
        };
      }),
    })),
  }));
}
