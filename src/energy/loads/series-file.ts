import { HOUR_MS, QUARTER_MS } from '../../domain/interval.ts';
import { zoneOf } from '../../domain/zone.ts';
import { type LineNote, rowsOf, type SeriesOptions, type SeriesRows } from './series-rows.ts';

/** Columns of numbers over equal steps of time; NaN is missing. */
export type Series<Name extends string> = {
  /** Start of the first interval, epoch ms. */
  readonly fromMs: number;
  /** 15, 30 or 60 minutes. */
  readonly spacingMs: number;
  readonly length: number;
  /** The columns that the file has: one number per interval, in the order of time. */
  readonly columns: ReadonlyMap<Name, Float64Array>;
};

export type SeriesFile<Name extends string> =
  | { readonly ok: true; readonly series: Series<Name>; readonly notes: readonly LineNote[] }
  | { readonly ok: false; readonly problems: readonly LineNote[] };

const SPACINGS_MS = [QUARTER_MS, 2 * QUARTER_MS, HOUR_MS];
/** Forty years of quarter-hours. */
const MAX_INTERVALS = 1_402_560;

/**
 * Reads a CSV of time series: header `time,…`, one row per interval, `time` its *start* as ISO 8601 with offset, or without
 * in `timeZone`; constant spacing of 15, 30 or 60 minutes, oldest first. Rows that are not there and fields that are empty
 * are missing (NaN), and noted. Everything else that is wrong is a problem with its line, and then there is no series.
 */
export function parseSeriesFile<Name extends string>(
  text: string,
  options: SeriesOptions<Name>,
): SeriesFile<Name> {
  const rows = rowsOf(text, options);
  if (rows.problems.length > 0) return { ok: false, problems: rows.problems };
  const problems: LineNote[] = [];
  const spacingMs = spacingOf(rows, options.timeZone, problems);
  const notes = [...rows.notes];
  checkOrder(rows, spacingMs, { problems, notes });
  const fromMs = rows.atMs[0] ?? 0;
  const length = Math.round(((rows.atMs.at(-1) ?? fromMs) - fromMs) / spacingMs) + 1;
  const most = options.maxIntervals ?? MAX_INTERVALS;
  if (problems.length === 0 && length > most) {
    const line = rows.lines.at(-1) ?? 1;
    problems.push({ line, message: `the file spans ${length} intervals, more than ${most}: split it` });
  }
  if (problems.length > 0) return { ok: false, problems };
  for (const [name, read] of rows.columns) notes.push(...emptyFields(name, read, rows.lines));
  const columns = new Map<Name, Float64Array>();
  for (const [name, read] of rows.columns) {
    const column = new Float64Array(length).fill(Number.NaN);
    for (let i = 0; i < rows.atMs.length; i += 1) {
      column[Math.round(((rows.atMs[i] ?? 0) - fromMs) / spacingMs)] = read[i] ?? Number.NaN;
    }
    columns.set(name, column);
  }
  return { ok: true, series: { fromMs, spacingMs, length, columns }, notes };
}

/** A note for each run of lines on which a column is empty. */
function emptyFields(name: string, read: Float64Array, lines: readonly number[]): readonly LineNote[] {
  const notes: LineNote[] = [];
  for (let i = 0; i < lines.length; i += 1) {
    if (!Number.isNaN(read[i] ?? Number.NaN)) continue;
    const from = i;
    while (i + 1 < lines.length && Number.isNaN(read[i + 1] ?? Number.NaN)) i += 1;
    const where = i === from ? 'here' : `here and on ${i - from} more lines`;
    notes.push({ line: lines[from] ?? 1, message: `${name} is empty ${where}: carried as missing` });
  }
  return notes;
}

/** The commonest step between rows; a problem when it is none of the three, or off the clock. */
function spacingOf({ atMs, lines }: SeriesRows<string>, timeZone: string, problems: LineNote[]): number {
  const counts = new Map<number, { times: number; line: number }>();
  for (let i = 1; i < atMs.length; i += 1) {
    const step = (atMs[i] ?? 0) - (atMs[i - 1] ?? 0);
    if (step <= 0) continue;
    const seen = counts.get(step);
    if (seen) seen.times += 1;
    else counts.set(step, { times: 1, line: lines[i] ?? 1 });
  }
  const [commonest] = [...counts].toSorted(([, a], [, b]) => b.times - a.times);
  if (!commonest) {
    problems.push(
      atMs.length === 1
        ? {
            line: lines[0] ?? 1,
            message: 'the spacing cannot be told from one time: two or more intervals are needed',
          }
        : {
            line: lines[1] ?? 1,
            message: 'not one time is later than the one before: sort the rows by time',
          },
    );
    return HOUR_MS;
  }
  const [spacingMs, { line }] = commonest;
  if (!SPACINGS_MS.includes(spacingMs)) {
    const minutes = Math.round((spacingMs / 60_000) * 100) / 100;
    problems.push({ line, message: `the spacing is ${minutes} minutes: it must be 15, 30 or 60` });
    return spacingMs;
  }
  const first = atMs[0] ?? 0;
  if (first % 60_000 !== 0 || (zoneOf(timeZone).local(first).minuteOfDay * 60_000) % spacingMs !== 0) {
    problems.push({
      line: lines[0] ?? 1,
      message: `the first time is not the start of a clock interval of ${spacingMs / 60_000} minutes: times are the starts of intervals`,
    });
  }
  return spacingMs;
}

function checkOrder(
  { atMs, lines }: SeriesRows<string>,
  spacingMs: number,
  { problems, notes }: { readonly problems: LineNote[]; readonly notes: LineNote[] },
): void {
  if (problems.length > 0) return;
  for (let i = 1; i < atMs.length; i += 1) {
    const step = (atMs[i] ?? 0) - (atMs[i - 1] ?? 0);
    if (step === spacingMs) continue;
    const [line, before] = [lines[i] ?? 1, lines[i - 1] ?? 1];
    if (step === 0) {
      problems.push({ line, message: `the same time as on line ${before}: leave one of them` });
    } else if (step < 0) {
      problems.push({ line, message: `earlier than line ${before}: sort the rows by time` });
    } else if (step % spacingMs !== 0) {
      problems.push({
        line,
        message: `${step / 60_000} minutes after line ${before}, but the spacing of the file is ${spacingMs / 60_000} minutes`,
      });
    } else {
      const missing = step / spacingMs - 1;
      const which = missing === 1 ? 'an interval is' : `${missing} intervals are`;
      notes.push({ line, message: `${which} missing before this line: carried as missing` });
    }
  }
}
