import { createReadStream } from 'node:fs';
import { KvarterError } from '../domain/errors.ts';
import { type CsvMeasurement, createCsvParser, type LineProblem } from '../ingest/csv.ts';
import { wholeLines } from './whole-lines.ts';

const CHUNK_BYTES = 1024 * 1024;
const MOST_PROBLEMS = 20;

/**
 * The measurements of several readings files as one series in order of time; lines of equal time in the order of the
 * files. A line that is older than the one before it in its file is given late, as it would have arrived.
 * `onBytes` hears how many more bytes of them are read.
 */
export async function* readCsvFiles(
  files: readonly string[],
  onBytes: (bytes: number) => void = () => undefined,
): AsyncGenerator<readonly CsvMeasurement[]> {
  if (files.length === 1) {
    yield* readCsv(files[0] ?? '', onBytes);
    return;
  }
  const heads = await Promise.all(files.map((file) => openHead(readCsv(file, onBytes))));
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
 * The measurements of one file, some thousand at a time. Throws `input-invalid` that says what is wrong, on which line,
 * and what to do.
 */
async function* readCsv(
  file: string,
  onBytes: (bytes: number) => void,
): AsyncGenerator<readonly CsvMeasurement[]> {
  const parser = createCsvParser();
  const found: LineProblem[] = [];
  const says = ({ line, message }: LineProblem) => `${file}:${line}: ${message}`;
  for await (const text of wholeLines(countedChunks(file, onBytes), file)) {
    const { measurements, problems } = parser.parse(text);
    found.push(...problems);
    if (found.length >= MOST_PROBLEMS) break;
    if (found.length === 0) yield measurements;
  }
  found.push(...parser.end());
  if (found.length > 0) throw invalid(found.slice(0, MOST_PROBLEMS).map(says));
}

async function* countedChunks(file: string, onBytes: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES })) {
    onBytes(chunk.length);
    yield chunk;
  }
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
