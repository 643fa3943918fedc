import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { keyOf, kindOf, messageId, newsOfRow, type Row } from './news-row.ts';
import { HOUR_MS, messageKinds, type News, type PlannedMessage, SEVERAL } from './plan.ts';

/** A message on its way, or one that nobody took. */
export type MessageRow = {
  /** The same for the same news to the same recipient, whenever and however often it is made. */
  readonly id: string;
  readonly recipient: string;
  readonly kind: PlannedMessage['kind'];
  readonly isUrgent: boolean;
  readonly createdMs: number;
  readonly attempts: number;
  readonly news: readonly News[];
  /** Messages that told the recipient earlier of these alerts, the oldest first. */
  readonly earlier: readonly string[];
};
export type DeadRow = MessageRow & { readonly row: number; readonly diedMs: number; readonly error: string };

const messageKindSchema = z.enum(messageKinds);

const IS_BEGINNING = "kind NOT IN ('escalated', 'resolved')";

export type DeliveryRows = ReturnType<typeof openDeliveryRows>;

/** What recipients are to hear, have heard, and could not be told, in the state database. */
export function openDeliveryRows(db: DatabaseSync) {
  db.exec(`
    CREATE TABLE IF NOT EXISTS delivery_news (
      row INTEGER PRIMARY KEY AUTOINCREMENT, recipient TEXT NOT NULL, alert TEXT NOT NULL, kind TEXT NOT NULL,
      building TEXT NOT NULL, urgent INTEGER NOT NULL, at_ms REAL NOT NULL, due_ms REAL NOT NULL, change TEXT NOT NULL,
      message TEXT, UNIQUE (recipient, alert, kind)) STRICT;
    CREATE INDEX IF NOT EXISTS delivery_news_waiting ON delivery_news (recipient, row) WHERE message IS NULL;
    CREATE INDEX IF NOT EXISTS delivery_news_of_alert ON delivery_news (alert);
    CREATE INDEX IF NOT EXISTS delivery_news_of_message ON delivery_news (message);
    CREATE TABLE IF NOT EXISTS delivery_messages (
      row INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, recipient TEXT NOT NULL, line TEXT NOT NULL,
      kind TEXT NOT NULL, urgent INTEGER NOT NULL, created_ms REAL NOT NULL, next_ms REAL NOT NULL,
      attempts INTEGER NOT NULL DEFAULT 0, state TEXT NOT NULL DEFAULT 'waiting', error TEXT, done_ms REAL) STRICT;
    CREATE INDEX IF NOT EXISTS delivery_messages_waiting ON delivery_messages (recipient, line, row) WHERE state = 'waiting';
    CREATE INDEX IF NOT EXISTS delivery_messages_dead ON delivery_messages (row) WHERE state = 'dead';
    CREATE INDEX IF NOT EXISTS delivery_messages_recent ON delivery_messages (recipient, urgent, created_ms)`);

  const putNews = db.prepare(
    `INSERT OR IGNORE INTO delivery_news (recipient, alert, kind, building, urgent, at_ms, due_ms, change, message)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const toldOf = db.prepare(
    `SELECT DISTINCT recipient FROM delivery_news
     WHERE alert = ? AND kind <> 'resolved' AND (kind = 'new' OR message IS NOT NULL)`,
  );
  const dropEscalations = db.prepare(
    `DELETE FROM delivery_news WHERE alert = ? AND kind = 'escalated' AND message IS NULL`,
  );
  const dropLate = db.prepare(
    `DELETE FROM delivery_news WHERE alert = ? AND ${IS_BEGINNING} AND message IS NULL AND due_ms > ?
     RETURNING recipient, kind`,
  );
  const dropUntold = db.prepare(
    `DELETE FROM delivery_news WHERE recipient = ? AND alert = ? AND ${IS_BEGINNING} AND message IS NULL
     RETURNING kind`,
  );
  const dropNews = db.prepare('DELETE FROM delivery_news WHERE row = ?');
  const postponeNews = db.prepare('UPDATE delivery_news SET due_ms = ? WHERE row = ?');
  const recallNews = db.prepare(
    'UPDATE delivery_news SET due_ms = due_ms - (at_ms - $nowMs), at_ms = $nowMs WHERE message IS NULL AND at_ms > $nowMs',
  );
  const recallMessages = db.prepare(
    'UPDATE delivery_messages SET next_ms = next_ms - (created_ms - $nowMs), created_ms = $nowMs WHERE created_ms > $nowMs',
  );
  const waitingNews = db.prepare(
    'SELECT * FROM delivery_news WHERE recipient = ? AND message IS NULL ORDER BY row',
  );
  const newsOf = db.prepare('SELECT * FROM delivery_news WHERE message = ? ORDER BY row');
  const claim = db.prepare('UPDATE delivery_news SET message = ? WHERE row = ?');
  const putMessage = db.prepare(
    `INSERT OR IGNORE INTO delivery_messages (id, recipient, line, kind, urgent, created_ms, next_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const lastMs = db.prepare(
    `SELECT building, max(created_ms) AS at FROM delivery_messages AS told JOIN delivery_news ON message = told.id
     WHERE told.recipient = ? AND told.urgent = 0 AND created_ms > ? GROUP BY building`,
  );
  const recent = db.prepare(
    `SELECT created_ms FROM delivery_messages WHERE recipient = ? AND urgent = ? AND created_ms > ? ORDER BY created_ms`,
  );
  const next = db.prepare(
    `SELECT * FROM delivery_messages AS one WHERE recipient = ? AND state = 'waiting' AND next_ms <= ?
       AND NOT EXISTS (SELECT 1 FROM delivery_messages AS before WHERE before.recipient = one.recipient
         AND (before.line = one.line OR before.urgent >= one.urgent AND '${SEVERAL}' IN (before.line, one.line))
         AND before.state = 'waiting' AND before.row < one.row)
     ORDER BY urgent DESC, row LIMIT 1`,
  );
  const earlier = db.prepare(
    `SELECT DISTINCT told.message FROM delivery_news AS told JOIN delivery_news AS now ON now.alert = told.alert
     WHERE now.message = $id AND told.recipient = $recipient AND told.message <> $id AND told.row < now.row ORDER BY told.row`,
  );
  const sent = db.prepare(
    `UPDATE delivery_messages SET state = 'sent', attempts = attempts + 1, error = NULL, done_ms = ? WHERE id = ?`,
  );
  const failed = db.prepare(
    'UPDATE delivery_messages SET state = ?, attempts = attempts + 1, next_ms = ?, error = ?, done_ms = ? WHERE id = ?',
  );
  const dead = db.prepare(
    `SELECT * FROM delivery_messages WHERE state = 'dead' AND row > ? ORDER BY row LIMIT ?`,
  );
  const NAMED = '($ids IS NULL OR id IN (SELECT value FROM json_each($ids)))';
  const forgetEnded = db.prepare(
    `DELETE FROM delivery_news WHERE kind <> 'resolved'
       AND message IN (SELECT id FROM delivery_messages WHERE state = 'dead' AND ${NAMED})
       AND EXISTS (SELECT 1 FROM delivery_news AS ended JOIN delivery_messages AS told ON told.id = ended.message
         WHERE ended.recipient = delivery_news.recipient AND ended.alert = delivery_news.alert
           AND ended.kind = 'resolved' AND told.state = 'sent')`,
  );
  const dropEmpty = db.prepare(
    `DELETE FROM delivery_messages WHERE state = 'dead' AND ${NAMED}
       AND id NOT IN (SELECT message FROM delivery_news WHERE message IS NOT NULL)`,
  );
  const revive = db.prepare(
    `UPDATE delivery_messages SET state = 'waiting', created_ms = $nowMs, next_ms = $nowMs, attempts = 0
     WHERE state = 'dead' AND ${NAMED}`,
  );
  const newsOfStrangers = db.prepare(
    `SELECT * FROM delivery_news WHERE kind <> 'resolved' AND recipient NOT IN (SELECT value FROM json_each(?))
       AND (message IS NULL OR message IN (SELECT id FROM delivery_messages WHERE state = 'waiting')) ORDER BY row`,
  );
  const dropStrangers = db.prepare(
    'DELETE FROM delivery_news WHERE message IS NULL AND recipient NOT IN (SELECT value FROM json_each(?))',
  );
  const buryStrangers = db.prepare(
    `UPDATE delivery_messages SET state = 'dead', error = 'there is no such recipient any more', done_ms = ?
     WHERE state = 'waiting' AND recipient NOT IN (SELECT value FROM json_each(?))`,
  );
  const count = db.prepare(
    `SELECT (SELECT count(*) FROM delivery_news WHERE message IS NULL AND kind <> 'escalated') AS news,
            (SELECT count(*) FROM delivery_messages WHERE state = 'waiting') AS messages,
            (SELECT count(*) FROM delivery_messages WHERE state = 'dead') AS dead`,
  );

  const messageOf = (row: Row): MessageRow => {
    const [id, recipient] = [String(row.id), String(row.recipient)];
    return {
      id,
      recipient,
      kind: messageKindSchema.parse(row.kind),
      isUrgent: row.urgent === 1,
      createdMs: Number(row.created_ms),
      attempts: Number(row.attempts),
      news: newsOf.all(id).map(newsOfRow),
      earlier: earlier.all({ id, recipient }).map(({ message }) => String(message)),
    };
  };

  return {
    /** Nothing happens when it was put before. `toldBy`: a message that has told it already. */
    put: (
      recipient: string,
      { kind, building, isUrgent, atMs, dueMs, change }: Omit<News, 'row'>,
      toldBy?: string,
    ): void => {
      const { id } = change.alert;
      const json = JSON.stringify(change);
      putNews.run(
        recipient,
        id,
        keyOf({ kind, change }),
        building,
        isUrgent ? 1 : 0,
        atMs,
        dueMs,
        json,
        toldBy ?? null,
      );
    },
    /** Who was told that the alert began, or is going to be. */
    toldOf: (alert: string): readonly string[] => toldOf.all(alert).map(({ recipient }) => String(recipient)),
    dropEscalations: (alert: string): void => {
      dropEscalations.run(alert);
    },
    /** What was to be told later of an alert that goes on; gives the names of those who have heard nothing of it. */
    dropLate: (alert: string, nowMs: number): ReadonlySet<string> =>
      new Set(
        dropLate
          .all(alert, nowMs)
          .filter((row) => kindOf(row) === 'new')
          .map(({ recipient }) => String(recipient)),
      ),
    /** What a recipient was to hear of it and has not: gives what that was. */
    dropUntold: (recipient: string, alert: string): News['kind'] | undefined =>
      dropUntold.all(recipient, alert).map(kindOf)[0],
    drop: (row: number): void => {
      dropNews.run(row);
    },
    /** The clock was set back to this moment: what was written down at a later one is of now. */
    setBack: (nowMs: number): void => {
      recallNews.run({ nowMs });
      recallMessages.run({ nowMs });
    },
    postpone: (row: number, dueMs: number): void => {
      postponeNews.run(dueMs, row);
    },
    waitingNews: (recipient: string): readonly News[] => waitingNews.all(recipient).map(newsOfRow),
    /** Makes the messages of a plan, all or none. */
    make: (recipient: string, messages: readonly PlannedMessage[], nowMs: number): void => {
      atOnce(db, () => {
        for (const { kind, line, isUrgent, news } of messages) {
          const id = messageId(recipient, news);
          putMessage.run(id, recipient, line, kind, isUrgent ? 1 : 0, nowMs, nowMs);
          for (const { row } of news) claim.run(id, row);
        }
      });
    },
    lastMs: (recipient: string, sinceMs: number): ReadonlyMap<string, number> =>
      new Map(lastMs.all(recipient, sinceMs).map(({ building, at }) => [String(building), Number(at)])),
    recentMs: (recipient: string, isUrgent: boolean, nowMs: number): readonly number[] =>
      recent.all(recipient, isUrgent ? 1 : 0, nowMs - HOUR_MS).map((row) => Number(row.created_ms)),
    next: (recipient: string, nowMs: number): MessageRow | undefined => {
      const row = next.get(recipient, nowMs);
      return row && messageOf(row);
    },
    markSent: (id: string, nowMs: number): void => {
      sent.run(nowMs, id);
    },
    retryLater: (id: string, nextMs: number, error: string): void => {
      failed.run('waiting', nextMs, error, null, id);
    },
    bury: (id: string, nowMs: number, error: string): void => {
      failed.run('dead', nowMs, error, nowMs, id);
    },
    /** What nobody took, the oldest first. */
    dead: (afterRow: number, limit: number): readonly DeadRow[] =>
      dead.all(afterRow, limit).map((row) => ({
        ...messageOf(row),
        row: Number(row.row),
        diedMs: Number(row.done_ms),
        error: String(row.error),
      })),
    /**
     * Tries dead messages again, all of them or those named; gives their number. The beginning of what the recipient knows to
     * be over is told no more: it would seem to have begun again.
     */
    revive: (ids: readonly string[] | undefined, nowMs: number): number => {
      const named = { ids: ids === undefined ? null : JSON.stringify(ids) };
      return atOnce(db, () => {
        forgetEnded.run(named);
        dropEmpty.run(named);
        return Number(revive.run({ ...named, nowMs }).changes);
      });
    },
    /** What waits for recipients that the settings do not have any more does not reach them: gives what they have not heard of. */
    keepOnly: (recipients: readonly string[], nowMs: number): readonly News[] => {
      const names = JSON.stringify(recipients);
      const unheard = newsOfStrangers.all(names).map(newsOfRow);
      dropStrangers.run(names);
      buryStrangers.run(nowMs, names);
      return unheard;
    },
    counts: () => {
      const { news, messages, dead: gone } = count.get() ?? {};
      return { waiting: Number(news) + Number(messages), dead: Number(gone) };
    },
    /** Forgets what is about alerts that are no more, and messages that told nothing else. */
    prune: (): void => {
      db.exec(`DELETE FROM delivery_news WHERE alert NOT IN (SELECT id FROM alerts);
        DELETE FROM delivery_messages WHERE id NOT IN (SELECT message FROM delivery_news WHERE message IS NOT NULL)`);
    },
  };
}

function atOnce<T>(db: DatabaseSync, work: () => T): T {
  db.exec('SAVEPOINT delivery');
  try {
    const done = work();
    db.exec('RELEASE delivery');
    return done;
  } catch (error) {
    // A failure such as a full disk may have ended the transaction already.
    if (db.isTransaction) db.exec('ROLLBACK TO delivery; RELEASE delivery');
    throw error;
  }
}
