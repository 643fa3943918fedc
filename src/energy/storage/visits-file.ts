import { csvTableOf, decimalOf, headerInWords, shown, twiceProblem } from '../../domain/csv-form.ts';
import { HOUR_MS } from '../../domain/interval.ts';
import type { LineNote } from '../loads/series-rows.ts';
import { createTimeReader, momentOf } from '../loads/wall-time.ts';
import type { Visit } from './cars.ts';

export type VisitsFile =
  | { readonly ok: true; readonly visits: readonly Visit[] }
  | { readonly ok: false; readonly problems: readonly LineNote[] };

const COLUMNS = ['arrives', 'departs', 'kwh'] as const;
const MOST_PROBLEMS = 20;
/** A car that stands longer is a row with a slip of the pen. */
const LONGEST_MS = 60 * 24 * HOUR_MS;

/**
 * Reads a CSV `arrives,departs,kwh[,kw]`: a row for each time that a car was at a charger, in any order. Times are ISO 8601 with
 * offset, or without in `timeZone`; `kwh` is what the car took at the charger, `kw` what it takes at most, where that is less
 * than the charger gives. What is wrong is a problem with its line, and then there are no visits.
 */
export function parseVisitsFile(text: string, { timeZone }: { readonly timeZone: string }): VisitsFile {
  const { lines, headerAt, header, names, fieldsOf, withPoint } = csvTableOf(text);
  const at = COLUMNS.map((name) => names.indexOf(name));
  const wrong = at.includes(-1)
    ? `${headerInWords(header)}: it must be ${COLUMNS.join(',')}`
    : twiceProblem(names, [...COLUMNS, 'kw']);
  if (wrong !== undefined) {
    return { ok: false, problems: [{ line: Math.max(headerAt, 0) + 1, message: wrong }] };
  }
  const problems: LineNote[] = [];
  const visits: Visit[] = [];
  const read = createMomentReader(timeZone);
  const kwAt = names.indexOf('kw');
  for (let i = headerAt + 1; i < lines.length && problems.length < MOST_PROBLEMS; i += 1) {
    const row = lines[i] ?? '';
    if (row.trim() === '') continue;
    const line = i + 1;
    const fields = fieldsOf(row);
    const [arrives = '', departs = '', energy = ''] = at.map((column) => fields[column] ?? '');
    const [fromMs, toMs] = [read(arrives), read(departs)];
    const kwh = decimalOf(withPoint(energy)) ?? Number.NaN;
    if (typeof fromMs === 'string') problems.push({ line, message: `arrives ${fromMs}` });
    if (typeof toMs === 'string') problems.push({ line, message: `departs ${toMs}` });
    if (!(kwh >= 0)) {
      problems.push({
        line,
        message: `kwh ${shown(energy)} must be a number with a decimal point, 0 or more`,
      });
    }
    const most = fields[kwAt] ?? '';
    const kw = decimalOf(withPoint(most)) ?? Number.NaN;
    if (most !== '' && !(kw > 0)) {
      problems.push({ line, message: `kw ${shown(most)} must be a number with a decimal point, above 0` });
    }
    if (typeof fromMs === 'string' || typeof toMs === 'string') continue;
    if (toMs <= fromMs) problems.push({ line, message: 'departs must be after arrives' });
    if (toMs - fromMs > LONGEST_MS) {
      const days = LONGEST_MS / (24 * HOUR_MS);
      problems.push({ line, message: `the visit lasts more than ${days} days` });
    }
    visits.push({ fromMs, toMs, kwh, ...(most !== '' && { kw }) });
  }
  if (visits.length === 0 && problems.length === 0) {
    problems.push({
      line: headerAt + 2,
      message: 'there are no rows: a line for each visit of a car is needed',
    });
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, visits };
}

/** The moment that a text means, or what is wrong with it. */
function createMomentReader(timeZone: string): (text: string) => number | string {
  const readTime = createTimeReader();
  return (text) => {
    const time = readTime(text);
    if (!time) return `${shown(text)} is not ISO 8601, such as 2026-01-15T17:40+01:00`;
    const moment = momentOf(time, timeZone);
    return typeof moment === 'string' ? `${shown(text)} ${moment}` : moment;
  };
}
