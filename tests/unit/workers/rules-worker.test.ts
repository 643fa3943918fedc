import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { openAlertStore } from '../../../src/alerts/alert-store.ts';
import { openFileJournal } from '../../../src/journal/file-journal.ts';
import type { Alerting } from '../../../src/workers/alerting.ts';
import { startRulesWorker } from '../../../src/workers/rules-worker.ts';
import { rulesOf } from '../../support/rules.ts';
import { openTempDir } from '../../support/temp-dir.ts';
import { become } from '../alerts/findings.ts';

const rules = rulesOf();

/** Rules that tell one alert for each tick, with much to say, so that it takes room. */
function talkative(): Alerting & { readonly ticks: number[] } {
  const ticks: number[] = [];
  let untold: number[] = [];
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
    use: () => undefined,
    snapshot: () => ticks.length,
    restore: () => undefined,
  };
}

it('a state database that is full for a while: each frame is folded once, and every alert is saved', async () => {
  await using dir = await openTempDir();
  await using journal = await openFileJournal({ dir: dir.path, segmentBytes: 2 ** 20 });
  const db = new DatabaseSync(':memory:');
  const alerts = openAlertStore(db, { keepDays: 30 });
  const pages = Number(db.prepare('PRAGMA page_count').get()?.page_count);
  db.exec(`PRAGMA max_page_count = ${pages + 8}`);
  const alerting = talkative();
  const troubles: string[] = [];
  const deaths: Error[] = [];
  await using worker = startRulesWorker({
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
    save: () => undefined,
    snapshotMs: 3_600_000,
    now: () => 0,
    onTrouble: (error) => troubles.push(error.message),
    onDead: (error) => deaths.push(error),
  });
  for (const atMs of [1, 2, 3]) await journal.append({ kind: 'tick', atMs });
  await expect.poll(() => troubles[0]).toMatch(/state\.db cannot be written: .*full/);
  expect(worker.trouble()).toMatchObject({ code: 'state-write-failed', retryable: true });
  db.exec('PRAGMA max_page_count = 1000000');
  await worker.settled();
  expect([alerting.ticks, deaths]).toEqual([[1, 2, 3], []]);
  expect(
    alerts
      .list({ limit: 9 })
      .map(({ id }) => id)
      .toSorted(),
  ).toEqual(['a1', 'a2', 'a3']);
});
