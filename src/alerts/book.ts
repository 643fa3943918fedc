import { createHash } from 'node:crypto';
import { z } from 'zod';
import {
  type Alert,
  type AlertChange,
  type Closer,
  closers,
  type Ended,
  type Finding,
  type Holding,
  isGraver,
  type Json,
} from '../domain/alert.ts';
import { alertSchema } from './alert-schema.ts';
import { createFlapWatch, type Flapping, flapsSchema } from './flap-watch.ts';

/**
 * Turns what rules find into what people are told: pending → firing → resolved. All in event time, which comes with the
 * findings and the ticks, so that the same readings give the same alerts with the same ids.
 */
export interface AlertBook {
  onFinding(finding: Finding): void;
  /** The building's event time has reached a full minute (or, for kvarter itself, which is building '', any moment). */
  onTick(building: string, atMs: number): void;
  /** From now on, what begins more often than this is held open; undefined: nothing is. */
  useFlapping(flapping: Flapping | undefined): void;
  /** Resolves alerts whatever their condition does; `atMsOf`: event time of a building. */
  end(isOver: (alert: Alert) => boolean, atMsOf: (building: string) => number, closedBy: Closer): void;
  /** Is it one of those that are not resolved? */
  knows(alert: Alert): boolean;
  /** The clock was set back by so much to this moment: what came after it is as much earlier, and waits last as long as they would have. */
  setBack(nowMs: number, byMs: number): void;
  /** What has changed since the last call: states, in order, and facts of alerts that go on. */
  drain(): { readonly changes: readonly AlertChange[]; readonly refreshed: readonly Alert[] };
  /** A part for each building, to be written down before the next finding. */
  snapshot(): Iterable<Json>;
  /** A new book that is given all parts goes on as if nothing had happened. Throws when a part is another version's. */
  restore(part: Json): void;
}

const openSchema = z.object({
  alert: alertSchema,
  /** When a pending alert fires, or a firing one that has stopped holding is resolved. */
  dueMs: z.number().exactOptional(),
  clearMs: z.number(),
  stretch: z.number().exactOptional(),
  /** Since when the condition does not hold. */
  endedMs: z.number().exactOptional(),
  closedBy: z.enum(closers).exactOptional(),
});
/** An alert that is not resolved, and what is due for it. */
export type Open = z.infer<typeof openSchema>;

const partSchema = z.tuple([z.string(), z.record(z.string(), openSchema), flapsSchema.optional()]);
const plain = z.custom<Json>();

