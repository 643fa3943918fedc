import type { DatabaseSync } from 'node:sqlite';
import type { Notifier } from '../alerts/notifier.ts';
import type { Alert } from '../domain/alert.ts';
import { KvarterError } from '../domain/errors.ts';
import type { Register } from '../domain/register.ts';
import { isQuiet } from '../domain/schedule.ts';
import type { Clock } from '../domain/time.ts';
import { zoneOf } from '../domain/zone.ts';
import { placesOf } from '../rules/scope.ts';
import { compose } from './compose.ts';
import { deliverDirectly } from './directly.ts';
import { createLookTimes } from './look-times.ts';
import { createNoteTaker } from './note-change.ts';
import type { Recipient } from './open-channels.ts';
import { type Grouping, type News, planMessages } from './plan.ts';
import { toldOf } from './routes.ts';
import { type DeadRow, type MessageRow, openDeliveryRows } from './rows.ts';
import type { SayItemOptions } from './say-item.ts';
import { type DeliveryTrouble, databaseTrouble, LOOK_MS, type Retry, startSender } from './sender.ts';
import { followClock } from './set-back.ts';
import type { Language, Route } from './settings.ts';
import type { Standing } from './standing.ts';
import type { Wording } from './words.ts';

/** Who is told what, in which words: it may change while the service runs. */
export type DeskPlan = {
  readonly recipients: readonly Recipient[];
  readonly routes: readonly Route[];
  readonly wordings: ReadonlyMap<Language, Wording>;
  readonly grouping: Grouping;
  /**
   * What is told so long after it happened comes from history that is taken in, which goes by in moments: it waits to see
   * whether it is over already, what is urgent as long as {@link DeskPlan.grouping} waits.
   */
  readonly late: { readonly fromMs: number; readonly waitMs: number };
  /** Minute of the local day at which information is told, of all that came since the day before and still goes on; absent: it comes as it is. */
  readonly informationAt?: number | undefined;
};

export type DeskOptions = DeskPlan &
  Pick<SayItemOptions, 'typeOf' | 'link'> & {
    readonly db: DatabaseSync;
    readonly register: () => Register;
    readonly retry: Retry;
    /** How an alert stands that nobody has taken on yet when it was told. */
    readonly standing: (alert: string, nowMs: number) => Standing;
    /** Does a silence or another alert hold it now? Then it is not told, though it may have fired before that began. */
    readonly isHeld: (alert: Alert, nowMs: number) => boolean;
    readonly clock: Clock;
    /** In [0, 1). */
    readonly random: () => number;
    readonly onTrouble: (trouble: DeliveryTrouble) => void;
  };

/** Tells recipients, by routes: collects, limits, escalates, tries again. */
export interface Desk extends AsyncDisposable {
  /** Under which the alert store queues all that the desk is to know of. */
  readonly notifier: Notifier;
  /**
   * Goes on with others: what waits for those who are no more is for whom the routes name now, if it goes on; what waits for the rest is
   * told as it is now, and who is new hears of what fires from here on.
   */
  use(plan: DeskPlan): void;
  /** Resolves when nothing more can be done at this moment. */
  settled(): Promise<void>;
  waiting(): number;
  /** Messages that nobody took. */
  readonly dead: DeadLetters;
  prune(): void;
}

export type DeadLetters = {
  count(): number;
  /** The oldest first, behind a row. */
  list(afterRow: number, limit: number): readonly DeadRow[];
  /** Tries them again, all or those named; gives their number. */
  retry(ids: readonly string[] | undefined): number;
};

export const DESK = 'recipients';
const SOON_MS = 200;

/**
 * The alert store's outbox tells the desk of each change, at least once; what each recipient is to hear of it is written
 * down before the outbox ticks it off. Once a second, and whenever there is news, it is made into messages, and those are
 * sent: so a kill at any moment loses nothing, and repeats at most what was on its way, with the same id.
 */
