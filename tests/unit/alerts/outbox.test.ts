import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { openAlertStore } from '../../../src/alerts/alert-store.ts';
import type { Notifier } from '../../../src/alerts/notifier.ts';
import { type OutboxTrouble, startOutbox } from '../../../src/alerts/outbox.ts';
import type { AlertChange } from '../../../src/domain/alert.ts';
import { KvarterError } from '../../../src/domain/errors.ts';
import { become } from './findings.ts';

const retry = { firstMs: 1, lastMs: 4 };

/** A notifier that writes down what it was told, and first does what `before` says. */
function listener(name: string, before: (change: AlertChange) => Promise<void> = async () => {}) {
  const told: string[] = [];
  const notifier: Notifier = {
    name,
    notify: async (change) => {
      await before(change);
      told.push(`${change.alert.id} ${change.alert.state}`);
    },
  };
  return { notifier, told };
}

function setUp(...listeners: readonly { readonly notifier: Notifier }[]) {
  const db = new DatabaseSync(':memory:');
  const store = openAlertStore(db, { keepDays: 30 });
  const notifiers = listeners.map(({ notifier }) => notifier);
  const troubles: OutboxTrouble[] = [];
  return {
    db,
    troubles,
    save: (...changes: AlertChange[]) => {
      const names = notifiers.map(({ name }) => name);
      store.save(changes, [], names);
    },
    start: () => startOutbox({ db, notifiers, retry, onTrouble: (trouble) => void troubles.push(trouble) }),
  };
}

const story = (id: string) => [become('firing', { id }), become('resolved', { id })];
const storyTold = (id: string) => [`${id} firing`, `${id} resolved`];
const down = () => Promise.reject(new KvarterError('notify-failed', 'down'));

