import type { Alert, AlertChange } from '../domain/alert.ts';
import type { Clock } from '../domain/time.ts';
import { messageId } from './news-row.ts';
import type { Recipient } from './open-channels.ts';
import type { News } from './plan.ts';
import type { MessageRow } from './rows.ts';

export type DirectOptions = {
  readonly send: (message: MessageRow, recipient: Recipient) => Promise<void>;
  readonly recipientsOf: (alert: Alert) => readonly Recipient[];
  readonly clock: Clock;
};

/** Tells of kvarter's own troubles while the state database, in which news are written down, cannot be written. */
export type DirectDelivery = {
  /** Rejects with what kept the news from being written down when the alert is not kvarter's own, or somebody did not take it. */
  readonly tell: (change: AlertChange, cause: unknown) => Promise<void>;
  /** The message that has told a recipient already, when there was one. */
  readonly toldBy: (recipient: string, news: Pick<News, 'kind' | 'change'>) => string | undefined;
};

export function deliverDirectly({ send, recipientsOf, clock }: DirectOptions): DirectDelivery {
  /** Ids of messages that were taken: a full disk lasts long, and one who does not take it must not bother the others. */
  const taken = new Set<string>();
  return {
    tell: async (change, cause) => {
      const { alert } = change;
      if (alert.building !== undefined) throw cause;
      const nowMs = clock();
      const kind = alert.state === 'resolved' ? 'resolved' : 'new';
      const one = { row: 0, kind, building: '', isUrgent: true, atMs: nowMs, dueMs: nowMs, change } as const;
      const told = await Promise.allSettled(
        recipientsOf(alert).map(async (recipient) => {
          const id = messageId(recipient.name, [one]);
          if (taken.has(id)) return;
          const about = { id, recipient: recipient.name, kind, isUrgent: true, createdMs: nowMs } as const;
          await send({ ...about, attempts: 0, news: [one], earlier: [] }, recipient);
          taken.add(id);
        }),
      );
      for (const one of told) if (one.status === 'rejected') throw one.reason;
    },
    toldBy: (recipient, news) => {
      // The same for thousands of news, while all can be written down.
      if (taken.size === 0) return undefined;
      const id = messageId(recipient, [news]);
      return taken.has(id) ? id : undefined;
    },
  };
}
