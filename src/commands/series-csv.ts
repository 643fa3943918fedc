import {
  type CsvForm,
  csvFormOf,
  decimalOf,
  headerInWords,
  namesOf,
  shown,
  twiceProblem,
} from '../domain/csv-form.ts';
import { parseSeriesTime, type SeriesTime } from './series-time.ts';

/** A row of a series, with its time and value as they were written. */
export type SeriesRow = SeriesTime & {
  readonly timestamp: string;
  readonly valueText: string;
  readonly value: number;
};

/** Reads a series line by line: `timestamp,value`, in any order, among other columns. */
export interface SeriesReader {
  /** The row of the next line; what is wrong with it; or undefined for the header and for an empty line. */
  row(line: string): SeriesRow | string | undefined;
  /** Whether there has been a header. */
  readonly hasHeader: boolean;
}

/** The header is not one of a series. */
export class HeaderProblem extends Error {}

/** `row` throws a HeaderProblem when the first line that is not empty is no header. */
export function createSeriesReader(): SeriesReader {
  let form: CsvForm | undefined;
  let columns: { readonly count: number; readonly timestamp: number; readonly value: number } | undefined;
  let before: { readonly atMs: number; readonly timestamp: string } | undefined;
  return {
    get hasHeader() {
      return columns !== undefined;
    },
    row: (line) => {
      if (line.trim() === '') return undefined;
      form ??= csvFormOf(line);
      const fields = form.fieldsOf(line);
      if (columns === undefined) {
        columns = columnsOf(line, fields);
        return undefined;
      }
      if (fields.length !== columns.count)
        return `has ${plural(fields.length, 'field')}, but the header has ${columns.count}`;
      const timestamp = fields[columns.timestamp] ?? '';
      const valueText = form.withPoint(fields[columns.value] ?? '');
      const time = parseSeriesTime(timestamp);
      if (time === undefined)
        return `timestamp ${shown(timestamp)} is none: write 2026-01-15 07:15:00 or 2026-01-15T07:15:00+01:00`;
      const value = decimalOf(valueText);
      if (value === undefined) return `value ${shown(valueText)} is not a finite number`;
      if (before !== undefined && time.atMs <= before.atMs)
        return time.atMs === before.atMs
          ? `timestamp ${shown(timestamp)} is that of the row before`
          : `timestamp ${shown(timestamp)} is before ${shown(before.timestamp)}, which came already`;
      before = { atMs: time.atMs, timestamp };
      return { ...time, timestamp, valueText, value };
    },
  };
}

function columnsOf(
  line: string,
  fields: readonly string[],
): { count: number; timestamp: number; value: number } {
  const names = namesOf(fields);
  const [timestamp, value] = [names.indexOf('timestamp'), names.indexOf('value')];
  const wrong =
    timestamp < 0 || value < 0
      ? `${headerInWords(line)}: it must be timestamp,value`
      : twiceProblem(names, ['timestamp', 'value']);
  if (wrong !== undefined) throw new HeaderProblem(wrong);
  return { count: fields.length, timestamp, value };
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
