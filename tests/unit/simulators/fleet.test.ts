import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { Aedes } from 'aedes';
import { connectAsync } from 'mqtt';
import { describe, expect, it } from 'vitest';
import { createDistrict } from '../../../simulators/district.ts';
import { startFleet } from '../../../simulators/fleet.ts';
import { createPacedClock } from '../../../simulators/paced-clock.ts';
import { exampleRegister, registerOf } from './example.ts';

const FROM_MS = Date.UTC(2026, 0, 14, 16);
const MINUTE_MS = 60_000;
const SECRET = { username: 'kvarter', password: 'secret' };

type Heard = { topic: string; payload: string; qos: number };

/** A real broker that keeps what it is sent, and breaks the connection at the given packets. */
async function openBroker({
  port = 0,
  heard = [] as Heard[],
  breaksAfter = [] as number[],
  held = undefined as Promise<void> | undefined,
} = {}) {
  const protocols: number[] = [];
  const aedes = await Aedes.createBroker({
    preConnect: (_client, { protocolVersion }, done) => {
      protocols.push(protocolVersion ?? 0);
      done(null, true);
    },
    authenticate: (_client, username, password, done) =>
      done(null, username === SECRET.username && password?.toString() === SECRET.password),
    authorizePublish: (client, { topic, payload, qos }, done) => {
      heard.push({ topic, payload: payload.toString(), qos });
      // Without a PUBACK, and with others of the line behind it.
      if (breaksAfter.includes(heard.length)) client?.conn.destroy();
      else if (heard.length === 1 && held) held.then(() => done());
      else done();
    },
  });
  const server = createServer(aedes.handle);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  return {
    heard,
    protocols,
    port: address.port,
    url: `mqtt://127.0.0.1:${address.port}`,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      await new Promise<void>((resolve) => aedes.close(resolve));
      await closed;
    },
  };
}

const register = exampleRegister();
const district = () => createDistrict({ register, seed: 1, startMs: FROM_MS });
const due = (toMs: number): Heard[] =>
  [...district().events(FROM_MS, toMs)].flatMap((event) =>
    event.type === 'packet' ? [{ topic: event.topic, payload: event.payload.toString(), qos: 1 }] : [],
  );
/** What comes over several connections, by topic. */
const byTopic = (packets: Heard[]) => Map.groupBy(packets, ({ topic }) => topic);
/** Of a packet that was sent again after a connection broke, one. */
const distinct = (packets: Heard[]) => new Set(packets.map(({ topic, payload }) => `${topic} ${payload}`));
const unexpected = ({ message }: { message: string }) => {
  throw new Error(message);
};

