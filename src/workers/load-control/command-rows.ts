import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { type LoadCommand, type LoadCommandState, loadCommandStates } from '../../domain/load-command.ts';

export type CommandQuery = {
  readonly buildings?: ReadonlySet<string>;
  readonly limit: number;
  /** Commands before this moment only. */
  readonly beforeMs?: number;
};

/** Commands to loads in the state database: written before they are sent, so that a restart neither repeats nor forgets them. */
export type CommandRows = {
  /** Nothing happens when it is there already. */
  readonly put: (command: LoadCommand) => void;
  readonly update: (
    id: string,
    change: Partial<Pick<LoadCommand, 'state' | 'detail' | 'sentAtMs' | 'answeredAtMs'>>,
  ) => void;
  /** It is out, unless the load has answered already. */
  readonly markSent: (id: string) => void;
  readonly inState: (state: LoadCommandState) => readonly LoadCommand[];
  /** Of a building since a moment, the oldest first. */
  readonly since: (building: string, sinceMs: number) => readonly LoadCommand[];
  /** The newest that a load was really sent. */
  readonly lastSent: (building: string, load: string) => LoadCommand | undefined;
  /** Of an alert or a limit, the oldest first. */
  readonly ofCause: (cause: string) => readonly LoadCommand[];
  /** The newest first. */
  readonly list: (query: CommandQuery) => readonly LoadCommand[];
  readonly prune: (beforeMs: number) => void;
};

export function openCommandRows(db: DatabaseSync): CommandRows {
  db.exec(`
    CREATE TABLE IF NOT EXISTS load_commands (
      id TEXT PRIMARY KEY, building TEXT NOT NULL, load TEXT NOT NULL, power_kw REAL NOT NULL, cause TEXT NOT NULL,
      at_ms REAL NOT NULL, until_ms REAL NOT NULL, state TEXT NOT NULL, detail TEXT, sent_at_ms REAL, answered_at_ms REAL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS load_commands_newest ON load_commands (at_ms);
    CREATE INDEX IF NOT EXISTS load_commands_of_load ON load_commands (building, load, at_ms);
    CREATE INDEX IF NOT EXISTS load_commands_of_cause ON load_commands (cause);
    CREATE INDEX IF NOT EXISTS load_commands_open ON load_commands (state) WHERE state IN ('waiting', 'sent')`);
  // Since there are batteries.
  const columns = db.prepare("SELECT name FROM pragma_table_info('load_commands')").all();
  if (!columns.some(({ name }) => name === 'grid_kw'))
    db.exec('ALTER TABLE load_commands ADD COLUMN grid_kw REAL');
  const put = db.prepare(
    `INSERT OR IGNORE INTO load_commands (id, building, load, power_kw, cause, at_ms, until_ms, state, detail, grid_kw)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const update = db.prepare(
    `UPDATE load_commands SET state = coalesce($state, state), detail = coalesce($detail, detail),
       sent_at_ms = coalesce($sentAtMs, sent_at_ms), answered_at_ms = coalesce($answeredAtMs, answered_at_ms)
     WHERE id = $id`,
  );
  const markSent = db.prepare("UPDATE load_commands SET state = 'sent' WHERE id = ? AND state = 'waiting'");
  const inState = db.prepare('SELECT * FROM load_commands WHERE state = ? ORDER BY at_ms, id');
  const since = db.prepare(
    'SELECT * FROM load_commands WHERE building = ? AND at_ms >= ? ORDER BY at_ms, id',
  );
  const lastSent = db.prepare(
    `SELECT * FROM load_commands WHERE building = ? AND load = ? AND sent_at_ms IS NOT NULL
     ORDER BY at_ms DESC LIMIT 1`,
  );
  const ofCause = db.prepare('SELECT * FROM load_commands WHERE cause = ? ORDER BY at_ms, id');
  const list = db.prepare('SELECT * FROM load_commands WHERE at_ms < ? ORDER BY at_ms DESC, id DESC');
  const prune = db.prepare('DELETE FROM load_commands WHERE at_ms < ?');
  return {
    put: (command) => {
      const { id, building, load, powerKw, cause, atMs, untilMs, state, detail, gridKw } = command;
      put.run(id, building, load, powerKw, cause, atMs, untilMs, state, detail ?? null, gridKw ?? null);
    },
    update: (id, { state, detail, sentAtMs, answeredAtMs }) => {
      update.run({
        id,
        state: state ?? null,
        detail: detail ?? null,
        sentAtMs: sentAtMs ?? null,
        answeredAtMs: answeredAtMs ?? null,
      });
    },
    markSent: (id) => {
      markSent.run(id);
    },
    inState: (state) => inState.all(state).map(commandOf),
    since: (building, sinceMs) => since.all(building, sinceMs).map(commandOf),
    lastSent: (building, load) => {
      const found = lastSent.get(building, load);
      return found && commandOf(found);
    },
    ofCause: (cause) => ofCause.all(cause).map(commandOf),
    list: ({ buildings, limit, beforeMs = Number.MAX_SAFE_INTEGER }) => {
      const found: LoadCommand[] = [];
      for (const row of list.iterate(beforeMs)) {
        const command = commandOf(row);
        if (buildings === undefined || buildings.has(command.building)) found.push(command);
        if (found.length === limit) break;
      }
      return found;
    },
    prune: (beforeMs) => {
      prune.run(beforeMs);
    },
  };
}

function commandOf(row: Readonly<Record<string, SQLOutputValue>>): LoadCommand {
  const { detail, sent_at_ms: sentAtMs, answered_at_ms: answeredAtMs, grid_kw: gridKw } = row;
  return {
    id: String(row.id),
    building: String(row.building),
    load: String(row.load),
    powerKw: Number(row.power_kw),
    cause: String(row.cause),
    atMs: Number(row.at_ms),
    untilMs: Number(row.until_ms),
    state: loadCommandStates.find((state) => state === row.state) ?? 'expired',
    ...(typeof gridKw === 'number' ? { gridKw } : {}),
    ...(typeof detail === 'string' ? { detail } : {}),
    ...(sentAtMs === null ? {} : { sentAtMs: Number(sentAtMs) }),
    ...(answeredAtMs === null ? {} : { answeredAtMs: Number(answeredAtMs) }),
  };
}
