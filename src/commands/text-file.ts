import { readFileSync } from 'node:fs';
import { invalid } from '../config/problem.ts';
import { KvarterError } from '../domain/errors.ts';

/** The text of a file that a person named as input. Throws `input-invalid` with why it cannot be read. */
export function textOf(file: string): string {
  return read(file, (why) => new KvarterError('input-invalid', `${file}: ${why}`));
}

/** The text of a file that is a setting of some kind. Throws `config-invalid` with why it cannot be read. */
export function settingTextOf(file: string): string {
  return read(file, (message) => invalid([{ file, message }]));
}

function read(file: string, errorOf: (why: string) => Error): string {
  try {
    return readFileSync(file, 'utf8');
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
