import { type FileHandle, open, readFile, rename, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { invalid } from '../config/problem.ts';
import { KvarterError } from '../domain/errors.ts';
import { parseCredentials } from './credentials-file.ts';
import type { CredentialsFile } from './credentials-source.ts';

const OWNER_ONLY = 0o600;

/**
 * Changes the file as a whole: whoever reads it meanwhile sees all of it as it was, or all of it as it is, also after a
 * power cut. What would not be valid is not written: throws `config-invalid` with each problem at its line. Comments and
 * other rows are the change's to keep. Two changes at once: the second one throws `usage`.
 */
export async function changeCredentials(
  { file, taken }: CredentialsFile,
  change: (text: string) => string,
): Promise<void> {
  const draft = `${file}.new`;
  const handle = await openDraft(draft);
  try {
    try {
      const text = change(await textOf(file));
      const parsed = parseCredentials({ file, text }, taken);
      if (!parsed.ok) throw invalid(parsed.problems);
      await handle.writeFile(text);
      await keepOwner(handle, file);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await unlink(draft).catch(() => undefined);
    throw error;
  }
  await using folder = await open(dirname(file), 'r');
  await folder.sync();
}

/** The text of the file; of one that is not there, none. */
export async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    if (isCode(cause, 'ENOENT')) return '';
    throw unusable(file, cause);
  }
}

/** Its name is the lock. */
async function openDraft(draft: string): Promise<FileHandle> {
  try {
    return await open(draft, 'wx', OWNER_ONLY);
  } catch (cause) {
    if (!isCode(cause, 'EEXIST')) throw unusable(draft, cause);
    throw new KvarterError(
      'usage',
      `${draft} is there: another command is changing the credentials; if none is, it was killed: delete the file`,
      { cause },
    );
  }
}

/** Changed by root, the file must still be readable to the service. */
async function keepOwner(handle: FileHandle, file: string): Promise<void> {
  const [before, now] = [await stat(file).catch(() => undefined), await handle.stat()];
  if (!before || (before.uid === now.uid && before.gid === now.gid)) return;
  try {
    await handle.chown(before.uid, before.gid);
  } catch (cause) {
    throw unusable(file, cause);
  }
}

function unusable(file: string, cause: unknown): KvarterError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new KvarterError('usage', `${file} cannot be used: ${why}`, { cause });
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
