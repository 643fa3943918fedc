import { parseIsoTime } from '../../src/domain/time.ts';
import { quantile } from '../../src/energy/guard/guard-report.ts';
import { toldWindows } from '../../src/energy/guard/told-windows.ts';
import { events as happenings } from '../truth.ts';
import { GRACE_MS, type Matching, matchingOf } from './findable.ts';
import { isAbout } from './is-about.ts';
import type { ScoredAlert, TrueEvent } from './scored.ts';

/** What moved nothing by more than a sensor may be off by, nobody can see. An alert about it is right all the same. */
export const LEAST_EFFECT = 1;

export type ScoreInput = {
  readonly truth: readonly TrueEvent[];
  readonly alerts: readonly ScoredAlert[];
  /** What was true without what the alerts led to: a peak that was averted is no false alert. */
  readonly averted?: readonly TrueEvent[];
  /** Alerts that fired before it are passed over, and what began before it needs not be found. Default: all is scored. */
  readonly fromMs?: number;
  /** How many buildings were watched, and for how long. */
  readonly buildings: number;
  readonly months: number;
};

/** How often something was right; a share of nothing is null. */
type Counts = {
  /** Alerts, and those of them that had a cause. */
  readonly alerts: number;
  readonly trueAlerts: number;
  readonly falseAlerts: number;
  readonly precision: number | null;
  /** What was there to be found, and what of it was. */
  readonly events: number;
  readonly found: number;
  readonly recall: number | null;
  readonly falsePerBuildingMonth: number;
  /** Median time from the first alert until what it is about is over: what was left to act in. */
  readonly medianLeadMinutes: number | null;
  /** Median time from the beginning until the first alert. */
  readonly medianDelayMinutes: number | null;
};

export type RuleScore = Counts & { readonly rule: string };
export type KindScore = Omit<
  Counts,
  'alerts' | 'trueAlerts' | 'falseAlerts' | 'precision' | 'falsePerBuildingMonth'
> & {
  readonly kind: string;
  /** The rules that found it. */
  readonly rules: readonly string[];
};

export type Score = {
  readonly buildings: number;
  readonly months: number;
  /** Faults that moved nothing that is measured: they are not asked for. */
  readonly unseen: number;
  readonly rules: readonly RuleScore[];
  readonly kinds: readonly KindScore[];
  readonly total: Omit<Counts, 'medianLeadMinutes' | 'medianDelayMinutes'>;
};

type Event = TrueEvent & { readonly fromMs: number; readonly toMs: number };

/**
 * Faults of a kind that follow each other in the same place without a break are one: nobody could say where the second begins, and an
 * alert that goes on is told once.
 */
function joined(truth: readonly TrueEvent[]): Event[] {
  const faults: Event[] = [];
  for (const event of truth.map(timed).toSorted((a, b) => a.fromMs - b.fromMs)) {
    const running = Object.hasOwn(happenings, event.kind)
      ? undefined
      : faults.findLast(
          ({ kind, building, subject, toMs }) =>
            kind === event.kind &&
            building === event.building &&
            subject === event.subject &&
            toMs >= event.fromMs,
        );
    if (running === undefined) faults.push(event);
    else if (event.toMs > running.toMs)
      faults[faults.indexOf(running)] = {
        ...running,
        to: event.to,
        toMs: event.toMs,
        ...larger(running, event),
      };
  }
  return faults;
}

/** What many devices have in common may be silent in several buildings. */
function buildingsOf({ building, facts }: ScoredAlert): readonly string[] {
  return Array.isArray(facts.buildings) ? facts.buildings.map(String) : [building];
}

/** Of two that are one, what the one that showed more did. */
function larger({ effect: one }: TrueEvent, { effect: other }: TrueEvent): Pick<TrueEvent, 'effect'> {
  return one === undefined || other === undefined ? {} : { effect: Math.max(one, other) };
}

/**
 * Matches alerts to what was true. An alert has a cause when, while a fault that its rule can tell of was there (or at
 * most the rule's grace after), it was told about the fault's subject. A fault is found when there is such an alert; a rule
 * answers for those kinds that {@link matchingOf} gives it. One that is held back is neither right nor false, and finds what the alert
 * that is told in its place is about, too.
 */
