import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { openAlertStore } from '../../../src/alerts/alert-store.ts';
import { openFileJournal } from '../../../src/journal/file-journal.ts';
import type { Cursor } from '../../../src/journal/journal.ts';
import type { Part } from '../../../src/rules/engine.ts';
import type { RuleSet } from '../../../src/rules/rule-file.ts';
import type { Alerting } from '../../../src/workers/alerting.ts';
import { type RulesWorkerOptions, startRulesWorker } from '../../../src/workers/rules-worker.ts';
import { readingOf } from '../../support/readings.ts';
import { rulesOf } from '../../support/rules.ts';
import { openTempDir } from '../../support/temp-dir.ts';
import { become } from '../alerts/findings.ts';

/** Rules that tell one alert for each tick, with much to say, so that it takes room. */
function talkative(): Alerting & { readonly ticks: number[] } {
  const ticks: number[] = [];
  let untold: number[] = [];
  let rules = rulesOf();
  return {
    ticks,
    onReading: () => undefined,
    onStart: () => undefined,
    onTick: (atMs) => {
      ticks.push(atMs);
      untold.push(atMs);
    },
    drain: () => {
      const changes = untold.map((atMs) => become('firing', { id: `a${atMs}`, detail: 'x'.repeat(20_000) }));
      untold = [];
      return { changes, refreshed: [] };
    },
    peaks: () => [],
    projectedKw: () => undefined,
    maySwitch: () => true,
    rules: () => rules,
    *use(next) {
      yield;
      rules = next;
    },
    *snapshot() {
      yield ['rules', rules.source];
      yield ['ticks', ticks.length];
    },
    restore: () => undefined,
    endsOfUnknown: (open) =>
      open.flatMap((alert) =>
        ticks.some((atMs) => `a${atMs}` === alert.id)
          ? []
          : { alert: { ...alert, state: 'resolved', endsAtMs: 0, closedBy: 'restart' }, atMs: 0 },
      ),
    beginAnew: () => undefined,
  };
}

/** Snapshots that are written when the test says so; `begun` and `kept`: what the rules knew. */
function handWritten() {
  const begun: (readonly Part[])[] = [];
  const kept: { readonly cursor: Cursor; readonly parts: readonly Part[] }[] = [];
  let isOpen = true;
  let goOn = Promise.withResolvers<void>();
  let failure: Error | undefined;
  let parts: readonly Part[] = [];
  return {
    begun,
    kept,
    hold: () => {
      isOpen = false;
    },
    finish: (error?: Error) => {
      failure = error;
      isOpen = true;
      goOn.resolve();
      goOn = Promise.withResolvers();
    },
    keep: async (given: Iterable<Part>, commit: (text: string) => void) => {
      begun.push([...given]);
      if (!isOpen) await goOn.promise;
      // What is known must be the same at the end as it was at the beginning.
      parts = begun.at(-1) ?? [];
      const error = failure;
      failure = undefined;
      if (error) throw error;
      commit('');
    },
    save: (cursor: Cursor) => {
      kept.push({ cursor, parts });
    },
  };
}

type Overrides = Partial<RulesWorkerOptions>;

