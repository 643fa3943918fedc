import { printable } from './printable.ts';

/**
 * How a table of text is written. Where numbers have a decimal comma, spreadsheets part fields by semicolons or tabs; where
 * fields are parted by commas, a decimal comma cannot be told from one of thousands.
 */
export type CsvForm = {
  readonly separator: ',' | ';' | '\t';
  /** The fields of a line, without blanks and quotes around them. */
  readonly fieldsOf: (line: string) => string[];
  /** The text of a number with a decimal point, where commas do not part fields. */
  readonly withPoint: (text: string) => string;
};

const SEPARATORS = [',', ';', '\t'] as const;
const DECIMAL_COMMA = /^([+-]?\d*),(\d+)$/;

/** By what parts the names of the header; commas where nothing does. */
export function csvFormOf(header: string): CsvForm {
  const bare = header.replace(/"[^"]*"/g, '');
  const counts = SEPARATORS.map((separator) => bare.split(separator).length);
  const separator = SEPARATORS[counts.indexOf(Math.max(...counts))] ?? ',';
  return {
    separator,
    fieldsOf: (line) => fieldsOf(line, separator),
    withPoint: separator === ',' ? (text) => text : (text) => text.replace(DECIMAL_COMMA, '$1.$2'),
  };
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** A decimal number that is finite. `Number` alone would take an empty text for 0, and 0x10 for 16. */
export function decimalOf(text: string): number | undefined {
  if (!NUMBER.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** A text as a table: its first line that is not blank is the header. */
export type CsvTable = CsvForm & {
  readonly lines: readonly string[];
  /** Where the header is in `lines`; −1 where there is none. */
  readonly headerAt: number;
  /** As it stands, and the names in it in small letters. */
  readonly header: string;
  readonly names: readonly string[];
};

export function csvTableOf(text: string): CsvTable {
  const lines = linesOf(text);
  const headerAt = lines.findIndex((line) => line.trim() !== '');
  const header = lines[headerAt] ?? '';
  const form = csvFormOf(header);
  return { ...form, lines, headerAt, header, names: namesOf(form.fieldsOf(header)) };
}

/** The names of a header: capitals do not matter. */
export function namesOf(header: readonly string[]): string[] {
  return header.map((name) => name.toLowerCase());
}

/** What is wrong with a header that has one of the names that are read twice. */
export function twiceProblem(names: readonly string[], read: readonly string[]): string | undefined {
  const twice = read.find((name) => names.indexOf(name) !== names.lastIndexOf(name));
  return twice === undefined ? undefined : `the header has ${twice} twice: leave one of them`;
}

/** A header as a message shows it. */
export function headerInWords(header: string): string {
  return header.trim() === '' ? 'the header is missing' : `the header is ${shown(header.trim(), 100)}`;
}

/** A field as a message shows it: not all of it when it is long, and nothing that a terminal would obey. */
export function shown(field: string, most = 60): string {
  const part = field.length > most ? `${field.slice(0, most)}…` : field;
  return `"${printable(part)}"`;
}

/** The lines of a text, whichever system ended them, without a byte order mark. */
export function linesOf(text: string): string[] {
  const from = text.startsWith('\uFEFF') ? text.slice(1) : text;
  // A line feed may have a carriage return before it, which is a blank at the end of its line.
  return from.split(from.includes('\n') ? '\n' : '\r');
}

/** The same of text that ends its lines: what follows the last line end is no line. */
export function endedLinesOf(text: string): string[] {
  const lines = linesOf(text);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function fieldsOf(line: string, separator: string): string[] {
  if (line.includes('"')) return quotedFields(line, separator);
  const first = line.indexOf(separator);
  // Most lines have two fields.
  if (first >= 0 && line.indexOf(separator, first + 1) < 0)
    return [line.slice(0, first).trim(), line.slice(first + 1).trim()];
  const fields = line.split(separator);
  if (!/\s/.test(line)) return fields;
  for (let i = 0; i < fields.length; i += 1) fields[i] = fields[i]?.trim() ?? '';
  return fields;
}

/** RFC 4180, section 2: in quotes a separator is text, and two quotes are one. A quote that does not end goes on to the end. */
function quotedFields(line: string, separator: string): string[] {
  const fields: string[] = [];
  let field = '';
  let isQuoted = false;
  for (let i = 0; i < line.length; i += 1) {
    const letter = line[i] ?? '';
    if (isQuoted && letter === '"' && line[i + 1] === '"') {
      field += letter;
      i += 1;
    } else if (letter === '"' && (isQuoted || field.trim() === '')) {
      isQuoted = !isQuoted;
    } else if (letter === separator && !isQuoted) {
      fields.push(field.trim());
      field = '';
    } else {
      field += letter;
    }
  }
  fields.push(field.trim());
  return fields;
}
