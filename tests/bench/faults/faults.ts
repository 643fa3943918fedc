import { type Score, type ScoreInput, score } from '../../../simulators/score/score.ts';
import { readAlerts, readTruth } from '../../../src/commands/score-files.ts';
import { openTempDir } from '../../support/temp-dir.ts';
import { type Plan, runOf } from './runs.ts';

const MONTH_DAYS = 30.44;
const DAYS = 120;
const BUILDINGS = 24;

/** Seeds 1 to 3 are there to tune on; these are not. Starts differ, so that every season is in. */
const seeds: readonly (readonly [seed: number, start: string])[] = [
  [11, '2026-01-10'],
  [12, '2026-03-10'],
  [13, '2026-08-20'],
];

/** Simulated districts with every kind of fault: what the shipped rules find, and how often they are wrong. */
export async function benchFaults(): Promise<void> {
  const plans = seeds.map(([seed, start]) => ({ name: `seed-${seed}`, scenario: scenarioText(seed, start) }));
  print(score(await runAll(plans, { buildings: BUILDINGS, days: DAYS })));
}

/** Every kind of fault seven times, in buildings that have most of their time without any. */
function scenarioText(seed: number, start: string): string {
  return `title: Every kind of fault, seed ${seed}
start: ${start}
days: ${DAYS}
buildings: ${BUILDINGS}
seed: ${seed}
leastSeconds: 900
random:
  perBuildingYear: 0.9
outages:
  - { gateway: lora, of: area-1, day: 60, time: "12:00", hours: 6 }
  - { gateway: lora, of: area-2, day: 90, time: "23:00", hours: 9, keeps: false }
`;
}

/** `FAULT_RUNS` keeps the runs in a folder: the second time only the rules run. */
export async function runAll(
  plans: readonly Plan[],
  { buildings, days }: { readonly buildings: number; readonly days: number },
): Promise<ScoreInput> {
  await using temp = await openTempDir();
  const folder = process.env.FAULT_RUNS ?? temp.path;
  let input: ScoreInput = {
    truth: [],
    alerts: [],
    buildings: buildings * plans.length,
    months: days / MONTH_DAYS,
  };
  for (const plan of plans) {
    const run = await runOf(folder, plan);
    const { truth, alerts } = input;
    // Buildings of two runs are two buildings; subjects that begin with theirs go with them.
    const own = (text: string) => `${plan.name}-${text}`;
    const ofRun = readAlerts(run.alerts).map((alert) => ({
      ...alert,
      building: own(alert.building),
      subject: isOf(alert.subject, alert.building) ? own(alert.subject) : alert.subject,
    }));
    const events = readTruth(run.truth).map((event) => ({ ...event, building: own(event.building) }));
    input = {
      ...input,
      truth: [...truth, ...events],
      alerts: [...alerts, ...ofRun],
    };
    console.log(`${run.folder} is scored`);
  }
  return input;
}

export function print({ buildings, months, kinds, rules, total }: Score): void {
  console.log(`${buildings} buildings, ${months.toFixed(1)} months each\n`);
  console.log('| Fault | Events | Found | Recall | Delay, h | By |\n| --- | --- | --- | --- | --- | --- |');
  for (const { kind, events, found, recall, medianDelayMinutes, rules: by } of kinds) {
    console.log(
      `| ${kind} | ${events} | ${found} | ${shown(recall)} | ${shown(hours(medianDelayMinutes), 0)} | ${by.join(', ')} |`,
    );
  }
  console.log('\n| Rule | Alerts | With a cause | False per building and month |\n| --- | --- | --- | --- |');
  for (const { rule, alerts, trueAlerts, falsePerBuildingMonth } of rules) {
    console.log(`| ${rule} | ${alerts} | ${trueAlerts} | ${shown(falsePerBuildingMonth)} |`);
  }
  console.log(
    `\nIn all ${total.alerts} alerts, ${shown(total.falsePerBuildingMonth)} false per building and month.`,
  );
}

function hours(minutes: number | null): number | null {
  return minutes === null ? null : minutes / 60;
}

function shown(value: number | null, digits = 2): string {
  return value === null ? '–' : value.toFixed(digits);
}

function isOf(subject: string, building: string): boolean {
  return subject === building || subject.startsWith(`${building}/`) || subject.startsWith(`${building}|`);
}
