import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Credentials, validHashes } from '../../../src/access/credential.ts';
import { loadCredentials } from '../../../src/access/credentials-source.ts';
import { opensHash } from '../../../src/access/password-hash.ts';
import { unknownDevices } from '../../../src/commands/credential-warnings.ts';
import { deviceCredentials } from '../../../src/commands/device-credentials.ts';
import { call } from '../../support/command.ts';
import { openTempDir } from '../../support/temp-dir.ts';

type Values = Record<string, string | boolean>;

/** The command on a file of its own. */
async function openFile() {
  const dir = await openTempDir();
  const file = join(dir.path, 'credentials.csv');
  const run = (words: string[], values: Values = {}, input?: string) =>
    call({ dir: dir.path, app: { httpPort: 0 } }, deviceCredentials, words, { file, ...values }, input);
  return {
    file,
    run,
    text: () => readFile(file, 'utf8'),
    credentials: () => loadCredentials({ file, taken: undefined }),
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
}

/** Does the password open one of the name's hashes? */
async function opens(credentials: Credentials, name: string, password: string, nowMs = Date.now()) {
  const credential = credentials.get(name);
  const hashes = credential ? validHashes(credential, nowMs) : [];
  const opened = await Promise.all(hashes.map((hash) => opensHash(hash, Buffer.from(password))));
  return opened.includes(true);
}

const passwordIn = (printed: string) => printed.trim().split('\n').at(-1) ?? '';

describe('kvarter device credentials', () => {
  it('set makes a device with a random password, which is printed once and stored nowhere', async () => {
    await using file = await openFile();
    const { code, printed } = await file.run(['set', 'el-b1']);
    const password = passwordIn(printed);
    expect(code).toBe(0);
    expect(password).toMatch(/^[\w-]{27}$/);
    expect(await file.text()).not.toContain(password);
    expect(await opens(file.credentials(), 'el-b1', password)).toBe(true);
    expect(file.credentials().get('el-b1')).toMatchObject({ kind: 'device', publish: ['kvarter/el-b1/#'] });
  });

  it('set makes a gateway with its rights', async () => {
    await using file = await openFile();
    await file.run(['set', 'lora'], {
      kind: 'gateway',
      publish: 'application/+/device/+/event/up',
      subscribe: 'application/+/device/+/command/down',
      devices: '0101* 0202*',
    });
    expect(file.credentials().get('lora')).toMatchObject({
      kind: 'gateway',
      publish: ['application/+/device/+/event/up'],
      subscribe: ['application/+/device/+/command/down'],
      devices: ['0101*', '0202*'],
    });
  });

  it('set changes rights, and leaves the password as it is', async () => {
    await using file = await openFile();
    const password = passwordIn((await file.run(['set', 'el-b1'])).printed);
    const { printed } = await file.run(['set', 'el-b1'], { subscribe: 'cmd/{name}/#' });
    expect(printed).toBe('el-b1 is changed.\n');
    expect(await opens(file.credentials(), 'el-b1', password)).toBe(true);
    expect(file.credentials().get('el-b1')?.subscribe).toEqual(['cmd/el-b1/#']);
  });

  it('set takes a password from standard input, and does not print it', async () => {
    await using file = await openFile();
    const { printed } = await file.run(['set', 'el-b1'], { 'password-stdin': true }, 'correct horse\n');
    expect(printed).not.toContain('horse');
    expect(await file.text()).toContain('$scrypt$ln=15,');
    expect(await opens(file.credentials(), 'el-b1', 'correct horse')).toBe(true);
    await expect(file.run(['set', 'el-b1'], { 'password-stdin': true }, 'short\n')).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/has 5 letters: at least 8/),
    });
  });

  it('set without a password is for a client certificate', async () => {
    await using file = await openFile();
    const { printed } = await file.run(['set', 'el-b1'], { 'no-password': true, json: true });
    expect(JSON.parse(printed)).toEqual({ name: 'el-b1', kind: 'device', file: file.file });
    expect(file.credentials().get('el-b1')?.hash).toBeUndefined();
    await expect(file.run(['rotate', 'el-b1'])).rejects.toThrow(/has no password to rotate/);
  });

  it('rotate ends the password before', async () => {
    await using file = await openFile();
    const before = passwordIn((await file.run(['set', 'el-b1'])).printed);
    const after = passwordIn((await file.run(['rotate', 'el-b1'])).printed);
    expect(await opens(file.credentials(), 'el-b1', before)).toBe(false);
    expect(await opens(file.credentials(), 'el-b1', after)).toBe(true);
  });

  it('rotate with a grace lets both in until it is over', async () => {
    await using file = await openFile();
    const before = passwordIn((await file.run(['set', 'el-b1'])).printed);
    const { printed } = await file.run(['rotate', 'el-b1'], { grace: '24', json: true });
    const { password, oldUntil } = JSON.parse(printed) as { password: string; oldUntil: string };
    const until = Date.parse(oldUntil);
    expect(until - Date.now()).toBeGreaterThan(23 * 3_600_000);
    expect(await opens(file.credentials(), 'el-b1', before, until - 1)).toBe(true);
    expect(await opens(file.credentials(), 'el-b1', before, until)).toBe(false);
    expect(await opens(file.credentials(), 'el-b1', password, until)).toBe(true);
    // The next one without a grace ends both.
    await file.run(['rotate', 'el-b1']);
    expect(file.credentials().get('el-b1')?.old).toBeUndefined();
  });

  it('remove takes one away', async () => {
    await using file = await openFile();
    await file.run(['set', 'a']);
    await file.run(['set', 'b']);
    await file.run(['remove', 'a']);
    expect([...file.credentials().keys()]).toEqual(['b']);
  });

  it('list shows everything but hashes', async () => {
    await using file = await openFile();
    await file.run(['set', 'el-b1']);
    await file.run(['rotate', 'el-b1'], { grace: '1' });
    await file.run(['set', 'page'], { kind: 'reader', subscribe: 'kvarter/alerts/#', 'no-password': true });
    const { printed } = await file.run(['list']);
    expect(printed).toMatch(
      /^el-b1 +device +password; the password before holds until 20.*; publishes kvarter\/el-b1\/#/m,
    );
    expect(printed).toMatch(/^page +reader +certificate; subscribes kvarter\/alerts\/#$/m);
    const json = (await file.run(['list'], { json: true })).printed;
    expect(
      json
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).name),
    ).toEqual(['el-b1', 'page']);
    expect(printed + json).not.toContain('scrypt');
  });

  it.each<[what: string, words: string[], values: Values, message: RegExp]>([
    ['no such action', ['make', 'x'], {}, /there is no such action/],
    ['an action of another table', ['constructor', 'x'], {}, /there is no such action/],
    ['no name', ['set'], {}, /set takes NAME/],
    ['a name too many', ['list', 'x'], {}, /list takes no name/],
    ['a name that is not there', ['rotate', 'x'], {}, /x is not in .*credentials\.csv/],
    ['a name that cannot be', ['set', 'a/b'], {}, /name: a name is letters/],
    ['a kind that there is not', ['set', 'x'], { kind: 'robot' }, /kind: must be device, gateway, reader/],
    [
      'a gateway without devices',
      ['set', 'x'],
      { kind: 'gateway', publish: 'a/#' },
      /devices: a gateway needs/,
    ],
    [
      'two kinds of password',
      ['set', 'x'],
      { 'password-stdin': true, 'no-password': true },
      /say one of them/,
    ],
    ['a grace that is no number', ['rotate', 'a'], { grace: 'long' }, /--grace long: must be a number/],
  ])('refuses %s', async (_, words, values, message) => {
    await using file = await openFile();
    await file.run(['set', 'a']);
    const before = await file.text();
    await expect(file.run(words, values)).rejects.toThrow(message);
    expect(await file.text()).toBe(before);
  });

  it('a file that is wrong is not made worse', async () => {
    await using file = await openFile();
    await writeFile(file.file, 'name,kind,hash,publish,subscribe,devices\nx,robot,,,,\n');
    await expect(file.run(['set', 'y'])).rejects.toThrow(/credentials\.csv:2:2: kind: must be/);
    await expect(file.run(['list'])).rejects.toThrow(/credentials\.csv:2:2: kind: must be/);
  });
});

it('devices that the register does not have are told', () => {
  const credential = { hash: 'x', publish: [], subscribe: [] };
  const credentials: Credentials = new Map([
    ['a', { ...credential, name: 'a', kind: 'device', devices: ['a'] }],
    ['b', { ...credential, name: 'b', kind: 'device', devices: ['b'] }],
    ['g', { ...credential, name: 'g', kind: 'gateway', devices: ['a', '01*', '02*', 'z', '*'] }],
  ]);
  expect(unknownDevices(credentials, ['a', '0101'])).toEqual([
    expect.stringMatching(/^b is no device of the register/),
    expect.stringMatching(/^g speaks for 02\*/),
    expect.stringMatching(/^g speaks for z/),
  ]);
});