export function openDesk(options: DeskOptions): Desk {
  const { db, clock, register, onTrouble } = options;
  const rows = openDeliveryRows(db);
  takeOver(db);
  let told: DeskPlan = options;
  let byName = new Map<string, Recipient>();
  let everybody: readonly string[] = [];
  const use = (plan: DeskPlan) => {
    told = plan;
    byName = new Map(plan.recipients.map((recipient) => [recipient.name, recipient]));
    everybody = plan.recipients.filter(({ hearsAll }) => hearsAll).map(({ name }) => name);
    for (const news of rows.keepOnly([...byName.keys()], clock())) {
      if (options.standing(news.change.alert.id, clock()).is !== 'over') noteAgain(news);
    }
    times.clear();
  };
  const stop = new AbortController();
  const times = createLookTimes(() => told.grouping);
  const follow = followClock((nowMs) => {
    rows.setBack(nowMs);
    times.clear();
  });
  let lookedMs = Number.NEGATIVE_INFINITY;
  let soon: NodeJS.Timeout | undefined;

  const written = (message: MessageRow, { language }: Recipient) => {
    const wording = told.wordings.get(language);
    if (!wording) throw new KvarterError('notify-failed', `there are no templates in ${language}`);
    return compose(message, { wording, register: register(), typeOf: options.typeOf, link: options.link });
  };

  const toldBy = (alert: Alert) => {
    const places = placesOf(register(), alert);
    const { to, escalate } = toldOf(alert, places, told.routes, new Set(byName.keys()));
    return { to: [...new Set([...to, ...everybody])], escalate };
  };

  const send = (message: MessageRow, given: Recipient, signal?: AbortSignal) => {
    // One who was replaced while a long queue is sent gets the rest of it as it is now.
    const recipient = byName.get(given.name) ?? given;
    return recipient.channel.send(written(message, recipient), signal);
  };
  const sender = startSender({ rows, send, retry: options.retry, random: options.random, clock, onTrouble });

  const direct = deliverDirectly({
    send,
    recipientsOf: (alert) => toldBy(alert).to.flatMap((name) => byName.get(name) ?? []),
    clock,
  });

  const { note, noteAgain } = createNoteTaker({
    rows,
    plan: () => told,
    register,
    clock,
    toldOf: toldBy,
    recipient: (name) => byName.get(name),
    everybody: () => everybody,
    toldDirectly: (change) =>
      [...byName.keys()].filter((name) => direct.toldBy(name, { kind: 'new', change }) !== undefined),
    put: (name, one) => {
      rows.put(name, one, direct.toldBy(name, one));
      const recipient = byName.get(name);
      if (recipient) times.came(recipient, one);
    },
  });

  use(options);

  /** Is it called for now? What is not any more is dropped, what may be later is put off. */
  const isCalled = (name: string, one: News, nowMs: number): boolean => {
    const standing = options.standing(one.change.alert.id, nowMs);
    if (standing.is === 'over') rows.drop(one.row);
    if (standing.is === 'waits') {
      rows.postpone(one.row, standing.untilMs);
      times.at(name, standing.untilMs);
    }
    return standing.is === 'open';
  };

  /** What a recipient is to be told now, as far as grouping and limits let it. */
  const called = (name: string, nowMs: number): readonly News[] => {
    const waiting = rows.waitingNews(name);
    // What was held, and is over before it was told, tells nobody anything either.
    const held = waiting.filter(({ kind, change }) => kind === 'new' && options.isHeld(change.alert, nowMs));
    const silent = new Set(held.map(({ change }) => change.alert.id));
    return waiting.filter((one) => {
      const { kind, dueMs, change } = one;
      // What begins is told after the silence, if it still goes on; its end then tells nobody anything.
      const isSilence = silent.has(change.alert.id);
      if (kind === 'new' && isSilence) return isCalled(name, one, nowMs);
      if (kind === 'resolved' && isSilence) {
        rows.drop(one.row);
        return false;
      }
      return kind !== 'escalated' || dueMs > nowMs || isCalled(name, one, nowMs);
    });
  };

  const plan = ({ name, quietHours, messagesPerHour, grouped, channel }: Recipient, nowMs: number) => {
    if (!times.isDue(name, nowMs)) return;
    const lastMs = new Map(rows.lastMs(name, nowMs - told.grouping.everyMs));
    times.begin(name, lastMs);
    const news = called(name, nowMs);
    if (news.length === 0) return;
    const zone = zoneOf(register().organisation.timeZone);
    const planned = planMessages(news, {
      nowMs,
      isQuiet: quietHours !== undefined && isQuiet({ quietHours }, zone.local(nowMs)),
      grouping: grouped ? told.grouping : undefined,
      lastMs,
      recent: {
        urgent: rows.recentMs(name, true, nowMs),
        ordinary: rows.recentMs(name, false, nowMs),
      },
      perHour: messagesPerHour,
      summarises: channel.kind !== 'webhook',
    });
    rows.make(name, planned.messages, nowMs);
    const ordinary = planned.messages.flatMap((one) => (one.isUrgent ? [] : one.news));
    for (const { building } of ordinary) lastMs.set(building, nowMs);
    times.at(name, planned.nextMs);
  };

  const look = () => {
    if (stop.signal.aborted) return;
    lookedMs = performance.now();
    const nowMs = clock();
    for (const recipient of told.recipients) {
      try {
        follow(nowMs);
        plan(recipient, nowMs);
      } catch (error) {
        times.now(recipient.name);
        onTrouble(databaseTrouble(error, recipient.name));
      }
      sender.kick(recipient);
    }
  };

  /** In a storm of news not for each of them: all that waits is read each time. */
  const lookSoon = () => {
    const waitMs = lookedMs + SOON_MS - performance.now();
    if (waitMs <= 0) return look();
    soon ??= setTimeout(() => {
      soon = undefined;
      look();
    }, waitMs);
  };

  const timer = setInterval(look, LOOK_MS);
  look();
  return {
    use: (plan) => {
      use(plan);
      look();
    },
    notifier: {
      name: DESK,
      notify: async (change) => {
        try {
          note(change);
        } catch (cause) {
          await direct.tell(change, cause);
          return;
        }
        lookSoon();
      },
    },
    settled: async () => {
      look();
      await sender.idle();
    },
    waiting: () => rows.counts().waiting,
    dead: {
      count: () => rows.counts().dead,
      list: rows.dead,
      retry: (ids) => {
        const revived = rows.revive(ids, clock());
        look();
        return revived;
      },
    },
    prune: rows.prune,
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      clearTimeout(soon);
      stop.abort();
      await sender[Symbol.asyncDispose]();
    },
  };
}

/** What an earlier version queued for the webhook as a notifier of its own. */
function takeOver(db: DatabaseSync): void {
  db.exec(
    `UPDATE OR IGNORE alert_outbox SET notifier = '${DESK}' WHERE notifier = 'webhook' AND delivered = 0`,
  );
}
