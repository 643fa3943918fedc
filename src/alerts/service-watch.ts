import type { Alert, AlertChange, Facts, Finding, Severity } from '../domain/alert.ts';
import { asError } from '../domain/errors.ts';
import type { Clock } from '../domain/time.ts';
import type { AlertStore } from './alert-store.ts';
import { createAlertBook } from './book.ts';
import { createDirectNews } from './direct-news.ts';
import type { Notifier } from './notifier.ts';

/** A trouble that kvarter itself can have, as it stands now. */
export type ServiceTrouble = {
  /** Unique, and the same after a restart: `store`, `broker site`. */
  readonly subject: string;
  /** By which it is said in other languages. */
  readonly kind: string;
  readonly severity: Severity;
  readonly title: string;
  /** What to do first. */
  readonly todo: string;
  /** How long it must last before it is told, ms; 0 = at once. */
  readonly forMs: number;
  /** What is wrong; undefined while all is well. */
  readonly detail: string | undefined;
  readonly facts?: Facts;
};

export type ServiceWatchOptions = {
  readonly troubles: () => readonly ServiceTrouble[];
  /** How long all must be well again before an alert is resolved, ms. */
  readonly clearMs: number;
  readonly alerts: Pick<AlertStore, 'save' | 'openOfService'>;
  readonly notifiers: readonly Notifier[];
  /** What the notifiers are to be told has been saved. */
  readonly onAlerts: () => void;
  readonly clock: Clock;
  /** Time that has gone by, whatever is done to the clock, ms. */
  readonly elapsed: Clock;
  readonly onTrouble: (error: Error, retryInMs: number) => void;
};

export type ServiceWatch = {
  /** Looks now; it does so by itself once a second. */
  readonly look: () => void;
} & Disposable;

const SERVICE_RULE = 'service';
const LOOK_MS = 1000;

/**
 * Tells the operator of kvarter's own troubles, as alerts of the rule `service` beside those of the buildings. They come
 * from looking, not from readings (in most troubles none arrive), so the rules and their replays know nothing of them.
 *
 * An alert that is open when kvarter ends goes on, with its id, when it starts again. When the state database cannot
 * be written, which is likely with a full disk, the notifiers are told directly, and what was told is saved later.
 */
export function watchService(options: ServiceWatchOptions): ServiceWatch {
  const { troubles, clearMs, alerts, notifiers, onTrouble } = options;
  const names = notifiers.map(({ name }) => name);
  const direct = createDirectNews(notifiers);
  const now = steadyTime(options.clock, options.elapsed);
  /** What is wrong, by what was looked at last. */
  let said = new Map<string, string | undefined>();
  const goingOn = alerts.openOfService();
  const forMsOf = new Map(troubles().map(({ subject, forMs }) => [subject, forMs]));
  const book = createAlertBook(
    goingOn.map((alert) => ({
      alert,
      clearMs: forMsOf.has(alert.subject) ? clearMs : 0,
      ...(alert.state === 'pending' ? { dueMs: alert.startsAtMs + (forMsOf.get(alert.subject) ?? 0) } : {}),
    })),
  );
  // A broker that the settings no longer name has no trouble any more.
  for (const { subject } of goingOn) if (!forMsOf.has(subject)) book.onFinding(gone(subject, now().atMs));

  let unsaved: AlertChange[] = [];
  let refreshed = new Map<string, Alert>();

  const save = () => {
    if (unsaved.length === 0 && refreshed.size === 0) return;
    try {
      alerts.save(unsaved, [...refreshed.values()], names);
    } catch (cause) {
      onTrouble(asError(cause), LOOK_MS);
      direct.tell(unsaved);
      return;
    }
    if (unsaved.length > 0) options.onAlerts();
    unsaved = [];
    refreshed = new Map();
    direct.forget();
  };

  const look = () => {
    const { atMs, backMs } = now();
    if (backMs > 0) book.setBack(atMs, backMs);
    const before = said;
    said = new Map();
    for (const trouble of troubles()) {
      const { subject, detail } = trouble;
      said.set(subject, detail);
      if (before.has(subject) && before.get(subject) === detail) continue;
      book.onFinding(findingOf(trouble, clearMs, atMs));
    }
    // A load, an area or a tariff that the register has no more has no trouble any more.
    for (const subject of before.keys())
      if (!said.has(subject)) book.onFinding(gone(subject, atMs, 'register'));
    book.onTick('', atMs);
    const drained = book.drain();
    unsaved.push(...drained.changes);
    for (const alert of drained.refreshed) refreshed.set(alert.id, alert);
    save();
  };

  const timer = setInterval(look, LOOK_MS);
  look();
  return { look, [Symbol.dispose]: () => clearInterval(timer) };
}

function findingOf(trouble: ServiceTrouble, clearMs: number, atMs: number): Finding {
  const { subject, kind, severity, title, todo, forMs, detail, facts = {} } = trouble;
  const about = { rule: SERVICE_RULE, subject, severity, atMs, forMs, clearMs };
  if (detail === undefined) return { ...about, holds: false };
  return {
    ...about,
    holds: true,
    title,
    detail: `${detail.replace(/[.\s]+$/, '')}. ${todo}`,
    facts: { ...facts, trouble: kind, says: detail },
  };
}

function gone(subject: string, atMs: number, closedBy?: 'register'): Finding {
  const about = { rule: SERVICE_RULE, subject, severity: 'warning', atMs, forMs: 0, clearMs: 0 } as const;
  return { ...about, holds: false, ...(closedBy && { closedBy }) };
}

/** A clock that is slewed runs back by less between two looks. */
const STEP_MS = 1000;

/** The clock's time, which does not stand still or run back while the clock is slewed; and by how much it was set back. */
function steadyTime(clock: Clock, elapsed: Clock): () => { readonly atMs: number; readonly backMs: number } {
  let [atMs, elapsedMs] = [clock(), elapsed()];
  return () => {
    const since = elapsed() - elapsedMs;
    elapsedMs += since;
    const [steadyMs, clockMs] = [Math.round(atMs + since), clock()];
    const backMs = steadyMs - clockMs > STEP_MS ? steadyMs - clockMs : 0;
    atMs = backMs > 0 ? clockMs : Math.max(steadyMs, clockMs);
    return { atMs, backMs };
  };
}
