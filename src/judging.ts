import type { Logger } from 'pino';
import type { RuleSource } from './config/rules.ts';
import type { Delivery } from './delivery.ts';
import type { Register } from './domain/register.ts';
import type { Clock } from './domain/time.ts';
import type { Journal } from './journal/journal.ts';
import type { StateDb } from './journal/state-db.ts';
import type { RuleSurroundings } from './rules/rule.ts';
import { openAlerting } from './workers/alerting.ts';
import type { FrameReaders } from './workers/frame-readers.ts';
import { openLimits } from './workers/load-control/limits.ts';
import type { LoadControl } from './workers/load-control/load-control.ts';
import { startRulesWorker } from './workers/rules-worker.ts';
import { openSnapshotFiles } from './workers/snapshot-files.ts';
import type { TroubleLog } from './workers/trouble-log.ts';

export type JudgingOptions = Pick<RuleSurroundings, 'holds' | 'tariffs' | 'switchesLoads'> & {
  readonly state: Pick<StateDb, 'db' | 'dir' | 'synced'>;
  readonly journal: Journal;
  readonly reader: FrameReaders['rules'];
  readonly rules: RuleSource['current'];
  readonly register: () => Register;
  readonly delivery: Pick<Delivery, 'alerts' | 'notifiers' | 'onAlerts'>;
  readonly loads: LoadControl;
  readonly clock: Clock;
  readonly log: Logger;
} & Pick<TroubleLog, 'trouble' | 'dead'>;

/** The rules over the journal, and what follows from what they find: alerts, commands to loads, limits of areas. */
export async function openJudging(options: JudgingOptions) {
  const { state, journal, reader, rules, register, holds, tariffs, loads, clock, log, trouble, dead } =
    options;
  const { db } = state;
  const { alerts, notifiers, onAlerts } = options.delivery;
  const names = notifiers.map(({ name }) => name);
  const stack = new AsyncDisposableStack();
  const { switchesLoads = false } = options;
  const surroundings = { rules: rules(), holds, register, tariffs, switchesLoads };
  const snapshots = openSnapshotFiles({ ...state, text: reader.snapshot });
  const alerting = await openAlerting(surroundings, snapshots.kept(), ({ rule, buildings, error }) => {
    const lost = 'cannot use what an earlier version has learned';
    if (rule !== undefined) {
      log.warn({ err: error, rule, buildings }, `a rule ${lost} of some buildings, and learns it anew`);
      return;
    }
    log.warn({ err: error }, `the rules ${lost} and start afresh`);
    alerts.closeOpen(clock(), names);
  });
  const { projectedKw, maySwitch, peaks } = alerting;
  const limits = stack.use(openLimits({ db, clock, register, projectedKw, maySwitch, loads, log }));
  const worker = stack.use(
    startRulesWorker({
      db,
      journal,
      ...reader,
      alerting,
      rules,
      alerts: {
        openOfRules: alerts.openOfRules,
        save: (changes, refreshed, told) => {
          alerts.save(changes, refreshed, told);
          loads.onAlerts([...changes.map(({ alert }) => alert), ...refreshed]);
        },
      },
      notifiers: names,
      onAlerts,
      snapshots,
      snapshotMs: 30_000,
      onTrouble: trouble('rules'),
      onDead: dead('rules'),
    }),
  );
  return { peaks, limits, worker, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}
