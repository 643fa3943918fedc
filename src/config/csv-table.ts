import { parse } from 'csv-parse/sync';
import { NOT_UTF8, type Problem } from './problem.ts';

/** A CSV file with a header, by the names of its columns. Lines count from 1; what begins with # is a comment. */
export type Table = {
  readonly header: readonly string[];
  readonly rows: readonly { readonly line: number; readonly record: Record<string, string> }[];
};

/** Rows whose fields are too many are problems and left out; a file with another header is none. */
export function readTable(
  { file, text }: { readonly file: string; readonly text: string },
  columns: { readonly required: readonly string[]; readonly known: readonly string[] },
  problems: Problem[],
): Table | undefined {
  const misread = text.split('\n').findIndex((line) => line.includes('\uFFFD'));
  if (misread >= 0) {
    problems.push({ file, line: misread + 1, message: NOT_UTF8 });
    return undefined;
  }
  const records: { record: string[]; line: number }[] = [];
  try {
    parse(text, {
      bom: true,
      trim: true,
      skip_empty_lines: true,
      comment: '#',
      comment_no_infix: true,
      relax_column_count: true,
      on_record: (record: string[], { lines }) => {
        records.push({ record, line: lines });
        return null;
      },
    });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    problems.push({ file, message: `is not CSV: ${message}` });
    return undefined;
  }
  const [first, ...rest] = records;
  const header = first?.record ?? [];
  const missing = columns.required.filter((name) => !header.includes(name));
  const unknown = header.filter((name) => !columns.known.includes(name));
  if (missing.length > 0 || unknown.length > 0) {
    problems.push({
      file,
      line: 1,
      message: `the header lacks [${missing.join(', ')}] and has the unknown [${unknown.join(', ')}]; the columns are ${columns.known.join(',')}`,
    });
    return undefined;
  }
  const rows: Table['rows'][number][] = [];
  for (const { record, line } of rest) {
    if (record.length > header.length) {
      problems.push({ file, line, message: `has ${record.length} fields, the header ${header.length}` });
      continue;
    }
    rows.push({ line, record: Object.fromEntries(header.map((name, i) => [name, record[i] ?? ''])) });
  }
  return { header, rows };
}
