import { z } from 'zod';
import type { LoadCommand } from '../../simulators/world/holds.ts';
import { changeJson } from '../alerts/alert-json.ts';
import { agesOf, holdsOf } from '../config/durations.ts';
import type { AlertChange } from '../domain/alert.ts';
import type { Measurement, Reading } from '../domain/reading.ts';
import { isoTime, parseIsoTime } from '../domain/time.ts';
import { createIngest } from '../ingest/ingest.ts';
import { createAlerting } from '../workers/alerting.ts';
import type { Simulation } from './simulation.ts';

/** kvarter's rules beside the simulated world, in event time: the loads obey what an alert proposes. */
export type GuardLoop = {
  readonly onMeasurement: (measurement: Measurement & { readonly atMs: number }) => void;
  /** What has changed since the last call: lines of `alerts.ndjson` and `commands.ndjson`. */
  readonly drain: () => { readonly alerts: string; readonly commands: string };
};

const shedSchema = z.object({
  windowTo: z.string(),
  shed: z.array(z.object({ load: z.string() })),
});

export function createGuardLoop({ config, surroundings, register, district }: Simulation): GuardLoop {
  const ingest = createIngest({ register: () => register, ...agesOf(config) });
  const { tariffs, rules } = surroundings;
  const alerting = createAlerting({ rules, holds: holdsOf(config), register: () => register, tariffs });
  const readings: Reading[] = [];
  return {
    onMeasurement: (measurement) => {
      ingest.measurement(measurement, measurement.atMs, readings);
      for (const reading of readings) alerting.onReading(reading);
      readings.length = 0;
    },
    drain: () => {
      const alerts: string[] = [];
      const commands: string[] = [];
      for (const change of alerting.drain().changes) {
        alerts.push(`${JSON.stringify(changeJson(change))}\n`);
        for (const command of commandsOf(change)) {
          const { untilMs, ...rest } = command;
          const answer = district.world.command(command);
          const said = { at: isoTime(change.atMs), ...rest, until: isoTime(untilMs), ...answerJson(answer) };
          commands.push(`${JSON.stringify(said)}\n`);
        }
      }
      return { alerts: alerts.join(''), commands: commands.join('') };
    },
  };
}

/** The plan of an alert that has one, as commands: each load that it names off until the end of the window. */
function commandsOf({ alert }: AlertChange): readonly LoadCommand[] {
  const plan = shedSchema.safeParse(alert.facts);
  if (alert.state !== 'firing' || !plan.success) return [];
  const { building } = alert;
  const untilMs = parseIsoTime(plan.data.windowTo);
  if (building === undefined || untilMs === undefined) return [];
  return plan.data.shed.map(({ load }) => ({ building, load, off: true, untilMs }));
}

function answerJson(answer: {
  readonly accepted: boolean;
  readonly reason?: string;
  readonly untilMs?: number;
}) {
  const { accepted, reason } = answer;
  return reason === undefined ? { accepted } : { accepted, reason };
}
