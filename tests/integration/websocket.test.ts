import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect as connectSocket } from 'node:net';
import { connectAsync } from 'mqtt';
import { afterAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { BrokerOptions } from '../../src/mqtt/broker.ts';
import { openTestBroker } from '../support/broker.ts';
import { certificates } from '../support/certificates.ts';
import { credentialsOf, loginOf } from '../support/credentials.ts';
import { openTempDir } from '../support/temp-dir.ts';
import { connect, packet, text } from '../unit/mqtt/guard-bytes.ts';

const folder = await openTempDir();
afterAll(() => folder[Symbol.asyncDispose]());
const files = await certificates(folder.path);
const credentials = await credentialsOf({ 'el-b1': {} });
const CONNACK = Buffer.from([0x20, 2, 0, 0]);

function openWebSocket(
  websocket: Partial<NonNullable<BrokerOptions['websocket']>> = {},
  options: Partial<BrokerOptions> = {},
) {
  return openTestBroker({
    websocket: { host: '127.0.0.1', port: 0, path: '/mqtt', origins: [], secure: false, ...websocket },
    ...options,
  });
}
type WebSocketBroker = Awaited<ReturnType<typeof openWebSocket>>;

/** A WebSocket, what it has heard, and how it ended: the code of its close, or the status that it was refused with. */
function dial(
  broker: WebSocketBroker,
  {
    path = '/mqtt',
    protocols = ['mqtt'],
    headers = {},
  }: { path?: string; protocols?: string[]; headers?: object } = {},
) {
  const socket = new WebSocket(`ws://127.0.0.1:${broker.websocketPort}${path}`, protocols, {
    headers: { ...headers },
  });
  const heard: Buffer[] = [];
  socket.on('message', (data) => heard.push(Buffer.from(data as Buffer)));
  socket.on('error', () => undefined);
  const ended = new Promise<number>((resolve) => {
    socket.on('unexpected-response', (_request, { statusCode }) => resolve(statusCode ?? 0));
    socket.once('close', (code) => resolve(code));
  });
  return { socket, heard: () => Buffer.concat(heard), ended };
}

describe('MQTT over WebSocket', () => {
  it('carries MQTT.js, in both directions, whatever the sizes', async () => {
    await using broker = await openWebSocket({}, { limits: { maxPacketBytes: 1024 * 1024 } });
    const client = await connectAsync(`ws://127.0.0.1:${broker.websocketPort}/mqtt`, { reconnectPeriod: 0 });
    const heard: number[] = [];
    client.on('message', (_topic, payload) => heard.push(payload.length));
    await client.subscribeAsync('t/#', { qos: 1 });
    const sizes = [0, 1, 125, 126, 65_535, 65_536, 300_000];
    for (const size of sizes) await client.publishAsync('t/x', Buffer.alloc(size), { qos: 1 });
    await expect.poll(() => heard).toEqual(sizes);
    expect(broker.records).toHaveLength(sizes.length);
    await client.endAsync();
    await expect.poll(broker.connections).toBe(0);
  });

  it('asks for credentials as every listener does, and slows who guesses', async () => {
    const attempts = { freeFailures: 0, firstDelayMs: 50, longestDelayMs: 100 };
    await using broker = await openWebSocket({}, { credentials, attempts });
    const url = `ws://127.0.0.1:${broker.websocketPort}/mqtt`;
    for (let n = 0; n < 3; n += 1) {
      await expect(connectAsync(url, loginOf('el-b1', `guess ${n}`))).rejects.toThrow(/bad user/i);
    }
    expect(broker.access()).toMatchObject({ refused: 3, delayed: 2 });
    const client = await connectAsync(url, loginOf('el-b1'));
    await client.publishAsync('kvarter/el-b1/up', 'x', { qos: 1 });
    expect(broker.records).toEqual([expect.objectContaining({ sender: 'el-b1' })]);
    await client.endAsync();
  });

  it('goes over TLS with the certificates of the TLS listener, client certificates included', async () => {
    const tls = {
      host: '127.0.0.1',
      certFile: files.serverCert,
      keyFile: files.serverKey,
      caFile: files.ca,
      requireCertificate: false,
    };
    await using broker = await openWebSocket({ secure: true }, { credentials, tls });
    expect(broker.tlsPort).toBeUndefined();
    const url = `wss://127.0.0.1:${broker.websocketPort}/mqtt`;
    const ca = await readFile(files.ca);
    const byPassword = await connectAsync(url, { ca, ...loginOf('el-b1') });
    await byPassword.publishAsync('kvarter/el-b1/up', 'x', { qos: 1 });
    const [cert, key] = await files.issueClient('el-b1');
    const byCertificate = await connectAsync(url, {
      ca,
      reconnectPeriod: 0,
      cert: await readFile(cert),
      key: await readFile(key),
    });
    await byCertificate.publishAsync('kvarter/el-b1/up', 'x', { qos: 1 });
    expect(broker.records.map((record) => record.kind === 'packet' && record.sender)).toEqual([
      'el-b1',
      'el-b1',
    ]);
    for (const client of [byPassword, byCertificate]) await client.endAsync();
  });

  it('chooses the subprotocol mqtt among those offered [MQTT-6.0.0-4]', async () => {
    await using broker = await openWebSocket();
    const { socket } = dial(broker, { protocols: ['mqttv3.1', 'mqtt'] });
    await once(socket, 'open');
    expect(socket.protocol).toBe('mqtt');
    socket.terminate();
  });

  it.each([
    ['another subprotocol [MQTT-6.0.0-3]', { protocols: ['chat'] }, 400],
    ['no subprotocol [MQTT-6.0.0-3]', { protocols: [] }, 400],
    ['another path', { path: '/' }, 404],
    ['a page of elsewhere', { headers: { origin: 'https://evil.example' } }, 403],
  ])('refuses %s', async (_, request, status) => {
    await using broker = await openWebSocket({ origins: ['https://kvarter.example'] });
    expect(await dial(broker, request).ended).toBe(status);
    expect(broker.access().handshakesFailed).toBe(1);
  });

  it.each([
    ['a page that is named', ['https://kvarter.example']],
    ['any page, when any may', ['*']],
  ])('lets in %s', async (_, origins) => {
    await using broker = await openWebSocket({ origins });
    const { socket } = dial(broker, { headers: { origin: 'https://kvarter.example' } });
    await once(socket, 'open');
    socket.terminate();
  });

  it('answers a request that is no WebSocket with 426', async () => {
    await using broker = await openWebSocket();
    expect((await fetch(`http://127.0.0.1:${broker.websocketPort}/mqtt`)).status).toBe(426);
  });

  it('takes packets that span frames, and frames that hold several [MQTT-6.0.0-2]', async () => {
    await using broker = await openWebSocket();
    const { socket, heard } = dial(broker);
    await once(socket, 'open');
    const publishes = [1, 2, 3].map((n) => packet(0x32, text(`t/${n}`), [0, n], Buffer.from('payload')));
    const bytes = Buffer.concat([connect(), ...publishes]);
    socket.send(bytes.subarray(0, 5));
    socket.send(bytes.subarray(5, 40));
    // One message in fragments, section 5.4 of RFC 6455.
    socket.send(bytes.subarray(40, 41), { fin: false });
    socket.send(bytes.subarray(41), { fin: true });
    await expect.poll(heard).toEqual(Buffer.concat([CONNACK, ...[1, 2, 3].map((n) => packet(0x40, [0, n]))]));
    expect(broker.topics()).toEqual(['t/1', 't/2', 't/3']);
    socket.terminate();
  });

  it('closes at a text frame, and does nothing that stands in it [MQTT-6.0.0-1]', async () => {
    await using broker = await openWebSocket();
    const { socket, heard, ended } = dial(broker);
    await once(socket, 'open');
    socket.send(connect());
    await expect.poll(heard).toEqual(CONNACK);
    socket.send(packet(0x30, text('text'), Buffer.from('x')), { binary: false });
    await ended;
    await expect.poll(() => broker.problems).toEqual([expect.stringContaining('[MQTT-6.0.0-1]')]);
    expect(broker.topics()).toEqual([]);
  });

  it('closes at a message that is longer than the largest packet and some room', async () => {
    await using broker = await openWebSocket({}, { limits: { maxPacketBytes: 2048 } });
    const { socket, heard, ended } = dial(broker);
    await once(socket, 'open');
    socket.send(connect());
    await expect.poll(heard).toEqual(CONNACK);
    socket.send(Buffer.alloc(2048 + 64 * 1024 + 1));
    expect(await ended).toBe(1009);
    await expect.poll(broker.connections).toBe(0);
  });

  it('is checked by the guard like any other connection', async () => {
    await using broker = await openWebSocket();
    const { socket, ended } = dial(broker);
    await once(socket, 'open');
    socket.send(Buffer.from([0xf0, 0]));
    await ended;
    expect(broker.problems).toEqual([expect.stringContaining('[MQTT-4.8.0-1]')]);
  });

  it.each([
    ['nothing', '', false],
    ['half a request', 'GET /mqtt HTTP/1.1\r\n', false],
    ['no handshake', '', true],
  ])('closes a connection that says %s', async (_, says, secure) => {
    const tls = {
      host: '127.0.0.1',
      certFile: files.serverCert,
      keyFile: files.serverKey,
      requireCertificate: false,
    };
    await using broker = await openWebSocket({ secure }, { connectTimeoutMs: 50, tls });
    const socket = connectSocket(broker.websocketPort ?? 0, '127.0.0.1').resume();
    socket.on('error', () => undefined);
    socket.write(says);
    await new Promise<void>((resolve) => socket.once('close', () => resolve()));
  });

  it('ends at once although a request is not finished, and a WebSocket has not said anything yet', async () => {
    const broker = await openWebSocket({}, { connectTimeoutMs: 600_000 });
    const { socket, ended } = dial(broker);
    await once(socket, 'open');
    const half = connectSocket(broker.websocketPort ?? 0, '127.0.0.1');
    half.on('error', () => undefined);
    const closed = new Promise<void>((resolve) => half.once('close', () => resolve()));
    await once(half, 'connect');
    half.write('GET /mqtt HTTP/1.1\r\n');
    await broker[Symbol.asyncDispose]();
    await Promise.all([closed, ended]);
  });
});
