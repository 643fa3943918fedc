import type { Severity } from '../domain/alert.ts';
import type { MessageKind, News } from './plan.ts';

/** A message as a channel takes it: written out for people, and with what it tells for machines. */
export type Outgoing = {
  /** The same each time the message is sent again: receivers deduplicate by it. */
  readonly id: string;
  readonly kind: MessageKind;
  readonly isUrgent: boolean;
  /** Nothing that it tells of goes on. */
  readonly isOver: boolean;
  /** The highest of what goes on, or of what is over when nothing does. */
  readonly severity: Severity;
  /** One line. */
  readonly subject: string;
  readonly text: string;
  /** Where people read on, when they have one. */
  readonly link: string | undefined;
  readonly news: readonly News[];
  /** Ids of earlier messages to the same recipient about these alerts, the oldest first. */
  readonly earlier: readonly string[];
};

/** A way to one recipient. */
export interface Channel {
  /** What it is called in settings: `email`, `ntfy`, `webhook`. */
  readonly kind: string;
  /**
   * Resolves when it was taken; rejects with `notify-failed` when it may be taken later, with `notify-refused` when it
   * never will.
   */
  send(message: Outgoing, signal?: AbortSignal): Promise<void>;
}
