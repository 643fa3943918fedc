import { parse } from 'csv-parse/sync';
import { KvarterError } from '../domain/errors.ts';
import { type CredentialRow, credentialColumns, emptyRow } from './credentials-file.ts';

const REQUIRED = ['name', 'kind', 'hash', 'publish', 'subscribe', 'devices'];
const NEW_FILE = `# Who may connect over MQTT: kvarter device credentials --help
${REQUIRED.join(',')}
`;

/** The file as lines, of which those that are rows are known; all others stay as they are. */
type Lines = {
  readonly lines: string[];
  readonly header: readonly string[];
  readonly headerAt: number;
  readonly rows: ReadonlyMap<string, { readonly at: number; readonly row: CredentialRow }>;
};

/** The rows of a file's text, by name. */
export function rowsOf(text: string): ReadonlyMap<string, CredentialRow> {
  return new Map([...split(text).rows].map(([name, { row }]) => [name, row]));
}

/** The text with the row in the place of the one of that name, or behind all others; an empty text becomes a file. */
export function withRow(text: string, row: CredentialRow): string {
  const { lines, header, headerAt, rows } = split(text.trim() === '' ? NEW_FILE : text);
  const missing = credentialColumns.filter((column) => !header.includes(column) && row[column] !== '');
  const columns = [...header, ...missing];
  if (missing.length > 0) lines[headerAt] = [lines[headerAt], ...missing].join(',');
  const line = columns.map((column) => field(isColumn(column) ? row[column] : '')).join(',');
  const at = rows.get(row.name)?.at;
  if (at === undefined) lines.splice(endOf(lines), 0, line);
  else lines[at] = line;
  return `${lines.join('\n').trimEnd()}\n`;
}

export function withoutRow(text: string, name: string): string {
  const { lines, rows } = split(text);
  const at = rows.get(name)?.at;
  if (at !== undefined) lines.splice(at, 1);
  return lines.join('\n');
}

function split(text: string): Lines {
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
  let header: readonly string[] | undefined;
  let headerAt = 0;
  const rows = new Map<string, { at: number; row: CredentialRow }>();
  lines.forEach((line, at) => {
    if (line.trim() === '' || line.trimStart().startsWith('#')) return;
    const record = fieldsOf(line, at + 1);
    if (header === undefined) {
      [header, headerAt] = [record, at];
      return;
    }
    const named = Object.fromEntries(header.map((column, i) => [column, record[i] ?? '']));
    const row = { ...emptyRow, ...named };
    rows.set(row.name, { at, row });
  });
  return { lines, header: header ?? [], headerAt, rows };
}

function fieldsOf(line: string, number: number): string[] {
  try {
    const [record = []]: string[][] = parse(line, { bom: true, trim: true, relax_column_count: true });
    return record;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new KvarterError(
      'config-invalid',
      `line ${number} is not a row of its own (${why}): mend it by hand`,
    );
  }
}

/** Behind the last line that says something. */
function endOf(lines: readonly string[]): number {
  return lines.findLastIndex((line) => line.trim() !== '') + 1;
}

function field(text: string): string {
  return /[",\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function isColumn(name: string): name is keyof CredentialRow {
  return Object.hasOwn(emptyRow, name);
}
