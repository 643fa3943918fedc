import { execFile } from 'node:child_process';
import { connect as connectSocket } from 'node:net';
import { promisify } from 'node:util';
import mqtt, { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { describe, expect, it } from 'vitest';
import type { Broker } from '../../src/mqtt/broker.ts';
import { openTestBroker } from '../support/broker.ts';
import { credentialsOf, loginOf } from '../support/credentials.ts';
import { describeWith } from '../support/servers.ts';

const url = (broker: Broker) => `mqtt://127.0.0.1:${broker.port}`;
const closing = (client: MqttClient) => new Promise<void>((resolve) => client.once('close', () => resolve()));

/** The return code of the CONNACK for a login from an address of this machine. */
async function knock(broker: Broker, login: IClientOptions, localAddress = '127.0.0.1'): Promise<number> {
  const stream = () => connectSocket({ port: broker.port, host: '127.0.0.1', localAddress });
  const client = new mqtt.MqttClient(stream, { reconnectPeriod: 0, ...login });
  client.on('error', () => undefined);
  const code = await new Promise<number>((resolve) => {
    client.on('packetreceive', (packet) => {
      if (packet.cmd === 'connack') resolve(packet.returnCode ?? 0);
    });
    client.on('close', () => resolve(-1));
  });
  await client.endAsync(true);
  return code;
}

const open = await credentialsOf({
  'el-b1': { subscribe: ['cmd/el-b1/#'] },
  'el-b2': {},
  lora: { kind: 'gateway', publish: ['application/+/device/+/event/up'], devices: ['01*'] },
  page: { kind: 'reader', subscribe: ['kvarter/alerts/#', 'cmd/#'] },
});

describe('a broker with credentials', () => {
  it.each([
    ['the right password', loginOf('el-b1'), 0],
    ['a wrong password', loginOf('el-b1', 'guess'), 4],
    ["another's password", loginOf('el-b1', 'pw-el-b2'), 4],
    ['an unknown name', loginOf('stranger'), 4],
    ['no name', {}, 4],
    ['no password', { username: 'el-b1' }, 4],
  ])('answers %s with its CONNACK', async (_, login, code) => {
    await using broker = await openTestBroker({ credentials: open });
    expect(await knock(broker, login)).toBe(code);
    expect(broker.access()).toMatchObject({ accepted: code === 0 ? 1 : 0, refused: code === 0 ? 0 : 1 });
  });

  it('keeps the one account of the settings beside them', async () => {
    await using broker = await openTestBroker({
      credentials: open,
      account: { username: 'admin', password: 'secret' },
    });
    expect(await knock(broker, loginOf('admin', 'guess'))).toBe(4);
    const admin = await connectAsync(url(broker), loginOf('admin', 'secret'));
    await admin.publishAsync('anywhere', 'x', { qos: 1 });
    expect(broker.records).toEqual([expect.not.objectContaining({ sender: expect.anything() })]);
    await admin.endAsync();
  });

  it.each([
    ['el-b1', 'kvarter/el-b1/up'],
    ['lora', 'application/1/device/0102/event/up'],
  ])('journals what %s publishes on %s, and who it was', async (name, topic) => {
    await using broker = await openTestBroker({ credentials: open });
    const client = await connectAsync(url(broker), loginOf(name));
    for (const qos of [0, 1, 2] as const) await client.publishAsync(topic, `${qos}`, { qos });
    await expect.poll(() => broker.records.filter(({ kind }) => kind === 'packet').length).toBe(3);
    for (const record of broker.records) {
      if (record.kind === 'packet') expect(record).toMatchObject({ topic, sender: name });
    }
    await client.endAsync();
  });

  it.each([
    ['el-b1', 'kvarter/el-b2/up', 0],
    ['el-b1', 'kvarter/el-b2/up', 1],
    ['el-b1', 'kvarter/el-b2/up', 2],
    ['el-b1', 'application/1/device/01/event/up', 1],
    ['lora', 'kvarter/lora/up', 1],
    ['page', 'kvarter/page/up', 1],
    ['el-b1', '$SYS/x', 1],
    ['el-b1', 'kvarter/alerts/b/1', 1],
  ] as const)('closes the connection when %s publishes on %s with QoS %s', async (name, topic, qos) => {
    await using broker = await openTestBroker({ credentials: open });
    const client = await connectAsync(url(broker), loginOf(name));
    client.on('error', () => undefined);
    const closed = closing(client);
    client.publish(topic, 'x', { qos });
    await closed;
    expect(broker.records.filter(({ kind }) => kind === 'packet')).toEqual([]);
    expect(broker.access().publishDenied).toBe(1);
    await client.endAsync(true);
  });

  it('refuses a will where the client may not publish, when it connects', async () => {
    await using broker = await openTestBroker({ credentials: open });
    const will = (topic: string) => ({ ...loginOf('el-b1'), will: { topic, payload: Buffer.from('gone') } });
    expect(await knock(broker, will('kvarter/el-b2/up'))).toBe(5);
    expect(await knock(broker, will('kvarter/el-b1/will'))).toBe(0);
    expect(broker.access().publishDenied).toBe(1);
  });

  it('answers 0x80 to the filters that were not given, and grants the others of the same SUBSCRIBE', async () => {
    await using broker = await openTestBroker({ credentials: open });
    const client = await connectAsync(url(broker), loginOf('page'));
    const granted = new Promise<unknown>((resolve) => {
      client.on('packetreceive', (packet) => {
        if (packet.cmd === 'suback') resolve(packet.granted);
      });
    });
    client.subscribe(['kvarter/alerts/b1/+', '#', '$SYS/#', 'kvarter/+/1', 'cmd/#'], () => undefined);
    expect(await granted).toEqual([0, 128, 128, 128, 0]);
    expect(broker.access().subscribeDenied).toBe(3);
    await client.endAsync();
  });

  it('sends no message of a refused filter, also not out of a stored session', async () => {
    await using broker = await openTestBroker({ credentials: open });
    const session = { ...loginOf('page'), clientId: 'page-1', clean: false };
    const client = await connectAsync(url(broker), session);
    await client.subscribeAsync({ 'kvarter/#': { qos: 1 }, 'cmd/#': { qos: 1 } }).catch(() => undefined);
    await client.endAsync();
    const device = await connectAsync(url(broker), loginOf('el-b1'));
    await device.publishAsync('kvarter/el-b1/up', 'secret', { qos: 1 });
    await broker.publish('cmd/el-b1/go', 'given', { retain: false, qos: 1 });
    const again = mqtt.connect(url(broker), session);
    const heard: string[] = [];
    again.on('message', (_topic, payload) => heard.push(payload.toString()));
    await expect.poll(() => again.connected).toBe(true);
    await device.publishAsync('kvarter/el-b1/up', 'secret', { qos: 1 });
    await broker.publish('cmd/el-b1/go', 'last', { retain: false, qos: 1 });
    await expect.poll(() => heard.includes('last')).toBe(true);
    expect(heard).toEqual(['given', 'last']);
    await again.endAsync();
    await device.endAsync();
  });

  it('closes who is connected with a password that was rotated or a name that was removed', async () => {
    await using broker = await openTestBroker({ credentials: open });
    const [first, second, third] = await Promise.all(
      ['el-b1', 'el-b2', 'lora'].map((name) => connectAsync(url(broker), loginOf(name))),
    );
    if (!first || !second || !third) throw new Error('not connected');
    const closed = Promise.all([closing(first), closing(second)]);
    const next = await credentialsOf({ 'el-b1': { password: 'rotated' } });
    broker.setCredentials(new Map([...open, ...next].filter(([name]) => name !== 'el-b2')));
    await closed;
    await third.publishAsync('application/1/device/01/event/up', 'x', { qos: 1 });
    expect(broker.access()).toMatchObject({ revoked: 2 });
    expect(await knock(broker, loginOf('el-b1'))).toBe(4);
    expect(await knock(broker, loginOf('el-b1', 'rotated'))).toBe(0);
    expect(await knock(broker, loginOf('el-b2'))).toBe(4);
    await third.endAsync();
  });

  it('lets the password before in while it holds, and closes its connection when it no longer does', async () => {
    let nowMs = 1000;
    const [before, after] = [
      open.get('el-b1'),
      (await credentialsOf({ 'el-b1': { password: 'new' } })).get('el-b1'),
    ];
    if (!before?.hash || !after) throw new Error('no credential');
    const rotated = new Map([['el-b1', { ...after, old: { hash: before.hash, untilMs: 2000 } }]]);
    await using broker = await openTestBroker({ credentials: rotated, clock: () => nowMs });
    const client = await connectAsync(url(broker), loginOf('el-b1'));
    expect(await knock(broker, loginOf('el-b1', 'new'))).toBe(0);
    const closed = closing(client);
    nowMs = 2000;
    broker.setCredentials(rotated);
    await closed;
    expect(await knock(broker, loginOf('el-b1'))).toBe(4);
  });

  it('holds back what a reader was given before, once it is not given any more', async () => {
    await using broker = await openTestBroker({ credentials: open });
    const client = await connectAsync(url(broker), loginOf('page'));
    const heard: string[] = [];
    client.on('message', (topic) => heard.push(topic));
    await client.subscribeAsync(['kvarter/alerts/#', 'cmd/#'], { qos: 1 });
    const page = open.get('page');
    if (!page) throw new Error('no credential');
    broker.setCredentials(new Map([...open, ['page', { ...page, subscribe: ['cmd/#'] }]]));
    await broker.publish('kvarter/alerts/b1/1', 'x', { retain: false, qos: 1 });
    await broker.publish('cmd/b1', 'x', { retain: false, qos: 1 });
    await expect.poll(() => heard).toEqual(['cmd/b1']);
    await client.endAsync();
  });

  it("gives each name its own client ids: nobody takes over another's session", async () => {
    await using broker = await openTestBroker({ credentials: open });
    const ids = { clientId: 'same' };
    const first = await connectAsync(url(broker), { ...loginOf('el-b1'), ...ids });
    const second = await connectAsync(url(broker), { ...loginOf('el-b2'), ...ids });
    await first.publishAsync('kvarter/el-b1/up', 'x', { qos: 1 });
    await second.publishAsync('kvarter/el-b2/up', 'x', { qos: 1 });
    expect(broker.connections()).toBe(2);
    const taken = closing(first);
    const third = await connectAsync(url(broker), { ...loginOf('el-b1'), ...ids });
    await taken;
    for (const client of [first, second, third]) await client.endAsync(true);
  });
});

describe('who guesses passwords', () => {
  const attempts = { freeFailures: 2, firstDelayMs: 200, longestDelayMs: 400 };

  it('waits for each CONNACK, longer each time', async () => {
    await using broker = await openTestBroker({ credentials: open, attempts });
    for (let n = 0; n < 3; n += 1) expect(await knock(broker, loginOf('el-b1', `guess ${n}`))).toBe(4);
    expect(broker.access().delayed).toBe(0);
    const beganMs = performance.now();
    for (let n = 3; n < 6; n += 1) expect(await knock(broker, loginOf('el-b1', `guess ${n}`))).toBe(4);
    expect(performance.now() - beganMs).toBeGreaterThan(200 + 400 + 400 - 50);
    expect(broker.access()).toMatchObject({ refused: 6, delayed: 3, delayedMs: expect.closeTo(1000, -2) });
  });

  it('waits with the same guess as well, and for a name that there is not', async () => {
    await using broker = await openTestBroker({ credentials: open, attempts });
    for (let n = 0; n < 5; n += 1) await knock(broker, loginOf('el-b1', 'same'));
    expect(broker.access().delayed).toBe(2);
    for (let n = 0; n < 5; n += 1) await knock(broker, loginOf('nobody', `guess ${n}`), '127.0.0.3');
    expect(broker.access().delayed).toBe(4);
  });

  it('gains nothing by guessing all at once', async () => {
    await using broker = await openTestBroker({ credentials: open, attempts });
    const codes = await Promise.all(
      Array.from({ length: 40 }, (_, n) => knock(broker, loginOf(`el-${n}`, `guess ${n}`))),
    );
    // Those that cost nothing, the two that are looked at at once, and what fits into the longest wait.
    expect(codes.filter((code) => code === 4).length).toBeLessThanOrEqual(8);
    expect(codes.filter((code) => code === 3).length).toBeGreaterThanOrEqual(32);
  });

  it('gains nothing by many connections at once: those past the longest wait are turned away unheard', async () => {
    await using broker = await openTestBroker({ credentials: open, attempts });
    for (let n = 0; n < 5; n += 1) await knock(broker, loginOf('el-b1', `guess ${n}`));
    const codes = await Promise.all(
      Array.from({ length: 20 }, (_, n) => knock(broker, loginOf(`el-${n}`, `guess ${n}`))),
    );
    expect(codes.filter((code) => code === 4).length).toBeLessThanOrEqual(2);
    expect(codes.filter((code) => code === 3).length).toBeGreaterThanOrEqual(18);
    expect(broker.access().turnedAway).toBeGreaterThanOrEqual(18);
  });

  it('delays neither the device, where it was let in before, nor others elsewhere', async () => {
    await using broker = await openTestBroker({ credentials: open, attempts });
    expect(await knock(broker, loginOf('el-b1'), '127.0.0.2')).toBe(0);
    for (let n = 0; n < 6; n += 1) await knock(broker, loginOf('el-b1', `guess ${n}`), '127.0.0.3');
    const { delayed } = broker.access();
    expect(delayed).toBeGreaterThan(0);
    expect(await knock(broker, loginOf('el-b1'), '127.0.0.2')).toBe(0);
    expect(await knock(broker, loginOf('el-b2'), '127.0.0.4')).toBe(0);
    expect(broker.access().delayed).toBe(delayed);
  });

  it('is slowed at the one account of the settings too', async () => {
    const account = { username: 'kvarter', password: 'right' };
    await using broker = await openTestBroker({ account, attempts });
    for (let n = 0; n < 5; n += 1) await knock(broker, loginOf('kvarter', `guess ${n}`));
    expect(broker.access()).toMatchObject({ refused: 5, delayed: 2 });
    expect(await knock(broker, loginOf('kvarter', 'right'), '127.0.0.2')).toBe(0);
  });

  it('does not keep the broker from ending', async () => {
    const broker = await openTestBroker({
      credentials: open,
      attempts: { freeFailures: 0, firstDelayMs: 60_000, longestDelayMs: 60_000 },
    });
    await knock(broker, loginOf('el-b1', 'guess'));
    const waiting = knock(broker, loginOf('el-b1', 'guess again'));
    await expect.poll(() => broker.access().waiting).toBe(1);
    await broker[Symbol.asyncDispose]();
    expect(await waiting).not.toBe(0);
  });
});

describeWith('mosquitto_pub', 'mosquitto_pub', (program) => {
  const run = promisify(execFile);
  const arguments_ = (broker: Broker, name: string, password: string, topic: string) =>
    ['-p', broker.port, '-u', name, '-P', password, '-t', topic, '-m', 'x', '-q', 1].map(String);

  it('publishes as a device with its password, and fails with another', async () => {
    await using broker = await openTestBroker({ credentials: open });
    await run(program, arguments_(broker, 'el-b1', 'pw-el-b1', 'kvarter/el-b1/up'));
    expect(broker.records).toEqual([expect.objectContaining({ sender: 'el-b1' })]);
    await expect(
      run(program, arguments_(broker, 'el-b1', 'guess', 'kvarter/el-b1/up')),
    ).rejects.toMatchObject({
      code: expect.any(Number),
    });
  });
});
