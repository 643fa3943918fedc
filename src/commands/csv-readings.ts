import { open } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { KvarterError } from '../domain/errors.ts';
import { isQuantity } from '../domain/quantity.ts';
import type { Measurement } from '../domain/reading.ts';
import { parseIsoTime } from '../domain/time.ts';

/** A measurement of a CSV file, which always knows its time. */
export type CsvMeasurement = Measurement & { readonly atMs: number };

const COLUMNS = ['time', 'device', 'quantity', 'value', 'channel'] as const;
const CHUNK_BYTES = 1024 * 1024;
const MOST_PROBLEMS = 20;

/**
 * The measurements of several readings files as one series in order of time; lines of equal time in the order of the
 * files. A line that is older than the one before it in its file is given late, as it would have arrived.
 */
export async function* readCsvFiles(files: readonly string[]): AsyncGenerator<readonly CsvMeasurement[]> {
  if (files.length === 1) {
    yield* readCsv(files[0] ?? '');
    return;
  }
  const heads = await Promise.all(files.map((file) => openHead(readCsv(file))));
  for (;;) {
    const batch: CsvMeasurement[] = [];
    while (batch.length < 10_000) {
      const next = heads.reduce<Head | undefined>(
        (first, head) => (head.row && (!first?.row || head.row.atMs < first.row.atMs) ? head : first),
        undefined,
      );
      if (!next?.row) break;
      batch.push(next.row);
      const pending = next.step();
      if (pending) await pending;
    }
    if (batch.length === 0) return;
    yield batch;
  }
}

/**
 * The measurements of one file, some thousand at a time. Header `time,device,quantity,value[,channel]` in any order;
 * time is ISO 8601 with offset. Throws `input-invalid` that says what is wrong, on which line, and what to do.
 */
async function* readCsv(file: string): AsyncGenerator<readonly CsvMeasurement[]> {
  let order: readonly number[] | undefined;
  let columns = 0;
  let line = 1;
  const problems: string[] = [];
  for await (const rows of readRows(file)) {
    const measurements: CsvMeasurement[] = [];
    let start = 0;
    if (order === undefined) {
      order = columnOrder(rows[0] ?? []);
      if (order === undefined) {
        throw invalid([`${file}:1: the header must be time,device,quantity,value and, if needed, channel`]);
      }
      start = 1;
      columns = rows[0]?.length ?? 0;
      line = 2;
    }
    for (let i = start; i < rows.length; i += 1, line += 1) {
      const fields = rows[i] ?? [];
      const found = fields.length > columns ? tooMany(fields, columns) : measurement(fields, order);
      if (typeof found === 'object') measurements.push(found);
      else if (found !== '') problems.push(`${file}:${line}: ${found}`);
      if (problems.length >= MOST_PROBLEMS) throw invalid(problems);
    }
    if (problems.length === 0) yield measurements;
  }
  if (problems.length > 0) throw invalid(problems);
  if (order === undefined) throw invalid([`${file}: is empty; it needs a header and a line per reading`]);
}

/** The fields of each line. A line is a line: ids with line breaks in quotes do not exist. */
async function* readRows(file: string): AsyncGenerator<readonly (readonly string[])[]> {
  await using handle = await open(file).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new KvarterError('input-invalid', `${file}: cannot be read (${why})`);
  });
  const decoder = new TextDecoder();
  const buffer = Buffer.alloc(CHUNK_BYTES);
  let rest = '';
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length);
    const text = rest + decoder.decode(buffer.subarray(0, bytesRead), { stream: bytesRead > 0 });
    const end = bytesRead > 0 ? text.lastIndexOf('\n') + 1 : text.length;
    rest = text.slice(end);
    if (end > 0) yield fieldsOf(file, text.slice(0, end));
    if (bytesRead === 0) return;
  }
}

function fieldsOf(file: string, text: string): string[][] {
  if (!text.includes('"'))
    return text
      .replace(/\r?\n$/, '')
      .split('\n')
      .map((line) => line.trimEnd().split(','));
  try {
    return parse(text, { bom: true, trim: true, relax_column_count: true });
  } catch (cause) {
    throw invalid([`${file}: is not CSV: ${cause instanceof Error ? cause.message : String(cause)}`]);
  }
}

/** Where each of COLUMNS stands; undefined when the header is another. */
function columnOrder(header: readonly string[]): readonly number[] | undefined {
  const names = header.map((name) => name.trim().replace(/^\uFEFF/, ''));
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

/** The next row of a file, for merging. */
type Head = { row: CsvMeasurement | undefined; readonly step: () => Promise<void> | undefined };

async function openHead(batches: AsyncGenerator<readonly CsvMeasurement[]>): Promise<Head> {
  let batch: readonly CsvMeasurement[] = [];
  let index = 0;
  const head: Head = {
    row: undefined,
    step: () => {
      index += 1;
      head.row = batch[index];
      return head.row === undefined ? refill() : undefined;
    },
  };
  const refill = async () => {
    for (;;) {
      const { value, done } = await batches.next();
      if (done) return;
      batch = value;
      index = 0;
      head.row = batch[0];
      if (head.row !== undefined) return;
    }
  };
  await refill();
  return head;
}

function invalid(problems: readonly string[]): KvarterError {
  return new KvarterError('input-invalid', problems.join('\n'));
}
