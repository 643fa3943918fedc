import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Checkpoint, Checkpoints } from '../../../src/journal/checkpoints.ts';
import type { Cursor, Frame, Journal, JournalRecord } from '../../../src/journal/journal.ts';
import { type ExchangeLog, openExchangeLog } from '../../../src/mqtt/exchanges/exchange-log.ts';

type Append = { readonly record: JournalRecord } & PromiseWithResolvers<void>;

/** A journal whose group commits are made, failed, or cut short by a crash, by hand. */
function handJournal() {
  const frames: JournalRecord[][] = [];
  let waiting: Append[] = [];
  const place = (frame: number) => String(frame).padStart(6, '0') as Cursor;
  const settle = (how: (append: Append) => void) => {
    const batch = waiting;
    waiting = [];
    for (const append of batch) how(append);
  };
  const write = () => {
    if (waiting.length > 0) frames.push(waiting.map(({ record }) => record));
  };
  const journal: Pick<Journal, 'append' | 'read' | 'head' | 'sizeBytes'> = {
    append: (record) => {
      const append = { record, ...Promise.withResolvers<void>() };
      waiting.push(append);
      return append.promise;
    },
    read: async function* (from): AsyncGenerator<Frame> {
      for (let at = Number(from ?? 0); at < frames.length; at += 1) {
        yield { at: place(at), next: place(at + 1), records: frames[at] ?? [] };
      }
    },
    head: () => place(frames.length),
    sizeBytes: () => frames.length,
  };
  return {
    journal,
    records: () => frames.flat(),
    waiting: () => waiting.length,
    commit: () => {
      write();
      settle(({ resolve }) => resolve());
    },
    fail: () => settle(({ reject }) => reject(new Error('the disk is full'))),
    crash: (isWritten: boolean) => {
      if (isWritten) write();
      waiting = [];
    },
  };
}

function memoryCheckpoints(): Checkpoints {
  const saved = new Map<string, Checkpoint>();
  return {
    load: (reader) => saved.get(reader),
    save: (reader, cursor, snapshot) => saved.set(reader, { cursor, snapshot }),
    remembered: () => [],
    oldest: () => undefined,
  };
}

const turn = () => new Promise(setImmediate);
const packet = (n: number) => ({
  kind: 'packet' as const,
  receivedAtMs: 0,
  topic: `t/${n}`,
  payload: Buffer.alloc(0),
});

async function open(hand = handJournal(), checkpoints = memoryCheckpoints(), maxPerClient = 1000) {
  const log = await openExchangeLog({
    journal: hand.journal,
    checkpoints,
    limits: { maxPerClient, maxTotal: 1_000_000 },
    onProblem: (error) => {
      throw error;
    },
  });
  return { hand, checkpoints, log, exchanges: log.exchanges };
}

/**
 * A client as MQTT 3.1.1 wants it, 4.4 and 4.3.3: it sends again, on each new connection of its session, what is not
 * acknowledged; it uses an id anew after PUBCOMP.
 */
class Publisher {
  readonly received = new Set<number>();
  readonly completed = new Set<number>();
  readonly client: string;
  #world: World;
  /** At the broker. */
  #hasSession = false;
  #connection: { isClean: boolean } | undefined;
  readonly #flights = new Map<number, { n: number; isReceived: boolean }>();

  constructor(client: string, world: World) {
    this.client = client;
    this.#world = world;
  }

