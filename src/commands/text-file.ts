import { readFileSync } from 'node:fs';
import { invalid } from '../config/problem.ts';
import { KvarterError } from '../domain/errors.ts';
import type { CommandContext } from './command.ts';

/** The text of a file that a person named as input. Throws `input-invalid` with why it cannot be read. */
export function textOf(file: string): string {
  return read(file, (why) => new KvarterError('input-invalid', `${file}: ${why}`));
}

/** The same, or standard input, which can be read once, where the file is `-`. */
export async function inputTextOf(
  file: string,
  { readInput }: Pick<CommandContext, 'readInput'>,
): Promise<string> {
  return file === '-' ? readInput() : textOf(file);
}

/** The text of a file that is a setting of some kind. Throws `config-invalid` with why it cannot be read. */
export function settingTextOf(file: string): string {
  return read(file, (message) => invalid([{ file, message }]));
}

/** What Excel saves as Unicode text is UTF-16, little end first; else UTF-8. */
export function encodingOf(bytes: Uint8Array): string {
  return bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8';
}

export function decoded(bytes: Uint8Array): string {
  return new TextDecoder(encodingOf(bytes)).decode(bytes);
}

function read(file: string, errorOf: (why: string) => Error): string {
  try {
    return decoded(readFileSync(file));
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
