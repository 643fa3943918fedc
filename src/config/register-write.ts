import { readFile, realpath } from 'node:fs/promises';
import type { NewDevice } from '../domain/register.ts';
import { headerOf, rowText, withDevice } from './devices-edit.ts';
import type { Problem } from './problem.ts';
import type { RegisterFile } from './register.ts';
import { replaceFile } from './replace-file.ts';

/** Somebody saves the file in a spreadsheet at the same moment; it does not go on like that. */
const MOST_TRIES = 5;

/**
 * Adds a device's row to `devices.csv`, unless the file would then be wrong: gives what `check` finds in it, or why it
 * cannot be written. Nothing else in the file changes.
 */
export async function appendDevice(
  file: string,
  device: NewDevice,
  check: (changed: RegisterFile) => readonly Problem[],
): Promise<readonly Problem[]> {
  let row = '';
  try {
    const target = await realpath(file);
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const before = await readFile(target);
      row = rowText(headerOf(before).names, device);
      const after = withDevice(before, device);
      const problems = check({ file, text: after.toString() });
      if (problems.length > 0) return problems;
      if (await replaceFile(target, before, after)) return [];
    }
    return [{ file, message: 'somebody else is changing it again and again: try later' }];
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    return [{ file, message: `cannot be written (${why}): add the row by hand: ${row}` }];
  }
}
