import { randomUUID } from 'node:crypto';
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { ServiceTrouble } from '../../alerts/service-watch.ts';
import { HOUR_MS, QUARTER_MS } from '../../domain/interval.ts';
import type { Limit } from '../../domain/limit.ts';
import type { LoadCommand } from '../../domain/load-command.ts';
import type { Area, FlexibleLoad, Register } from '../../domain/register.ts';
import type { Clock } from '../../domain/time.ts';
import { zoneOf } from '../../domain/zone.ts';
import { limitPlan } from '../../energy/guard/limit-plan.ts';
import { offTimes } from '../../energy/guard/load-commands.ts';
import { wishesByBuilding } from '../../energy/guard/shed-facts.ts';
import type { Span } from '../../energy/tariffs/power-price.ts';
import { loadsOfArea } from '../../rules/peaks/peak-place.ts';
import { type LimitStanding, limitTroubles } from './limit-troubles.ts';
import type { LoadControl } from './load-control.ts';

export type LimitsOptions = {
  readonly db: DatabaseSync;
  readonly clock: Clock;
  readonly register: () => Register;
  /** What a building is heading for in a span, kW; undefined when nothing is known of it. */
  readonly projectedKw: (building: string, span: Span, atMs: number) => number | undefined;
  /** Are the rooms of the building warm enough for its load to be off? */
  readonly maySwitch: (building: string, load: FlexibleLoad, atMs: number) => boolean;
  readonly loads: Pick<LoadControl, 'wish' | 'since' | 'pastOf'>;
  readonly log: Record<'info' | 'warn', (fields: object, message: string) => void>;
};

/** Limits that were asked for, and the hand that keeps to them. They survive a restart. */
export type Limits = {
  readonly add: (limit: Omit<Limit, 'id' | 'createdAtMs' | 'withdrawnAtMs'>) => Limit;
  readonly find: (id: string) => Limit | undefined;
  /** The newest first, from behind one of them on. */
  readonly list: (asked: {
    readonly area?: string;
    readonly after?: Limit;
    readonly limit: number;
  }) => readonly Limit[];
  /** How many are running or still to come. */
  readonly open: () => number;
  /** Nothing more is switched off for it; what is off comes back at its own end. */
  readonly withdraw: (id: string) => void;
  /** Looks now; it does so by itself, often. */
  readonly look: () => void;
  /** Limits that cannot be kept, or are not. */
  readonly troubles: () => readonly ServiceTrouble[];
  readonly prune: (beforeMs: number) => void;
} & Disposable;

const LOOK_MS = 15_000;
/** So far back what loads were told matters to what they can still give. */
const GIVEN_MS = 6 * HOUR_MS;

