/** A candidate for being billed: a window, its mean power, and what the peak function makes of it. */
export type Peak = {
  readonly fromMs: number;
  readonly toMs: number;
  readonly kw: number;
  readonly weightedKw: number;
};

/** Keeps the highest of the candidates that it is given, highest first; of equals the first. */
export type Top = {
  readonly add: (fromMs: number, toMs: number, kw: number, weightedKw: number) => void;
  readonly peaks: Peak[];
};

export function createTop(size: number): Top {
  const peaks: Peak[] = [];
  let least = Number.NEGATIVE_INFINITY;
  return {
    peaks,
    add: (fromMs, toMs, kw, weightedKw) => {
      if (!(weightedKw > least)) return;
      let at = peaks.length;
      while (at > 0 && (peaks[at - 1]?.weightedKw ?? 0) < weightedKw) at -= 1;
      peaks.splice(at, 0, { fromMs, toMs, kw, weightedKw });
      if (peaks.length > size) peaks.pop();
      if (peaks.length === size) least = peaks[size - 1]?.weightedKw ?? least;
    },
  };
}
