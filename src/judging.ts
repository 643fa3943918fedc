import type { DatabaseSync } from 'node:sqlite';
import type { Logger } from 'pino';
import type { RuleSource } from './config/rules.ts';
import type { Delivery } from './delivery.ts';
import type { Register } from './domain/register.ts';
import type { Clock } from './domain/time.ts';
import type { Journal } from './journal/journal.ts';
import type { RuleSurroundings } from './rules/rule.ts';
import { openAlerting } from './workers/alerting.ts';
import type { FrameReaders } from './workers/frame-readers.ts';
import { openLimits } from './workers/load-control/limits.ts';
import type { LoadControl } from './workers/load-control/load-control.ts';
import { startRulesWorker } from './workers/rules-worker.ts';
import type { TroubleLog } from './workers/trouble-log.ts';

export type JudgingOptions = Pick<RuleSurroundings, 'holds' | 'tariffs' | 'switchesLoads'> & {
  readonly db: DatabaseSync;
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
export function openJudging(options: JudgingOptions) {
  const { db, journal, reader, rules, register, holds, tariffs, loads, clock, log, trouble, dead } = options;
  const { alerts, notifiers, onAlerts } = options.delivery;
  const names = notifiers.map(({ name }) => name);
  const stack = new AsyncDisposableStack();
  const { switchesLoads = false } = options;
  const surroundings = { rules: rules(), holds, register, tariffs, switchesLoads };
  const alerting = openAlerting(surroundings, reader.snapshot, (error) => {
    log.warn({ err: error }, 'the rules cannot use what an earlier version has learned and start afresh');
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
        save: (changes, refreshed, told) => {
          alerts.save(changes, refreshed, told);
          loads.onAlerts([...changes.map(({ alert }) => alert), ...refreshed]);
        },
      },
      notifiers: names,
      onAlerts,
      snapshotMs: 30_000,
      now: Date.now,
      onTrouble: trouble('rules'),
      onDead: dead('rules'),
    }),
  );
  return { peaks, limits, worker, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}
