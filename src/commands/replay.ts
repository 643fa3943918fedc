import { statSync } from 'node:fs';
import { loadConfig } from '../config/config.ts';
import { holdsOf } from '../config/durations.ts';
import { isoTime } from '../domain/time.ts';
import { createAlerting } from '../workers/alerting.ts';
import { type Command, placesOf } from './command.ts';
import { createProgress } from './progress.ts';
import { openReplayedAlerts } from './replayed-alerts.ts';
import { replayFiles } from './replaying.ts';
import { loadSurroundings } from './surroundings.ts';

export const replay: Command = {
  usage: 'kvarter replay FILE… [--config FILE] [--json]',
  help: `Each FILE is CSV with the header time,device,quantity,value[,channel][,source]. Several files are merged by time.
Prints one JSON line per change of an alert's state; what was read and refused goes to standard error
(with --json as one JSON line). An alert that another holds back names it (heldBy, heldFor), and has a second line, without
them, when it is told after all. Nothing is stored.

  kvarter replay january.csv february.csv > alerts.ndjson`,
  options: { config: { type: 'string' }, json: { type: 'boolean' } },
  files: { min: 1, max: Number.POSITIVE_INFINITY },
  run: async (context, args) => {
    const { config } = loadConfig(placesOf(context, args));
    const { tariffs, register, rules } = loadSurroundings(config);
    const alerting = createAlerting({
      rules,
      holds: holdsOf(config),
      register: () => register,
      tariffs,
      switchesLoads: config.loadControl === 'on',
    });

    using alerts = openReplayedAlerts({
      register,
      parents: rules.parents,
      graceMinutes: config.alerts.parentGraceMinutes,
    });

    const startMs = context.clock();
    // Kept until the last line has been read: a wrong line must not leave half an answer behind.
    const lines: string[] = [];
    const bytes = args.files.reduce((sum, file) => sum + sizeOf(file), 0);
    let [read, reachedMs] = [0, 0];
    const progress = createProgress(
      { ...context, print: context.complain },
      args.values.json === true,
      () => ({
        share: Math.min(read / Math.max(bytes, 1), 1),
        says: `${isoTime(reachedMs).slice(0, 16)}Z, ${lines.length} changes of alerts`,
        json: { reached: isoTime(reachedMs), changes: lines.length },
      }),
    );
    const { readings: count, refused } = await replayFiles(args.files, {
      config,
      register,
      onReading: alerting.onReading,
      onBytes: (more) => {
        read += more;
      },
      onBatch: (lastMs) => {
        reachedMs = lastMs;
        progress('more');
        lines.push(...alerts.linesOf(alerting.drain(), lastMs));
      },
    });
    if (context.terminal !== undefined && args.values.json !== true) progress('end');
    context.print(lines.join(''));

    const seconds = Math.max((context.clock() - startMs) / 1000, 0.001);
    const perSecond = Math.round(count / seconds);
    if (args.values.json) {
      const summary = { readings: count, seconds, perSecond, refused: Object.fromEntries(refused) };
      context.complain(`${JSON.stringify(summary)}\n`);
      return 0;
    }
    for (const [says, times] of refused) context.complain(`refused ${times}×: ${says}\n`);
    context.complain(`${count} readings in ${seconds.toFixed(1)} s, ${perSecond} readings/s\n`);
    return 0;
  },
};

/** 0 of what is no file: reading it says so. */
function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