export function openLimits({
  db,
  clock,
  register,
  projectedKw,
  maySwitch,
  loads,
  log,
}: LimitsOptions): Limits {
  db.exec(`
    CREATE TABLE IF NOT EXISTS limits (
      id TEXT PRIMARY KEY, area TEXT NOT NULL, from_ms REAL NOT NULL, to_ms REAL NOT NULL, kw REAL NOT NULL,
      said_by TEXT NOT NULL, created_at_ms REAL NOT NULL, withdrawn_at_ms REAL) STRICT;
    CREATE INDEX IF NOT EXISTS limits_by_end ON limits (to_ms)`);
  const insert = db.prepare(
    'INSERT INTO limits (id, area, from_ms, to_ms, kw, said_by, created_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const find = db.prepare('SELECT * FROM limits WHERE id = ?');
  const list = db.prepare(
    `SELECT * FROM limits WHERE ($area IS NULL OR area = $area)
       AND ($id IS NULL OR from_ms < $fromMs OR (from_ms = $fromMs AND id > $id)) ORDER BY from_ms DESC, id LIMIT $limit`,
  );
  const active = db.prepare(
    'SELECT * FROM limits WHERE from_ms <= $now AND to_ms > $now AND withdrawn_at_ms IS NULL ORDER BY kw',
  );
  const open = db.prepare(
    'SELECT count(*) AS limits FROM limits WHERE to_ms > ? AND withdrawn_at_ms IS NULL',
  );
  const withdraw = db.prepare(
    'UPDATE limits SET withdrawn_at_ms = ? WHERE id = ? AND withdrawn_at_ms IS NULL',
  );
  const prune = db.prepare('DELETE FROM limits WHERE to_ms < ?');

  const standings = new Map<string, LimitStanding>();

  const headingOf = (area: Area, span: Span, atMs: number) =>
    area.buildings
      .flatMap((building) => projectedKw(building, span, atMs) ?? [])
      .reduce((sum, kw) => sum + kw, 0);

  /** Its buildings with a main meter. */
  const meteredIn = (area: Area) => {
    const rows = [...register().devices.values()].flat();
    const metered = new Set(
      rows.flatMap(({ role, building }) => (role === 'electricityMain' ? [building] : [])),
    );
    return area.buildings.filter((id) => metered.has(id));
  };

  /** What does not obey, and what rooms are too cold for, has nothing to give. */
  const canGive = (told: readonly LoadCommand[], atMs: number) => (load: FlexibleLoad) => {
    const last = told.findLast((command) => command.load === load.id);
    if (!load.automatic || last?.state === 'refused' || last?.state === 'unanswered') return false;
    return maySwitch(load.id.split('/')[0] ?? '', load, atMs);
  };

  const keepTo = (limit: Limit, area: Area, atMs: number): LimitStanding => {
    const fromMs = Math.floor(atMs / QUARTER_MS) * QUARTER_MS;
    const quarter = { fromMs, toMs: fromMs + QUARTER_MS };
    const before = { fromMs: fromMs - QUARTER_MS, toMs: fromMs };
    const lastKw = before.fromMs < limit.fromMs ? undefined : headingOf(area, before, fromMs);
    const heading = headingOf(area, quarter, atMs);
    const unheard = meteredIn(area).filter((id) => projectedKw(id, quarter, atMs) === undefined);
    const standing = { limit, projectedKw: heading, lastKw, unheard };
    if (heading <= limit.kw) return { ...standing, missingKw: 0 };
    const day = zoneOf(register().organisation.timeZone).dayAt(atMs);
    const told = area.buildings.flatMap((building) =>
      loads
        .since(building, Math.min(day.fromMs, atMs - GIVEN_MS))
        .map((command) => ({ ...command, load: `${building}/${command.load}` })),
    );
    const lately = told.filter((command) => command.atMs >= atMs - GIVEN_MS);
    const able = loadsOfArea(register(), area).filter(canGive(lately, atMs));
    const { wishes, missingKw } = limitPlan({
      limitKw: limit.kw,
      untilMs: limit.toMs,
      quarter,
      projectedKw: heading,
      atMs,
      loads: able,
      held: offTimes(able, loads.pastOf(told), day),
      paceMs: QUARTER_MS,
    });
    for (const wish of wishesByBuilding('', wishes)) loads.wish({ ...wish, cause: limit.id });
    return { ...standing, missingKw };
  };

  const look = () => {
    const atMs = clock();
    standings.clear();
    // Of several for an area the lowest holds.
    for (const limit of active.all({ now: atMs }).map(limitOf)) {
      const area = register().areas.find(({ id }) => id === limit.area);
      if (area && !standings.has(area.id)) standings.set(area.id, keepTo(limit, area, atMs));
    }
  };
  const timer = setInterval(() => {
    try {
      look();
    } catch (error) {
      log.warn({ err: error }, 'limits cannot be looked at: again soon');
    }
  }, LOOK_MS);

  return {
    look,
    troubles: () => limitTroubles(register().areas, (area) => standings.get(area)),
    add: (asked) => {
      const limit = { ...asked, id: `limit-${randomUUID()}`, createdAtMs: clock() };
      const { id, area, fromMs, toMs, kw, by, createdAtMs } = limit;
      insert.run(id, area, fromMs, toMs, kw, by, createdAtMs);
      return limit;
    },
    find: (id) => {
      const found = find.get(id);
      return found && limitOf(found);
    },
    list: ({ area = null, after: { id, fromMs } = { id: null, fromMs: null }, limit }) =>
      list.all({ area, id, fromMs, limit }).map(limitOf),
    open: () => Number(open.get(clock())?.limits),
    withdraw: (id) => {
      withdraw.run(clock(), id);
    },
    prune: (beforeMs) => {
      prune.run(beforeMs);
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

function limitOf(row: Readonly<Record<string, SQLOutputValue>>): Limit {
  const { withdrawn_at_ms: withdrawnAtMs } = row;
  return {
    id: String(row.id),
    area: String(row.area),
    fromMs: Number(row.from_ms),
    toMs: Number(row.to_ms),
    kw: Number(row.kw),
    by: String(row.said_by),
    createdAtMs: Number(row.created_at_ms),
    ...(withdrawnAtMs === null ? {} : { withdrawnAtMs: Number(withdrawnAtMs) }),
  };
}
