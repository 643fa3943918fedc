import { pbkdf2Sync } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, test } from 'vitest';
import { certificates } from '../support/certificates.ts';
import { kvarter, startKvarter } from '../support/kvarter.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import { freePorts } from '../support/ports.ts';
import { describeWith } from '../support/servers.ts';
import { startService, storedReadings } from '../support/service-process.ts';
import { mountSmallDisk, testOnSmallDisk } from '../support/small-disk.ts';
import { openTempDir } from '../support/temp-dir.ts';

const LOGIN = { username: 'fleet', password: 'between-the-lines' };

/** Two buildings' last hour and a half, as fast as it is acknowledged. */
const someHours = ['--buildings', '2', '--days', '0.06', '--speed', 'max', '--patience', '5'];

async function credentialsFile(folder: string, password = LOGIN.password): Promise<string> {
  const file = join(folder, `${password}.csv`);
  await writeFile(file, `connection,username,password\n*,${LOGIN.username},${password}\n`);
  return file;
}

/** A fleet is sent with the right login; with another, or without the authority, it ends with one sentence. */
async function expectSentSafely(folder: string, broker: string, ca: string): Promise<void> {
  const run = async (words: readonly string[]) =>
    kvarter(['simulate', ...someHours, '--broker', broker, ...words, '--json']);
  const login = ['--credentials', await credentialsFile(folder)];
  const sent = await run(['--ca', ca, ...login]);
  expect(sent).toMatchObject({ code: 0, stderr: '' });
  const last = JSON.parse(sent.stdout.trim().split('\n').at(-1) ?? '');
  expect(last.sent).toBeGreaterThan(50);
  expect(last.acknowledged).toBe(last.sent);

  const refused = await run(['--ca', ca, '--credentials', await credentialsFile(folder, 'a-guess')]);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(/refuses the credentials .*; 0 packets were sent and acknowledged/);
  const unknown = await run(login);
  expect(unknown.code).toBe(1);
  expect(unknown.stderr).toMatch(/cannot be reached \(.*certificate.*; 0 packets were sent and acknowledged/);
}

/** As `mosquitto_passwd` writes it. */
function passwordLine({ username, password }: typeof LOGIN): string {
  const salt = Buffer.from('twelve bytes');
  const hash = pbkdf2Sync(password, salt, 101, 64, 'sha512').toString('base64');
  return `${username}:$7$101$${salt.toString('base64')}$${hash}\n`;
}

describeWith('mosquitto', 'to a real mosquitto with TLS and passwords', (program) => {
  it('a fleet is sent with the right login, and not with another', async () => {
    await using dir = await openTempDir();
    const { ca, serverCert, serverKey } = await certificates(dir.path);
    await using broker = await startMosquitto(program, {
      files: { passwords: passwordLine(LOGIN) },
      settings: [
        `certfile ${serverCert}`,
        `keyfile ${serverKey}`,
        'allow_anonymous false',
        'password_file FOLDER/passwords',
      ],
    });
    await expectSentSafely(dir.path, `mqtts://127.0.0.1:${broker.port}`, ca);
  });
});

test('to a service with TLS and a password a fleet is sent, and what it says is stored', async () => {
  await using dir = await openTempDir();
  const { ca, serverCert, serverKey } = await certificates(dir.path);
  expect((await kvarter(['simulate', '--buildings', '2', '--write-register', dir.path])).code).toBe(0);
  const [port] = await freePorts(1);
  await using service = await startService(dir.path, {
    KVARTER_MQTT__TLS__PORT: String(port),
    KVARTER_MQTT__TLS__CERTFILE: serverCert,
    KVARTER_MQTT__TLS__KEYFILE: serverKey,
    KVARTER_MQTT__USERNAME: LOGIN.username,
    KVARTER_MQTT__PASSWORD: LOGIN.password,
  });
  await expectSentSafely(dir.path, `mqtts://127.0.0.1:${port}`, ca);
  await expect
    .poll(async () => (await storedReadings(service, 'el-b1')).length, { timeout: 20_000 })
    .toBeGreaterThan(50);
});

test('Ctrl-C ends a fleet with what was sent, and leaves whole files', async () => {
  await using dir = await openTempDir();
  await using service = await startService(dir.path);
  const out = join(dir.path, 'run');
  const broker = `mqtt://127.0.0.1:${service.mqttPort}`;
  await using fleet = startKvarter(['simulate', '--buildings', '2', '--broker', broker, '--out', out]);
  await fleet.says(/\d+ sent, \d+ acknowledged/);
  expect(await fleet.end('SIGINT')).toBe(0);
  expect(fleet.output()).toMatch(/\d+ sent, \d+ acknowledged, \d+\/s\n$/);
  const names = await readdir(out);
  expect(names).toEqual(expect.arrayContaining(['run.json', 'truth.ndjson']));
  expect(names.filter((name) => name.endsWith('.part'))).toEqual([]);
});

testOnSmallDisk('on a full disk a simulation ends with one sentence, and its lines are whole', async () => {
  await using dir = await openTempDir();
  const disk = join(dir.path, 'disk');
  await using _mounted = await mountSmallDisk(disk, 2);
  const out = join(disk, 'run');
  const words = ['--scenario', 'calm-week', '--out', out, '--json'];
  const { code, stderr } = await kvarter(['simulate', ...words]);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^kvarter: .*readings\.csv cannot be written: the disk is full; \d+ lines were written, and are whole\n$/,
  );
  const names = await readdir(out);
  expect(names.filter((name) => name.endsWith('.part'))).toEqual([]);
  const lines = Number(/(\d+) lines were/.exec(stderr)?.[1]);
  const text = await readFile(join(out, 'readings.csv'), 'utf8');
  expect(text.split('\n')).toHaveLength(lines + 1);
  expect(text.endsWith('\n')).toBe(true);
});
