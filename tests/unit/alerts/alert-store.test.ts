import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { type AlertStore, openAlertStore } from '../../../src/alerts/alert-store.ts';
import { openOutboxRows } from '../../../src/alerts/outbox-rows.ts';
import type { AlertChange } from '../../../src/domain/alert.ts';
import { alert, become, MINUTE_MS, T0 } from './findings.ts';

const DAY_MS = 86_400_000;

function open() {
  const db = new DatabaseSync(':memory:');
  return { db, store: openAlertStore(db, { keepDays: 30 }) };
}

const everything = (db: DatabaseSync) =>
  ['alerts', 'alert_outbox'].map((table) => db.prepare(`SELECT * FROM ${table} ORDER BY 1`).all());

const queued = (db: DatabaseSync) =>
  db
    .prepare('SELECT notifier, alert, state FROM alert_outbox ORDER BY row')
    .all()
    .map((row) => `${row.notifier}: ${row.alert} ${row.state}`);

const saveAll = (store: AlertStore, changes: readonly AlertChange[], notifiers = ['log']) =>
  store.save(changes, [], notifiers);

describe('saved alerts', () => {
  it('queue for each notifier what fires and what is resolved, and nothing of what is pending', () => {
    const { db, store } = open();
    saveAll(store, [become('pending', { id: 'a' })], ['log', 'webhook']);
    expect(queued(db)).toEqual([]);
    saveAll(store, [become('firing', { id: 'a' }), become('resolved', { id: 'a' })], ['log', 'webhook']);
    expect(queued(db)).toEqual([
      'log: a firing',
      'webhook: a firing',
      'log: a resolved',
      'webhook: a resolved',
    ]);
  });

  it('are closed when the rules have lost them, and those that were told are told so', () => {
    const { db, store } = open();
    saveAll(store, [
      become('firing', { id: 'a' }),
      become('pending', { id: 'b' }),
      become('resolved', { id: 'c' }),
    ]);
    store.closeOpen(T0 + DAY_MS, ['log']);
    expect(
      store
        .list({ limit: 9 })
        .map(({ id, closedBy }) => `${id} ${closedBy}`)
        .toSorted(),
    ).toEqual(['a restart', 'c undefined']);
    expect(queued(db)).toEqual(['log: a firing', 'log: c resolved', 'log: a resolved']);
  });

  it('are gone without a word when they end before they fire', () => {
    const { db, store } = open();
    const { firedAtMs: _, ...unfired } = become('resolved', { id: 'a' }).alert;
    saveAll(store, [become('pending', { id: 'a' }), { alert: unfired, atMs: T0 + 1 }]);
    expect(everything(db)).toEqual([[], []]);
  });

  it.each([1, 2, 3])('are the same after a replay from change %i on, delivered ones too', (from) => {
    const { db, store } = open();
    const story = (['pending', 'firing', 'resolved'] as const).map((state) => become(state, { id: 'a' }));
    const other = (['pending', 'firing'] as const).map((state) => become(state, { id: 'b' }));
    const changes = [...story, ...other];
    const refreshed = [alert({ ...other[1]!.alert, title: 'newer' })];
    store.save(changes, refreshed, ['log']);
    const rows = openOutboxRows(db);
    rows.markDelivered(rows.next('log')!.row);
    const before = everything(db);
    store.save(changes.slice(from), [], ['log']);
    store.save([], refreshed, ['log']);
    expect(everything(db)).toEqual(before);
    expect(rows.waiting('log')).toBe(2);
  });

  it.each([
    ['pending', 'firing'],
    ['pending', 'resolved'],
    ['firing', 'resolved'],
  ] as const)('never go back to %s from %s', (older, newer) => {
    const { store } = open();
    saveAll(store, [become(newer)]);
    saveAll(store, [become(older)]);
    store.save([], [become(older, { title: 'old news' }).alert], []);
    expect(store.list({ limit: 10 })).toEqual([become(newer).alert]);
  });

  it('are refreshed without anybody being told', () => {
    const { db, store } = open();
    saveAll(store, [become('firing', { id: 'a' })]);
    const newer = become('firing', {
      id: 'a',
      severity: 'critical',
      facts: { ppm: 2500, rooms: ['1', '2'] },
    });
    store.save([], [newer.alert], ['log']);
    expect(store.list({ limit: 10 })).toEqual([newer.alert]);
    expect(queued(db)).toEqual(['log: a firing']);
  });

  it('queue that an alert has become graver, once, also when a replay saves it again', () => {
    const { db, store } = open();
    const fired = become('firing', { id: 'a' });
    const renewed = { from: 'warning', atMs: T0 + 5 * MINUTE_MS } as const;
    const graver = become('firing', { id: 'a', severity: 'critical', renewed });
    saveAll(store, [fired, graver]);
    const before = everything(db);
    saveAll(store, [fired, graver]);
    store.save([], [fired.alert], ['log']);
    saveAll(store, [graver]);
    expect(everything(db)).toEqual(before);
    expect(queued(db)).toEqual(['log: a firing', `log: a firing/${renewed.atMs}`]);
    expect(store.find('a')).toEqual(graver.alert);
  });

  it('are part of the transaction of the caller', () => {
    const { db, store } = open();
    const empty = everything(db);
    db.exec('BEGIN');
    saveAll(store, [become('firing')]);
    db.exec('ROLLBACK');
    expect(everything(db)).toEqual(empty);
    db.exec('BEGIN');
    saveAll(store, [become('firing')]);
    db.exec('COMMIT');
    expect(store.list({ limit: 10 })).toHaveLength(1);
    // Without one, each is committed by itself.
    saveAll(store, [become('resolved')]);
    expect(db.isTransaction).toBe(false);
  });

  it.each([
    ['on their own', false],
    ['inside a transaction, of which the rest stays', true],
  ])('are saved as a whole or not at all: %s', (_where, isInside) => {
    const { db, store } = open();
    db.exec('CREATE TABLE place (cursor TEXT)');
    const broken = become('firing', { id: 'b', facts: { list: [1n as unknown as number] } });
    if (isInside) db.exec("BEGIN; INSERT INTO place VALUES ('7')");
    expect(() => saveAll(store, [become('firing', { id: 'a' }), broken])).toThrow();
    expect(db.isTransaction).toBe(isInside);
    if (isInside) db.exec('COMMIT');
    expect(everything(db)).toEqual([[], []]);
    expect(db.prepare('SELECT * FROM place').all()).toHaveLength(isInside ? 1 : 0);
  });
});

