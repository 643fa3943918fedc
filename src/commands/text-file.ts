import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { invalid } from '../config/problem.ts';
import { KvarterError } from '../domain/errors.ts';
import type { CommandContext } from './command.ts';

type Input = Pick<CommandContext, 'inputChunks'>;

/** The text of a file that a person named as input. Throws `input-invalid` with why it cannot be read. */
export function textOf(file: string): string {
  try {
    return decoded(readFileSync(file));
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

/** The same, or standard input, which can be read once, where the file is `-`. */
export async function inputTextOf(file: string, input: Input): Promise<string> {
  if (file !== '-') return textOf(file);
  const bytes = await inputBytesOf(input);
  try {
    return decoded(bytes);
  } catch (cause) {
    throw unreadable(inputName(file), cause);
  }
}

export async function inputBytesOf({ inputChunks }: Input): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of inputChunks()) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** What a message calls an input. */
export function inputName(file: string): string {
  return file === '-' ? 'standard input' : file;
}

export function unreadable(name: string, cause: unknown): KvarterError {
  return new KvarterError('input-invalid', `${name}: ${whyUnreadable(cause)}`);
}

/** The text of a file that is a setting of some kind. Throws `config-invalid` with why it cannot be read. */
export function settingTextOf(file: string): string {
  try {
    return decoded(readFileSync(file));
  } catch (cause) {
    throw invalid([{ file, message: whyUnreadable(cause) }]);
  }
}

function whyUnreadable(cause: unknown): string {
  return `cannot be read (${cause instanceof Error ? cause.message : String(cause)})`;
}

/** Excel saves Unicode text as UTF-16, and plain CSV in the code page of Windows; all others write UTF-8. */
export function encodingOf(bytes: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252' {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return isUtf8(bytes) ? 'utf-8' : 'windows-1252';
}

/** Throws for what is packed. */
export function decoded(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0x1f && second === 0x8b) throw new Error('it is packed by gzip: unpack it first');
  return new TextDecoder(encodingOf(bytes)).decode(bytes);
}

/** What a line of JSON says; undefined when it is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
