import { writeFileSync as writeFileNow } from 'node:fs';
import { chmod, mkdtemp, readFile, realpath, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withDevice } from '../../../src/config/devices-edit.ts';
import { appendDevice } from '../../../src/config/register-write.ts';

const device = { id: 'new', model: 'kvarter', building: 'b1' };
const edited = (text: string | Buffer, added: Parameters<typeof withDevice>[1] = device) =>
  withDevice(Buffer.from(text), added).toString('latin1');

describe('a row is added to devices.csv', () => {
  it.each([
    [
      'at the end',
      '# c\ndevice,model,building\na,b,c\n',
      '# c\ndevice,model,building\na,b,c\nnew,kvarter,b1\n',
    ],
    [
      'behind a last line without an end',
      'device,model,building\na,b,c',
      'device,model,building\na,b,c\nnew,kvarter,b1\n',
    ],
    [
      'with the line ends of the file',
      'device,model,building\r\n',
      'device,model,building\r\nnew,kvarter,b1\r\n',
    ],
    [
      'in the order of its columns',
      'note,building,model,device\n',
      'note,building,model,device\n,b1,kvarter,new\n',
    ],
    [
      'keeping comments, blank lines and odd spacing',
      '\n# x\n device , model,building\n\n a,b ,c\n#end\n\n',
      '\n# x\n device , model,building\n\n a,b ,c\n#end\n\nnew,kvarter,b1\n',
    ],
  ])('%s', (_says, before, after) => {
    expect(edited(before)).toBe(after);
  });

  it('keeps bytes that are no UTF-8, and a byte order mark', () => {
    const bytes = Buffer.from('\xef\xbb\xbfdevice,model,building\n# \xe5\xff\n', 'latin1');
    expect(edited(bytes)).toBe(`${bytes.toString('latin1')}new,kvarter,b1\n`);
  });

  it('adds the column that it needs to the header alone', () => {
    expect(edited('device,model,building\na,b,c\n', { ...device, channel: '3' })).toBe(
      'device,model,building,channel\na,b,c\nnew,kvarter,b1,3\n',
    );
  });

  it('quotes what would not be a field', () => {
    expect(edited('device,model,building,note\n', { ...device, id: '#1, "a"', note: ' x' })).toBe(
      'device,model,building,note\n"#1, ""a""",kvarter,b1," x"\n',
    );
  });
});

describe('the file on disk', () => {
  const open = async (text: string) => {
    const dir = await realpath(await mkdtemp(join(tmpdir(), 'kvarter-')));
    const file = join(dir, 'devices.csv');
    await writeFile(file, text);
    return { dir, file };
  };

  it('keeps its mode, and is changed behind its link', async () => {
    const { dir, file } = await open('device,model,building\n');
    await chmod(file, 0o640);
    await symlink(file, join(dir, 'link.csv'));
    expect(await appendDevice(join(dir, 'link.csv'), device, () => [])).toEqual([]);
    expect(await readFile(file, 'utf8')).toBe('device,model,building\nnew,kvarter,b1\n');
    expect((await stat(file)).mode & 0o777).toBe(0o640);
  });

  it('stays as it is when it would be wrong', async () => {
    const { file } = await open('device,model,building\n');
    const problems = [{ file, line: 2, message: 'wrong' }];
    expect(await appendDevice(file, device, () => problems)).toEqual(problems);
    expect(await readFile(file, 'utf8')).toBe('device,model,building\n');
  });

  it('keeps what somebody else writes meanwhile', async () => {
    const { file } = await open('device,model,building\n');
    let tries = 0;
    await appendDevice(file, device, () => {
      tries += 1;
      // By the hands of a person, between the reading and the writing.
      if (tries === 1) writeFileNow(file, 'device,model,building\nother,kvarter,b1\n');
      return [];
    });
    expect(await readFile(file, 'utf8')).toBe('device,model,building\nother,kvarter,b1\nnew,kvarter,b1\n');
  });

  it('is named with the row when it cannot be written', async () => {
    const [problem] = await appendDevice('/nowhere/devices.csv', device, () => []);
    expect(problem?.message).toMatch(/cannot be written .*add the row by hand/);
  });
});