describe('a fleet', () => {
  it('publishes what is due by the clock, in order, with QoS 1 over MQTT 3.1.1', async () => {
    await using broker = await openBroker();
    let nowMs = FROM_MS + 5 * MINUTE_MS;
    const { url, heard } = broker;
    const clock = () => nowMs;
    await using fleet = startFleet({
      district: district(),
      broker: { url, ...SECRET },
      clock,
      fromMs: FROM_MS,
      connections: 1,
      onProblem: unexpected,
    });
    await fleet.settled();
    expect(heard).toEqual(due(nowMs));
    nowMs += 10 * MINUTE_MS;
    await fleet.settled();
    expect(heard).toEqual(due(nowMs));
    expect(fleet.sent()).toBe(heard.length);
    expect(fleet.sentToMs()).toBe(nowMs);
    expect(fleet.acknowledged()).toBe(heard.length);
    // One for all devices, and one for commands.
    expect(broker.protocols).toEqual([4, 4]);
  });

  it('spreads over several connections, and keeps each topic’s order', async () => {
    await using broker = await openBroker();
    const toMs = FROM_MS + 10 * MINUTE_MS;
    await using fleet = startFleet({
      district: district(),
      broker: { url: broker.url, ...SECRET },
      clock: () => toMs,
      fromMs: FROM_MS,
      connections: 3,
      onProblem: unexpected,
    });
    await fleet.settled();
    expect(broker.protocols).toEqual([4, 4, 4, 4]);
    expect(byTopic(broker.heard)).toEqual(byTopic(due(toMs)));
  });

  it('lets no line run ahead of another by more than a minute and a half, however fast it goes', async () => {
    const held = Promise.withResolvers<void>();
    await using broker = await openBroker({ held: held.promise });
    const toMs = FROM_MS + 10 * MINUTE_MS;
    await using fleet = startFleet({
      district: district(),
      broker: { url: broker.url, ...SECRET },
      clock: () => toMs,
      fromMs: FROM_MS,
      onProblem: unexpected,
    });
    const first = due(FROM_MS + 1.5 * MINUTE_MS).length;
    await expect.poll(() => broker.heard.length).toBeGreaterThanOrEqual(first);
    // The first packet was due some seconds after the start.
    const most = due(FROM_MS + 2 * MINUTE_MS).length;
    expect(fleet.sent()).toBeLessThan(most);
    held.resolve();
    await fleet.settled();
    expect(byTopic(broker.heard)).toEqual(byTopic(due(toMs)));
  });

  it('waits for a broker that is away, and leaves nothing out', async () => {
    const heard: Heard[] = [];
    const problems: string[] = [];
    let nowMs = FROM_MS + MINUTE_MS;
    const first = await openBroker({ heard });
    const { port, url } = first;
    await using fleet = startFleet({
      district: district(),
      broker: { url, ...SECRET },
      clock: () => nowMs,
      fromMs: FROM_MS,
      onProblem: ({ message }) => problems.push(message),
    });
    await fleet.settled();
    await first[Symbol.asyncDispose]();
    nowMs += 10 * MINUTE_MS;
    const settled = fleet.settled();
    await using _second = await openBroker({ port, heard });
    await settled;
    expect(distinct(heard)).toEqual(distinct(due(nowMs)));
    expect(fleet.acknowledged()).toBe(due(nowMs).length);
  });

  it('sends again what a broken connection left open', async () => {
    await using broker = await openBroker({ breaksAfter: [150, 300, 310] });
    const toMs = FROM_MS + 20 * MINUTE_MS;
    await using fleet = startFleet({
      district: district(),
      broker: { url: broker.url, ...SECRET },
      clock: () => toMs,
      fromMs: FROM_MS,
      connections: 1,
      onProblem: () => {},
    });
    await fleet.settled();
    expect(broker.protocols).toHaveLength(5);
    expect(distinct(broker.heard)).toEqual(distinct(due(toMs)));
    expect(fleet.acknowledged()).toBe(due(toMs).length);
  });

  it('tells of a broker that refuses it, and can be closed', async () => {
    await using broker = await openBroker();
    const told = Promise.withResolvers<{ message: string; isRefused: boolean }>();
    const fleet = startFleet({
      district: district(),
      broker: { url: broker.url },
      clock: () => FROM_MS + MINUTE_MS,
      fromMs: FROM_MS,
      onProblem: told.resolve,
    });
    const settled = fleet.settled();
    expect(await told.promise).toMatchObject({
      message: expect.stringMatching(/refused: .*not authorized/i),
      isRefused: true,
    });
    await fleet[Symbol.asyncDispose]();
    await settled;
    expect(fleet.acknowledged()).toBe(0);
    expect(broker.heard).toEqual([]);
  });
});

