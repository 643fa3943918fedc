import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { type Alert, type AlertChange, type AlertState, type Severity, severities } from '../domain/alert.ts';
import { DAY_MS } from '../domain/interval.ts';
import { type Acknowledgement, type AlertActs, type Outcome, openActBook } from './acts.ts';
import { alertSchema } from './alert-schema.ts';
import { type Hold, type HoldOptions, openHoldBook } from './holds.ts';
import { openOutboxRows } from './outbox-rows.ts';

/** States as people see them: an alert that fires and is taken on by somebody is acknowledged. */
export const lifeStates = ['pending', 'firing', 'acknowledged', 'resolved'] as const;
export type LifeState = (typeof lifeStates)[number];

export type AlertQuery = {
  /** As the rules have it: what fires may be acknowledged. */
  readonly state?: AlertState;
  /** As people see it at a moment; any of these. */
  readonly life?: { readonly states: readonly LifeState[]; readonly nowMs: number };
  readonly building?: string;
  /** Any of these. */
  readonly buildings?: readonly string[];
  readonly rule?: string;
  readonly severities?: readonly Severity[];
  /** Those that began then or later. */
  readonly sinceMs?: number;
  readonly limit: number;
  /** The newest first, which is what there is when nothing is said; or the gravest, and of those the newest. */
  readonly order?: (typeof alertOrders)[number];
  /** The last alert of the page before. */
  readonly after?: Pick<Alert, 'severity' | 'startsAtMs' | 'id'>;
};
export const alertOrders = ['newest', 'gravest'] as const;

/** The alerts and whom they are still to be told to, in the state database. */
export interface AlertStore {
  /**
   * Saves what an alert book drained, and queues for each notifier what people are told: what fires, what is renewed since,
   * and what is resolved after it fired. All of it or nothing; inside the caller's transaction if there is one. Saving the same
   * again, as a replay after a crash does, changes nothing and queues nothing twice.
   */
  save(changes: readonly AlertChange[], refreshed: readonly Alert[], notifiers: readonly string[]): void;
  list(query: AlertQuery): readonly Alert[];
  find(id: string): Alert | undefined;
  /** What people have done about an alert, and what keeps it from being told. */
  lifeOf(id: string): AlertLife;
  acknowledge(id: string, acknowledgement: Acknowledgement): void;
  sayOutcome(id: string, outcome: Outcome): void;
  /** Queues for the notifiers what nothing holds back any more and still fires, and gives it. */
  tellReleased(nowMs: number, notifiers: readonly string[]): readonly Alert[];
  counts(): readonly { readonly state: AlertState; readonly rule: string; readonly alerts: number }[];
  /** Alerts about kvarter itself that are not resolved, and those of the rules. */
  openOfService(): readonly Alert[];
  openOfRules(): readonly Alert[];
  /** Resolves every open alert of a rule: the rules have lost what they knew, and will not say that it is over. */
  closeOpen(atMs: number, notifiers: readonly string[]): void;
  /** Forgets what was resolved more than `keepDays` before, told or not. Gives the number of alerts. */
  prune(nowMs: number): number;
}

export type AlertLife = AlertActs & { readonly held?: Hold };

export type AlertStoreOptions = {
  readonly keepDays: number;
  /** What may keep alerts from being told; absent: nothing. */
  readonly holds?: HoldOptions;
};

/** States only go up. */
const ranks = { pending: 0, firing: 1, resolved: 2 } as const satisfies Record<AlertState, number>;

/** The state that people see, as SQL: the newest acknowledgement holds until its end. */
const LIFE = `CASE rank WHEN ${ranks.pending} THEN 'pending' WHEN ${ranks.resolved} THEN 'resolved' ELSE
  CASE WHEN (SELECT ifnull(until_ms, 9e15) FROM alert_acts
    WHERE alert_acts.alert = alerts.id AND kind = 'acknowledged' ORDER BY row DESC LIMIT 1) > $nowMs
  THEN 'acknowledged' ELSE 'firing' END END`;

const SEVERITY = "json_extract(alert, '$.severity')";
const renewedIn = (row: string) => `json_extract(${row}.alert, '$.renewed.atMs')`;
type SortKey = { readonly column: string; readonly after: string };
const NEWEST: readonly SortKey[] = [
  { column: 'starts_at_ms', after: '$afterMs' },
  { column: 'id', after: '$afterId' },
];
const gravityOf = (severity: string) =>
  `CASE ${severity} ${severities.map((one, rank) => `WHEN '${one}' THEN ${rank}`).join(' ')} END`;