describe('the outbox', () => {
  it('tells every notifier everything once, in order', async () => {
    const [log, mqtt] = [listener('log'), listener('mqtt')];
    const { start, save } = setUp(log, mqtt);
    await using outbox = start();
    for (const id of ['a', 'b', 'c']) {
      save(...story(id));
      outbox.kick();
    }
    expect(outbox.waiting()).toBe(12);
    await outbox.settled();
    expect(outbox.waiting()).toBe(0);
    expect(log.told).toEqual(['a', 'b', 'c'].flatMap(storyTold));
    expect(mqtt.told).toEqual(log.told);
  });

  it('gives the change as it was, though the alert has changed since', async () => {
    let seen: AlertChange | undefined;
    const log = listener('log', async (change) => {
      seen ??= change;
    });
    const { start, save } = setUp(log);
    save(...story('a'));
    await using outbox = start();
    await outbox.settled();
    expect(seen).toEqual(become('firing', { id: 'a' }));
  });

  it('begins with what was left over', async () => {
    const log = listener('log');
    const { start, save } = setUp(log);
    save(...story('a'));
    await using outbox = start();
    await outbox.settled();
    expect(log.told).toEqual(storyTold('a'));
  });

  it('tries again what failed, ever later up to a limit, and in order', async () => {
    let failing = 5;
    const webhook = listener('webhook', async () => {
      failing -= 1;
      if (failing >= 0) await down();
    });
    const { start, save, troubles } = setUp(webhook);
    save(...story('a'), ...story('b'));
    await using outbox = start();
    await outbox.settled();
    expect(webhook.told).toEqual([...storyTold('a'), ...storyTold('b')]);
    expect(troubles.map(({ failures, retryInMs }) => `${failures}: ${retryInMs}`)).toEqual([
      '1: 1',
      '2: 2',
      '3: 4',
      '4: 4',
      '5: 4',
    ]);
  });

  it('starts anew with the first wait after a success', async () => {
    const tried = new Set<string>();
    const webhook = listener('webhook', async ({ alert }) => {
      if (tried.has(alert.state)) return;
      tried.add(alert.state);
      await down();
    });
    const { start, save, troubles } = setUp(webhook);
    save(...story('a'));
    await using outbox = start();
    await outbox.settled();
    expect(troubles.map(({ retryInMs }) => retryInMs)).toEqual([1, 1]);
  });

  it('waits as long as the receiver asks, within bounds', async () => {
    const asked = [30, 1e12];
    const webhook = listener('webhook', async () => {
      const retryAfterMs = asked.shift();
      if (retryAfterMs !== undefined) throw new KvarterError('notify-failed', 'busy', { retryAfterMs });
    });
    const { start, save, troubles } = setUp(webhook);
    const { promise: asksTwice, resolve } = Promise.withResolvers<void>();
    const { push } = troubles;
    troubles.push = (trouble) => {
      if (trouble.failures === 2) resolve();
      return push.call(troubles, trouble);
    };
    save(...story('a'));
    await using _outbox = start();
    await asksTwice;
    expect(troubles.map(({ retryInMs }) => retryInMs)).toEqual([30, 3_600_000]);
  });

  it('holds nobody up because another one is down or slow', async () => {
    const { promise: mended, resolve: mend } = Promise.withResolvers<void>();
    const { promise: logged, resolve: allLogged } = Promise.withResolvers<void>();
    const slow = listener('slow', () => mended);
    const broken = listener('broken', down);
    const log = listener('log', async ({ alert }) => {
      if (alert.state === 'resolved') allLogged();
    });
    const { start, save } = setUp(slow, broken, log);
    const outbox = start();
    save(...story('a'));
    outbox.kick();
    await logged;
    expect(slow.told).toEqual([]);
    mend();
    await outbox[Symbol.asyncDispose]();
    expect(log.told).toEqual(storyTold('a'));
  });

  it('tells again what it had told when a crash came before it was noted', async () => {
    const log = listener('log');
    const { start, save, db } = setUp(log);
    save(...story('a'));
    // The state database refuses the note, as it does for ever after a crash.
    db.exec(`CREATE TRIGGER crash BEFORE UPDATE ON alert_outbox BEGIN SELECT RAISE(ABORT, 'crashed'); END`);
    const before = start();
    while (log.told.length === 0) await new Promise(setImmediate);
    await before[Symbol.asyncDispose]();
    const toldBefore = log.told.splice(0);
    expect(new Set(toldBefore)).toEqual(new Set(['a firing']));
    db.exec('DROP TRIGGER crash');
    await using after = start();
    await after.settled();
    expect(log.told).toEqual(storyTold('a'));
  });

  it('keeps what was not delivered for the next start, and ends a wait at once', async () => {
    let isDown = true;
    const webhook = listener('webhook', () => (isDown ? down() : Promise.resolve()));
    const { db, save, troubles } = setUp(webhook);
    save(...story('a'));
    const { promise: failed, resolve } = Promise.withResolvers<void>();
    const options = { db, notifiers: [webhook.notifier], retry: { firstMs: 600_000, lastMs: 600_000 } };
    const first = startOutbox({ ...options, onTrouble: () => resolve() });
    await failed;
    const settled = first.settled();
    await first[Symbol.asyncDispose]();
    await settled;
    expect(first.waiting()).toBe(2);
    first.kick();
    isDown = false;
    await using second = startOutbox({ ...options, onTrouble: (trouble) => void troubles.push(trouble) });
    await second.settled();
    expect(webhook.told).toEqual(storyTold('a'));
    expect(troubles).toEqual([]);
  });

  it('notes a delivery that is on its way when it is disposed', async () => {
    const { promise: taken, resolve: take } = Promise.withResolvers<void>();
    const webhook = listener('webhook', () => taken);
    const { start, save } = setUp(webhook);
    save(...story('a'));
    const outbox = start();
    const ended = outbox[Symbol.asyncDispose]();
    take();
    await ended;
    expect(webhook.told).toEqual(['a firing']);
    expect(outbox.waiting()).toBe(1);
  });
});
