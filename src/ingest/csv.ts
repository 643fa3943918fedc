import {
  type CsvForm,
  csvFormOf,
  decimalOf,
  endedLinesOf,
  headerInWords,
  namesOf,
  shown,
  twiceProblem,
} from '../domain/csv-form.ts';
import { isQuantity } from '../domain/quantity.ts';
import type { Measurement } from '../domain/reading.ts';
import { isoTime, parseIsoTime } from '../domain/time.ts';

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

const REQUIRED = ['time', 'device', 'quantity', 'value'] as const;
/** Rules look at each minute on the way to a time. */
const END_MS = Date.UTC(2100, 0, 1);
const COLUMNS: readonly string[] = [...REQUIRED, 'channel', 'source'];

/** What the header says: how the lines are written, how many fields they have, and where each of COLUMNS stands. */
type Header = CsvForm & { readonly fields: number; readonly order: readonly number[] };

/**
 * Reads the CSV of readings: header `time,device,quantity,value[,channel][,source]` in any order, time as ISO 8601 with offset.
 * A line is a line: ids with line breaks in quotes do not exist. `check` may say what else is wrong with a measurement.
 */
export function createCsvParser(check?: (measurement: CsvMeasurement) => string | undefined): CsvParser {
  let header: Header | undefined;
  let line = 0;
  let isWrong = false;
  return {
    parse: (text) => {
      const measurements: CsvMeasurement[] = [];
      const problems: LineProblem[] = [];
      for (const row of isWrong ? [] : endedLinesOf(text)) {
        line += 1;
        if (row.trim() === '') continue;
        if (header === undefined) {
          const read = headerOf(row);
          if (typeof read === 'string') {
            isWrong = true;
            problems.push({ line, message: read });
            break;
          }
          header = read;
          continue;
        }
        const fields = header.fieldsOf(row);
        const found = fields.length > header.fields ? tooMany(fields, header) : measurement(fields, header);
        const wrong = typeof found === 'string' ? found : check?.(found);
        if (wrong) problems.push({ line, message: wrong });
        else if (typeof found === 'object') measurements.push(found);
      }
      return { measurements, problems };
    },
    end: () =>
      header === undefined && !isWrong
        ? [{ line: 1, message: 'is empty; it needs a header and a line per reading' }]
        : [],
  };
}

/** What the header says, or what is wrong with it. */
function headerOf(row: string): Header | string {
  const form = csvFormOf(row);
  const names = namesOf(form.fieldsOf(row));
  const unknown = names.filter((name) => name !== '' && !COLUMNS.includes(name));
  if (REQUIRED.some((name) => !names.includes(name)) || unknown.length > 0) {
    return `${headerInWords(row)}: it must be ${REQUIRED.join(',')} and, if needed, channel and source`;
  }
  const order = COLUMNS.map((name) => names.indexOf(name));
  return twiceProblem(names, COLUMNS) ?? { ...form, fields: names.length, order };
}

/** A measurement, or what is wrong with the line. */
function measurement(fields: readonly string[], { order, withPoint }: Header): CsvMeasurement | string {
  const field = (column: number) => fields[order[column] ?? -1] ?? '';
  const [time, device, quantity, text] = [field(0), field(1), field(2), field(3)];
  const [channel, source] = [field(4), field(5)];
  const atMs = parseIsoTime(time);
  if (atMs === undefined)
    return `time ${shown(time)} is not ISO 8601 with offset, such as 2026-01-15T07:15:00Z`;
  if (atMs >= END_MS) return `time ${shown(time)} is impossible: write one before ${isoTime(END_MS)}`;
  if (device === '') return 'device is missing';
  if (!isQuantity(quantity)) return `quantity ${shown(quantity)} is unknown: README.md lists what there is`;
  const value = decimalOf(withPoint(text));
  if (value === undefined) return `value ${shown(text)} is not a number with a decimal point`;
  return {
    device,
    quantity,
    value,
    atMs,
    ...(channel === '' ? {} : { channel }),
    ...(source === '' ? {} : { source }),
  };
}

function tooMany(fields: readonly string[], header: Header): string {
  const hint = header.separator === ',' ? ': a decimal comma needs to be a point' : '';
  return `the line has ${fields.length} fields, the header ${header.fields}${hint}`;
}
