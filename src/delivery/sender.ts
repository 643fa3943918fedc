import { setImmediate as breathe } from 'node:timers/promises';
import { asError, KvarterError } from '../domain/errors.ts';
import type { Clock } from '../domain/time.ts';
import type { Recipient } from './open-channels.ts';
import type { DeliveryRows, MessageRow } from './rows.ts';

export type DeliveryTrouble = {
  readonly recipient: string;
  readonly error: Error;
  readonly retryInMs: number;
  /** Nobody tries it again by itself. */
  readonly isDead: boolean;
};

/** The wait after a failure doubles from the first to the last; a message that is older than `giveUpMs` is dead. */
export type Retry = { readonly firstMs: number; readonly lastMs: number; readonly giveUpMs: number };

export type SenderOptions = {
  readonly rows: Pick<DeliveryRows, 'next' | 'markSent' | 'retryLater' | 'bury'>;
  /** As {@link Channel} has it. */
  readonly send: (message: MessageRow, recipient: Recipient, signal: AbortSignal) => Promise<void>;
  readonly retry: Retry;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly onTrouble: (trouble: DeliveryTrouble) => void;
};

/** Disposing waits a little for what is on its way; what is not taken stays for the next start. */
export interface Sender extends AsyncDisposable {
  /** A recipient may have messages that are due. */
  kick(recipient: Recipient): void;
  /** Resolves when nothing is on its way. */
  idle(): Promise<void>;
}

/** The wait before the database is tried again. */
export const LOOK_MS = 1000;
/** The end waits so long for a receiver; the whole service is to end within five seconds. */
const END_MS = 2000;
/** A receiver that asks to be left alone for longer is asked again after this. */
const MAX_RETRY_AFTER_MS = 3_600_000;

/** Sends the messages that are made, each recipient's one after the other, and writes down what became of them. */
export function startSender({ rows, send, retry, clock, random, onTrouble }: SenderOptions): Sender {
  const stop = new AbortController();
  const giveUp = new AbortController();
  /** By name: who is told may be replaced while it is served. */
  const serving = new Set<string>();
  const sleepers: (() => void)[] = [];

  const fail = ({ id, attempts, createdMs }: MessageRow, { name, channel }: Recipient, cause: unknown) => {
    const error = asError(cause);
    const nowMs = clock();
    const isRefused = error instanceof KvarterError && error.code === 'notify-refused';
    const retryInMs = waitMs(attempts + 1, error, retry, random());
    const isDead = isRefused || nowMs - createdMs >= retry.giveUpMs;
    if (isDead) rows.bury(id, nowMs, error.message);
    else rows.retryLater(id, nowMs + retryInMs, error.message);
    onTrouble({ recipient: `${name} (${channel.kind})`, error, retryInMs, isDead });
  };

  const sendAll = async (recipient: Recipient) => {
    while (!stop.signal.aborted) {
      const message = rows.next(recipient.name, clock());
      if (message === undefined) return;
      try {
        await send(message, recipient, giveUp.signal);
      } catch (error) {
        // Given up because the service ends: the next start goes on.
        if (giveUp.signal.aborted) return;
        fail(message, recipient, error);
        continue;
      }
      rows.markSent(message.id, clock());
      // A long queue to a fast receiver would keep everything else from running.
      await breathe();
    }
  };

  const serve = async (recipient: Recipient) => {
    try {
      await sendAll(recipient);
    } catch (error) {
      onTrouble(databaseTrouble(error, recipient.name));
    }
    serving.delete(recipient.name);
    if (serving.size === 0) for (const wake of sleepers.splice(0)) wake();
  };

  const idle = async () => {
    if (serving.size > 0) await new Promise<void>((wake) => sleepers.push(wake));
  };

  return {
    kick: (recipient) => {
      if (stop.signal.aborted || serving.has(recipient.name)) return;
      serving.add(recipient.name);
      void serve(recipient);
    },
    idle,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      const end = setTimeout(() => giveUp.abort(), END_MS);
      await idle();
      clearTimeout(end);
    },
  };
}

/** The state database cannot be written: it is tried again with the next look. */
export function databaseTrouble(cause: unknown, recipient: string): DeliveryTrouble {
  const error = asError(cause);
  return { recipient, error, retryInMs: LOOK_MS, isDead: false };
}

/** Jitter in the upper half of the wait, so that many do not come back at once. */
function waitMs(failures: number, error: Error, { firstMs, lastMs }: Retry, chance: number): number {
  const backOffMs = Math.min(firstMs * 2 ** (failures - 1), lastMs) * (0.5 + chance / 2);
  const askedMs = error instanceof KvarterError ? (error.retryAfterMs ?? 0) : 0;
  return Math.round(Math.max(backOffMs, Math.min(askedMs, MAX_RETRY_AFTER_MS)));
}