export function score({ truth, averted = [], buildings, months, ...input }: ScoreInput): Score {
  const { fromMs = Number.NEGATIVE_INFINITY } = input;
  const inSpan = input.alerts.filter(({ firedMs }) => firedMs >= fromMs);
  const alerts = inSpan.filter(({ heldFor }) => heldFor === undefined);
  const all = joined(truth);
  const isEvent = ({ fromMs: beganMs, effect = LEAST_EFFECT }: Event) =>
    beganMs >= fromMs && effect >= LEAST_EFFECT;
  const events = all.filter(isEvent);
  // What an alert may be about without being sought.
  const others = [...averted.map(timed), ...all.filter((event) => !isEvent(event))];
  const byBuilding = Map.groupBy(events, ({ building }) => building);
  const othersByBuilding = Map.groupBy(others, ({ building }) => building);
  /** First alert of each rule about each event. */
  const found = new Map<Event, Map<string, number>>();
  const causes = new Map<ScoredAlert, boolean>();
  const find = (event: Event, { rule }: ScoredAlert, atMs: number) => {
    const byRule = found.get(event) ?? new Map<string, number>();
    found.set(event, byRule);
    byRule.set(rule, Math.min(atMs, byRule.get(rule) ?? Number.POSITIVE_INFINITY));
  };
  for (const alert of alerts) {
    const inIts = (events: ReadonlyMap<string, readonly Event[]>) =>
      buildingsOf(alert).flatMap((building) => events.get(building) ?? []);
    const own = inIts(byBuilding).filter((event) => isRightAbout(alert, event));
    for (const event of own) if (isSought(alert, event)) find(event, alert, toldMs(alert, event));
    const hasCause = own.length > 0 || inIts(othersByBuilding).some((event) => isRightAbout(alert, event));
    causes.set(alert, hasCause);
  }
  const toldById = new Map(alerts.map((alert) => [alert.id, alert]));
  for (const alert of inSpan) {
    const told = toldById.get(alert.heldFor ?? '');
    if (told === undefined) continue;
    for (const event of byBuilding.get(alert.building) ?? [])
      if (isSought(alert, event) && isRightAbout(alert, event) && isRightAbout(told, event))
        find(event, alert, toldMs(told, event));
  }

  const perBuildingMonth = (count: number) => count / Math.max(buildings * months, Number.MIN_VALUE);
  const counted = (some: readonly ScoredAlert[]) => {
    const trueAlerts = some.filter((alert) => causes.get(alert)).length;
    const falseAlerts = some.length - trueAlerts;
    return {
      alerts: some.length,
      trueAlerts,
      falseAlerts,
      precision: share(trueAlerts, some.length),
      falsePerBuildingMonth: perBuildingMonth(falseAlerts),
    };
  };
  const foundOf = (some: readonly Event[], rule?: string) => {
    const times = some.flatMap((event) => {
      const byRule = found.get(event);
      const firstMs = rule === undefined ? Math.min(...(byRule?.values() ?? [])) : byRule?.get(rule);
      return firstMs === undefined || !Number.isFinite(firstMs) ? [] : [{ event, firstMs }];
    });
    const leads = times.flatMap(({ event, firstMs }) =>
      Number.isFinite(event.toMs) ? [event.toMs - firstMs] : [],
    );
    return {
      events: some.length,
      found: times.length,
      recall: share(times.length, some.length),
      medianLeadMinutes: medianMinutes(leads),
      medianDelayMinutes: medianMinutes(times.map(({ event, firstMs }) => firstMs - event.fromMs)),
    };
  };

  const names = [...new Set(alerts.map(({ rule }) => rule))].toSorted();
  // A kind of which nothing showed is named all the same.
  const inTime = all.filter((event) => event.fromMs >= fromMs);
  const kinds = [...Map.groupBy(inTime, ({ kind }) => kind)]
    .map(([kind, some]) => [kind, some.filter(isEvent)] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  const allFound = foundOf(events);
  return {
    buildings,
    months,
    unseen: inTime.length - events.length,
    rules: names.map((rule) => {
      const matching = matchingOf(rule);
      const own = events.filter(({ kind }) => matching === undefined || kindsIn(matching.kinds).has(kind));
      return { rule, ...counted(alerts.filter((alert) => alert.rule === rule)), ...foundOf(own, rule) };
    }),
    kinds: kinds.map(([kind, some]) => ({
      kind,
      ...foundOf(some),
      rules: [...new Set(some.flatMap((event) => [...(found.get(event)?.keys() ?? [])]))].toSorted(),
    })),
    total: {
      ...counted(alerts),
      events: allFound.events,
      found: allFound.found,
      recall: allFound.recall,
    },
  };
}

/** Is the event of a kind that the alert's rule is for? */
function isSought({ rule }: ScoredAlert, { kind }: Event): boolean {
  const matching = matchingOf(rule);
  return matching === undefined || matching.kinds.some((one) => one === kind);
}

/** Was it told while the event was there, and about its subject? Also of a kind that excuses it. */
function isRightAbout(alert: ScoredAlert, event: Event): boolean {
  const matching = matchingOf(alert.rule);
  const isExcused = (matching?.alsoTrue ?? []).some((one) => one === event.kind);
  return (isExcused || isSought(alert, event)) && isDuring(alert, event, matching) && isAbout(alert, event);
}

function timed(event: TrueEvent): Event {
  const fromMs = parseIsoTime(event.from) ?? Number.NaN;
  const toMs = event.to === null ? Number.POSITIVE_INFINITY : (parseIsoTime(event.to) ?? Number.NaN);
  return { ...event, fromMs, toMs };
}

/** When an alert told of an event: of a window when it named that. */
function toldMs(alert: ScoredAlert, event: Event): number {
  return windowsFor(event, alert).find(({ fromMs }) => fromMs === event.fromMs)?.toldAtMs ?? alert.firedMs;
}

/** The windows that an alert named, where the event is one. */
function windowsFor({ kind }: Event, { facts }: ScoredAlert): ReturnType<typeof toldWindows> {
  return kind === 'billed-peak' || kind === 'billed-heat-peak' ? toldWindows(facts) : [];
}

function isDuring(alert: ScoredAlert, event: Event, matching?: Matching): boolean {
  const { firedMs, endedMs } = alert;
  // What is about windows is about those, whenever it was told.
  const told = windowsFor(event, alert);
  if (told.length > 0) return told.some(({ fromMs }) => fromMs === event.fromMs);
  const isInTime = firedMs >= event.fromMs || (matching?.isEarly === true && endedMs > event.fromMs);
  return isInTime && firedMs <= event.toMs + (matching?.graceMs ?? GRACE_MS);
}

function kindsIn(kinds: readonly string[]): ReadonlySet<string> {
  return new Set(kinds);
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

function medianMinutes(spansMs: readonly number[]): number | null {
  const medianMs = quantile(spansMs, 0.5);
  return medianMs === null ? null : medianMs / 60_000;
}