  publish(packetId: number, isLost: boolean): void {
    if (!this.#connection || this.#flights.has(packetId)) return;
    this.#flights.set(packetId, { n: this.#world.number(), isReceived: false });
    if (!isLost) this.#send(packetId);
  }

  release(packetId: number): void {
    if (this.#connection && this.#flights.get(packetId)?.isReceived) this.#send(packetId);
  }

  lose(): void {
    const lost = this.#connection;
    this.drop();
    if (lost?.isClean) this.#world.log.exchanges.releaseAll(this.client, lost).catch(() => undefined);
  }

  /** The process at the other end is gone: nothing notices that the connection is over. */
  drop(): void {
    // A clean session lasts as long as its connection, for both ends [MQTT-3.1.2-6].
    if (this.#connection?.isClean) this.#flights.clear();
    this.#connection = undefined;
  }

  connect(isClean: boolean): void {
    this.lose();
    const connection = { isClean };
    const { exchanges } = this.#world.log;
    const isNew = isClean || !this.#hasSession;
    if (isNew) this.#flights.clear();
    if (isNew) this.#hasSession = false;
    (isNew ? exchanges.releaseAll(this.client) : Promise.resolve()).then(
      () => {
        if (this.#connection || this.#world.log.exchanges !== exchanges) return;
        // Not before: a session that was kept without its exchanges being over would inherit them.
        this.#hasSession = !isClean;
        this.#connection = connection;
        for (const packetId of this.#flights.keys()) this.#send(packetId);
      },
      () => undefined,
    );
  }

  #send(packetId: number): void {
    const connection = this.#connection;
    const flight = this.#flights.get(packetId);
    if (!connection || !flight) return;
    const exchange = { client: this.client, packetId };
    const { exchanges } = this.#world.log;
    const answer = flight.isReceived
      ? exchanges.release(exchange)
      : exchanges.take(exchange, packet(flight.n), connection);
    const { isReceived } = flight;
    answer.then(
      () => {
        if (this.#connection !== connection) return;
        if (!isReceived) {
          flight.isReceived = true;
          this.received.add(flight.n);
        } else if (this.#flights.get(packetId) === flight) {
          this.#flights.delete(packetId);
          this.completed.add(flight.n);
        }
      },
      () => {
        if (this.#connection === connection) this.lose();
      },
    );
  }
}

type World = { log: ExchangeLog; number: () => number };

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(fc.constant('publish' as const), fc.nat(1), fc.integer({ min: 1, max: 3 })),
  },
  { weight: 2, arbitrary: fc.tuple(fc.constant('lose' as const), fc.nat(1), fc.integer({ min: 1, max: 3 })) },
  {
    weight: 6,
    arbitrary: fc.tuple(fc.constant('release' as const), fc.nat(1), fc.integer({ min: 1, max: 3 })),
  },
  { weight: 5, arbitrary: fc.tuple(fc.constant('connect' as const), fc.nat(1), fc.constant(0)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('connectClean' as const), fc.nat(1), fc.constant(0)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('disconnect' as const), fc.nat(1), fc.constant(0)) },
  { weight: 6, arbitrary: fc.tuple(fc.constant('commit' as const), fc.nat(1), fc.constant(0)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('fail' as const), fc.nat(1), fc.constant(0)) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('crash' as const), fc.nat(1), fc.constant(0)) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('checkpoint' as const), fc.nat(1), fc.constant(0)) },
);

describe('QoS 2 publishes', () => {
  it('are each in the journal once when received, whatever is lost, repeated, failed or killed in between', async () => {
    const property = fc.asyncProperty(fc.array(step, { maxLength: 80, size: 'max' }), async (steps) => {
      const { hand, checkpoints, log } = await open();
      let count = 0;
      const world: World = { log, number: () => ++count };
      const publishers = [new Publisher('a', world), new Publisher('b', world)];
      const restart = async () => {
        ({ log: world.log } = await open(hand, checkpoints));
      };
      for (const publisher of publishers) publisher.connect(false);
      await turn();
      for (const [kind, who, packetId] of steps) {
        const publisher = publishers[who]!;
        if (kind === 'publish' || kind === 'lose') publisher.publish(packetId, kind === 'lose');
        if (kind === 'release') publisher.release(packetId);
        if (kind === 'connect' || kind === 'connectClean') publisher.connect(kind === 'connectClean');
        if (kind === 'disconnect') publisher.lose();
        if (kind === 'commit') hand.commit();
        if (kind === 'fail') hand.fail();
        if (kind === 'crash') {
          for (const each of publishers) each.drop();
          hand.crash(who === 1);
          await restart();
        }
        // Closing writes one; whoever holds the old log goes on with it.
        if (kind === 'checkpoint') await world.log[Symbol.asyncDispose]();
        await turn();
      }
      while (hand.waiting() > 0) {
        hand.commit();
        await turn();
      }
      const times = new Map<string, number>();
      for (const record of hand.records()) {
        if (record.kind === 'packet') times.set(record.topic, (times.get(record.topic) ?? 0) + 1);
      }
      expect([...times].filter(([, n]) => n > 1)).toEqual([]);
      for (const { received, completed } of publishers) {
        for (const n of [...received, ...completed]) expect(times.get(`t/${n}`), `message ${n}`).toBe(1);
      }
      // What the process knows is what the next one would read.
      const next = await open(hand, checkpoints);
      expect(next.exchanges.durable()).toEqual(world.log.exchanges.durable());
      expect((await open(hand)).exchanges.durable()).toEqual(world.log.exchanges.durable());
    });
    await fc.assert(property, { numRuns: 1000 });
  });
});

describe('an exchange', () => {
  const exchange = { client: 'a', packetId: 7 };

  it('answers a copy of its packet when the first one is durable, not before', async () => {
    const { hand, exchanges } = await open();
    const answers: boolean[] = [];
    for (const holder of [{}, {}]) {
      void exchanges.take(exchange, packet(1), holder).then((isFirst) => answers.push(isFirst));
    }
    await turn();
    expect([hand.waiting(), answers]).toEqual([1, []]);
    hand.commit();
    await turn();
    expect(answers).toEqual([true, false]);
  });

  it('is not open when its packet could not be journaled', async () => {
    const { hand, exchanges } = await open();
    const taken = exchanges.take(exchange, packet(1), {});
    hand.fail();
    await expect(taken).rejects.toThrow('disk is full');
    expect(exchanges.isOpen(exchange)).toBe(false);
    expect(exchanges.count()).toBe(0);
  });

  it('stays open when its release could not be journaled, and can be released again', async () => {
    const { hand, exchanges } = await open();
    void exchanges.take(exchange, packet(1), {});
    hand.commit();
    await turn();
    const failed = exchanges.release(exchange);
    await turn();
    hand.fail();
    await expect(failed).rejects.toThrow('disk is full');
    expect(exchanges.isOpen(exchange)).toBe(true);
    const released = exchanges.release(exchange);
    await turn();
    hand.commit();
    await released;
    expect(exchanges.isOpen(exchange)).toBe(false);
  });

  it('lets a client that does not wait for PUBCOMP use the id again, after the release', async () => {
    const { hand, exchanges } = await open();
    void exchanges.take(exchange, packet(1), {});
    hand.commit();
    await turn();
    void exchanges.release(exchange);
    const second = exchanges.take(exchange, packet(2), {});
    for (let i = 0; i < 4; i += 1) {
      await turn();
      hand.commit();
    }
    await second;
    const kinds = hand.records().map((record) => (record.kind === 'packet' ? record.topic : record.kind));
    expect(kinds).toEqual(['t/1', 'released', 't/2']);
  });

  it('ends with its connection only if no other connection has taken it on', async () => {
    const { hand, exchanges } = await open();
    const [first, second] = [{}, {}];
    void exchanges.take({ client: 'a', packetId: 1 }, packet(1), first);
    void exchanges.take({ client: 'a', packetId: 2 }, packet(2), first);
    void exchanges.take({ client: 'a', packetId: 2 }, packet(2), second);
    hand.commit();
    await turn();
    void exchanges.releaseAll('a', first);
    await turn();
    hand.commit();
    await turn();
    expect(exchanges.durable()).toEqual(new Map([['a', new Set([2])]]));
  });

  it('ends with all others of a session in one record, and in none where there are none', async () => {
    const { hand, exchanges } = await open();
    await exchanges.releaseAll('a');
    for (const packetId of [1, 2, 3]) void exchanges.take({ client: 'a', packetId }, packet(packetId), {});
    hand.commit();
    await turn();
    void exchanges.releaseAll('a');
    await turn();
    hand.commit();
    await turn();
    expect(hand.records().slice(3)).toEqual([{ kind: 'released', exchange: { client: 'a', packetId: 0 } }]);
    expect(exchanges.count()).toBe(0);
  });

  it.each([
    ['forwarded already is not forwarded again', true, [false, false]],
    ['not forwarded yet is, once, when it is sent again', false, [true, false]],
  ])('of a process that is no more, and %s', async (_, wasForwarded, expected) => {
    const hand = handJournal();
    const first = await open(hand);
    void first.exchanges.take(exchange, packet(1), {});
    hand.commit();
    await turn();
    const { exchanges } = await openExchangeLog({
      journal: hand.journal,
      checkpoints: memoryCheckpoints(),
      limits: { maxPerClient: 10, maxTotal: 10 },
      wasForwarded: () => wasForwarded,
      onProblem: () => undefined,
    });
    let kept = 0;
    const keep = async () => {
      kept += 1;
    };
    const answers = [1, 2].map(() => exchanges.take(exchange, packet(1), {}, keep));
    expect(await Promise.all(answers)).toEqual(expected);
    expect([kept, hand.records().length]).toEqual([wasForwarded ? 0 : 1, 1]);
  });

  it('is refused before it is journaled where a client has too many', async () => {
    const { hand, exchanges } = await open(handJournal(), memoryCheckpoints(), 2);
    for (const packetId of [1, 2]) void exchanges.take({ client: 'a', packetId }, packet(packetId), {});
    await expect(exchanges.take({ client: 'a', packetId: 3 }, packet(3), {})).rejects.toThrow('PUBREL');
    expect(hand.waiting()).toBe(2);
  });
});
