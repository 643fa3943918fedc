import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { openAlertStore } from '../../../src/alerts/alert-store.ts';
import { startOutbox } from '../../../src/alerts/outbox.ts';
import { loadTemplates } from '../../../src/config/templates.ts';
import type { Outgoing } from '../../../src/delivery/channel.ts';
import { DESK, type DeskOptions, openDesk } from '../../../src/delivery/desk.ts';
import type { Recipient } from '../../../src/delivery/open-channels.ts';
import { HOUR_MS } from '../../../src/delivery/plan.ts';
import type { Route } from '../../../src/delivery/settings.ts';
import { standingIn } from '../../../src/delivery/standing.ts';
import type { Alert, Severity } from '../../../src/domain/alert.ts';
import { KvarterError } from '../../../src/domain/errors.ts';
import { registerOf } from '../../support/readings.ts';
import { become } from '../alerts/findings.ts';

const wordings = loadTemplates(join(import.meta.dirname, '../../../config/templates'));
const MINUTE_MS = 60_000;
const aSilence = {
  id: 's',
  scope: {},
  fromMs: 0,
  untilMs: 1,
  by: 'Anna',
  reason: 'work',
  createdAtMs: 0,
};
const everything: Route = { scope: {}, to: ['a'], escalate: [] };

/** A recipient that writes down what it was told, and fails as `failing` says. */
function listener(name: string, over: Partial<Recipient> = {}) {
  const got: Outgoing[] = [];
  const state: { failing?: Error | undefined } = {};
  const recipient: Recipient = {
    name,
    language: 'en',
    messagesPerHour: 30,
    grouped: true,
    hearsAll: false,
    channel: {
      kind: 'email',
      send: async (message) => {
        if (state.failing) throw state.failing;
        got.push(message);
      },
    },
    ...over,
  };
  const told = () =>
    got.splice(0).map(({ kind, news }) => `${kind} ${news.map(({ change }) => change.alert.id).join()}`);
  return { recipient, got, told, state };
}

function setUp(
  listeners: readonly { readonly recipient: Recipient }[],
  routes: readonly Route[] = [everything],
  db = new DatabaseSync(':memory:'),
) {
  let nowMs = Date.UTC(2026, 0, 15, 8);
  const store = openAlertStore(db, { keepDays: 30 });
  const troubles: string[] = [];
  const silent = new Set<string>();
  const options: DeskOptions = {
    db,
    recipients: listeners.map(({ recipient }) => recipient),
    routes,
    wordings,
    register: () =>
      registerOf(
        [{ id: 'BYGG-1', spaces: [{ id: 'lgh-7', kind: 'flat', name: 'Flat 7' }] }, { id: 'BYGG-2' }],
        [],
      ),
    typeOf: (rule) => rule,
    link: undefined,
    grouping: { waitMs: 0, everyMs: HOUR_MS, betweenMs: 0, patientMs: 0 },
    late: { fromMs: HOUR_MS, waitMs: 10 * MINUTE_MS },
    retry: { firstMs: 1000, lastMs: 8000, giveUpMs: 60_000 },
    isHeld: (alert) => silent.has(alert.id),
    standing: standingIn(store, { covering: ({ id }) => (silent.has(id) ? aSilence : undefined) }),
    clock: () => nowMs,
    random: () => 1,
    onTrouble: ({ retryInMs, isDead }) => troubles.push(isDead ? 'dead' : String(retryInMs)),
  };
  const open = (given = options) => {
    const desk = openDesk(given);
    const outbox = startOutbox({ db, notifiers: [desk.notifier], onTrouble: () => undefined });
    const settled = async () => {
      await outbox.settled();
      await desk.settled();
    };
    return {
      desk,
      settled,
      says: async (state: 'firing' | 'resolved', about: Partial<Alert>) => {
        store.save([become(state, about)], [], [desk.notifier.name]);
        await settled();
      },
      passes: async (ms: number) => {
        nowMs += ms;
        await settled();
      },
      [Symbol.asyncDispose]: async () => {
        await outbox[Symbol.asyncDispose]();
        await desk[Symbol.asyncDispose]();
      },
    };
  };
  return { db, store, options, troubles, silent, open, now: () => nowMs };
}

