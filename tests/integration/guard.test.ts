import { connect as connectSocket, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { connectAsync } from 'mqtt';
import { describe, expect, it } from 'vitest';
import { openTestBroker } from '../support/broker.ts';
import { chunksOf, connect, packet, text } from '../unit/mqtt/guard-bytes.ts';
import { allowed, answered, breaches, connectBreaches } from '../unit/mqtt/guard-cases.ts';

const CONNACK = Buffer.from([0x20, 2, 0, 0]);
const PINGREQ = packet(0xc0);
const PINGRESP = Buffer.from([0xd0, 0]);

type Dialled = { readonly socket: Socket; readonly heard: () => Buffer; readonly closed: Promise<void> };

function dial(port: number): Dialled {
  const socket = connectSocket({ port, host: '127.0.0.1', noDelay: true });
  const heard: Buffer[] = [];
  socket.on('data', (chunk) => heard.push(chunk));
  socket.on('error', () => undefined);
  // Not once(): a reset, which is an ending like another here, would reject it.
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  return { socket, heard: () => Buffer.concat(heard), closed };
}

/** Sends, and gives back what came until the broker closed the connection. */
async function closedAfter(port: number, bytes: Buffer): Promise<Buffer> {
  const { socket, heard, closed } = dial(port);
  socket.write(bytes);
  await closed;
  return heard();
}

describe('the guard before the broker', () => {
  it.each(connectBreaches)('closes at %s [%s], and says nothing', async (_, clause, bytes) => {
    await using broker = await openTestBroker();
    expect(await closedAfter(broker.port, bytes)).toHaveLength(0);
    expect(broker.problems).toEqual([expect.stringContaining(`[${clause}] `)]);
  });

  it.each(answered)('answers %s [%s] with a CONNACK, and closes', async (_, clause, bytes, returnCode) => {
    await using broker = await openTestBroker();
    expect(await closedAfter(broker.port, bytes)).toEqual(Buffer.from([0x20, 2, 0, returnCode]));
    expect(broker.problems).toEqual([expect.stringContaining(`[${clause}] `)]);
  });

  it.each(breaches)('closes a session at %s [%s]', async (_, clause, bytes) => {
    await using broker = await openTestBroker();
    const behind = packet(0x30, text('never'));
    expect(await closedAfter(broker.port, Buffer.concat([connect(), bytes, behind]))).toEqual(CONNACK);
    expect(broker.problems).toEqual([expect.stringContaining(`[${clause}] `)]);
    expect(broker.topics()).toEqual([]);
    expect(broker.connections()).toBe(0);
  });

  it.each(allowed.filter(([name]) => name !== 'DISCONNECT'))('serves on after %s', async (_, bytes) => {
    await using broker = await openTestBroker();
    const { socket, heard, closed } = dial(broker.port);
    socket.write(bytes[0] === 0x10 ? bytes : Buffer.concat([connect(), bytes]));
    socket.write(PINGREQ);
    await expect.poll(() => heard().includes(PINGRESP)).toBe(true);
    expect(broker.problems).toEqual([]);
    socket.destroy();
    await closed;
  });

  it('acknowledges what came before the violation', async () => {
    await using broker = await openTestBroker();
    const good = packet(0x32, text('good'), [0, 7], Buffer.from('payload'));
    const bad = packet(0x32, text('bad'), [0, 0]);
    const { socket, heard, closed } = dial(broker.port);
    socket.write(connect());
    await expect.poll(heard).toEqual(CONNACK);
    socket.write(Buffer.concat([good, bad, good]));
    await closed;
    expect(heard()).toEqual(Buffer.concat([CONNACK, packet(0x40, [0, 7])]));
    expect(broker.topics()).toEqual(['good']);
  });

  it('does nothing that comes behind a DISCONNECT, and publishes no will [MQTT-3.14.4-3]', async () => {
    await using broker = await openTestBroker();
    const withWill = connect([text('c'), text('will'), text('gone')], { flags: 0x06 });
    await closedAfter(broker.port, Buffer.concat([withWill, packet(0xe0), packet(0x30, text('late'))]));
    const client = await connectAsync(`mqtt://127.0.0.1:${broker.port}`);
    await client.publishAsync('after', '', { qos: 1 });
    expect(broker.topics()).toEqual(['after']);
    await client.endAsync();
  });

  it('publishes the will of a client that broke a rule [MQTT-3.1.2-8]', async () => {
    await using broker = await openTestBroker();
    const withWill = connect([text('c'), text('will'), text('gone')], { flags: 0x06 });
    await closedAfter(broker.port, Buffer.concat([withWill, packet(0xf0)]));
    await expect.poll(broker.topics).toEqual(['will']);
  });

  it('takes what a client sends without waiting for its CONNACK [MQTT-3.1.4-5]', async () => {
    await using broker = await openTestBroker();
    const { socket, heard, closed } = dial(broker.port);
    const all = Array.from({ length: 300 }, (_, n) =>
      packet(0x32, text(`t/${n}`), [(n + 1) >> 8, (n + 1) & 255]),
    );
    socket.write(Buffer.concat([connect(), ...all]));
    await expect.poll(() => heard().length).toBe(CONNACK.length + 300 * 4);
    expect(broker.topics()).toEqual(all.map((_, n) => `t/${n}`));
    socket.destroy();
    await closed;
  });

  it('takes packets that come a byte at a time', async () => {
    await using broker = await openTestBroker();
    const { socket, heard, closed } = dial(broker.port);
    const bytes = Buffer.concat([connect(), packet(0x32, text('slow'), [0, 9], Buffer.from('payload'))]);
    for (const byte of chunksOf(bytes, [1])) {
      socket.write(byte);
      await turn();
    }
    await expect.poll(heard).toEqual(Buffer.concat([CONNACK, packet(0x40, [0, 9])]));
    expect(broker.topics()).toEqual(['slow']);
    socket.destroy();
    await closed;
  });

  it('refuses a packet over the limit by its header alone', async () => {
    await using broker = await openTestBroker({ limits: { maxPacketBytes: 2048 } });
    const header = packet(0x30, text('t'), Buffer.alloc(4096)).subarray(0, 3);
    expect(await closedAfter(broker.port, Buffer.concat([connect(), header]))).toEqual(CONNACK);
    expect(broker.problems).toEqual(['[mqtt.maxPacketKb] packet of 4102 bytes, at most 2048']);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['half a CONNECT', connect().subarray(0, 9)],
  ])('closes a connection that sends %s, in time', async (_, bytes) => {
    await using broker = await openTestBroker({ connectTimeoutMs: 50 });
    expect(await closedAfter(broker.port, bytes)).toHaveLength(0);
    expect(broker.problems).toEqual([expect.stringMatching(/connect did not arrive in time/)]);
  });

  it('closes a client that sends a packet a byte at a time, for too long', async () => {
    await using broker = await openTestBroker({ bounds: { packetTimeoutSeconds: 1 } });
    const { socket, heard, closed } = dial(broker.port);
    socket.write(connect());
    await expect.poll(heard).toEqual(CONNACK);
    const large = packet(0x32, text('slow'), [0, 1], Buffer.alloc(50_000));
    let at = 0;
    const trickle = setInterval(() => socket.write(large.subarray(at, ++at)), 20);
    await closed;
    clearInterval(trickle);
    expect(broker.problems).toEqual([expect.stringContaining('[mqtt.packetTimeoutSeconds]')]);
    expect(broker.topics()).toEqual([]);
    expect(broker.bounds()).toContainEqual(
      expect.objectContaining({ bound: 'packetTimeoutSeconds', hits: 1 }),
    );
  });

  it('lets a client take its time between packets, when each comes whole', async () => {
    await using broker = await openTestBroker({ bounds: { packetTimeoutSeconds: 1 } });
    const { socket, heard, closed } = dial(broker.port);
    socket.write(connect());
    const [half, other] = [PINGREQ.subarray(0, 1), PINGREQ.subarray(1)];
    const pings = 25;
    socket.write(half);
    const next = setInterval(() => socket.write(Buffer.concat([other, half])), 100);
    await expect.poll(() => heard().length, { timeout: 10_000 }).toBeGreaterThan(CONNACK.length + 2 * pings);
    clearInterval(next);
    expect(broker.problems).toEqual([]);
    socket.destroy();
    await closed;
  });

  it('closes a client that is silent for 1.5 × its keep-alive, unfinished packets or not [MQTT-3.1.2-24]', async () => {
    await using broker = await openTestBroker();
    const { socket, heard, closed } = dial(broker.port);
    socket.write(connect(undefined, { keepAliveSeconds: 1 }));
    await expect.poll(heard).toEqual(CONNACK);
    const beganMs = performance.now();
    socket.write(packet(0x30, text('never whole')).subarray(0, 5));
    await closed;
    expect(performance.now() - beganMs).toBeGreaterThan(1400);
    expect(broker.problems).toEqual(['keep alive timeout']);
  });

  it('keeps one client of an id, and counts it once, when many take it over at once [MQTT-3.1.4-2]', async () => {
    await using broker = await openTestBroker();
    // Subscribed, so that it takes aedes a while to let go of the one that is taken over.
    const subscribe = packet(0x82, [0, 1], ...['a', 'b', 'c'].flatMap((topic) => [text(topic), [1]]));
    const holder = dial(broker.port);
    holder.socket.write(Buffer.concat([connect(), subscribe]));
    await expect.poll(() => holder.heard().includes(packet(0x90, [0, 1, 1, 1, 1]))).toBe(true);
    const rivals = Array.from({ length: 20 }, () => dial(broker.port));
    for (const { socket } of rivals) socket.write(connect());
    for (const { socket } of rivals.filter((_, n) => n % 2 === 0)) socket.end();
    await holder.closed;
    await expect.poll(() => rivals.filter(({ socket }) => !socket.closed).length).toBeLessThan(2);
    await expect.poll(broker.connections).toBe(rivals.filter(({ socket }) => !socket.closed).length);
    for (const { socket } of rivals) socket.destroy();
    await expect.poll(broker.connections).toBe(0);
  });

  it('ends at once although a connection has not said anything yet', async () => {
    const broker = await openTestBroker({ connectTimeoutMs: 600_000 });
    const { socket, closed } = dial(broker.port);
    await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
    await broker[Symbol.asyncDispose]();
    await closed;
  });

  it('lives through random and mutated streams, and serves another client meanwhile', async () => {
    await using broker = await openTestBroker({ connectTimeoutMs: 2000 });
    const client = await connectAsync(`mqtt://127.0.0.1:${broker.port}`);
    const valid = [...breaches.map(([, , bytes]) => bytes), ...allowed.map(([, bytes]) => bytes)];
    const stream = fc
      .tuple(
        fc.boolean(),
        fc.array(
          fc.oneof(
            fc.constantFrom(...valid),
            fc.uint8Array({ maxLength: 60 }).map((noise) => Buffer.from(noise)),
          ),
          { maxLength: 6 },
        ),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 2 }),
      )
      .map(([begins, parts, edits]) => {
        const bytes = Buffer.concat([begins ? connect() : Buffer.alloc(0), ...parts]);
        for (const [at, byte] of edits) if (bytes.length > 0) bytes[at % bytes.length] = byte;
        return bytes;
      });
    const cuts = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(stream, cuts), { minLength: 8, maxLength: 8 }), async (attacks) => {
        await Promise.all([
          client.publishAsync('served', 'x', { qos: 1 }),
          ...attacks.map(async ([bytes, sizes]) => {
            const { socket, closed } = dial(broker.port);
            for (const chunk of chunksOf(bytes, sizes)) {
              socket.write(chunk);
              await turn();
            }
            socket.end();
            await closed;
          }),
        ]);
      }),
      { numRuns: 150, seed: 20_261_124 },
    );
    expect(broker.topics().filter((topic) => topic === 'served')).toHaveLength(150);
    await expect.poll(broker.connections).toBe(1);
    await client.endAsync();
  });
});
