import { join } from 'node:path';
import { type Score, type ScoreInput, score } from '../../../simulators/score/score.ts';
import { readAlerts, readTruth } from '../../../src/commands/score-files.ts';
import { openTempDir } from '../../support/temp-dir.ts';
import { BUILDINGS, DAYS, runOf, seeds } from './runs.ts';

const MONTH_DAYS = 30.44;

/**
 * Simulated districts with every kind of fault, of seeds that nothing was tuned on: what the shipped rules find, and how often
 * they are wrong. `KVARTER_FAULT_RUNS` keeps the runs in a folder: the second time only the rules run.
 */
export async function benchFaults(): Promise<void> {
  await using temp = await openTempDir();
  const folder = process.env.KVARTER_FAULT_RUNS ?? temp.path;
  let input: ScoreInput = {
    truth: [],
    alerts: [],
    buildings: BUILDINGS * seeds.length,
    months: DAYS / MONTH_DAYS,
  };
  for (const [seed, start] of seeds) {
    const run = await runOf(folder, seed, start);
    const { truth, alerts } = input;
    // Buildings of two seeds are two buildings.
    const named = <T extends { readonly building: string }>(some: readonly T[]) =>
      some.map((one) => ({ ...one, building: `${seed}/${one.building}` }));
    input = {
      ...input,
      truth: [...truth, ...named(readTruth(run.truth))],
      alerts: [...alerts, ...named(readAlerts(run.alerts))],
    };
    console.log(`faults: ${join(run.folder)} is scored`);
  }
  print(score(input));
}

function print({ buildings, months, kinds, rules, total }: Score): void {
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
