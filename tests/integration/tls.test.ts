import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, readFile, rename } from 'node:fs/promises';
import { connect as connectSocket } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls, type SecureVersion, type TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { connectAsync, type IClientOptions } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KvarterError } from '../../src/domain/errors.ts';
import type { BrokerOptions } from '../../src/mqtt/broker.ts';
import { openTestBroker } from '../support/broker.ts';
import { certificates } from '../support/certificates.ts';
import { credentialsOf, loginOf } from '../support/credentials.ts';
import { describeWith } from '../support/servers.ts';
import { openTempDir } from '../support/temp-dir.ts';

const folder = await openTempDir();
afterAll(() => folder[Symbol.asyncDispose]());
const files = await certificates(folder.path);
const device = await files.issueClient('el-b1');
const unknown = await files.issueClient('nobody');
const credentials = await credentialsOf({ 'el-b1': {}, 'el-b2': {} });

function openTls(tls: Partial<NonNullable<BrokerOptions['tls']>> = {}, options: Partial<BrokerOptions> = {}) {
  return openTestBroker({
    credentials,
    tls: {
      host: '127.0.0.1',
      port: 0,
      certFile: files.serverCert,
      keyFile: files.serverKey,
      requireCertificate: false,
      ...tls,
    },
    ...options,
  });
}
type TlsBroker = Awaited<ReturnType<typeof openTls>>;

const withClients = { caFile: files.ca, requireCertificate: true };

async function optionsOf(login: IClientOptions, certificate?: readonly [cert: string, key: string]) {
  return {
    reconnectPeriod: 0,
    ca: await readFile(files.ca),
    ...login,
    ...(certificate ? { cert: await readFile(certificate[0]), key: await readFile(certificate[1]) } : {}),
  };
}
const connect = async (
  broker: TlsBroker,
  login: IClientOptions,
  certificate?: readonly [cert: string, key: string],
) => connectAsync(`mqtts://127.0.0.1:${broker.tlsPort}`, await optionsOf(login, certificate));

