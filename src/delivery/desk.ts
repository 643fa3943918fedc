import type { DatabaseSync } from 'node:sqlite';
import type { Notifier } from '../alerts/notifier.ts';
import type { Alert, AlertChange } from '../domain/alert.ts';
import { KvarterError } from '../domain/errors.ts';
import type { Register } from '../domain/register.ts';
import { isQuiet } from '../domain/schedule.ts';
import type { Clock } from '../domain/time.ts';
import { zoneOf } from '../domain/zone.ts';
import { placeOf } from '../rules/scope.ts';
import { type ComposeOptions, compose } from './compose.ts';
import { deliverDirectly } from './directly.ts';
import type { Recipient } from './open-channels.ts';
import { type News, planMessages } from './plan.ts';
import { toldOf } from './routes.ts';
import { type DeadRow, type MessageRow, openDeliveryRows } from './rows.ts';
import { type DeliveryTrouble, databaseTrouble, LOOK_MS, type Retry, startSender } from './sender.ts';
import type { Language, Route } from './settings.ts';
import type { Standing } from './standing.ts';
import type { Wording } from './words.ts';

export type DeskOptions = {
  readonly db: DatabaseSync;
  readonly recipients: readonly Recipient[];
  readonly routes: readonly Route[];
  readonly wordings: ReadonlyMap<Language, Wording>;
  readonly register: () => Register;
  readonly typeOf: ComposeOptions['typeOf'];
  readonly link: string | undefined;
  readonly grouping: { readonly waitMs: number; readonly everyMs: number };
  readonly retry: Retry;
  /** How an alert stands that nobody has taken on yet when it was told. */
  readonly standing: (alert: string, nowMs: number) => Standing;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly onTrouble: (trouble: DeliveryTrouble) => void;
};

/** Tells recipients, by routes: collects, limits, escalates, tries again. */
export interface Desk extends AsyncDisposable {
  /** Under which the alert store queues all that the desk is to know of. */
  readonly notifier: Notifier;
  readonly hasRecipients: boolean;
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

/**
 * The alert store's outbox tells the desk of each change, at least once; what each recipient is to hear of it is written
 * down before the outbox ticks it off. Once a second, and whenever there is news, it is made into messages, and those are
 * sent: so a kill at any moment loses nothing, and repeats at most what was on its way, with the same id.
 */
export function openDesk(options: DeskOptions): Desk {
  const { db, recipients, clock, register, onTrouble } = options;
  const rows = openDeliveryRows(db);
  takeOver(db);
  const byName = new Map(recipients.map((recipient) => [recipient.name, recipient]));
  const everybody = recipients.filter(({ hearsAll }) => hearsAll).map(({ name }) => name);
  rows.keepOnly([...byName.keys()], clock());
  const stop = new AbortController();
  /** When a recipient's news are to be looked at again. */
  const nextMs = new Map<string, number>();

  const written = (message: MessageRow, { language }: Recipient) => {
    const wording = options.wordings.get(language);
    if (!wording) throw new KvarterError('notify-failed', `there are no templates in ${language}`);
    return compose(message, { wording, register: register(), typeOf: options.typeOf, link: options.link });
  };

  const toldBy = (alert: Alert) => {
    const place = placeOf(register(), alert);
    const { to, escalate } = toldOf(alert, place, options.routes, new Set(byName.keys()));
    return { to: [...new Set([...to, ...everybody])], escalate };
  };

  const send = (message: MessageRow, recipient: Recipient, signal?: AbortSignal) =>
    recipient.channel.send(written(message, recipient), signal);
  const sender = startSender({ rows, send, retry: options.retry, random: options.random, clock, onTrouble });

  const direct = deliverDirectly({
    send,
    recipientsOf: (alert) => toldBy(alert).to.flatMap((name) => byName.get(name) ?? []),
    clock,
  });

  /** Writes down who is to hear of a change. */
  const note = ({ alert, atMs: eventMs }: AlertChange) => {
    const nowMs = clock();
    const news = (kind: News['kind'], afterMs = 0): Omit<News, 'row'> => ({
      kind,
      building: alert.building ?? '',
      isUrgent: alert.severity === 'critical' || kind === 'escalated',
      atMs: nowMs,
      dueMs: nowMs + afterMs,
      change: { alert, atMs: eventMs },
    });
    const put = (name: string, one: Omit<News, 'row'>) => {
      rows.put(name, one, direct.toldBy(name, one));
      nextMs.delete(name);
    };
    if (alert.state === 'resolved') {
      rows.dropEscalations(alert.id);
      const heard = new Set([...rows.toldOf(alert.id), ...everybody]);
      for (const name of heard) if (byName.has(name)) put(name, news('resolved'));
      return;
    }
    const { to, escalate } = toldBy(alert);
    for (const name of to) put(name, news('new'));
    for (const { afterMs, to: next } of escalate)
      for (const name of next) put(name, news('escalated', afterMs));
  };

  /** What a recipient waits for, without escalations that are not called for any more. */
  const called = (name: string, nowMs: number): readonly News[] =>
    rows.waitingNews(name).filter((one) => {
      if (one.kind !== 'escalated' || one.dueMs > nowMs) return true;
      const standing = options.standing(one.change.alert.id, nowMs);
      if (standing.is === 'over') rows.drop(one.row);
      if (standing.is === 'waits') {
        rows.postpone(one.row, standing.untilMs);
        nextMs.set(name, Math.min(standing.untilMs, nextMs.get(name) ?? Number.POSITIVE_INFINITY));
      }
      return standing.is === 'open';
    });

  const plan = ({ name, quietHours, messagesPerHour, grouped, channel }: Recipient, nowMs: number) => {
    if ((nextMs.get(name) ?? 0) > nowMs) return;
    nextMs.set(name, Number.POSITIVE_INFINITY);
    const news = called(name, nowMs);
    if (news.length === 0) return;
    const zone = zoneOf(register().organisation.timeZone);
    const { grouping } = options;
    const planned = planMessages(news, {
      nowMs,
      isQuiet: quietHours !== undefined && isQuiet({ quietHours }, zone.local(nowMs)),
      grouping: grouped ? grouping : undefined,
      lastMs: rows.lastMs(name, nowMs - grouping.everyMs),
      recent: {
        urgent: rows.recentMs(name, true, nowMs),
        ordinary: rows.recentMs(name, false, nowMs),
      },
      perHour: messagesPerHour,
      summarises: channel.kind !== 'webhook',
    });
    rows.make(name, planned.messages, nowMs);
    nextMs.set(name, Math.min(planned.nextMs, nextMs.get(name) ?? Number.POSITIVE_INFINITY));
  };

  const look = () => {
    if (stop.signal.aborted) return;
    const nowMs = clock();
    for (const recipient of recipients) {
      try {
        plan(recipient, nowMs);
      } catch (error) {
        nextMs.delete(recipient.name);
        onTrouble(databaseTrouble(error, recipient.name));
      }
      sender.kick(recipient);
    }
  };

  const timer = setInterval(look, LOOK_MS);
  look();
  return {
    hasRecipients: recipients.length > 0,
    notifier: {
      name: DESK,
      notify: async (change) => {
        try {
          note(change);
        } catch (cause) {
          await direct.tell(change, cause);
          return;
        }
        look();
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
