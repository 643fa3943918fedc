import { csvTableOf, decimalOf, headerInWords, shown, twiceProblem } from '../domain/csv-form.ts';
import { KvarterError } from '../domain/errors.ts';
import { asMidnight, createTimeReader } from '../energy/loads/wall-time.ts';
import type { Level } from '../waste/fill/container.ts';

/** A row of a file of levels, with its texts as they stand there. */
export type LevelRow = {
  readonly time: string;
  readonly container: string;
  readonly levelText: string;
  /** Times without offset count as if the wall clock showed UTC. */
  readonly level: Level;
  readonly hasOffset: boolean;
};

export type LevelsFile = {
  /** In the order of the file. */
  readonly rows: readonly LevelRow[];
  /** What was skipped, and why. Rows count from 1 below the header, lines of the file from 1. */
  readonly skipped: readonly { readonly row: number; readonly line: number; readonly message: string }[];
};

const COLUMNS = ['time', 'container', 'level_pct'] as const;
/** A sensor that is a little off may say −2 or 104: they count as 0 and 100. Farther away is no level. */
const [LEAST_PCT, MOST_PCT] = [-20, 120];

/**
 * Reads `time,container,level_pct` (other columns are passed over): times as ISO 8601, a date alone is its midnight. Each row
 * of a container must be later than the one before; rows that are not, or cannot be read, are skipped and said. Throws
 * `input-invalid` when the file as a whole is none.
 */
export function parseLevels(file: string, text: string): LevelsFile {
  const { lines, headerAt, header, names, separator, fieldsOf, withPoint } = csvTableOf(text);
  const [timeAt = -1, containerAt = -1, levelAt = -1] = COLUMNS.map((name) => names.indexOf(name));
  const missing = COLUMNS.filter((name) => !names.includes(name));
  const lacks = `${headerInWords(header)} and lacks ${missing.join(', ')}: it must be ${COLUMNS.join(',')}`;
  const wrong = missing.length > 0 ? lacks : twiceProblem(names, COLUMNS);
  if (wrong !== undefined) {
    throw new KvarterError('input-invalid', `${file}:${Math.max(headerAt, 0) + 1}: ${wrong}`);
  }
  const readTime = createTimeReader();
  const newest = new Map<string, { readonly atMs: number; readonly line: number }>();
  const rows: LevelRow[] = [];
  const skipped: LevelsFile['skipped'][number][] = [];
  let row = 0;
  for (let line = headerAt + 2; line <= lines.length; line += 1) {
    const written = lines[line - 1] ?? '';
    if (written.trim() === '') continue;
    row += 1;
    const fields = fieldsOf(written);
    const skip = (message: string) => skipped.push({ row, line, message });
    const [time = '', container = ''] = [fields[timeAt], fields[containerAt]];
    const levelText = withPoint(fields[levelAt] ?? '');
    const levelPct = decimalOf(levelText);
    const read = readTime(asMidnight(time));
    if (fields.length > names.length) {
      const hint = separator === ',' ? ': a decimal comma needs to be a point' : '';
      skip(`${fields.length} fields, the header has ${names.length}${hint}`);
    } else if (!read) {
      skip(`time ${shown(time)} is not ISO 8601, such as 2026-01-15T07:00:00+01:00`);
    } else if (container === '') {
      skip('the container has no name');
    } else if (levelPct === undefined) {
      skip(`level_pct ${shown(levelText)} is not a finite number`);
    } else if (levelPct < LEAST_PCT || levelPct > MOST_PCT) {
      skip(`level_pct ${levelText} is impossible: levels are 0 (empty) … 100 (full)`);
    } else {
      const atMs = read.wallMs - (read.offsetMs ?? 0);
      const before = newest.get(container);
      if (before && atMs <= before.atMs) {
        const how = atMs === before.atMs ? 'the same time as' : 'earlier than';
        skip(`${how} line ${before.line} of container ${container}: sort the rows by time, each once`);
        continue;
      }
      newest.set(container, { atMs, line });
      const level = { atMs, wallMs: read.wallMs, levelPct };
      rows.push({ time, container, levelText, level, hasOffset: read.offsetMs !== undefined });
    }
  }
  return { rows, skipped };
}
