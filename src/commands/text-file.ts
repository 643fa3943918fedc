import { readFileSync } from 'node:fs';
import { invalid } from '../config/problem.ts';
import { KvarterError } from '../domain/errors.ts';

/** The text of a file that a person named as input; `-` is standard input. Throws `input-invalid` with why it cannot be read. */
export function textOf(file: string): string {
  return read(
    file === '-' ? STANDARD_INPUT : file,
    (why) => new KvarterError('input-invalid', `${file}: ${why}`),
  );
}

/** The text of a file that is a setting of some kind. Throws `config-invalid` with why it cannot be read. */
export function settingTextOf(file: string): string {
  return read(file, (message) => invalid([{ file, message }]));
}

/** A number, not /dev/stdin: that cannot be opened where it is a socket. */
const STANDARD_INPUT = 0;

function read(file: string | number, errorOf: (why: string) => Error): string {
  try {
    const bytes = readFileSync(file);
    // What Excel saves as Unicode text is UTF-16, little end first.
    return new TextDecoder(bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8').decode(bytes);
  } catch (cause) {
    throw errorOf(`cannot be read (${cause instanceof Error ? cause.message : String(cause)})`);
  }
}

/** What a line of JSON says; undefined when it is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
