import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rowsOf, withoutRow, withRow } from '../../../src/access/credentials-edit.ts';
import { emptyRow, parseCredentials } from '../../../src/access/credentials-file.ts';
import { changeCredentials } from '../../../src/access/credentials-write.ts';
import { hashPassword } from '../../../src/access/password-hash.ts';
import { openTempDir } from '../../support/temp-dir.ts';

const hash = await hashPassword('x', { isRandom: true });
const row = (name: string, more = {}) => ({ ...emptyRow, name, kind: 'device', hash, ...more });
const text = `# the meters, by Anna

name,kind,hash,publish,subscribe,devices
# in the cellar
el-b1, device ,,"a,b/{name}/#",,
el-b2,device,,,,
# the end
`;

describe('the text of the credentials', () => {
  it('changes in one row, and keeps comments and all others as they are', () => {
    const changed = withRow(text, row('el-b1', { publish: 'a,b/{name}/#' }));
    const lines = changed.split('\n');
    expect(lines.filter((_, at) => at !== 4).join('\n')).toBe(
      text
        .split('\n')
        .filter((_, at) => at !== 4)
        .join('\n'),
    );
    expect(rowsOf(changed).get('el-b1')).toEqual(row('el-b1', { publish: 'a,b/{name}/#' }));
  });

  it('gets a new row behind all others', () => {
    const changed = withRow(text, row('new'));
    expect(changed.startsWith(text)).toBe(true);
    expect([...rowsOf(changed).keys()]).toEqual(['el-b1', 'el-b2', 'new']);
  });

  it('loses a row and nothing else', () => {
    expect(withoutRow(text, 'el-b1')).toBe(text.replace(/^el-b1.*\n/m, ''));
    expect(withoutRow(text, 'nobody')).toBe(text);
  });

  it('gets a column where it needs one; in the others it is empty', () => {
    const changed = withRow(text, row('el-b2', { oldHash: hash, oldUntil: '2026-02-01T00:00:00.000Z' }));
    expect(changed).toContain('name,kind,hash,publish,subscribe,devices,oldHash,oldUntil\n');
    const parsed = parseCredentials({ file: 'c.csv', text: changed }, undefined);
    expect(parsed.ok && [...parsed.credentials.values()].map(({ old }) => old?.hash)).toEqual([
      undefined,
      hash,
    ]);
  });

  it('is a whole file when there was none, and keeps the order of its columns', () => {
    const parsed = parseCredentials({ file: 'c.csv', text: withRow('', row('a')) }, undefined);
    expect(parsed.ok && [...parsed.credentials.keys()]).toEqual(['a']);
    const other = withRow(
      'devices,name,kind,hash,publish,subscribe\n',
      row('g', { kind: 'gateway', devices: '01*' }),
    );
    expect(other).toMatch(/^01\*,g,gateway,"\$scrypt/m);
  });

  it('with line ends of another system stays readable', () => {
    expect([...rowsOf(withRow(text.replaceAll('\n', '\r\n'), row('new'))).keys()]).toEqual([
      'el-b1',
      'el-b2',
      'new',
    ]);
  });

  it('is not touched where a row spans lines', () => {
    expect(() => withRow('name,kind,hash,publish,subscribe,devices\n"a\nb",device,,,,\n', row('x'))).toThrow(
      /line 2 is not a row of its own/,
    );
  });
});

describe('the file of the credentials', () => {
  it('is made readable to its owner alone, and changed as a whole', async () => {
    await using dir = await openTempDir();
    const file = join(dir.path, 'credentials.csv');
    const place = { file, taken: undefined };
    await changeCredentials(place, (before) => withRow(before, row('a')));
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await chmod(file, 0o644);
    await changeCredentials(place, (before) => withRow(before, row('b')));
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect([...rowsOf(await readFile(file, 'utf8')).keys()]).toEqual(['a', 'b']);
    expect(await readdir(dir.path)).toEqual(['credentials.csv']);
  });

  it('stays as it is when it would become wrong, or is wrong already', async () => {
    await using dir = await openTempDir();
    const file = join(dir.path, 'credentials.csv');
    await writeFile(file, text);
    const change = (name: string, more: object) =>
      changeCredentials({ file, taken: 'admin' }, (before) => withRow(before, row(name, more)));
    await expect(change('x', { kind: 'robot' })).rejects.toMatchObject({
      code: 'config-invalid',
      message: expect.stringMatching(/credentials\.csv:8:2: kind: must be/),
    });
    await expect(change('admin', {})).rejects.toThrow(/is mqtt.username already/);
    expect(await readFile(file, 'utf8')).toBe(text);
    expect(await readdir(dir.path)).toEqual(['credentials.csv']);
  });

  it('is changed by one at a time', async () => {
    await using dir = await openTempDir();
    const file = join(dir.path, 'credentials.csv');
    await writeFile(`${file}.new`, 'another one writes');
    await expect(changeCredentials({ file, taken: undefined }, () => text)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/another command is changing/),
    });
    expect(await readFile(`${file}.new`, 'utf8')).toBe('another one writes');
  });

  it('cannot be a folder, or be in one that is not there', async () => {
    await using dir = await openTempDir();
    await mkdir(join(dir.path, 'folder'));
    for (const file of ['folder', 'no/where.csv']) {
      await expect(
        changeCredentials({ file: join(dir.path, file), taken: undefined }, () => text),
      ).rejects.toMatchObject({ code: 'usage', message: expect.stringMatching(/cannot be used/) });
    }
  });
});
