import { billedBy, importBilling, type PeakTerm } from './peak-term.ts';

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

/**
 * What may be imported in a step without billing more than the plan does, kW: up to the plan's peak of the step's group, and
 * up to the N-th highest of all groups. `importKw`: as planned.
 */
export function allowedImport(terms: readonly PeakTerm[], importKw: ArrayLike<number>, step: number): number {
  let allowedKw = Number.POSITIVE_INFINITY;
  for (const { groups, peaks } of terms) {
    const tops: number[] = [];
    let own:
      | { readonly topKw: number; readonly pieces: PeakTerm['groups'][number]['windows'][number]['pieces'] }
      | undefined;
    for (const { windows } of groups) {
      let topKw = 0;
      let found: (typeof windows)[number] | undefined;
      for (const window of windows) {
        let sum = 0;
        for (let t = window.firstStep; t < window.endStep; t += 1) sum += importKw[t] ?? 0;
        topKw = Math.max(
          topKw,
          billedBy(window.pieces, sum / Math.max(window.endStep - window.firstStep, 1)),
        );
        if (step >= window.firstStep && step < window.endStep) found = window;
      }
      if (found) own = { topKw, pieces: found.pieces };
      tops.push(topKw);
    }
    if (!own) continue;
    const nth = tops.sort((a, b) => b - a)[peaks - 1] ?? 0;
    allowedKw = Math.min(allowedKw, importBilling(own.pieces, Math.max(own.topKw, nth)));
  }
  return allowedKw;
}
