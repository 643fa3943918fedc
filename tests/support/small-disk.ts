import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'vitest';

/** A file system of its own at a folder, gone when disposed. Needs the right to mount. */
export async function mountSmallDisk(path: string, megabytes: number): Promise<AsyncDisposable> {
  await mkdir(path, { recursive: true });
  mount(path, megabytes);
  return { [Symbol.asyncDispose]: async () => unmount(path) };
}

const why = await whyNoSmallDisk();

/**
 * A test that needs a small disk. Where none can be mounted: a skip that says by name what was not checked; with `CI` set, a
 * failing test.
 */
export function testOnSmallDisk(title: string, check: () => Promise<void>): void {
  const isSkipped = why !== undefined && !process.env.CI;
  if (isSkipped) console.warn(`${title}: NOT CHECKED, because: ${why}`);
  test.skipIf(isSkipped)(title, async () => {
    if (why !== undefined) throw new Error(`no small disk can be mounted here: ${why}`);
    await check();
  });
}

/** Why no small disk can be made here; undefined when it can. */
async function whyNoSmallDisk(): Promise<string | undefined> {
  const path = await mkdtemp(join(tmpdir(), 'kvarter-mount-'));
  try {
    mount(path, 1);
    unmount(path);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.trim() : String(error);
  } finally {
    await rm(path, { recursive: true, force: true });
  }
}

function mount(path: string, megabytes: number): void {
  execFileSync('/bin/mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path], { stdio: 'pipe' });
}

function unmount(path: string): void {
  execFileSync('/bin/umount', ['--lazy', path], { stdio: 'pipe' });
}
