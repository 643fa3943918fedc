import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { findable } from '../../simulators/score/findable.ts';
import { score as scoreOf } from '../../simulators/score/score.ts';
import type { Command, CommandArguments, CommandContext } from './command.ts';
import { numberOption, requiredOption, textOption, timeOption } from './options.ts';
import { compareRuns } from './score-effect.ts';
import { readAlerts, readTruth } from './score-files.ts';
import { watchedSpan } from './score-span.ts';
import { scoreText } from './score-text.ts';

export const score: Command = {
  usage:
    'kvarter score --truth FILE --alerts FILE [--against DIR] [--from TIME] [--buildings N] [--months X] [--json]',
  help: `Matches alerts to what was true, rule by rule and kind by kind.

  --truth FILE   truth.ndjson: {"kind","building","subject","from","to","size"} a line, as kvarter simulate writes it
  --alerts FILE  NDJSON as kvarter replay prints it, or the JSON of GET /api/v1/alerts
  --against DIR  another run of the same scenario, without the guard: what the guard changed, in kW and money.
                 The folder of --truth is the run with it; both hold load/BUILDING.csv (heat-load/ of heat) and the register
  --from TIME    what comes before is not scored: rules that learn what is usual know little in their first weeks; default:
                 after the warm-up that run.json beside the truth names, else the beginning
  --buildings N  buildings that were watched, and
  --months X     for how long; default: what run.json beside the truth says, else what the two files show
  --json         one JSON object

An alert is right when a fault that its rule can tell of was there, in its building and about its subject.
${Object.keys(findable).length} rules have a row that says which kinds these are (simulators/score/findable.ts); a rule without one may tell of all.

  kvarter simulate --scenario simulators/scenarios/sensor-chaos.yaml --out /tmp/chaos
  kvarter replay --config /tmp/chaos/kvarter.yaml /tmp/chaos/readings.csv > /tmp/chaos/alerts.ndjson
  kvarter score --truth /tmp/chaos/truth.ndjson --alerts /tmp/chaos/alerts.ndjson`,
  options: {
    truth: { type: 'string' },
    alerts: { type: 'string' },
    against: { type: 'string' },
    from: { type: 'string' },
    buildings: { type: 'string' },
    months: { type: 'string' },
    json: { type: 'boolean' },
  },
  files: { min: 0, max: 0 },
  run: async (context, args) => {
    const truthFile = fileOption(context, args, 'truth');
    const alertsFile = fileOption(context, args, 'alerts');
    const truth = readTruth(truthFile);
    const alerts = readAlerts(alertsFile);
    const span = watchedSpan(dirname(truthFile), truth, alerts, timeOption(args, 'from'));
    const given = textOption(args, 'against');
    const against = given === undefined ? undefined : resolve(context.places.cwd, given);
    const otherTruth = against === undefined ? undefined : join(against, 'truth.ndjson');
    const result = scoreOf({
      truth,
      alerts,
      fromMs: span.fromMs,
      averted: otherTruth !== undefined && existsSync(otherTruth) ? readTruth(otherTruth) : [],
      buildings: numberOption(args, 'buildings', { min: 1, max: 1e9 }) ?? span.buildings,
      months: numberOption(args, 'months', { min: 1e-6, max: 1e6 }) ?? span.months,
    });
    const effect =
      against === undefined ? undefined : compareRuns(context, { run: dirname(truthFile), against });
    const all = effect === undefined ? result : { ...result, effect };
    context.print(args.values.json ? `${JSON.stringify(all)}\n` : scoreText(result, effect, span));
    return 0;
  },
};

function fileOption({ places }: CommandContext, args: CommandArguments, name: string): string {
  return resolve(places.cwd, requiredOption(args, name));
}