describe('a fleet with a connection for each device and gateway', () => {
  it('opens one for each, and leaves a will that the broker publishes when it is lost', async () => {
    const few = fewDevices('plug,shelly,b,,electricityMain\nm,wmbusmeters,b,,heatMain', 5);
    await using broker = await openBroker();
    let nowMs = FROM_MS + 10_000;
    await using fleet = startFleet({
      district: few,
      broker: { url: broker.url, ...SECRET },
      clock: () => nowMs,
      fromMs: FROM_MS,
      onProblem: () => {},
    });
    await fleet.settled();
    await expect.poll(() => broker.protocols.length).toBe(3);
    nowMs = FROM_MS + 2 * MINUTE_MS;
    await fleet.settled();
    await expect
      .poll(() => broker.heard.map(({ topic, payload }) => `${topic} ${payload}`))
      .toContain('plug/online false');
    nowMs = FROM_MS + 6 * MINUTE_MS;
    await fleet.settled();
    await expect.poll(() => broker.protocols.length).toBe(4);
  });

  it.each([true, false])('says that it is there and gone when it tells of now: %s', async (isNow) => {
    const few = fewDevices('plug,shelly,b,,electricityMain', 2);
    const birth = few.lines.get('plug')?.birth ?? { topic: '', payload: Buffer.from('') };
    await using broker = await openBroker();
    let nowMs = FROM_MS + 10_000;
    await using fleet = startFleet({
      district: {
        ...few,
        *events(fromMs, toMs) {
          yield* few.events(fromMs, toMs);
          yield { type: 'packet', atMs: toMs, line: 'plug', isUntimed: true, ...birth };
        },
      },
      broker: { url: broker.url, ...SECRET },
      clock: () => nowMs,
      fromMs: FROM_MS,
      isNow,
      onProblem: () => {},
    });
    await fleet.settled();
    nowMs = FROM_MS + 3 * MINUTE_MS;
    await fleet.settled();
    await expect.poll(() => broker.protocols.length).toBe(3);
    const said = new Set(
      broker.heard.filter(({ topic }) => topic === 'plug/online').map(({ payload }) => payload),
    );
    expect([...said].toSorted()).toEqual(isNow ? ['false', 'true'] : []);
    expect(broker.heard.length).toBeGreaterThan(0);
  });

  it('lets loads obey commands, and say so', async () => {
    await using broker = await openBroker();
    await using _fleet = startFleet({
      district: district(),
      broker: { url: broker.url, ...SECRET },
      clock: () => FROM_MS,
      fromMs: FROM_MS,
      connections: 1,
      onProblem: unexpected,
    });
    await using line = await openClient(broker.url);
    const until = new Date(FROM_MS + 30 * MINUTE_MS).toISOString();
    await expect
      .poll(async () => {
        await line.client.publishAsync('kvarter/commands/b1/hp', JSON.stringify({ off: true, until }));
        return broker.heard
          .filter(({ topic }) => topic === 'kvarter/acks/b1/hp')
          .map(({ payload }) => payload);
      })
      .toContain('{"accepted":true}');
  });
});

/** One building; the connection of `plug` is lost after a minute, until so many minutes after the beginning. */
function fewDevices(rows: string, untilMinute: number) {
  const places = {
    file: 'places.yaml',
    text: 'organisation: { id: o, name: O }\nareas: [{ id: a, name: A, buildings: [{ id: b, name: B }] }]',
  };
  const devices = { file: 'devices.csv', text: `device,model,building,space,role\n${rows}\n` };
  const [fromMs, toMs] = [FROM_MS + MINUTE_MS, FROM_MS + untilMinute * MINUTE_MS];
  const outages = [{ gateway: 'plug', fromMs, toMs, keeps: false }];
  return createDistrict({ register: registerOf(places, devices), seed: 1, startMs: FROM_MS, outages });
}

async function openClient(url: string) {
  const client = await connectAsync(url, SECRET);
  return { client, [Symbol.asyncDispose]: () => client.endAsync(true) };
}

describe('a paced clock', () => {
  it('starts where it is told and runs faster than the one behind it', () => {
    let nowMs = 5_000;
    const clock = createPacedClock({ startMs: FROM_MS, speed: 60, now: () => nowMs });
    expect(clock()).toBe(FROM_MS);
    nowMs += 1_000;
    expect(clock()).toBe(FROM_MS + MINUTE_MS);
  });
});
