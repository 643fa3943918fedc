import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { watchCredentials } from '../../../src/access/credentials-source.ts';
import { openTempDir } from '../../support/temp-dir.ts';

const HEADER = 'name,kind,hash,publish,subscribe,devices\n';

async function watched(dir: string) {
  const file = join(dir, 'credentials.csv');
  await writeFile(file, `${HEADER}a,device,,,,\n`);
  const refused: string[] = [];
  const told: string[][] = [];
  const source = watchCredentials(
    { file, taken: undefined },
    { info: () => undefined, error: (fields) => refused.push(JSON.stringify(fields)) },
    10,
  );
  source.follow((credentials) => told.push([...credentials.keys()]));
  return { file, source, refused, told };
}

describe('the credentials', () => {
  it('follow their file, and tell who listens', async () => {
    await using dir = await openTempDir();
    const { file, source, told } = await watched(dir.path);
    using _source = source;
    await writeFile(file, `${HEADER}a,device,,,,\nb,device,,,,\n`);
    await expect.poll(() => told.at(-1)).toEqual(['a', 'b']);
    expect([...source.current().keys()]).toEqual(['a', 'b']);
  });

  it('stay as they were when the file is wrong or gone', async () => {
    await using dir = await openTempDir();
    const { file, source, refused, told } = await watched(dir.path);
    using _source = source;
    await writeFile(file, `${HEADER}b,device,,,,\nc,robot,,,,\n`);
    await expect.poll(() => refused).toEqual([expect.stringMatching(/csv:3:2: kind: must be device/)]);
    expect(source.problem()).toMatch(/csv:3:2: kind: must be device/);
    expect(told).toEqual([['a']]);
    expect([...source.current().keys()]).toEqual(['a']);
  });
});
