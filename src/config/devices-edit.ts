import { parse } from 'csv-parse/sync';
import type { NewDevice } from '../domain/register.ts';

/** The columns of `devices.csv`, by the name of what they hold. */
type Columns = Readonly<Record<string, string>>;

const LF = 0x0a;

/** The row of a device in a file with these columns; a column that the file lacks and the device needs is missing. */
export function rowText(header: readonly string[], device: NewDevice): string {
  const columns = columnsOf(device);
  return header.map((name) => field(columns[name] ?? '')).join(',');
}

/**
 * The file with the device's row at its end; all else stays byte for byte. Only a column that the file does not have yet
 * is added to its header: rows without it are as before.
 */
export function withDevice(bytes: Buffer, device: NewDevice): Buffer {
  const { names, endsAt } = headerOf(bytes);
  const missing = Object.keys(columnsOf(device)).filter((name) => !names.includes(name));
  const newline = bytes[endsAt] === 0x0d ? '\r\n' : '\n';
  const headerTail = missing.map((name) => `,${name}`).join('');
  const isOpen = bytes.length > 0 && bytes.at(-1) !== LF;
  const row = rowText([...names, ...missing], device);
  return Buffer.concat([
    bytes.subarray(0, endsAt),
    Buffer.from(headerTail),
    bytes.subarray(endsAt),
    Buffer.from(`${isOpen ? newline : ''}${row}${newline}`),
  ]);
}

/** The names of the columns, and where their line ends. A file without a header has none. */
export function headerOf(bytes: Buffer): { readonly names: readonly string[]; readonly endsAt: number } {
  for (let from = 0; from < bytes.length; ) {
    const newlineAt = bytes.indexOf(LF, from);
    const lineEnd = newlineAt === -1 ? bytes.length : newlineAt;
    const endsAt = bytes[lineEnd - 1] === 0x0d ? lineEnd - 1 : lineEnd;
    const line = bytes
      .subarray(from, endsAt)
      .toString()
      .replace(/^\uFEFF/, '')
      .trim();
    if (line !== '' && !line.startsWith('#')) return { names: fieldsOf(line), endsAt };
    from = lineEnd + 1;
  }
  return { names: [], endsAt: bytes.length };
}

function fieldsOf(line: string): readonly string[] {
  const [names = []]: string[][] = parse(line, { trim: true, relax_quotes: true, relax_column_count: true });
  return names;
}

function columnsOf({ id, ...rest }: NewDevice): Columns {
  const columns: Record<string, string> = { device: id };
  for (const [name, value] of Object.entries(rest)) if (value !== undefined) columns[name] = String(value);
  return columns;
}

function field(text: string): string {
  return /[",\r\n#]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
