/**
 * The scorer of the Numenta Anomaly Benchmark, written after its paper (Lavin & Ahmad 2015, arXiv 1510.03336, sections
 * II.B and II.C) and its published behaviour (NAB 1.1, the sweeping scorer), standard profile.
 */

/** One file of the corpus as the scorer sees it: rows by number, windows as first and last row. */
export type ScoredFile = {
  readonly name: string;
  readonly scores: ArrayLike<number>;
  readonly windows: readonly (readonly [first: number, last: number])[];
};

export type Profile = { readonly tp: number; readonly fp: number; readonly fn: number };
/** The profile that published results are compared by. */
export const standardProfile: Profile = { tp: 1, fp: 0.11, fn: 1 };

const PROBATION_SHARE = 0.15;
const PROBATION_OF_ROWS = 5000;
/** A detection this many window widths behind the last window counts as far away. */
const FAR_AWAY = 3;

/** Rows at the start of a file in which nothing counts. */
export function probationRows(rows: number): number {
  return Math.min(Math.floor(PROBATION_SHARE * rows), PROBATION_SHARE * PROBATION_OF_ROWS);
}

/** 0.987 at −1, 0 at 0, −0.987 at 1. */
export function scaledSigmoid(position: number): number {
  return position >= FAR_AWAY ? -1 : 2 / (1 + Math.exp(5 * position)) - 1;
}

/** What a detection on one row is worth, and the window it is in: its number in the corpus, or −1. */
type Row = { readonly score: number; readonly worth: number; readonly window: number };

/** How the corpus scores when rows of at least `threshold` are detections. */
export type ThresholdScore = { readonly threshold: number; readonly raw: number };

/**
 * The raw score at every threshold at which it changes, from the highest down; first that of no detection at all
 * (threshold 1.1). Within a window only the best detection, which is the earliest, counts.
 */
export function sweep(
  files: readonly ScoredFile[],
  profile: Profile = standardProfile,
): readonly ThresholdScore[] {
  const rows = files
    .flatMap((file, index) => rowsOf(file, firstWindow(files, index), profile))
    .toSorted((a, b) => b.score - a.score);
  const best = new Map<number, number>();
  for (const { window } of rows) if (window >= 0) best.set(window, -profile.fn);
  let raw = 0 - profile.fn * best.size;
  let threshold = 1.1;
  const found: ThresholdScore[] = [];
  for (const { score, worth, window } of rows) {
    if (score !== threshold) {
      found.push({ threshold, raw });
      threshold = score;
    }
    const before = best.get(window);
    if (before === undefined) raw += worth;
    else if (worth > before) {
      raw += worth - before;
      best.set(window, worth);
    }
  }
  found.push({ threshold, raw });
  return found;
}

/** The threshold that a corpus scores best at. */
export function bestThreshold(files: readonly ScoredFile[], profile?: Profile): ThresholdScore {
  return sweep(files, profile).reduce((best, next) => (next.raw > best.raw ? next : best));
}

export function rawAt(files: readonly ScoredFile[], threshold: number, profile?: Profile): number {
  return rawOn(files, [threshold], profile)[0] ?? Number.NaN;
}

/** The raw score at each of some thresholds. It adds up over files. */
export function rawOn(
  files: readonly ScoredFile[],
  thresholds: readonly number[],
  profile?: Profile,
): readonly number[] {
  const steps = sweep(files, profile);
  // The last one that is not below the threshold asked for.
  return thresholds.map(
    (wanted) => steps.findLast(({ threshold }) => threshold >= wanted)?.raw ?? Number.NaN,
  );
}

/** 0: no detection at all; 100: every window found on its first row, and nothing else. */
export function normalised(raw: number, windows: number, profile: Profile = standardProfile): number {
  const nothing = -profile.fn * windows;
  return (100 * (raw - nothing)) / (profile.tp * windows - nothing);
}

function windowsIn(files: readonly ScoredFile[]): number {
  return files.reduce((sum, { windows }) => sum + windows.length, 0);
}

function firstWindow(files: readonly ScoredFile[], index: number): number {
  return windowsIn(files.slice(0, index));
}

/** The rows after probation. A window that begins in probation counts from there on. */
function rowsOf({ scores, windows }: ScoredFile, numbered: number, profile: Profile): readonly Row[] {
  const rows: Row[] = [];
  const probation = probationRows(scores.length);
  let next = 0;
  for (let row = 0; row < scores.length; row += 1) {
    const [first, last] = windows[next] ?? [Number.POSITIVE_INFINITY, 0];
    const isInside = row >= first;
    if (row >= probation) {
      const worth = isInside
        ? (profile.tp * scaledSigmoid(-(last - row + 1) / (last - first + 1))) / scaledSigmoid(-1)
        : profile.fp * scaledSigmoid(widthsBehind(windows[next - 1], row));
      rows.push({ score: scores[row] ?? 0, worth, window: isInside ? numbered + next : -1 });
    }
    if (isInside && row === last) next += 1;
  }
  return rows;
}

function widthsBehind(window: readonly [number, number] | undefined, row: number): number {
  if (!window) return FAR_AWAY;
  const [first, last] = window;
  return (row - last) / (last - first);
}
