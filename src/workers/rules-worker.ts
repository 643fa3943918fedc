import type { DatabaseSync } from 'node:sqlite';
import type { AlertStore } from '../alerts/alert-store.ts';
import { asError } from '../domain/errors.ts';
import type { Clock } from '../domain/time.ts';
import { inTransaction } from '../domain/transaction.ts';
import type { Cursor, Frame, Journal } from '../journal/journal.ts';
import type { RuleSet } from '../rules/rule-file.ts';
import type { Alerting } from './alerting.ts';
import type { IngestedFrame } from './frames.ts';
import { startWorker, type Worker } from './reader.ts';

export type RulesWorkerOptions = {
  readonly db: DatabaseSync;
  readonly journal: Pick<Journal, 'read' | 'head' | 'sizeBytes'>;
  readonly from: Cursor | undefined;
  readonly ingest: (frame: Frame) => IngestedFrame;
  readonly alerting: Alerting;
  /** The rules as their file has them now. */
  readonly rules: () => RuleSet;
  readonly alerts: Pick<AlertStore, 'save'>;
  readonly notifiers: readonly string[];
  readonly onAlerts: () => void;
  /** Saves the place and what the rules know at it; called in a transaction with the alerts. */
  readonly save: (cursor: Cursor, snapshot: string) => void;
  /** The transaction is over, and what was saved in it is kept. */
  readonly onSaved?: () => void;
  /** Time between two snapshots at least, ms. */
  readonly snapshotMs: number;
  /** The wall clock, for the pace of snapshots only. */
  readonly now: Clock;
  readonly onTrouble: (error: Error, retryInMs: number) => void;
  readonly onDead: (error: Error) => void;
};

/**
 * The reader that runs the rules. Alerts are kept at once; place and snapshot now and then: after a crash the frames
 * since the newest snapshot are read again and give the same alerts, which the alert store knows already.
 *
 * Other rules hold from a frame on: what they end, and a snapshot with them in it, are saved together at that place before
 * the frame is folded. So whatever is read again is read by the rules that it was read by, and a restart at any moment
 * changes nothing. What was journaled before the start belongs to the rules of then, which the snapshot holds.
 */
export function startRulesWorker(options: RulesWorkerOptions): Worker {
  const { db, alerting, alerts, now } = options;
  // The first place is saved at once: what the rules were when they began must be known when it is read again.
  let savedMs = options.from === undefined ? Number.NEGATIVE_INFINITY : now();
  const startHead = options.journal.head();
  /** The rules of the file that were looked at last. */
  let compared: RuleSet | undefined;
  /** Other rules are in use: what they ended, still to be saved. */
  let changed: ReturnType<Alerting['drain']> | undefined;
  /** Of the frame in hand: folded already, and still to be saved. A frame that is tried again is not folded twice. */
  let folded: ({ readonly at: Cursor } & ReturnType<Alerting['drain']>) | undefined;
  let place: Cursor | undefined;
  let savedPlace: Cursor | undefined;

  const saveSnapshot = (cursor: Cursor) => options.save(cursor, JSON.stringify(alerting.snapshot()));
  const noteSaved = (cursor: Cursor) => {
    savedMs = now();
    savedPlace = cursor;
    options.onSaved?.();
  };

  const fold = (frame: Frame) => {
    for (const step of options.ingest(frame).steps) {
      if (step.kind === 'tick') alerting.onTick(step.atMs, step.steppedMs);
      else if (step.kind === 'start') alerting.onStart(step.atMs);
      else for (const reading of step.readings) alerting.onReading(reading);
    }
    return alerting.drain();
  };

  /** Goes on with the rules of the file, when they are others, from this frame on. */
  const changeRules = (frame: Frame) => {
    const next = options.rules();
    if (changed === undefined) {
      if (next === compared || (options.from !== undefined && frame.at < startHead)) return;
      compared = next;
      if (JSON.stringify(next.source) === JSON.stringify(alerting.rules().source)) return;
      alerting.use(next);
      changed = alerting.drain();
    }
    const { changes, refreshed } = changed;
    inTransaction(db, () => {
      alerts.save(changes, refreshed, options.notifiers);
      saveSnapshot(frame.at);
    });
    changed = undefined;
    noteSaved(frame.at);
    if (changes.length > 0) options.onAlerts();
  };

  const worker = startWorker({
    ...options,
    handle: async (frame) => {
      if (folded?.at !== frame.at) changeRules(frame);
      if (folded?.at !== frame.at) folded = { at: frame.at, ...fold(frame) };
      const { changes, refreshed } = folded;
      const isDue = now() - savedMs >= options.snapshotMs;
      if (changes.length > 0 || refreshed.length > 0 || isDue) {
        inTransaction(db, () => {
          alerts.save(changes, refreshed, options.notifiers);
          if (isDue) saveSnapshot(frame.next);
        });
        if (isDue) noteSaved(frame.next);
        if (changes.length > 0) options.onAlerts();
      }
      folded = undefined;
      place = frame.next;
      return true;
    },
  });
  /** What is known at a place, unless a frame behind it has been folded into that already. */
  const saveIdle = (cursor: Cursor) => {
    if (folded !== undefined || changed !== undefined) return;
    try {
      inTransaction(db, () => saveSnapshot(cursor));
      noteSaved(cursor);
    } catch (cause) {
      options.onTrouble(asError(cause), options.snapshotMs);
    }
  };
  // Also while nothing comes: at its bound the journal waits until what lies behind the saved place may be forgotten.
  const saving = setInterval(() => {
    const finished = worker.cursor();
    if (finished === undefined || finished !== place || finished === savedPlace) return;
    saveIdle(finished);
  }, options.snapshotMs);
  return {
    ...worker,
    [Symbol.asyncDispose]: async () => {
      clearInterval(saving);
      await worker[Symbol.asyncDispose]();
      if (place !== undefined) saveIdle(place);
    },
  };
}