describe('the desk', () => {
  it('collects by building and hour, and tells the end in the thread of the beginning', async () => {
    const a = listener('a');
    await using desk = setUp([a]).open();
    await desk.says('firing', { id: 'x' });
    const [first] = a.got;
    expect(a.told()).toEqual(['new x']);
    await desk.says('firing', { id: 'y' });
    await desk.says('firing', { id: 'z', building: 'BYGG-2' });
    expect(a.told(), 'another building waits for nobody').toEqual(['new z']);
    await desk.says('resolved', { id: 'x' });
    await desk.passes(HOUR_MS);
    const [group] = a.got;
    expect(a.told()).toEqual(['group y,x']);
    expect(group?.earlier).toEqual([first?.id]);
    expect(group?.text).toMatch(/Warning: S1: CO₂ is high[\s\S]*Over: S1/);
  });

  it('lets nobody wait for the time that a clock showed before it was set back', async () => {
    const a = listener('a');
    const { options, open } = setUp([a]);
    const grouping = { ...options.grouping, waitMs: 30_000, patientMs: 30_000 };
    await using desk = open({ ...options, grouping, late: { fromMs: 24 * HOUR_MS, waitMs: 0 } });
    await desk.says('firing', { id: 'x', building: 'BYGG-2' });
    await desk.passes(30_000);
    expect(a.told()).toEqual(['new x']);
    // An hour ahead, it is told of another, and collects what comes.
    await desk.passes(HOUR_MS);
    await desk.says('resolved', { id: 'x', building: 'BYGG-2' });
    await desk.passes(30_000);
    expect(a.told()).toEqual(['resolved x']);
    await desk.says('firing', { id: 'y' });
    await desk.passes(-HOUR_MS);
    await desk.passes(30_000);
    expect(a.told()).toEqual(['new y']);
    await desk.says('firing', { id: 'z', building: 'BYGG-2' });
    await desk.passes(HOUR_MS);
    expect(a.told(), 'an hour after the last of its building').toEqual(['new z']);
  });

  it('lets a message that nobody took wait no longer for it', async () => {
    const a = listener('a');
    const { options, open } = setUp([a]);
    await using desk = open({ ...options, late: { fromMs: 24 * HOUR_MS, waitMs: 0 } });
    a.state.failing = new Error('no network');
    await desk.passes(HOUR_MS);
    await desk.says('firing', { id: 'x' });
    delete a.state.failing;
    await desk.passes(-HOUR_MS);
    await desk.passes(1000);
    expect(a.told()).toEqual(['new x']);
  });

  it('says why an alert is over whose condition did not end', async () => {
    const a = listener('a');
    await using desk = setUp([a]).open();
    await desk.says('firing', { id: 'x' });
    await desk.says('firing', { id: 'y', building: 'BYGG-2' });
    await desk.passes(2 * HOUR_MS);
    a.told();
    await desk.says('resolved', { id: 'x' });
    expect(a.got[0]?.text).toMatch(/^This is over\. The alert last said:/);
    await desk.says('resolved', { id: 'y', building: 'BYGG-2', closedBy: 'register' });
    expect(a.got[1]?.text).toMatch(/^What it was about is no longer in the register/);
  });

  it('tells nobody of what was over long ago in history that is taken in, and of what still goes on after a while', async () => {
    const a = listener('a');
    const machine = listener('machine', { grouped: false });
    const { open, now, options } = setUp([a, machine], [{ ...everything, to: ['a', 'machine'] }]);
    await using desk = open();
    const monthAgo = { startsAtMs: now() - 30 * 24 * HOUR_MS };
    await desk.says('firing', { id: 'x', ...monthAgo });
    await desk.says('firing', { id: 'y', ...monthAgo });
    await desk.says('resolved', { id: 'x', ...monthAgo });
    expect(a.told()).toEqual([]);
    expect(machine.told(), 'a machine keeps its own history').toEqual(['new x', 'new y', 'resolved x']);
    await desk.says('firing', { id: 'v', severity: 'critical', building: 'BYGG-2', ...monthAgo });
    expect(a.told(), 'what is urgent waits no longer than others do').toEqual(['new v']);
    await desk.passes(options.late.waitMs);
    expect(a.told()).toEqual(['new y']);
    await desk.says('resolved', { id: 'y', ...monthAgo });
    await desk.passes(HOUR_MS);
    expect(a.told()).toEqual(['resolved y']);
  });

  it('looks at what waits when it may be due, not for each of thousands that come meanwhile', async () => {
    const a = listener('a');
    let looks = 0;
    const { open, options } = setUp([a]);
    await using desk = open({
      ...options,
      isHeld: () => {
        looks += 1;
        return false;
      },
    });
    await desk.says('firing', { id: 'first' });
    expect(looks).toBe(1);
    for (let n = 0; n < 20; n += 1) await desk.says('firing', { id: `x${n}` });
    expect(looks, 'nothing of the building is due within the hour').toBe(1);
    await desk.says('firing', { id: 'z', building: 'BYGG-2' });
    expect(a.told()).toEqual(['new first', 'new z']);
    await desk.passes(HOUR_MS);
    expect(a.told()).toHaveLength(1);
  });

  it('calls a flat as people do', async () => {
    const a = listener('a');
    await using desk = setUp([a]).open();
    await desk.says('firing', { id: 'x', space: 'lgh-7' });
    expect(a.got[0]?.text).toContain('Space: Flat 7 (lgh-7)');
    await desk.says('firing', { id: 'y', building: 'BYGG-2', space: 'lgh-8' });
    expect(a.got[1]?.text).toContain('Space: lgh-8\n');
  });

  it('says from when to when, how long, and where to look, with the gravest of what it tells of', async () => {
    const a = listener('a', { messagesPerHour: 2 });
    const { open, options } = setUp([a]);
    await using desk = open({ ...options, link: 'https://k.example/{id}' });
    // From 07:00 UTC on, which is 08:00 in Stockholm, for ten minutes.
    await desk.says('firing', { id: 'x' });
    await desk.says('resolved', { id: 'x' });
    await desk.passes(HOUR_MS);
    const [, over] = a.got;
    expect(over).toMatchObject({ subject: 'Over: S1: CO₂ is high (BYGG-1)', link: 'https://k.example/x' });
    expect(over?.text).toContain('From 2026-01-15 08:00 to 2026-01-15 08:10 (10 min)');
    expect(over?.text).toContain('Say so: https://k.example/x');
    await desk.says('firing', { id: 'y', severity: 'info' });
    await desk.says('firing', { id: 'z' });
    await desk.passes(HOUR_MS);
    const group = a.got.at(-1);
    expect(group).toMatchObject({ kind: 'group', subject: 'Warning: S1: CO₂ is high (BYGG-1), and 1 more' });
    expect(group).toMatchObject({ severity: 'warning', link: 'https://k.example/z' });
  });

  it('tells of more than ten at once in brief', async () => {
    const a = listener('a');
    const { open, options } = setUp([a]);
    await using desk = open({ ...options, grouping: { ...options.grouping, waitMs: 30_000 } });
    for (const building of ['B2', 'area:a']) await desk.says('firing', { id: building, building });
    for (let n = 1; n <= 9; n += 1) await desk.says('firing', { id: `x${n}`, building: `C${n}` });
    await desk.passes(30_000);
    const [list] = a.got;
    expect(a.got).toHaveLength(1);
    expect(list).toMatchObject({
      kind: 'summary',
      subject: '11 alerts in 11 buildings. Warning: S1: CO₂ is high (A) …',
    });
    expect(list?.text).toContain('Going on: 11.');
    expect(list?.text).toContain(
      'Warning: S1: CO₂ is high (B2)\nSince 2026-01-15 08:00\nAlert B2\n\nWarning: S1: CO₂ is high (C1)\n',
    );
    expect(list?.text).toContain('Warning: S1: CO₂ is high (A)\n');
  });

  it('tells each alert once, however often it is told of it', async () => {
    const a = listener('a');
    const { db, open, store } = setUp([a]);
    await using desk = open();
    await desk.says('firing', { id: 'x' });
    db.exec('UPDATE alert_outbox SET delivered = 0');
    await desk.passes(2 * HOUR_MS);
    expect(a.told()).toEqual(['new x']);
    expect(store.find('x')?.state).toBe('firing');
  });

  it('goes on after a restart with what was not told, under the same id', async () => {
    const a = listener('a');
    a.state.failing = new KvarterError('notify-failed', 'down');
    const { open, db } = setUp([a]);
    let id: unknown;
    {
      await using desk = open();
      await desk.says('firing', { id: 'x' });
      expect(desk.desk.waiting()).toBe(1);
      id = db.prepare('SELECT id FROM delivery_messages').get()?.id;
    }
    a.state.failing = undefined;
    await using again = open();
    await again.passes(1000);
    expect(a.got.map((message) => message.id)).toEqual([id]);
  });

  it('waits longer after each failure, gives up what is old, and tries it again when it is asked to', async () => {
    const a = listener('a');
    a.state.failing = new KvarterError('notify-failed', 'down');
    const { open, troubles } = setUp([a]);
    await using desk = open();
    await desk.says('firing', { id: 'x' });
    for (const ms of [1000, 2000, 4000, 8000, 8000, 60_000]) await desk.passes(ms);
    expect(troubles).toEqual(['1000', '2000', '4000', '8000', '8000', '8000', 'dead']);
    expect(desk.desk.dead.list(0, 10)).toMatchObject([{ recipient: 'a', attempts: 7, error: 'down' }]);
    expect([desk.desk.dead.count(), desk.desk.waiting()]).toEqual([1, 0]);
    a.state.failing = undefined;
    expect(desk.desk.dead.retry(['no-such'])).toBe(0);
    expect(desk.desk.dead.retry(undefined)).toBe(1);
    await desk.settled();
    expect(a.told()).toEqual(['new x']);
  });

  it('waits half as long after a failure where chance says so, so that many do not come back at once', async () => {
    const a = listener('a');
    a.state.failing = new KvarterError('notify-failed', 'down');
    const { open, options, troubles } = setUp([a]);
    await using desk = open({ ...options, random: () => 0 });
    await desk.says('firing', { id: 'x' });
    for (const ms of [500, 1000]) await desk.passes(ms);
    expect(troubles).toEqual(['500', '1000', '2000']);
  });

  it('tells again what it could not write down as told, and then no more', async () => {
    const a = listener('a');
    const { open, db, troubles } = setUp([a]);
    await using desk = open();
    db.exec(`CREATE TRIGGER full BEFORE UPDATE ON delivery_messages BEGIN SELECT RAISE(ABORT, 'full'); END`);
    await desk.says('firing', { id: 'x' });
    expect(a.told()[0]).toBe('new x');
    expect(troubles[0]).toBe('1000');
    db.exec('DROP TRIGGER full');
    await desk.passes(1000);
    expect(a.told()).toEqual(['new x']);
    await desk.passes(1000);
    expect(a.told()).toEqual([]);
  });

  it('does not tell that an alert began to whom its end was told meanwhile', async () => {
    const a = listener('a');
    a.state.failing = new KvarterError('notify-refused', 'away');
    await using desk = setUp([a]).open();
    await desk.says('firing', { id: 'x' });
    await desk.says('firing', { id: 'y', building: 'BYGG-2' });
    a.state.failing = undefined;
    await desk.passes(HOUR_MS);
    await desk.says('resolved', { id: 'x' });
    expect(a.told()).toEqual(['resolved x']);
    expect(desk.desk.dead.retry(undefined)).toBe(1);
    await desk.settled();
    expect(a.told()).toEqual(['new y']);
    expect(desk.desk.dead.count()).toBe(0);
  });

  it('gives up at once what is refused for good, and goes on with the rest', async () => {
    const a = listener('a');
    a.state.failing = new KvarterError('notify-refused', 'no such address');
    const { open, troubles } = setUp([a]);
    await using desk = open();
    await desk.says('firing', { id: 'x' });
    expect(troubles).toEqual(['dead']);
    a.state.failing = undefined;
    await desk.says('firing', { id: 'y', building: 'BYGG-2' });
    expect(a.told()).toEqual(['new y']);
  });

  it('holds nobody up because somebody else does not answer', async () => {
    const [a, b] = [listener('a'), listener('b')];
    a.state.failing = new KvarterError('notify-failed', 'down');
    await using desk = setUp([a, b], [{ ...everything, to: ['a', 'b'] }]).open();
    await desk.says('firing', { id: 'x' });
    expect(b.told()).toEqual(['new x']);
  });

  it('puts more into each message, the nearer the limit is', async () => {
    const a = listener('a', { messagesPerHour: 4 });
    await using desk = setUp([a]).open();
    const buildings = ['B1', 'B2', 'B3', 'B4', 'B5'];
    for (const building of buildings) await desk.says('firing', { id: `x${building}`, building });
    expect(a.told()).toEqual(['new xB1', 'new xB2']);
    await desk.says('firing', { id: 'fire', building: 'B1', severity: 'critical' });
    expect(a.told()).toEqual(['new fire']);
    await desk.passes(HOUR_MS / 3);
    expect(a.told()).toEqual(['group xB3,xB4,xB5']);
    await desk.says('resolved', { id: 'xB4', building: 'B4' });
    await desk.says('resolved', { id: 'xB1', building: 'B1' });
    await desk.passes(HOUR_MS / 3);
    expect(a.told(), 'an hour after the last of its building').toEqual([]);
    await desk.passes(HOUR_MS / 3);
    expect(a.told()).toEqual(['group xB4,xB1']);
  });

  it('keeps a message about several buildings behind those of each that were not taken yet', async () => {
    const a = listener('a');
    a.state.failing = new KvarterError('notify-failed', 'down');
    const { open, db, options } = setUp([a]);
    await using desk = open({
      ...options,
      grouping: { ...options.grouping, everyMs: 0, betweenMs: 5 * MINUTE_MS },
      retry: { ...options.retry, giveUpMs: HOUR_MS },
      late: { fromMs: 24 * HOUR_MS, waitMs: 0 },
    });
    await desk.says('firing', { id: 'x' });
    a.state.failing = undefined;
    db.exec('UPDATE delivery_messages SET next_ms = 9e15');
    await desk.says('resolved', { id: 'x' });
    await desk.says('firing', { id: 'y', building: 'BYGG-2' });
    await desk.passes(5 * MINUTE_MS);
    await desk.says('firing', { id: 'fire', severity: 'critical', building: 'BYGG-2' });
    expect(a.told(), 'what is critical waits for its own building alone').toEqual(['new fire']);
    db.exec('UPDATE delivery_messages SET next_ms = 0');
    await desk.passes(1000);
    expect(a.told()).toEqual(['new x', 'group x,y']);
    // An end that goes with others waits for what was urgent about its beginning.
    a.state.failing = new KvarterError('notify-failed', 'down');
    await desk.says('firing', { id: 'flood', severity: 'critical' });
    db.exec('UPDATE delivery_messages SET next_ms = 9e15');
    a.state.failing = undefined;
    await desk.says('firing', { id: 'z' });
    await desk.says('resolved', { id: 'y', building: 'BYGG-2' });
    await desk.passes(5 * MINUTE_MS);
    expect(a.told()).toEqual([]);
    db.exec('UPDATE delivery_messages SET next_ms = 0');
    await desk.passes(1000);
    expect(a.told()).toEqual(['new flood', 'group z,y']);
  });

  it('calls the next when nobody has taken it on, and not when somebody has', async () => {
    const [a, b, c] = [listener('a'), listener('b'), listener('c')];
    const route: Route = {
      ...everything,
      escalate: [
        { after: 10 * MINUTE_MS, to: ['b', 'a'] },
        { after: 20 * MINUTE_MS, to: ['c'] },
      ],
    };
    const { open, store, now } = setUp([a, b, c], [route]);
    await using desk = open();
    await desk.says('firing', { id: 'x' });
    await desk.says('firing', { id: 'y', building: 'BYGG-2' });
    store.acknowledge('y', { by: 'Anna', atMs: now(), untilMs: now() + 15 * MINUTE_MS });
    await desk.passes(10 * MINUTE_MS);
    expect(b.told()).toEqual(['escalated x']);
    await desk.passes(5 * MINUTE_MS);
    expect(b.told(), 'the acknowledgement is over').toEqual(['escalated y']);
    store.acknowledge('x', { by: 'Anna', atMs: now() });
    await desk.says('resolved', { id: 'y', building: 'BYGG-2' });
    await desk.passes(HOUR_MS);
    expect(c.told()).toEqual([]);
    expect(b.told(), 'who was called hears of the end').toEqual(['resolved y']);
    expect(a.told(), 'who was told at once is not called').toEqual(['new x', 'new y', 'resolved y']);
  });

  it('calls no earlier because somebody had taken it on for a while', async () => {
    const [a, b] = [listener('a'), listener('b')];
    const route: Route = { ...everything, escalate: [{ after: 30 * MINUTE_MS, to: ['b'] }] };
    const { open, store, now } = setUp([a, b], [route]);
    await using desk = open();
    await desk.says('firing', { id: 'first' });
    await desk.passes(20 * MINUTE_MS);
    await desk.says('firing', { id: 'x', building: 'BYGG-2' });
    store.acknowledge('x', { by: 'Anna', atMs: now(), untilMs: now() + 15 * MINUTE_MS });
    await desk.passes(10 * MINUTE_MS);
    expect(b.told()).toEqual(['escalated first']);
    await desk.passes(10 * MINUTE_MS);
    expect(b.told()).toEqual([]);
    await desk.passes(10 * MINUTE_MS);
    expect(b.told()).toEqual(['escalated x']);
  });

  it('calls by the earliest of the routes that fit', async () => {
    const [a, b] = [listener('a'), listener('b')];
    const routes = [30, 10].map((minutes) => ({
      ...everything,
      escalate: [{ after: minutes * MINUTE_MS, to: ['b'] }],
    }));
    await using desk = setUp([a, b], routes).open();
    await desk.says('firing', { id: 'x' });
    await desk.passes(10 * MINUTE_MS);
    expect(b.told()).toEqual(['escalated x']);
    await desk.passes(20 * MINUTE_MS);
    expect(b.told()).toEqual([]);
  });

  it('tells nobody what a silence has covered since it fired, until the silence is over', async () => {
    const [a, b] = [listener('a'), listener('b')];
    const route: Route = { ...everything, escalate: [{ after: 10 * MINUTE_MS, to: ['b'] }] };
    const { open, silent } = setUp([a, b], [route]);
    await using desk = open();
    await desk.says('firing', { id: 'w' });
    expect(a.told()).toEqual(['new w']);
    await desk.says('firing', { id: 'x' });
    await desk.says('firing', { id: 'y' });
    for (const id of ['w', 'x', 'y']) silent.add(id);
    await desk.passes(HOUR_MS);
    expect([a.told(), b.told()]).toEqual([[], []]);
    await desk.says('resolved', { id: 'x' });
    await desk.passes(MINUTE_MS);
    silent.clear();
    await desk.passes(MINUTE_MS);
    expect([a.told(), b.told().toSorted()]).toEqual([['new y'], ['escalated w', 'escalated y']]);
  });

  it('tells nobody what was held before its message was made and ended meanwhile', async () => {
    const a = listener('a');
    const { open, silent, now } = setUp([a]);
    await using desk = open();
    await desk.says('firing', { id: 'w' });
    expect(a.told()).toEqual(['new w']);
    // Collected for the hour's next message, when what explains it begins.
    await desk.says('firing', { id: 'x' });
    silent.add('x');
    await desk.passes(HOUR_MS);
    silent.clear();
    await desk.says('resolved', { id: 'x' });
    await desk.passes(HOUR_MS);
    expect(a.told()).toEqual([]);
    // The same when it ends before the hour's next message is looked at.
    const startsAtMs = now();
    await desk.says('firing', { id: 'v', startsAtMs });
    expect(a.told()).toEqual(['new v']);
    await desk.says('firing', { id: 'y', startsAtMs });
    silent.add('y');
    await desk.says('resolved', { id: 'y', startsAtMs });
    await desk.passes(HOUR_MS);
    silent.clear();
    await desk.passes(HOUR_MS);
    expect(a.told()).toEqual([]);
    // Nor with what is told next.
    await desk.says('firing', { id: 'z', startsAtMs: now() });
    expect(a.told()).toEqual(['new z']);
  });

  it('goes on with other recipients, routes and words: what waits for the old ones is for the new ones', async () => {
    const [a, b] = [listener('a'), listener('b')];
    const { open, options } = setUp([a]);
    await using desk = open();
    await desk.says('firing', { id: 'w' });
    expect(a.told()).toEqual(['new w']);
    await desk.says('firing', { id: 'x' });
    desk.desk.use({ ...options, recipients: [b.recipient], routes: [{ ...everything, to: ['b'] }] });
    await desk.says('firing', { id: 'y' });
    await desk.passes(HOUR_MS);
    expect([a.told(), b.told()]).toEqual([[], ['new x', 'new y']]);
    await desk.says('resolved', { id: 'w' });
    await desk.passes(HOUR_MS);
    expect([a.told(), b.told(), desk.desk.waiting()]).toEqual([[], [], 0]);
  });

  it('does not tell others of what is over meanwhile, or again what they have heard', async () => {
    const [a, b, c] = [listener('a'), listener('b'), listener('c')];
    const waits = { waitMs: HOUR_MS, everyMs: HOUR_MS, betweenMs: 0, patientMs: 0 };
    const { open, options, db } = setUp([a, b], [{ ...everything, to: ['a', 'b'] }]);
    {
      await using desk = open();
      await desk.says('firing', { id: 'x', building: 'BYGG-2' });
      expect([a.told(), b.told()]).toEqual([['new x'], ['new x']]);
    }
    {
      await using desk = open({ ...options, grouping: waits });
      for (const id of ['y', 'z']) await desk.says('firing', { id });
      await desk.says('resolved', { id: 'z' });
    }
    // A restart with others is as good as other settings while it runs.
    const routes = [{ ...everything, to: ['b', 'c'] }];
    await using desk = openDesk({ ...options, db, recipients: [b.recipient, c.recipient], routes });
    await desk.settled();
    expect([a.told(), b.told(), c.told()]).toEqual([[], ['group y,z,z'], ['new y']]);
  });

  it('escalates to whom the routes name now, when it would have to whoever is no more', async () => {
    const [a, b, c] = [listener('a'), listener('b'), listener('c')];
    const to = (name: string): Route => ({ ...everything, escalate: [{ after: HOUR_MS, to: [name] }] });
    const { open, options } = setUp([a, b], [to('b')]);
    await using desk = open();
    await desk.says('firing', { id: 'x' });
    await desk.passes(HOUR_MS / 2);
    desk.desk.use({ ...options, recipients: [a.recipient, c.recipient], routes: [to('c')] });
    await desk.settled();
    expect([a.told(), c.told()]).toEqual([['new x'], []]);
    await desk.passes(HOUR_MS / 2);
    expect([a.told(), b.told(), c.told()]).toEqual([[], [], ['escalated x']]);
  });

  it('goes on with other habits at once, and the rest of a long queue by the new way to somebody', async () => {
    const slow = Promise.withResolvers<void>();
    const [a, mended] = [listener('a', { grouped: false }), listener('a', { grouped: false })];
    const { send } = a.recipient.channel;
    const blocked = {
      ...a.recipient.channel,
      send: async (...sent: Parameters<typeof send>) => {
        await send(...sent);
        await slow.promise;
      },
    };
    const { open, options } = setUp([{ recipient: { ...a.recipient, channel: blocked } }]);
    await using desk = open();
    for (const id of ['x', 'y']) await desk.desk.notifier.notify(become('firing', { id }));
    await expect.poll(() => a.got.length).toBe(1);
    desk.desk.use({ ...options, recipients: [mended.recipient] });
    slow.resolve();
    await desk.settled();
    expect([a.told(), mended.told()]).toEqual([['new x'], ['new y']]);
    // What waited for company waits for none where nothing is collected any more.
    const b = listener('b');
    const waits = { ...options.grouping, waitMs: HOUR_MS };
    desk.desk.use({
      ...options,
      recipients: [b.recipient],
      routes: [{ ...everything, to: ['b'] }],
      grouping: waits,
    });
    await desk.says('firing', { id: 'z' });
    expect(b.told()).toEqual([]);
    desk.desk.use({ ...options, recipients: [b.recipient], routes: [{ ...everything, to: ['b'] }] });
    await desk.settled();
    expect(b.told()).toEqual(['new z']);
  });

  it('tells those who hear all whatever the routes say, of ends too', async () => {
    const [a, all] = [listener('a'), listener('all', { hearsAll: true, grouped: false })];
    await using desk = setUp([a, all], [{ ...everything, scope: { building: ['BYGG-2'] } }]).open();
    await desk.says('firing', { id: 'x' });
    await desk.says('resolved', { id: 'x' });
    expect([a.told(), all.told()]).toEqual([[], ['new x', 'resolved x']]);
  });

  it('gives people what is over the limit in one message, and machines one after the other', async () => {
    const few = { grouped: false, messagesPerHour: 2 };
    const [person, machine] = [listener('person', few), listener('machine', few)];
    const webhook = { ...machine.recipient, channel: { ...machine.recipient.channel, kind: 'webhook' } };
    const { open, store, options } = setUp([person, { recipient: webhook }]);
    store.save(
      ['x', 'y', 'z'].map((id) => become('firing', { id })),
      [],
      [DESK],
    );
    await using desk = open({ ...options, routes: [{ ...everything, to: ['person', 'machine'] }] });
    await desk.settled();
    await desk.passes(MINUTE_MS);
    expect(machine.told()).toEqual(['new x', 'new y']);
    await desk.passes(HOUR_MS);
    expect([person.told().join(), machine.told()]).toEqual([expect.stringMatching(/summary .*z/), ['new z']]);
  });

  it('makes the messages of a moment all or none, and tries again when that fails', async () => {
    const a = listener('a', { grouped: false });
    const { open, db, troubles } = setUp([a]);
    await using desk = open();
    db.exec(`CREATE TRIGGER full BEFORE INSERT ON delivery_messages
      WHEN (SELECT count(*) FROM delivery_messages) > 0 BEGIN SELECT RAISE(ABORT, 'full'); END`);
    await Promise.all(['x', 'y'].map((id) => desk.desk.notifier.notify(become('firing', { id }))));
    await desk.settled();
    await desk.passes(MINUTE_MS);
    expect(db.isTransaction).toBe(false);
    db.exec('DROP TRIGGER full');
    await desk.passes(MINUTE_MS);
    expect(new Set(troubles)).toEqual(new Set(['1000']));
    expect(a.told().toSorted()).toEqual(['new x', 'new y']);
    expect(db.isTransaction).toBe(false);
  });

  it('says of each message whether it is urgent', async () => {
    const a = listener('a', { grouped: false });
    await using desk = setUp([a]).open();
    await desk.says('firing', { id: 'x' });
    await desk.says('firing', { id: 'y', severity: 'critical' });
    expect(a.got.map(({ isUrgent }) => isUrgent)).toEqual([false, true]);
  });

  it('forgets what it told of alerts that are no more', async () => {
    const a = listener('a');
    const { open, db, store } = setUp([a]);
    await using desk = open();
    const kept = { id: 'y', building: 'BYGG-2' };
    await desk.says('firing', { id: 'x' });
    await desk.says('firing', kept);
    await desk.says('resolved', { id: 'x' });
    await desk.passes(HOUR_MS);
    store.prune(Date.UTC(2027, 0, 1));
    desk.desk.prune();
    const left = (table: string, column: string) =>
      db
        .prepare(`SELECT ${column} AS it FROM ${table}`)
        .all()
        .map(({ it: one }) => one);
    expect(left('delivery_news', 'alert')).toEqual(['y']);
    expect(left('delivery_messages', 'kind')).toEqual(['new']);
  });

  it('takes over what an earlier version had queued for the webhook', async () => {
    const a = listener('a');
    const { open, store } = setUp([a]);
    store.save([become('firing', { id: 'x' })], [], ['webhook']);
    await using desk = open();
    await desk.settled();
    expect(a.told()).toEqual(['new x']);
  });

  it('tells in quiet hours only what is critical, and the rest after them', async () => {
    // Quiet until 10:00 in Stockholm, which is an hour from now.
    const a = listener('a', { quietHours: [[0, 600]] });
    await using desk = setUp([a]).open();
    await desk.says('firing', { id: 'x' });
    await desk.says('firing', { id: 'fire', severity: 'critical' });
    expect(a.told()).toEqual(['new fire']);
    await desk.passes(HOUR_MS);
    expect(a.told()).toEqual(['new x']);
  });

  it('tells at once that what was told has become graver, to all who heard of it and to those who hear of that', async () => {
    const [a, b] = [listener('a', { quietHours: [[540, 600]] }), listener('b')];
    const toB = { scope: { severity: ['critical' as const] }, to: ['b'], escalate: [] };
    const { open, now } = setUp([a, b], [everything, toB]);
    await using desk = open();
    const startsAtMs = now();
    const says = (severity: Severity, from?: Severity) =>
      desk.says('firing', { id: 'x', startsAtMs, severity, ...(from && { renewed: { from, atMs: now() } }) });
    await says('info');
    await desk.passes(HOUR_MS);
    expect([a.told(), b.told()]).toEqual([['new x'], []]);
    await says('warning', 'info');
    await desk.passes(MINUTE_MS);
    await says('critical', 'warning');
    await desk.passes(2 * HOUR_MS);
    expect([
      a.got.map(({ text }) => text.split('\n').find((line) => line.includes('graver'))),
      a.told(),
    ]).toEqual([['It is graver now than it was: Warning until here.'], ['renewed x']]);
    expect(b.told()).toEqual(['new x']);
    await desk.says('resolved', { id: 'x', startsAtMs, severity: 'critical' });
    expect([a.told(), b.told()]).toEqual([['resolved x'], ['resolved x']]);
  });

  it('tells what became graver before anybody was told as it is now', async () => {
    const a = listener('a', { quietHours: [[0, 600]] });
    const { open, now } = setUp([a]);
    await using desk = open();
    await desk.says('firing', { id: 'x' });
    const renewed = { from: 'warning' as const, atMs: now() };
    await desk.says('firing', { id: 'x', severity: 'critical', renewed });
    await desk.passes(3 * HOUR_MS);
    expect(a.got.map(({ subject }) => subject)).toEqual(['Critical: S1: CO₂ is high (BYGG-1)']);
    expect(a.told()).toEqual(['new x']);
  });

  it('tells of what began once more that it goes on, and not that it is graver', async () => {
    const a = listener('a');
    const { open, now } = setUp([a]);
    await using desk = open();
    await desk.says('firing', { id: 'x' });
    await desk.passes(2 * HOUR_MS);
    await desk.says('firing', { id: 'x', startsAtMs: now(), renewed: { atMs: now() } });
    expect(a.got.map(({ subject }) => subject)).toEqual(Array(2).fill('Warning: S1: CO₂ is high (BYGG-1)'));
    expect(a.got.at(-1)?.text).not.toContain('graver');
    expect(a.told()).toEqual(['new x', 'renewed x']);
  });

  it('tells twice of what became graver twice', async () => {
    const a = listener('a');
    const { open, options, now } = setUp([a]);
    await using desk = open({ ...options, grouping: { ...options.grouping, everyMs: 0 } });
    const says = (severity: Severity, from?: Severity) =>
      desk.says('firing', { id: 'x', severity, ...(from && { renewed: { from, atMs: now() } }) });
    await says('info');
    await says('warning', 'info');
    await desk.passes(MINUTE_MS);
    await says('critical', 'warning');
    expect(a.told()).toEqual(['new x', 'renewed x', 'renewed x']);
  });

  it('tells of what is only information once a day, what still goes on then', async () => {
    const [a, hook] = [listener('a'), listener('hook', { grouped: false })];
    // It is 09:00 in Stockholm.
    const { open, options, now } = setUp([a, hook], [{ ...everything, to: ['a', 'hook'] }]);
    await using desk = open({ ...options, informationAt: 7 * 60 });
    const says = (state: 'firing' | 'resolved', id: string) =>
      desk.says(state, { id, severity: 'info', startsAtMs: now() });
    await says('firing', 'x');
    await says('firing', 'y');
    await says('resolved', 'y');
    expect(hook.told()).toEqual(['new x', 'new y', 'resolved y']);
    await desk.passes(22 * HOUR_MS - MINUTE_MS);
    expect(a.told()).toEqual([]);
    await desk.passes(MINUTE_MS);
    expect(a.told()).toEqual(['new x']);
    await says('resolved', 'x');
    await desk.passes(23 * HOUR_MS);
    expect(a.told()).toEqual([]);
    await desk.passes(HOUR_MS);
    expect(a.told()).toEqual(['resolved x']);
  });

  it('tells who is quiet but for some minutes all of a day in one message', async () => {
    // But from 10:00 to 10:05 in Stockholm, which is an hour from now.
    const a = listener('a', { quietHours: [[605, 600]] });
    const { open, options } = setUp([a]);
    await using desk = open({ ...options, grouping: { ...options.grouping, betweenMs: 5 * MINUTE_MS } });
    await desk.says('firing', { id: 'x' });
    await desk.says('firing', { id: 'y', building: 'BYGG-2' });
    await desk.says('resolved', { id: 'y', building: 'BYGG-2' });
    await desk.passes(HOUR_MS);
    expect(a.told()).toEqual(['group x,y,y']);
    await desk.says('firing', { id: 'z', building: 'B3' });
    await desk.passes(5 * MINUTE_MS);
    await desk.passes(22 * HOUR_MS);
    expect(a.told()).toEqual([]);
    await desk.passes(2 * HOUR_MS - 5 * MINUTE_MS);
    expect(a.told()).toEqual(['new z']);
  });

  it.each([
    ['a building', { building: ['BYGG-2'] }, ['y']],
    ['a severity', { severity: ['critical' as const] }, ['z']],
    ['a rule', { rule: ['high-co2'] }, ['x', 'y', 'z']],
    ['an area that is not theirs', { area: ['elsewhere'] }, []],
  ])('follows the routes: %s', async (_what, scope, ids) => {
    const a = listener('a', { grouped: false });
    await using desk = setUp([a], [{ ...everything, scope }]).open();
    await desk.says('firing', { id: 'x' });
    await desk.says('firing', { id: 'y', building: 'BYGG-2' });
    await desk.says('firing', { id: 'z', severity: 'critical' });
    expect(a.told()).toEqual(ids.map((id) => `new ${id}`));
  });

  it('tells who looks after one of several buildings of what they have in common', async () => {
    const [a, b] = [listener('a'), listener('b')];
    const routes = ['BYGG-2', 'B9'].map((building, n) => ({
      ...everything,
      scope: { building: [building] },
      to: [n === 0 ? 'a' : 'b'],
    }));
    await using desk = setUp([a, b], routes).open();
    await desk.says('firing', {
      id: 'x',
      building: 'organisation:o',
      facts: { buildings: ['B1', 'BYGG-2'] },
    });
    await desk.passes(HOUR_MS);
    expect([a.told(), b.told()]).toEqual([['new x'], []]);
  });

  it('tells those whom the rule names in place of the routes’', async () => {
    const [a, b] = [listener('a'), listener('b')];
    await using desk = setUp([a, b]).open();
    await desk.says('firing', { id: 'x', recipients: ['b'] });
    await desk.says('firing', { id: 'y', recipients: ['nobody'], building: 'BYGG-2' });
    expect([a.told(), b.told()]).toEqual([['new y'], ['new x']]);
  });

  it('buries what waits for somebody who is no recipient any more', async () => {
    const a = listener('a');
    a.state.failing = new KvarterError('notify-failed', 'down');
    const { open, options, db } = setUp([a]);
    {
      await using desk = open();
      await desk.says('firing', { id: 'x' });
    }
    await using desk = openDesk({ ...options, db, recipients: [listener('b').recipient] });
    expect(desk.waiting()).toBe(0);
    expect(desk.dead.list(0, 10)).toMatchObject([{ error: 'there is no such recipient any more' }]);
  });

  it('tells of kvarter’s own troubles though nothing can be written, and once', async () => {
    const a = listener('a');
    const { open, db } = setUp([a]);
    await using desk = open();
    db.exec(`CREATE TRIGGER full BEFORE INSERT ON delivery_news BEGIN SELECT RAISE(ABORT, 'full'); END`);
    const { building: _, ...about } = become('firing', { id: 's', severity: 'critical' }).alert;
    const change = { alert: about, atMs: 0 };
    // Who does not take it is told again, by the outbox, which asks until all have it.
    a.state.failing = new KvarterError('notify-failed', 'down');
    await expect(desk.desk.notifier.notify(change)).rejects.toThrow('down');
    a.state.failing = undefined;
    await desk.desk.notifier.notify(change);
    await desk.desk.notifier.notify(change);
    expect(a.got[0]).toMatchObject({ isUrgent: true, subject: expect.stringMatching(/\(kvarter itself\)$/) });
    expect(a.told()).toEqual(['new s']);
    await expect(desk.desk.notifier.notify(become('firing', { id: 'x' }))).rejects.toThrow('full');
    db.exec('DROP TRIGGER full');
    await desk.desk.notifier.notify(change);
    await desk.settled();
    expect(a.told()).toEqual([]);
    await desk.desk.notifier.notify({ alert: { ...about, state: 'resolved' }, atMs: 1 });
    await desk.settled();
    expect(a.told()).toEqual(['resolved s']);
    // Of one that ends while nothing can be written the end is told.
    db.exec(`CREATE TRIGGER full BEFORE INSERT ON delivery_news BEGIN SELECT RAISE(ABORT, 'full'); END`);
    for (const state of ['firing', 'resolved'] as const)
      await desk.desk.notifier.notify({ alert: { ...about, id: 't', state }, atMs: 2 });
    expect(a.told()).toEqual(['new t', 'resolved t']);
  });
});
