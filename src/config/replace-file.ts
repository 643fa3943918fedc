import { open, readFile, rename, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Puts other bytes in the place of a file: whoever reads it meanwhile, also after a power cut, sees all of it as it was
 * or all of it as it is. False when it is no longer what it was taken to be: somebody else has changed it.
 */
export async function replaceFile(file: string, before: Buffer, after: Buffer): Promise<boolean> {
  const draft = `${file}.kvarter-new`;
  const { mode, uid, gid } = await stat(file);
  try {
    await using handle = await open(draft, 'w', mode);
    await handle.writeFile(after);
    await handle.chmod(mode);
    const made = await handle.stat();
    if (made.uid !== uid || made.gid !== gid) await handle.chown(uid, gid);
    await handle.sync();
    if (!(await readFile(file)).equals(before)) {
      await unlink(draft);
      return false;
    }
    await rename(draft, file);
  } catch (error) {
    await unlink(draft).catch(() => undefined);
    throw error;
  }
  await using folder = await open(dirname(file), 'r');
  await folder.sync();
  return true;
}
