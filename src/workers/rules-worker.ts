import type { DatabaseSync } from 'node:sqlite';
import type { AlertStore } from '../alerts/alert-store.ts';
import { asError } from '../domain/errors.ts';
import { inTransaction } from '../domain/transaction.ts';
import type { Cursor, Frame, Journal } from '../journal/journal.ts';
import type { RuleSet } from '../rules/rule-file.ts';
import type { Alerting } from './alerting.ts';
import type { IngestedFrame } from './frames.ts';
import { takeInTurns } from './in-turns.ts';
import { startWorker, type Worker } from './reader.ts';
import type { SnapshotFiles } from './snapshot-files.ts';

export type RulesWorkerOptions = {
  readonly db: DatabaseSync;
  readonly journal: Pick<Journal, 'read' | 'head' | 'sizeBytes'>;
  readonly from: Cursor | undefined;
  readonly ingest: (frame: Frame) => IngestedFrame;
  readonly alerting: Alerting;
  /** The rules as their file has them now. */
  readonly rules: () => RuleSet;
  readonly alerts: Pick<AlertStore, 'save' | 'openOfRules'>;
  readonly notifiers: readonly string[];
  readonly onAlerts: () => void;
  readonly snapshots: Pick<SnapshotFiles, 'keep'>;
  /** Saves the place, and where it is written down what the rules know at it; called in a transaction. */
  readonly save: (cursor: Cursor, snapshot: string) => void;
  /** The transaction is over, and what was saved in it is kept. */
  readonly onSaved: () => void;
  /** Time between two snapshots, ms. */
  readonly snapshotMs: number;
  readonly onTrouble: (error: Error, retryInMs: number) => void;
  readonly onDead: (error: Error) => void;
};

export interface RulesWorker extends Worker {
  /** Why what the rules know could not be saved when it was tried last. */
  readonly unsaved: () => Error | undefined;
}

/**
 * The reader that runs the rules. Alerts are kept at once; place and snapshot now and then: after a crash the frames
 * since the newest snapshot are read again and give the same alerts, which the alert store knows already. While a snapshot is
 * written no frame is folded, and everybody else goes on working.
 *
 * Other rules hold from a frame on: what they end, and a snapshot with them in it, are saved together at that place before
 * the frame is folded. So whatever is read again is read by the rules that it was read by, and a restart at any moment
 * changes nothing. What was journaled before the start belongs to the rules of then, which the snapshot holds. The register is the
 * one of now: what was told by the one before, since the newest snapshot, may not be found again. It is over when all of that has been read.
 */
export function startRulesWorker(options: RulesWorkerOptions): RulesWorker {
  const { db, alerting, alerts, notifiers, snapshotMs, onTrouble } = options;
  const startHead = options.journal.head();
  /** The rules of the file that were looked at last. */
  let compared: RuleSet | undefined;
  /** Other rules are in use: what they ended, still to be saved. */
  let changed: ReturnType<Alerting['drain']> | undefined;
  /** Of the frame in hand: folded already, and still to be saved. A frame that is tried again is not folded twice. */
  let folded: ({ readonly at: Cursor } & ReturnType<Alerting['drain']>) | undefined;
  let place = options.from;
  let savedPlace = options.from;
  let unsaved: Error | undefined;
  let isEnding = false;
  let isCaughtUp = false;
  const oneByOne = createQueue();

  const saveSnapshot = async (cursor: Cursor, saveBesides: () => void = () => undefined) => {
    await options.snapshots.keep(alerting.snapshot(), (snapshot) =>
      inTransaction(db, () => {
        saveBesides();
        options.save(cursor, snapshot);
      }),
    );
    savedPlace = cursor;
    unsaved = undefined;
    options.onSaved();
  };

  const fold = async (frame: Frame) => {
    await takeInTurns(folding(options.ingest(frame), alerting));
    return alerting.drain();
  };

  /** Goes on with the rules of the file, when they are others, from this frame on. */
  const changeRules = async (frame: Frame) => {
    const next = options.rules();
    if (changed === undefined) {
      if (next === compared || (options.from !== undefined && frame.at < startHead)) return;
      compared = next;
      if (JSON.stringify(next.source) === JSON.stringify(alerting.rules().source)) return;
      await takeInTurns(alerting.use(next));
      changed = alerting.drain();
    }
    const { changes, refreshed } = changed;
    await saveSnapshot(frame.at, () => alerts.save(changes, refreshed, notifiers));
    changed = undefined;
    if (changes.length > 0) options.onAlerts();
  };

  const endUnknown = (frame: Frame) => {
    if (isCaughtUp || frame.at < startHead) return;
    const ends = alerting.endsOfUnknown(alerts.openOfRules());
    if (ends.length > 0) {
      inTransaction(db, () => alerts.save(ends, [], notifiers));
      options.onAlerts();
    }
    isCaughtUp = true;
  };

  const handle = async (frame: Frame): Promise<boolean> => {
    if (isEnding) return false;
    if (folded?.at !== frame.at) {
      // What the rules were when they began must be known when it is read again.
      if (savedPlace === undefined) await saveSnapshot(frame.at);
      await changeRules(frame);
      folded = { at: frame.at, ...(await fold(frame)) };
    }
    const { changes, refreshed } = folded;
    if (changes.length > 0 || refreshed.length > 0) {
      inTransaction(db, () => alerts.save(changes, refreshed, notifiers));
    }
    if (changes.length > 0) options.onAlerts();
    endUnknown(frame);
    folded = undefined;
    place = frame.next;
    return true;
  };

  /** What is known at the place, unless a frame behind it has been folded into that already. */
  const saveWhatIsNew = async () => {
    if (place === undefined || place === savedPlace || folded !== undefined || changed !== undefined) return;
    try {
      await saveSnapshot(place);
    } catch (cause) {
      unsaved = asError(cause);
      onTrouble(unsaved, snapshotMs);
    }
  };

  const worker = startWorker({ ...options, handle: (frame) => oneByOne(() => handle(frame)) });
  const saving = setInterval(() => void oneByOne(saveWhatIsNew), snapshotMs);
  return {
    ...worker,
    unsaved: () => unsaved,
    [Symbol.asyncDispose]: async () => {
      clearInterval(saving);
      isEnding = true;
      await worker[Symbol.asyncDispose]();
      await oneByOne(saveWhatIsNew);
    },
  };
}

/** Between two looks at the clock. Where each ends an hour of its building, so many take 4 ms. */
const READINGS_AT_ONCE = 20;

/** An import of history moves event time on by hours with each reading: its frame takes many turns. */
function* folding({ steps }: IngestedFrame, alerting: Alerting): Iterable<void> {
  for (const step of steps) {
    if (step.kind === 'tick') alerting.onTick(step.atMs, step.steppedMs);
    else if (step.kind === 'start') alerting.onStart(step.atMs);
    else {
      for (const [i, reading] of step.readings.entries()) {
        if (i % READINGS_AT_ONCE === 0) yield;
        alerting.onReading(reading);
      }
    }
  }
}

/** Begins each task when those before it have ended, well or not. */
function createQueue(): <T>(task: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const running = last.then(task);
    last = running.catch(() => undefined);
    return running;
  };
}
