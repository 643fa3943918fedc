import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as breathe, setTimeout as wait } from 'node:timers/promises';
import { KvarterError } from '../domain/errors.ts';
import type { Notifier } from './notifier.ts';
import { openOutboxRows } from './outbox-rows.ts';

export type OutboxOptions = {
  readonly db: DatabaseSync;
  readonly notifiers: readonly Notifier[];
  readonly onTrouble: (trouble: OutboxTrouble) => void;
  /** The wait after a failure doubles from the first to the last, ms. */
  readonly retry?: { readonly firstMs: number; readonly lastMs: number };
};

/** A delivery that failed, for the log: it is tried again after `retryInMs`. */
export type OutboxTrouble = {
  readonly notifier: string;
  readonly error: unknown;
  /** In a row, this one included. */
  readonly failures: number;
  readonly retryInMs: number;
};

/** Disposing waits a little for the deliveries on their way; what is not delivered stays for the next start. */
export interface Outbox extends AsyncDisposable {
  /** There is something new: call it when the alerts are saved and committed. */
  kick(): void;
  /** Resolves when nothing waits any more, failed deliveries included, or when the outbox is disposed. */
  settled(): Promise<void>;
  /** Alerts that are still to be told, counted once for each notifier. */
  waiting(): number;
}

const RETRY = { firstMs: 250, lastMs: 300_000 };
/** The end waits so long for a receiver; the whole service is to end within five seconds. */
const END_MS = 2000;
/** A receiver that asks to be left alone for longer is asked again after this. */
const MAX_RETRY_AFTER_MS = 3_600_000;

/**
 * Tells the notifiers what the alert store has queued for them, at least once. Each is served on its own, one alert
 * after the other in the order of the changes, so that nobody hears of an end before its beginning, and a webhook that
 * is down holds up nobody else.
 */
export function startOutbox({ db, notifiers, onTrouble, retry = RETRY }: OutboxOptions): Outbox {
  const rows = openOutboxRows(db);
  const stop = new AbortController();
  const giveUp = new AbortController();
  const serving = new Set<Notifier>();
  const sleepers: (() => void)[] = [];

  const serve = async (notifier: Notifier) => {
    let failures = 0;
    while (!stop.signal.aborted) {
      try {
        const next = rows.next(notifier.name);
        if (next === undefined) break;
        await notifier.notify(next.change, giveUp.signal);
        rows.markDelivered(next.row);
        failures = 0;
        // A long queue to a fast notifier would keep everything else from running.
        await breathe();
      } catch (error) {
        failures += 1;
        const retryInMs = waitMs(failures, error, retry);
        onTrouble({ notifier: notifier.name, error, failures, retryInMs });
        await wait(retryInMs, undefined, { signal: stop.signal }).catch(() => undefined);
      }
    }
    // No wait between the last look and this: a kick that comes later begins anew.
    serving.delete(notifier);
    if (serving.size === 0) for (const wake of sleepers.splice(0)) wake();
  };

  const kick = () => {
    for (const notifier of notifiers) {
      if (stop.signal.aborted || serving.has(notifier)) continue;
      serving.add(notifier);
      void serve(notifier);
    }
  };

  const idle = async () => {
    if (serving.size > 0) await new Promise<void>((wake) => sleepers.push(wake));
  };

  kick();
  return {
    kick,
    settled: () => {
      kick();
      return idle();
    },
    waiting: () => notifiers.reduce((sum, { name }) => sum + rows.waiting(name), 0),
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      const timer = setTimeout(() => giveUp.abort(), END_MS);
      await idle();
      clearTimeout(timer);
    },
  };
}

function waitMs(failures: number, error: unknown, { firstMs, lastMs }: typeof RETRY): number {
  const backOffMs = Math.min(firstMs * 2 ** (failures - 1), lastMs);
  const askedMs = error instanceof KvarterError ? (error.retryAfterMs ?? 0) : 0;
  return Math.max(backOffMs, Math.min(askedMs, MAX_RETRY_AFTER_MS));
}
