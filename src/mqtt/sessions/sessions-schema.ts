import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';

const tables = ['sessions', 'subscriptions', 'outgoing', 'forwarded', 'retained', 'wills'] as const;

const qos = z.union([z.literal(0), z.literal(1), z.literal(2)]);
const bytes = z.instanceof(Uint8Array).transform((value) => Buffer.from(value));
const client = z.string();
const sessionRow = z.object({ client, awaySinceMs: z.number().nullable() });
const subscriptionRow = z.object({ client, filter: z.string(), qos });
const outgoingRow = z.object({
  seq: z.number(),
  client,
  topic: z.string(),
  payload: bytes,
  qos: z.union([z.literal(1), z.literal(2)]),
  messageId: z.number().nullable(),
  isReleased: z.number(),
});
const forwardedRow = z.object({ client, packetId: z.number() });
const retainedRow = z.object({ topic: z.string(), payload: bytes, qos });
const willRow = z.object({
  client,
  topic: z.string(),
  payload: bytes,
  qos,
  retain: z.number(),
  sender: z.string().nullable(),
});

/** The tables of `mqtt.db`, with a statement for each change and a query for each table. */
export function openSessionTables(db: DatabaseSync) {
  db.exec(`
    CREATE TABLE IF NOT EXISTS sessions (client TEXT PRIMARY KEY, awaySinceMs INTEGER) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS subscriptions (
      client TEXT NOT NULL, filter TEXT NOT NULL, qos INTEGER NOT NULL, PRIMARY KEY (client, filter)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS outgoing (
      seq INTEGER PRIMARY KEY, client TEXT NOT NULL, topic TEXT NOT NULL, payload BLOB NOT NULL, qos INTEGER NOT NULL,
      messageId INTEGER, isReleased INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS forwarded (
      client TEXT NOT NULL, packetId INTEGER NOT NULL, PRIMARY KEY (client, packetId)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS retained (
      topic TEXT PRIMARY KEY, payload BLOB NOT NULL, qos INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS wills (
      client TEXT PRIMARY KEY, topic TEXT NOT NULL, payload BLOB NOT NULL, qos INTEGER NOT NULL,
      retain INTEGER NOT NULL, sender TEXT
    ) STRICT;
  `);
  const rows = function* <T>(table: (typeof tables)[number], schema: z.ZodType<T>): Generator<T> {
    const order = table === 'outgoing' ? ' ORDER BY seq' : '';
    for (const row of db.prepare(`SELECT * FROM ${table}${order}`).iterate()) yield schema.parse(row);
  };
  return {
    load: {
      sessions: () => rows('sessions', sessionRow),
      subscriptions: () => rows('subscriptions', subscriptionRow),
      outgoing: () => rows('outgoing', outgoingRow),
      forwarded: () => rows('forwarded', forwardedRow),
      retained: () => rows('retained', retainedRow),
      wills: () => rows('wills', willRow),
    },
    clear: () => {
      for (const table of tables) db.exec(`DELETE FROM ${table}`);
    },
    putSession: db.prepare('INSERT OR REPLACE INTO sessions VALUES (?, ?)'),
    endSession: db.prepare('DELETE FROM sessions WHERE client = ?'),
    putSubscription: db.prepare('INSERT OR REPLACE INTO subscriptions VALUES (?, ?, ?)'),
    endSubscription: db.prepare('DELETE FROM subscriptions WHERE client = ? AND filter = ?'),
    putOutgoing: db.prepare('INSERT OR REPLACE INTO outgoing VALUES (?, ?, ?, ?, ?, ?, ?)'),
    sentOutgoing: db.prepare('UPDATE outgoing SET messageId = ?, isReleased = ? WHERE seq = ?'),
    endOutgoing: db.prepare('DELETE FROM outgoing WHERE seq = ?'),
    putForwarded: db.prepare('INSERT OR REPLACE INTO forwarded VALUES (?, ?)'),
    endForwarded: db.prepare('DELETE FROM forwarded WHERE client = ? AND packetId = ?'),
    putRetained: db.prepare('INSERT OR REPLACE INTO retained VALUES (?, ?, ?)'),
    endRetained: db.prepare('DELETE FROM retained WHERE topic = ?'),
    putWill: db.prepare('INSERT OR REPLACE INTO wills VALUES (?, ?, ?, ?, ?, ?)'),
    endWill: db.prepare('DELETE FROM wills WHERE client = ?'),
  };
}

export type SessionTables = ReturnType<typeof openSessionTables>;
