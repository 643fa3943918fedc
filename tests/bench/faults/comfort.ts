import { type ScoreInput, score } from '../../../simulators/score/score.ts';
import { print, runAll } from './faults.ts';

const DAYS = 56;
const BUILDINGS = 12;

/** In none of them was anything tuned (that was on 1 to 3). Deep winter, autumn, a mild spring, summer. */
const seeds: readonly (readonly [seed: number, start: string])[] = [
  [11, '2026-01-05'],
  [12, '2026-10-12'],
  [13, '2026-03-02'],
  [14, '2026-06-08'],
];

/** What the shipped comfort rule tells of heating that fails in flats, and of sensors that do. */
export async function benchComfort(): Promise<void> {
  const plans = seeds.map(([seed, start]) => ({
    name: `comfort-${seed}`,
    scenario: scenarioText(seed, start),
  }));
  const { truth, alerts, ...watched } = await runAll(plans, { buildings: BUILDINGS, days: DAYS });
  const input: ScoreInput = {
    ...watched,
    truth: truth.filter(({ kind }) => kind !== 'billed-peak'),
    alerts: alerts.filter(({ rule }) => rule === 'comfort'),
  };
  print(score(input));
}

function scenarioText(seed: number, start: string): string {
  return `title: Comfort, seed ${seed}
start: ${start}
days: ${DAYS}
buildings: ${BUILDINGS}
seed: ${seed}
leastSeconds: 900
random:
  perBuildingYear: 6
  kinds:
    - radiator-valve-stuck-open
    - radiator-valve-stuck-closed
    - heating-curve-wrong
    - night-setback-failing
    - offset
    - drift
    - swapped-sensors
`;
}