describe('the list of alerts', () => {
  const { store } = open();
  const changes = [
    become('firing', { id: 'a', startsAtMs: T0 }),
    become('resolved', { id: 'b', startsAtMs: T0 + MINUTE_MS, building: 'BYGG-2' }),
    become('pending', { id: 'c', startsAtMs: T0 + MINUTE_MS, rule: 'stale' }),
    become('firing', { id: 'd', startsAtMs: T0 - MINUTE_MS, rule: 'stale' }),
  ];
  saveAll(store, changes);

  it.each([
    ['everything, the newest first', {}, 'c b a d'],
    ['by state', { state: 'firing' }, 'a d'],
    ['by building', { building: 'BYGG-2' }, 'b'],
    ['by rule', { rule: 'stale' }, 'c d'],
    ['by all of them', { rule: 'stale', state: 'firing', building: 'BYGG-1' }, 'd'],
    ['of a building that is not there', { building: 'BYGG-3' }, ''],
    [
      'behind one of two that began together',
      { after: { startsAtMs: T0 + MINUTE_MS, id: 'c', severity: 'warning' } },
      'b a d',
    ],
    ['at most so many', { limit: 2 }, 'c b'],
  ] as const)('%s', (_what, query, expected) => {
    const found = store.list({ limit: 10, ...query });
    expect(found.map(({ id }) => id).join(' ')).toBe(expected);
  });

  it('gives the alerts as they were saved', () => {
    expect(store.list({ limit: 10, building: 'BYGG-2' })).toEqual([changes[1]!.alert]);
  });

  it('is counted by state and rule', () => {
    expect(store.counts()).toEqual([
      { state: 'pending', rule: 'stale', alerts: 1 },
      { state: 'firing', rule: 'high-co2', alerts: 1 },
      { state: 'firing', rule: 'stale', alerts: 1 },
      { state: 'resolved', rule: 'high-co2', alerts: 1 },
    ]);
  });
});

describe('pruning', () => {
  it('forgets what was resolved too long ago, with its deliveries, and keeps what is open however old', () => {
    const { db, store } = open();
    saveAll(store, [
      become('firing', { id: 'old', startsAtMs: T0 - 40 * DAY_MS }),
      become('resolved', { id: 'old', startsAtMs: T0 - 40 * DAY_MS }),
      become('resolved', { id: 'young', startsAtMs: T0 - 20 * DAY_MS }),
      become('firing', { id: 'open', startsAtMs: T0 - 400 * DAY_MS }),
    ]);
    expect(store.prune(T0)).toBe(1);
    expect(store.list({ limit: 10 }).map(({ id }) => id)).toEqual(['young', 'open']);
    expect(queued(db)).toEqual(['log: young resolved', 'log: open firing']);
    expect(store.prune(T0)).toBe(0);
  });
});
