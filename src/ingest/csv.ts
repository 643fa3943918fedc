import { CsvError, parse } from 'csv-parse/sync';
import { isQuantity } from '../domain/quantity.ts';
import type { Measurement } from '../domain/reading.ts';
import { parseIsoTime } from '../domain/time.ts';

/** A measurement of a CSV file, which always knows its time. */
export type CsvMeasurement = Measurement & { readonly atMs: number };

/** What is wrong with a line of a file; lines count from 1. */
export type LineProblem = { readonly line: number; readonly message: string };

export type CsvRows = {
  readonly measurements: readonly CsvMeasurement[];
  readonly problems: readonly LineProblem[];
};

export interface CsvParser {
  /** The next whole lines of the file, the header first. Once the header is wrong, there is nothing more to find. */
  parse(text: string): CsvRows;
  /** What is wrong with the file as a whole, once every line has been parsed. */
  end(): readonly LineProblem[];
}

const COLUMNS = ['time', 'device', 'quantity', 'value', 'channel'] as const;
const NOTHING: CsvRows = { measurements: [], problems: [] };

/**
 * Reads the CSV of readings: header `time,device,quantity,value[,channel]` in any order, time as ISO 8601 with offset.
 * A line is a line: ids with line breaks in quotes do not exist. `check` may say what else is wrong with a measurement.
 */
export function createCsvParser(check?: (measurement: CsvMeasurement) => string | undefined): CsvParser {
  let order: readonly number[] | undefined;
  let columns = 0;
  let line = 1;
  let isWrong = false;
  return {
    parse: (text) => {
      if (isWrong || text === '') return NOTHING;
      const rows = fieldsOf(text, line);
      if (!Array.isArray(rows)) {
        isWrong = true;
        return { measurements: [], problems: [rows] };
      }
      let start = 0;
      if (order === undefined) {
        order = columnOrder(rows[0] ?? []);
        if (order === undefined) {
          isWrong = true;
          const message = 'the header must be time,device,quantity,value and, if needed, channel';
          return { measurements: [], problems: [{ line, message }] };
        }
        start = 1;
        columns = rows[0]?.length ?? 0;
        line = 2;
      }
      const measurements: CsvMeasurement[] = [];
      const problems: LineProblem[] = [];
      for (let i = start; i < rows.length; i += 1, line += 1) {
        const fields = rows[i] ?? [];
        const found = fields.length > columns ? tooMany(fields, columns) : measurement(fields, order);
        const wrong = typeof found === 'string' ? found : check?.(found);
        if (wrong) problems.push({ line, message: wrong });
        else if (typeof found === 'object') measurements.push(found);
      }
      return { measurements, problems };
    },
    end: () =>
      order === undefined && !isWrong
        ? [{ line: 1, message: 'is empty; it needs a header and a line per reading' }]
        : [],
  };
}

function fieldsOf(text: string, line: number): string[][] | LineProblem {
  if (!text.includes('"'))
    return text
      .replace(/\r?\n$/, '')
      .split('\n')
      .map((row) => row.trimEnd().split(','));
  try {
    return parse(text, { bom: true, trim: true, relax_column_count: true });
  } catch (cause) {
    const lines = cause instanceof CsvError && typeof cause.lines === 'number' ? cause.lines : 1;
    const why = cause instanceof Error ? cause.message : String(cause);
    return { line: line + lines - 1, message: `is not CSV: ${why}` };
  }
}

/** Where each of COLUMNS stands; undefined when the header is another. */
function columnOrder(header: readonly string[]): readonly number[] | undefined {
  const names = header.map((name) =>
    name
      .trim()
      .replace(/^\uFEFF/, '')
      .toLowerCase(),
  );
  const order = COLUMNS.map((name) => names.indexOf(name));
  const known: readonly string[] = COLUMNS;
  return order.slice(0, 4).some((index) => index < 0) || names.some((name) => !known.includes(name))
    ? undefined
    : order;
}

/** A measurement, or what is wrong with the line; '' for a line without anything. */
function measurement(fields: readonly string[], order: readonly number[]): CsvMeasurement | string {
  if (fields.length === 1 && fields[0] === '') return '';
  const field = (column: number) => fields[order[column] ?? -1] ?? '';
  const [time, device, quantity, text, channel] = [field(0), field(1), field(2), field(3), field(4)];
  const atMs = parseIsoTime(time);
  if (atMs === undefined) return `time "${time}" is not ISO 8601 with offset, such as 2026-01-15T07:15:00Z`;
  if (device === '') return 'device is missing';
  if (!isQuantity(quantity)) return `quantity "${quantity}" is unknown: README.md lists what there is`;
  const value = text === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) return `value "${text}" is not a number with a decimal point`;
  return { device, quantity, value, atMs, ...(channel === '' ? {} : { channel }) };
}

function tooMany(fields: readonly string[], columns: number): string {
  return `the line has ${fields.length} fields, the header ${columns}: a decimal comma needs to be a point`;
}
