import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createDetector } from '../anomaly/detect.ts';
import { endedLinesOf } from '../domain/csv-form.ts';
import { KvarterError } from '../domain/errors.ts';
import type { Command, CommandContext } from './command.ts';
import { createProgress } from './progress.ts';
import { createSeriesReader, HeaderProblem, type SeriesRow } from './series-csv.ts';
import { createSkippedRows } from './skipped-rows.ts';
import { inputName, unreadable } from './text-file.ts';
import { wholeLines } from './whole-lines.ts';

const CHUNK_BYTES = 256 * 1024;
/** Shorter work needs no progress line. */
const WORTH_TELLING_MS = 2000;

export const detect: Command = {
  usage: 'kvarter detect FILE [--json]',
  help: `FILE is CSV with the header timestamp,value; - is standard input. Timestamps rise: 2014-04-01 00:00:00, or ISO 8601
with offset. Prints timestamp,value,anomaly_score for each row, as soon as it is read. The score is 0 to 1: below
0.5 it ranks how unusual the value is for its hour and weekday, from 0.5 on something new begins here. Nothing has to
be set; a later row never changes an earlier score.
Rows that are no numbers, or whose timestamp does not rise, are told on standard error and left out.

  --json   a JSON line per row

  kvarter detect electricity.csv > scores.csv`,
  options: { json: { type: 'boolean' } },
  files: { min: 1, max: 1 },
  run: async (context, { files: [file = '-'], values }) => {
    const source = await openSource(file, context);
    const print = values.json === true ? jsonLine : csvLine;
    const reader = createSeriesReader();
    const detector = createDetector();
    const skips = createSkippedRows(context, source.name);
    let line = 0;
    let rows = 0;
    for await (const text of wholeLines(source.chunks, source.name)) {
      const printed: string[] = rows === 0 && values.json !== true ? [HEADER] : [];
      for (const each of endedLinesOf(text)) {
        line += 1;
        const row = readRow(reader, each, `${source.name}:${line}`);
        if (typeof row === 'string') skips.tell(line, `${row}; row skipped`);
        else if (row !== undefined) {
          rows += 1;
          printed.push(print(row, detector.next(row.atMs, row.value, row.wallMs)));
        }
      }
      if (rows > 0) context.print(printed.join(''));
      await context.taken();
      source.tell(rows);
    }
    skips.end();
    if (rows === 0) throw nothingRead(source.name, reader.hasHeader);
    source.end(rows);
    return 0;
  },
};

const HEADER = 'timestamp,value,anomaly_score\n';

function csvLine({ timestamp, valueText }: SeriesRow, score: number): string {
  return `${timestamp},${valueText},${rounded(score)}\n`;
}

function jsonLine({ timestamp, value }: SeriesRow, score: number): string {
  return `${JSON.stringify({ timestamp, value, anomaly_score: rounded(score) })}\n`;
}

/** Millionths are more than a score can mean. */
function rounded(score: number): number {
  return Math.round(score * 1e6) / 1e6;
}

function readRow(
  reader: ReturnType<typeof createSeriesReader>,
  line: string,
  place: string,
): SeriesRow | string | undefined {
  try {
    return reader.row(line);
  } catch (error) {
    if (error instanceof HeaderProblem) throw new KvarterError('input-invalid', `${place}: ${error.message}`);
    throw error;
  }
}

function nothingRead(name: string, hasHeader: boolean): KvarterError {
  return new KvarterError(
    'input-invalid',
    hasHeader
      ? `${name}: has no row that can be scored: below the header, each row is a timestamp and a number`
      : `${name}: is empty: the header timestamp,value and at least one row are expected`,
  );
}

/** Where a series comes from, and who is told how far it has been read. */
type Source = {
  readonly name: string;
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly tell: (rows: number) => void;
  readonly end: (rows: number) => void;
};

async function openSource(file: string, context: CommandContext): Promise<Source> {
  if (file === '-')
    return { name: inputName(file), chunks: context.inputChunks(), tell: () => {}, end: () => {} };
  const size = await stat(file).then(
    (found) => found.size,
    (cause: unknown) => Promise.reject(unreadable(file, cause)),
  );
  const stream = createReadStream(file, { highWaterMark: CHUNK_BYTES });
  const startMs = context.clock();
  let read = 0;
  const progress = createProgress(
    // Standard output carries the scores.
    { clock: context.clock, print: context.complain, terminal: undefined },
    false,
    () => ({ share: size > 0 ? stream.bytesRead / size : 1, says: `${read} rows`, json: {} }),
  );
  return {
    name: file,
    chunks: stream,
    tell: (rows) => {
      read = rows;
      progress('more');
    },
    end: () => {
      if (context.clock() - startMs > WORTH_TELLING_MS) progress('end');
    },
  };
}
