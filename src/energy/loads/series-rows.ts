import { csvTableOf, decimalOf, headerInWords, shown, twiceProblem } from '../../domain/csv-form.ts';
import { zoneOf } from '../../domain/zone.ts';
import { createTimeReader, createWallClock, wallMoments } from './wall-time.ts';

/** What is to be said of a line of a file; lines count from 1. */
export type LineNote = { readonly line: number; readonly message: string };

export type SeriesOptions<Name extends string> = {
  /** IANA zone of times that are written without offset. */
  readonly timeZone: string;
  /** Names of the columns that may be read; other columns are passed over. Capitals do not matter. */
  readonly columns: readonly Name[];
  /** Names for the same: of each of these lists the file must have one, and not two. */
  readonly required: readonly (readonly Name[])[];
  /** Names for the same that may both be absent; not two of a list. */
  readonly optional?: readonly (readonly Name[])[];
  /** Columns in which a negative number is an error. */
  readonly notNegative?: readonly Name[];
  /** Bound on the intervals from the first to the last, missing ones too. */
  readonly maxIntervals?: number;
};

/** The rows of a file as they stand. */
export type SeriesRows<Name extends string> = {
  readonly atMs: readonly number[];
  readonly lines: readonly number[];
  readonly columns: ReadonlyMap<Name, Float64Array>;
  readonly problems: readonly LineNote[];
  readonly notes: readonly LineNote[];
};

const MOST_PROBLEMS = 20;
/** Of kW, kWh, prices and all else: sums and products of such numbers stay numbers. */
const MOST = 1e12;

/** Splits, and reads times and numbers; a row without a number has NaN. */
export function rowsOf<Name extends string>(text: string, options: SeriesOptions<Name>): SeriesRows<Name> {
  const problems: LineNote[] = [];
  const { lines: texts, headerAt, header, names, separator, fieldsOf, withPoint } = csvTableOf(text);
  const timeAt = names.indexOf('time');
  const found = options.columns.filter((name) => names.includes(name.toLowerCase()));
  const read = ['time', ...found.map((name) => name.toLowerCase())];
  const wrong = twiceProblem(names, read) ?? headerProblem(header, timeAt, found, options);
  if (wrong !== undefined) {
    const problem = { line: Math.max(headerAt, 0) + 1, message: wrong };
    return { atMs: [], lines: [], columns: new Map(), problems: [problem], notes: [] };
  }
  const columns = found.map((name) => ({
    name,
    at: names.indexOf(name.toLowerCase()),
    values: new Float64Array(texts.length),
    mayBeNegative: !options.notNegative?.includes(name),
  }));
  const written: Written[] = [];
  const readTime = createTimeReader();
  for (let i = headerAt + 1; i < texts.length && problems.length < MOST_PROBLEMS; i += 1) {
    const row = texts[i] ?? '';
    if (row.trim() === '') continue;
    const fields = fieldsOf(row);
    const line = i + 1;
    if (fields.length > names.length) {
      problems.push({
        line,
        message: `the line has ${fields.length} fields, the header ${names.length}${separator === ',' ? ': a decimal comma needs to be a point' : ''}`,
      });
      continue;
    }
    const time = readTime(fields[timeAt] ?? '');
    if (!time) {
      problems.push({
        line,
        message: `time ${shown(fields[timeAt] ?? '')} is not ISO 8601, such as 2026-01-15T07:00:00+01:00`,
      });
      continue;
    }
    for (const column of columns) {
      const value = numberOf(withPoint(fields[column.at] ?? ''));
      if (value === undefined) {
        problems.push({
          line,
          message: `${column.name} ${shown(fields[column.at] ?? '')} is not a number with a decimal point (leave it empty when it is missing)`,
        });
      } else if (Math.abs(value) > MOST) {
        problems.push({
          line,
          message: `${column.name} ${fields[column.at]} is impossible: write at most ${MOST}`,
        });
      } else if (value < 0 && !column.mayBeNegative) {
        problems.push({ line, message: `${column.name} ${value} is negative: consumption is 0 or more` });
      }
      column.values[written.length] = value ?? Number.NaN;
    }
    written.push({ line, wallMs: time.wallMs, offsetMs: time.offsetMs });
  }
  if (written.length === 0 && problems.length === 0) {
    problems.push({ line: headerAt + 2, message: 'there are no rows: a line per interval is needed' });
  }
  const notes: LineNote[] = [];
  const atMs = problems.length > 0 ? [] : momentsOfRows(written, options.timeZone, { problems, notes });
  const lines = written.map(({ line }) => line);
  return { atMs, lines, columns: new Map(columns.map((c) => [c.name, c.values])), problems, notes };
}