describe('MQTT over TLS', () => {
  it('takes a password, and journals what is published', async () => {
    await using broker = await openTls();
    const client = await connect(broker, loginOf('el-b1'));
    for (let n = 0; n < 20; n += 1) {
      await client.publishAsync('kvarter/el-b1/up', 'x'.repeat(n * 5000), { qos: 1 });
    }
    expect(broker.records.map((record) => record.kind === 'packet' && record.payload.length)).toEqual(
      Array.from({ length: 20 }, (_, n) => n * 5000),
    );
    await expect(connect(broker, loginOf('el-b1', 'guess'))).rejects.toThrow(/bad user/i);
    await client.endAsync();
  });

  it('is checked by the guard like any other connection', async () => {
    await using broker = await openTls();
    const socket = connectTls({ port: broker.tlsPort ?? 0, host: '127.0.0.1', ca: await readFile(files.ca) });
    socket.on('error', () => undefined);
    socket.write(Buffer.from([0xf0, 0]));
    await once(socket, 'close');
    expect(broker.problems).toEqual([expect.stringContaining('[MQTT-4.8.0-1]')]);
  });

  it('needs no password with a client certificate: its common name is who it is', async () => {
    await using broker = await openTls(withClients);
    const client = await connect(broker, {}, device);
    await client.publishAsync('kvarter/el-b1/up', 'x', { qos: 1 });
    expect(broker.records).toEqual([expect.objectContaining({ sender: 'el-b1' })]);
    client.on('error', () => undefined);
    const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
    client.publish('kvarter/el-b2/up', 'x', { qos: 1 });
    await closed;
    expect(broker.records).toHaveLength(1);
  });

  it('turns away a certificate whose name is not in the credentials, and one with the user name of another', async () => {
    await using broker = await openTls(withClients);
    await expect(connect(broker, {}, unknown)).rejects.toThrow(/not authorized/i);
    await expect(connect(broker, loginOf('el-b2'), device)).rejects.toThrow(/bad user/i);
    const same = await connect(broker, { username: 'el-b1' }, device);
    await same.endAsync();
  });

  it('closes who came with a certificate once its name is removed', async () => {
    await using broker = await openTls(withClients);
    const client = await connect(broker, {}, device);
    const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
    broker.setCredentials(new Map());
    await closed;
    expect(broker.access().revoked).toBe(1);
  });

  it('lets nobody in without a certificate when one is required', async () => {
    await using broker = await openTls(withClients);
    await expect(connect(broker, loginOf('el-b1'))).rejects.toThrow(
      /certificate required|closed|ECONNRESET/i,
    );
    await expect.poll(() => broker.access().handshakesFailed).toBe(1);
  });

  it('takes a password or a certificate when none is required, and no certificate that nobody vouches for', async () => {
    await using broker = await openTls({ caFile: files.ca });
    await (await connect(broker, loginOf('el-b2'))).endAsync();
    await (await connect(broker, {}, device)).endAsync();
    await using elsewhere = await openTempDir();
    const strangers = await certificates(elsewhere.path);
    const forged = await strangers.issueClient('el-b1');
    const [cert, key, ca] = await Promise.all([forged[0], forged[1], files.ca].map((file) => readFile(file)));
    const socket = connectTls({ port: broker.tlsPort ?? 0, host: '127.0.0.1', ca, cert, key }).resume();
    socket.on('error', () => undefined);
    await new Promise<void>((resolve) => socket.once('close', () => resolve()));
    await expect.poll(() => broker.problems.join('\n')).toMatch(/certificate is not accepted/);
    expect(broker.access().accepted).toBe(2);
  });

  it('lets any certificate of the authority do everything where there are no credentials', async () => {
    await using broker = await openTestBroker({
      tls: {
        host: '127.0.0.1',
        port: 0,
        certFile: files.serverCert,
        keyFile: files.serverKey,
        ...withClients,
      },
    });
    const client = await connectAsync(`mqtts://127.0.0.1:${broker.tlsPort}`, await optionsOf({}, unknown));
    await client.publishAsync('anywhere', 'x', { qos: 1 });
    await client.endAsync();
  });

  it.each<[SecureVersion, boolean]>([
    ['TLSv1.1', false],
    ['TLSv1.2', true],
    ['TLSv1.3', true],
  ])('speaks %s: %s', async (version, speaks) => {
    await using broker = await openTls();
    const socket = connectTls({
      port: broker.tlsPort ?? 0,
      host: '127.0.0.1',
      ca: await readFile(files.ca),
      minVersion: version,
      maxVersion: version,
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    const outcome = await new Promise<boolean>((resolve) => {
      socket.once('secureConnect', () => resolve(true)).once('error', () => resolve(false));
    });
    socket.destroy();
    expect(outcome).toBe(speaks);
  });

  it('shows a new certificate once its files are replaced; who is connected stays', async () => {
    await using dir = await openTempDir();
    const [certFile, keyFile] = [join(dir.path, 'cert.pem'), join(dir.path, 'key.pem')];
    await copyFile(files.serverCert, certFile);
    await copyFile(files.serverKey, keyFile);
    const reloads: (string | undefined)[] = [];
    await using broker = await openTls(
      { certFile, keyFile },
      { onCertificates: (refused) => reloads.push(refused?.message) },
    );
    const client = await connect(broker, loginOf('el-b1'));
    const [nextCert, nextKey] = await files.issueServer('next');
    await copyFile(nextCert, `${certFile}.new`);
    await rename(`${certFile}.new`, certFile);
    // The key is still the one before.
    await expect
      .poll(() => reloads, { timeout: 10_000 })
      .toEqual([expect.stringMatching(/not a certificate with its key/)]);
    expect(await commonNameOf(broker)).toBe('server');
    await copyFile(nextKey, `${keyFile}.new`);
    await rename(`${keyFile}.new`, keyFile);
    await expect.poll(() => reloads.at(-1), { timeout: 10_000 }).toBeUndefined();
    expect(await commonNameOf(broker)).toBe('next');
    await client.publishAsync('kvarter/el-b1/up', 'x', { qos: 1 });
    await client.endAsync();
  });

  it.each([
    ['a file that is not there', { certFile: '/no/such.pem' }, /\/no\/such\.pem: cannot be read/],
    ['a key that is another certificate', { keyFile: files.serverCert }, /not a certificate with its key/],
    ['a key of another certificate', { keyFile: files.clientKey }, /not a certificate with its key/],
  ])('does not start with %s', async (_, tls, message) => {
    const failure = await openTls(tls).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(KvarterError);
    expect(failure).toMatchObject({ code: 'config-invalid', message: expect.stringMatching(message) });
  });

  it('ends at once although a handshake is not finished', async () => {
    const broker = await openTls({}, { connectTimeoutMs: 600_000 });
    const socket = connectSocket(broker.tlsPort ?? 0, '127.0.0.1');
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    await once(socket, 'connect');
    await broker[Symbol.asyncDispose]();
    await closed;
  });

  it('closes a handshake that does not come', async () => {
    await using broker = await openTls({}, { connectTimeoutMs: 50 });
    const socket = connectSocket(broker.tlsPort ?? 0, '127.0.0.1').resume();
    socket.on('error', () => undefined);
    await new Promise<void>((resolve) => socket.once('close', () => resolve()));
    expect(broker.access().handshakesFailed).toBe(1);
  });
});

async function commonNameOf(broker: TlsBroker): Promise<string | undefined> {
  const socket: TLSSocket = connectTls({
    port: broker.tlsPort ?? 0,
    host: '127.0.0.1',
    ca: await readFile(files.ca),
  });
  await once(socket, 'secureConnect');
  const { subject } = socket.getPeerCertificate();
  socket.destroy();
  return String(subject.CN);
}

describeWith('mosquitto_pub', 'mosquitto_pub over TLS', (program) => {
  const run = promisify(execFile);
  let broker: TlsBroker;
  beforeAll(async () => {
    broker = await openTls({ caFile: files.ca });
  });
  afterAll(() => broker[Symbol.asyncDispose]());
  const publish = (...more: string[]) =>
    run(program, [
      ...['-h', '127.0.0.1', '-p', String(broker.tlsPort), '--cafile', files.ca],
      ...['-t', 'kvarter/el-b1/up', '-m', 'x', '-q', '1', ...more],
    ]);

  it('publishes with its certificate alone, and with its password', async () => {
    await publish('--cert', device[0], '--key', device[1]);
    await publish('-u', 'el-b1', '-P', 'pw-el-b1');
    expect(broker.records.map((record) => record.kind === 'packet' && record.sender)).toEqual([
      'el-b1',
      'el-b1',
    ]);
  });

  it('fails with a certificate of an unknown name, and with nothing', async () => {
    await expect(publish('--cert', unknown[0], '--key', unknown[1])).rejects.toMatchObject({ code: 5 });
    await expect(publish()).rejects.toMatchObject({ code: 4 });
  });
});