/** `goingOn`: open alerts to go on with, where no snapshot is kept. */
export function createAlertBook(goingOn: readonly Open[] = []): AlertBook {
  /** Open alerts by building, then by rule and subject. */
  const buildings = new Map<string, Map<string, Open>>();
  /** The next moment at which something is due in a building: nearly every tick finds nothing. */
  const dues = new Map<string, number>();
  let changes: AlertChange[] = [];
  let refreshed = new Map<string, Alert>();
  const flaps = createFlapWatch();

  const change = (alert: Alert, atMs: number) => {
    changes.push({ alert, atMs });
    refreshed.delete(alert.id);
  };

  const fire = (key: string, open: Open, atMs: number) => {
    const flapping = flaps.begins(open.alert.building ?? '', key, atMs);
    open.alert = { ...open.alert, state: 'firing', firedAtMs: atMs, ...(flapping && { flapping }) };
    delete open.dueMs;
    change(open.alert, atMs);
  };

  const resolve = (alerts: Map<string, Open>, key: string, open: Open, atMs: number) => {
    const { alert, endedMs = atMs, closedBy } = open;
    alerts.delete(key);
    if (alert.flapping) flaps.calm(alert.building ?? '', key);
    change({ ...alert, state: 'resolved', endsAtMs: endedMs, ...(closedBy && { closedBy }) }, atMs);
  };

  /** Ends it at once, whether its condition ended or not. */
  const close = (alerts: Map<string, Open>, key: string, open: Open, atMs: number, closedBy: Closer) => {
    if (open.endedMs === undefined) open.closedBy = closedBy;
    resolve(alerts, key, open, atMs);
  };

  /** Does what was due up to a moment, each at its own time. */
  const settle = (building: string, atMs: number) => {
    const due = dues.get(building);
    if (due === undefined || due > atMs) return;
    const alerts = buildings.get(building) ?? new Map<string, Open>();
    const ready = [...alerts].filter(([, { dueMs }]) => dueMs !== undefined && dueMs <= atMs);
    for (const [key, open] of ready.toSorted(([, a], [, b]) => (a.dueMs ?? 0) - (b.dueMs ?? 0))) {
      if (open.endedMs === undefined) fire(key, open, open.dueMs ?? atMs);
      else resolve(alerts, key, open, open.dueMs ?? atMs);
    }
    schedule(building, alerts);
  };

  const schedule = (building: string, alerts: ReadonlyMap<string, Open>) => {
    let next = Number.POSITIVE_INFINITY;
    for (const { dueMs } of alerts.values()) next = Math.min(next, dueMs ?? next);
    if (next === Number.POSITIVE_INFINITY) dues.delete(building);
    else dues.set(building, next);
  };

  const holds = (alerts: Map<string, Open>, key: string, finding: Finding & Holding) => {
    const { atMs, forMs, clearMs, severity, title, detail, facts } = finding;
    const known = alerts.get(key);
    if (known) {
      const renewed = renewal(known, finding);
      known.alert = {
        ...known.alert,
        severity,
        title,
        detail,
        facts: { ...facts },
        ...(renewed && { renewed }),
      };
      known.clearMs = clearMs;
      if (finding.stretch !== undefined) known.stretch = finding.stretch;
      if (known.endedMs !== undefined) {
        delete known.endedMs;
        delete known.closedBy;
        delete known.dueMs;
        const { flapping } = known.alert;
        if (flapping) known.alert = { ...known.alert, flapping: { ...flapping, times: flapping.times + 1 } };
      }
      if (renewed) change(known.alert, atMs);
      else refreshed.set(known.alert.id, known.alert);
      return;
    }
    const { stretch } = finding;
    const open: Open = { alert: begun(finding), clearMs, ...(stretch !== undefined && { stretch }) };
    alerts.set(key, open);
    if (forMs === 0) return fire(key, open, atMs);
    open.dueMs = atMs + forMs;
    change(open.alert, atMs);
  };

  const holdsNot = (alerts: Map<string, Open>, key: string, { atMs, closedBy }: Finding & Ended) => {
    const open = alerts.get(key);
    if (open === undefined) return;
    // What comes late may say that it ended before it began.
    const endedMs = Math.max(atMs, open.endedMs ?? open.alert.startsAtMs);
    if (closedBy === 'register') return close(alerts, key, open, endedMs, closedBy);
    if (open.endedMs !== undefined) return;
    open.endedMs = endedMs;
    if (closedBy) open.closedBy = closedBy;
    const clearMs = open.alert.flapping ? Math.max(open.clearMs, flaps.calmMs()) : open.clearMs;
    if (open.alert.state === 'pending' || clearMs === 0) resolve(alerts, key, open, endedMs);
    else open.dueMs = endedMs + clearMs;
  };

  for (const open of goingOn) {
    const { building = '', rule, subject } = open.alert;
    const alerts = buildings.get(building) ?? new Map<string, Open>();
    buildings.set(building, alerts.set(`${rule}|${subject}`, { ...open }));
    schedule(building, alerts);
  }

  return {
    onFinding: (finding) => {
      const { building = '', rule, subject, atMs } = finding;
      settle(building, atMs);
      const alerts = buildings.get(building) ?? new Map<string, Open>();
      buildings.set(building, alerts);
      const key = `${rule}|${subject}`;
      if (finding.holds) holds(alerts, key, finding);
      else holdsNot(alerts, key, finding);
      schedule(building, alerts);
    },
    onTick: settle,
    useFlapping: flaps.use,
    end: (isOver, atMsOf, closedBy) => {
      for (const [building, alerts] of buildings) {
        for (const [key, open] of [...alerts]) {
          if (!isOver(open.alert)) continue;
          const atMs = Math.max(atMsOf(building), open.alert.firedAtMs ?? open.alert.startsAtMs);
          close(alerts, key, open, atMs, closedBy);
        }
        schedule(building, alerts);
      }
    },
    knows: ({ id, building = '', rule, subject }) =>
      buildings.get(building)?.get(`${rule}|${subject}`)?.alert.id === id,
    setBack: (nowMs, byMs) => {
      for (const [building, alerts] of buildings) {
        for (const open of alerts.values()) {
          putBack(open, nowMs, byMs);
          refreshed.set(open.alert.id, open.alert);
        }
        schedule(building, alerts);
      }
    },
    drain: () => {
      const drained = { changes, refreshed: [...refreshed.values()] };
      changes = [];
      refreshed = new Map();
      return drained;
    },
    *snapshot() {
      for (const [building, alerts] of buildings) {
        yield plain.parse([building, Object.fromEntries(alerts), ...flaps.snapshot(building)]);
      }
    },
    restore: (part) => {
      const [building, kept, fired] = partSchema.parse(part);
      const alerts = new Map(Object.entries(kept));
      buildings.set(building, alerts);
      if (fired) flaps.restore(building, fired);
      schedule(building, alerts);
    },
  };
}

/** Is what is found of an alert that fires more than what was told of it? */
function renewal({ alert, stretch }: Open, found: Finding & Holding): Alert['renewed'] {
  const { severity: from, state } = alert;
  if (state !== 'firing') return undefined;
  if (isGraver(found.severity, from)) return { atMs: found.atMs, from };
  const isKnown = stretch === undefined || found.stretch === undefined || found.stretch === stretch;
  return isKnown ? undefined : { atMs: found.atMs };
}

function putBack(open: Open, nowMs: number, byMs: number): void {
  const back = (atMs: number) => (atMs > nowMs ? atMs - byMs : atMs);
  const { startsAtMs, firedAtMs, renewed } = open.alert;
  open.alert = {
    ...open.alert,
    startsAtMs: back(startsAtMs),
    ...(firedAtMs === undefined ? {} : { firedAtMs: back(firedAtMs) }),
    ...(renewed && { renewed: { ...renewed, atMs: back(renewed.atMs) } }),
  };
  if (open.endedMs !== undefined) open.endedMs = back(open.endedMs);
  if (open.dueMs !== undefined) open.dueMs -= byMs;
}

function begun(finding: Finding & Holding): Open['alert'] {
  const { rule, subject, building, space, device, quantity, severity, atMs, title, detail, facts } = finding;
  const { recipients } = finding;
  return {
    id: alertId(rule, subject, atMs),
    rule,
    severity,
    state: 'pending',
    ...(building === undefined ? {} : { building }),
    ...(space === undefined ? {} : { space }),
    ...(device === undefined ? {} : { device }),
    ...(quantity === undefined ? {} : { quantity }),
    subject,
    startsAtMs: atMs,
    ...(recipients === undefined ? {} : { recipients }),
    title,
    detail,
    facts: { ...facts },
  };
}

/** The same for the same rule, subject and start, whoever computes it and when. */
function alertId(rule: string, subject: string, startsAtMs: number): string {
  const hash = createHash('sha256').update(`${rule}|${subject}|${startsAtMs}`).digest('hex');
  return `${rule}-${hash.slice(0, 12)}`;
}