type Written = { readonly line: number; readonly wallMs: number; readonly offsetMs: number | undefined };

/**
 * Moments of the rows. Where the clock is put back it shows an hour twice: the rows before a step back are of the first
 * time, those after it of the second; without a step back nobody can tell, which is a problem.
 */
function momentsOfRows(
  rows: readonly Written[],
  timeZone: string,
  { problems, notes }: { readonly problems: LineNote[]; readonly notes: LineNote[] },
): readonly number[] {
  const zone = zoneOf(timeZone);
  const clock = createWallClock(zone);
  const atMs: number[] = [];
  for (let i = 0; i < rows.length && problems.length < MOST_PROBLEMS; i += 1) {
    const { line, wallMs, offsetMs } = rows[i] ?? { line: 0, wallMs: 0, offsetMs: 0 };
    const plain = offsetMs === undefined ? clock(wallMs) : wallMs - offsetMs;
    if (plain !== undefined) {
      atMs.push(plain);
      continue;
    }
    const shown = new Date(wallMs).toISOString().slice(0, 16).replace('T', ' ');
    if (wallMoments(wallMs, zone).length === 0) {
      const message = `${shown} never was in ${timeZone}: the clock is put forward over it; write times with offset`;
      problems.push({ line, message });
      atMs.push(Number.NaN);
      continue;
    }
    const end = endOfRepeated(rows, i, (wall) => wallMoments(wall, zone).length === 2);
    const back = rows.findIndex((row, at) => at > i && at < end && row.wallMs <= (rows[at - 1]?.wallMs ?? 0));
    if (back < 0) {
      const message = `${shown} was twice in ${timeZone}, where the clock is put back, and only one of the two is here: write times with offset`;
      problems.push({ line, message });
    } else {
      const message = `the clock is put back in ${timeZone}: the times before line ${rows[back]?.line} are taken for the first ${shown.slice(11, 13)} o'clock, from there for the second`;
      notes.push({ line, message });
    }
    for (; i < end; i += 1) {
      const [early = Number.NaN, late = Number.NaN] = wallMoments(rows[i]?.wallMs ?? 0, zone);
      atMs.push(back >= 0 && i >= back ? late : early);
    }
    i -= 1;
  }
  return atMs;
}

function endOfRepeated(rows: readonly Written[], from: number, isTwice: (wallMs: number) => boolean): number {
  let end = from;
  while (end < rows.length) {
    const row = rows[end];
    if (!row || row.offsetMs !== undefined || !isTwice(row.wallMs)) break;
    end += 1;
  }
  return end;
}

function headerProblem<Name extends string>(
  header: string,
  timeAt: number,
  found: readonly Name[],
  { required, optional = [] }: SeriesOptions<Name>,
): string | undefined {
  const [one, other] =
    [...required, ...optional]
      .map((names) => names.filter((name) => found.includes(name)))
      .find((names) => names.length > 1) ?? [];
  if (other !== undefined) return `the header has ${one} and ${other}, which say the same: leave one of them`;
  const lacking = required.filter((names) => !names.some((name) => found.includes(name)));
  if (timeAt >= 0 && lacking.length === 0) return undefined;
  const wanted = ['time', ...required.map((names) => names.join('|'))].join(',');
  return `${headerInWords(header)}: it must be ${wanted}`;
}

/** A number as it stands in a field: NaN for what is missing, undefined for what is no number. */
function numberOf(text: string): number | undefined {
  return text === '' || text === 'NaN' || text === 'nan' ? Number.NaN : decimalOf(text);
}