/** A service of ticks: what goes in, and what its rules make of it. */
async function open(overrides: Overrides = {}) {
  await using stack = new AsyncDisposableStack();
  const dir = stack.use(await openTempDir());
  const journal = stack.use(await openFileJournal({ dir: dir.path, segmentBytes: 2 ** 20 }));
  const db = new DatabaseSync(':memory:');
  const alerts = openAlertStore(db, { keepDays: 30 });
  const alerting = talkative();
  const snapshots = handWritten();
  const troubles: string[] = [];
  const deaths: Error[] = [];
  let rules: RuleSet = alerting.rules();
  const worker = startRulesWorker({
    db,
    journal,
    from: undefined,
    ingest: ({ at, next, records }) => ({
      at,
      next,
      records: records.length,
      rejects: [],
      ownTimes: [],
      suggestions: [],
      late: 0,
      steps: records.flatMap((record) => (record.kind === 'tick' ? [record] : [])),
    }),
    alerting,
    rules: () => rules,
    alerts,
    notifiers: ['log'],
    onAlerts: () => undefined,
    snapshots,
    save: snapshots.save,
    onSaved: () => undefined,
    snapshotMs: 3_600_000,
    onTrouble: (error) => troubles.push(error.message),
    onDead: (error) => deaths.push(error),
    ...overrides,
  });
  stack.use(worker);
  const opened = stack.move();
  return {
    db,
    journal,
    alerting,
    snapshots,
    worker,
    troubles,
    deaths,
    tick: (atMs: number) => journal.append({ kind: 'tick', atMs }),
    edit: (next: RuleSet) => {
      rules = next;
    },
    alerts,
    told: () =>
      alerts
        .list({ limit: 9 })
        .map(({ id }) => id)
        .toSorted(),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

it('a state database that is full for a while: each frame is folded once, and every alert is saved', async () => {
  await using service = await open();
  const { db, worker, troubles, deaths, alerting } = service;
  const pages = Number(db.prepare('PRAGMA page_count').get()?.page_count);
  db.exec(`PRAGMA max_page_count = ${pages + 8}`);
  for (const atMs of [1, 2, 3]) await service.tick(atMs);
  await expect.poll(() => troubles[0]).toMatch(/state\.db cannot be written: .*full/);
  expect(worker.trouble()).toMatchObject({ code: 'state-write-failed', retryable: true });
  db.exec('PRAGMA max_page_count = 1000000');
  await worker.settled();
  expect([alerting.ticks, deaths]).toEqual([[1, 2, 3], []]);
  expect(service.told()).toEqual(['a1', 'a2', 'a3']);
});

it('a frame that takes long to fold lets others have their turn', async () => {
  let [sinceTurn, most] = [0, 0];
  const slow = {
    ...talkative(),
    onReading: () => {
      sinceTurn += 1;
      most = Math.max(most, sinceTurn);
      for (const until = performance.now() + 2; performance.now() < until; );
    },
  };
  const readings = Array.from({ length: 200 }, (_, n) =>
    readingOf({ device: 'm', quantity: 'activePowerW' }, n, 1),
  );
  await using service = await open({
    alerting: slow,
    ingest: ({ at, next }) => ({
      ...{ at, next, records: 1, rejects: [], ownTimes: [], suggestions: [], late: 0 },
      steps: [{ kind: 'readings', readings }],
    }),
  });
  await service.tick(1);
  const isFolded = service.worker.settled().then(() => true);
  while (!(await Promise.race([isFolded, nextTurn(false)]))) sinceTurn = 0;
  expect(most).toBeLessThan(100);
});

const source = rulesOf().source;
const knownAt = (ticks: number, rules = source) => [
  ['rules', rules],
  ['ticks', ticks],
];

it('what the rules were when they began is kept before anything is folded', async () => {
  await using service = await open();
  service.snapshots.hold();
  const { length } = service.snapshots.begun;
  await service.tick(1);
  await expect.poll(() => service.snapshots.begun.length).toBe(length + 1);
  expect(service.alerting.ticks).toEqual([]);
  service.snapshots.finish();
  await service.worker.settled();
  expect(service.snapshots.kept.map(({ parts }) => parts)).toEqual([knownAt(0)]);
  expect(service.alerting.ticks).toEqual([1]);
});

/** A snapshot of the first tick is kept, and one of the second is being written. */
async function keepOneAndBeginAnother({
  tick,
  snapshots,
  worker,
}: Awaited<ReturnType<typeof open>>): Promise<void> {
  await tick(1);
  await worker.settled();
  await expect.poll(() => snapshots.kept.at(-1)?.parts).toEqual(knownAt(1));
  expect(snapshots.kept.at(-1)?.cursor).toBe(worker.cursor());
  snapshots.hold();
  await tick(2);
  await worker.settled();
  await expect.poll(() => snapshots.begun.at(-1)).toEqual(knownAt(2));
}

it('while a snapshot is written nothing is folded, and its place is where it began', async () => {
  await using service = await open({ snapshotMs: 20 });
  const { snapshots, worker, alerting } = service;
  await keepOneAndBeginAnother(service);
  const second = worker.cursor();
  await service.tick(3);
  for (let turns = 0; turns < 50; turns += 1) await nextTurn();
  expect(alerting.ticks).toEqual([1, 2]);
  snapshots.finish();
  await worker.settled();
  expect(alerting.ticks).toEqual([1, 2, 3]);
  expect(snapshots.kept.find(({ cursor }) => cursor === second)?.parts).toEqual(knownAt(2));
});

it('a snapshot that cannot be written is told, what was kept stays, and the next one is whole', async () => {
  await using service = await open({ snapshotMs: 20 });
  const { snapshots, worker, troubles } = service;
  await keepOneAndBeginAnother(service);
  const { length } = snapshots.kept;
  snapshots.finish(new Error('ENOSPC: no space left'));
  await expect.poll(() => worker.unsaved()?.message ?? troubles[0]).toBe('ENOSPC: no space left');
  await expect.poll(() => snapshots.kept.at(-1)).toEqual({ cursor: worker.cursor(), parts: knownAt(2) });
  expect(snapshots.kept).toHaveLength(length + 1);
  expect([troubles, worker.unsaved()]).toEqual([['ENOSPC: no space left'], undefined]);
  expect(service.deaths).toEqual([]);
});

const others = rulesOf('rules: []');

it('other rules that come while a snapshot is written hold from the next frame on, and are in a snapshot before it', async () => {
  await using service = await open({ snapshotMs: 20 });
  const { snapshots, worker } = service;
  await keepOneAndBeginAnother(service);
  service.edit(others);
  await service.tick(3);
  snapshots.finish();
  await worker.settled();
  const texts = snapshots.kept.map(({ parts }) => JSON.stringify(parts));
  expect(texts).toContain(JSON.stringify(knownAt(2)));
  expect(texts).toContain(JSON.stringify(knownAt(2, others.source)));
  expect(texts).not.toContain(JSON.stringify(knownAt(3)));
});

it('what is open and not found again when the journal has been read is over, and only then', async () => {
  const service = await open();
  service.alerts.save([become('firing', { id: 'a7' }), become('firing', { id: 'a2' })], [], []);
  await service.tick(2);
  await service.worker.settled();
  expect(service.alerts.openOfRules().map(({ id }) => id)).toEqual(['a2']);
  expect(service.alerts.find('a7')).toMatchObject({ state: 'resolved', closedBy: 'restart' });
  await service[Symbol.asyncDispose]();
});

it('an end while a snapshot is written waits for it, folds nothing more and writes no other one', async () => {
  const service = await open({ snapshotMs: 20 });
  const { snapshots, worker, alerting } = service;
  await service.tick(1);
  await worker.settled();
  await expect.poll(() => snapshots.kept.at(-1)?.parts).toEqual(knownAt(1));
  snapshots.hold();
  await service.tick(2);
  await expect.poll(() => snapshots.begun.at(-1)).toEqual(knownAt(2));
  const { length } = snapshots.begun;
  await service.tick(3);
  const ended = service[Symbol.asyncDispose]();
  await nextTurn();
  snapshots.finish();
  await ended;
  expect(alerting.ticks).toEqual([1, 2]);
  expect(snapshots.begun).toHaveLength(length);
  expect(snapshots.kept.at(-1)?.parts).toEqual(knownAt(2));
});

it('what was folded since the newest snapshot is written down at the end', async () => {
  const service = await open();
  await service.tick(1);
  await service.tick(2);
  await service.worker.settled();
  const place = service.worker.cursor();
  await service[Symbol.asyncDispose]();
  expect(service.snapshots.kept.at(-1)).toEqual({ cursor: place, parts: knownAt(2) });
});