export function openAlertStore(
  db: DatabaseSync,
  { keepDays, holds: options }: AlertStoreOptions,
): AlertStore {
  db.exec(`
    CREATE TABLE IF NOT EXISTS alerts (
      id TEXT PRIMARY KEY, rank INTEGER NOT NULL, rule TEXT NOT NULL, building TEXT NOT NULL,
      starts_at_ms REAL NOT NULL, ends_at_ms REAL, alert TEXT NOT NULL) STRICT;
    CREATE INDEX IF NOT EXISTS alerts_newest ON alerts (starts_at_ms, id);
    CREATE INDEX IF NOT EXISTS alerts_counted ON alerts (rank, rule, ends_at_ms)`);
  const outbox = openOutboxRows(db);
  const acts = openActBook(db);
  const holds = options && openHoldBook(db, options);
  // A change counts when it brings the alert on; what is only refreshed, while the alert is where it was.
  const upsert = (isNews: string) =>
    db.prepare(
      `INSERT INTO alerts (id, rank, rule, building, starts_at_ms, ends_at_ms, alert) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET rank = excluded.rank, starts_at_ms = excluded.starts_at_ms,
         ends_at_ms = excluded.ends_at_ms, alert = excluded.alert
       WHERE ${isNews}`,
    );
  const saveChange = upsert(`excluded.rank > alerts.rank
    OR excluded.rank = alerts.rank AND ${renewedIn('excluded')} > ifnull(${renewedIn('alerts')}, -9e15)`);
  const saveRefreshed = upsert('excluded.rank = alerts.rank');
  const dropPending = db.prepare(`DELETE FROM alerts WHERE id = ? AND rank = ${ranks.pending}`);
  const selectBy = (keys: readonly SortKey[]) =>
    db.prepare(
      `SELECT alert FROM alerts
       WHERE ($rank IS NULL OR rank = $rank)
         AND ($building IS NULL OR building = $building)
         AND ($buildings IS NULL OR building IN (SELECT value FROM json_each($buildings)))
         AND ($rule IS NULL OR rule = $rule)
         AND ($sinceMs IS NULL OR starts_at_ms >= $sinceMs)
         AND ($severities IS NULL OR ${SEVERITY} IN (SELECT value FROM json_each($severities)))
         AND ($life IS NULL OR ${LIFE} IN (SELECT value FROM json_each($life)))
         AND ($afterMs IS NULL
           OR (${keys.map(({ column }) => column)}) < (${keys.map(({ after }) => after)}))
       ORDER BY ${keys.map(({ column }) => `${column} DESC`)} LIMIT $limit`,
    );
  const lists = {
    newest: selectBy(NEWEST),
    gravest: selectBy([{ column: gravityOf(SEVERITY), after: gravityOf('$afterSeverity') }, ...NEWEST]),
  } satisfies Record<NonNullable<AlertQuery['order']>, unknown>;
  const find = db.prepare('SELECT alert FROM alerts WHERE id = ?');
  const findAlert = (id: string): Alert | undefined => {
    const row = find.get(id);
    return row && alertSchema.parse(JSON.parse(String(row.alert)));
  };
  const open = (whose: string) => {
    const select = db.prepare(
      `SELECT alert FROM alerts WHERE rank < ${ranks.resolved} AND building ${whose} '' ORDER BY starts_at_ms, id`,
    );
    return () => select.all().map(({ alert }) => alertSchema.parse(JSON.parse(String(alert))));
  };
  const openOfRules = open('<>');
  const counts = db.prepare(
    'SELECT rank, rule, count(*) AS alerts FROM alerts GROUP BY rank, rule ORDER BY rank, rule',
  );
  const prune = db.prepare(
    `DELETE FROM alerts WHERE rank = ${ranks.resolved} AND ends_at_ms < ? RETURNING id`,
  );

  /** Keeps a change; true when it is news that somebody is to be told. */
  const keep = ({ alert }: AlertChange): boolean => {
    // Nobody was told of it, so nobody is told that it is over.
    if (alert.state === 'resolved' && alert.firedAtMs === undefined) {
      dropPending.run(alert.id);
      return false;
    }
    // What a replay saves again was told, or held back, before.
    return saveChange.run(...columns(alert)).changes > 0 && alert.state !== 'pending';
  };

  const tell = ({ alert, atMs }: AlertChange, notifiers: readonly string[]) => {
    if (alert.state === 'firing') {
      if (alert.renewed && holds?.of(alert.id)) return;
      holds?.holdBelow(alert, atMs);
      if (holds?.hold(alert, atMs)) return;
    }
    const wasHeld = alert.state === 'resolved' && holds?.of(alert.id) !== undefined;
    holds?.end(alert.id);
    // Who was not told that it began is not told that it is over; who was told before it was held is.
    if (wasHeld && !outbox.knowsBeginning(alert.id)) return;
    for (const notifier of notifiers) outbox.put(notifier, { alert, atMs });
  };

  const save: AlertStore['save'] = (changes, refreshed, notifiers) => {
    if (changes.length === 0 && refreshed.length === 0) return;
    asOne(db, () => {
      // All are kept before one is told: what explains another may begin with it.
      for (const change of changes.filter(keep)) tell(change, notifiers);
      for (const alert of refreshed) saveRefreshed.run(...columns(alert));
    });
  };

  return {
    save,
    openOfService: open('='),
    openOfRules,
    closeOpen: (atMs, notifiers) => {
      save(
        openOfRules().map((alert) => ({
          alert: { ...alert, state: 'resolved' as const, endsAtMs: atMs, closedBy: 'restart' as const },
          atMs,
        })),
        [],
        notifiers,
      );
    },
    find: findAlert,
    lifeOf: (id) => {
      const held = holds?.of(id);
      return { ...acts.of(id), ...(held && { held }) };
    },
    acknowledge: acts.acknowledge,
    sayOutcome: acts.sayOutcome,
    tellReleased: (nowMs, notifiers) => {
      if (!holds) return [];
      return asOne(db, () => {
        const released = holds.released(nowMs, findAlert);
        for (const alert of released) {
          holds.end(alert.id);
          for (const notifier of notifiers) outbox.put(notifier, { alert, atMs: nowMs });
        }
        return released;
      });
    },
    list: ({
      state,
      life,
      building,
      buildings,
      rule,
      severities: graves,
      sinceMs,
      limit,
      order = 'newest',
      after,
    }) =>
      lists[order]
        .all({
          rank: state === undefined ? null : ranks[state],
          building: building ?? null,
          buildings: buildings === undefined ? null : JSON.stringify(buildings),
          rule: rule ?? null,
          sinceMs: sinceMs ?? null,
          severities: graves === undefined ? null : JSON.stringify(graves),
          life: life === undefined ? null : JSON.stringify(life.states),
          nowMs: life?.nowMs ?? 0,
          ...(order === 'gravest' && { afterSeverity: after?.severity ?? null }),
          afterMs: after?.startsAtMs ?? null,
          afterId: after?.id ?? null,
          limit,
        })
        .map(({ alert }) => alertSchema.parse(JSON.parse(String(alert)))),
    counts: () =>
      counts.all().map(({ rank, rule, alerts }) => ({
        state: stateOf(rank),
        rule: String(rule),
        alerts: Number(alerts),
      })),
    prune: (nowMs) =>
      asOne(db, () => {
        const gone = prune.all(nowMs - keepDays * DAY_MS);
        for (const { id } of gone) {
          outbox.remove(String(id));
          acts.remove(String(id));
        }
        return gone.length;
      }),
  };
}

function columns(alert: Alert) {
  const { id, state, rule, building, startsAtMs, endsAtMs } = alert;
  return [
    id,
    ranks[state],
    rule,
    building ?? '',
    startsAtMs,
    endsAtMs ?? null,
    JSON.stringify(alert),
  ] as const;
}

function stateOf(rank: SQLOutputValue | undefined): AlertState {
  return rank === ranks.pending ? 'pending' : rank === ranks.firing ? 'firing' : 'resolved';
}

/** A savepoint is a transaction of its own, and a part of the caller's when there is one. */
function asOne<T>(db: DatabaseSync, work: () => T): T {
  db.exec('SAVEPOINT alerts');
  try {
    const result = work();
    db.exec('RELEASE alerts');
    return result;
  } catch (error) {
    // A failure such as a full disk may have ended the transaction already.
    if (db.isTransaction) db.exec('ROLLBACK TO alerts; RELEASE alerts');
    throw error;
  }
}
