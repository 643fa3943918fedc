import { changeJson } from '../alerts/alert-json.ts';
import { agesOf, commandLimitsOf, holdsOf } from '../config/durations.ts';
import type { Alert } from '../domain/alert.ts';
import type { Measurement, Reading } from '../domain/reading.ts';
import { isoTime } from '../domain/time.ts';
import { zoneOf } from '../domain/zone.ts';
import { type PastCommand, planCommands, type Wish } from '../energy/guard/load-commands.ts';
import { shedOfFacts, wishesByBuilding } from '../energy/guard/shed-facts.ts';
import { createIngest } from '../ingest/ingest.ts';
import { createAlerting } from '../workers/alerting.ts';
import type { Simulation } from './simulation.ts';

/** kvarter's rules beside the simulated world, in event time: the loads are commanded as the running service does it. */
export type GuardLoop = {
  readonly onMeasurement: (measurement: Measurement & { readonly atMs: number }) => void;
  /** What has changed since the last call: lines of `alerts.ndjson` and `commands.ndjson`. */
  readonly drain: () => { readonly alerts: string; readonly commands: string };
};

const KEPT_MS = 2 * 86_400_000;

export function createGuardLoop({ config, surroundings, register, district, plan }: Simulation): GuardLoop {
  const ingest = createIngest({ register: () => register, ...agesOf(config) });
  const { tariffs, rules } = surroundings;
  const holds = holdsOf(config);
  const alerting = createAlerting({ rules, holds, register: () => register, tariffs, switchesLoads: true });
  const { limits } = commandLimitsOf(config);
  const { dayAt } = zoneOf(register.organisation.timeZone);
  const readings: Reading[] = [];
  /** What the loads of each building have been told, and until when they obey. */
  const past = new Map<string, readonly PastCommand[]>();
  let atMs = 0;

  /** Every load obeys, as if people did what an alert says where kvarter may not. */
  const command = ({ id, building: place = '', state, facts }: Alert): readonly string[] => {
    const shed = state === 'firing' ? shedOfFacts(facts) : undefined;
    // What comes before is history: the same as without the guard.
    if (!shed || atMs >= shed.toMs || atMs < plan.scoredFromMs) return [];
    return wishesByBuilding(place, shed.wishes).flatMap(({ building, wishes }) =>
      commandIn(building, wishes, id),
    );
  };
  const commandIn = (building: string, wishes: readonly Wish[], cause: string): readonly string[] => {
    const loads = register.buildings.get(building)?.flexibleLoads;
    if (!loads) return [];
    const known = (past.get(building) ?? []).filter((one) => one.atMs > atMs - KEPT_MS);
    const dayFromMs = dayAt(atMs).fromMs;
    const ask = { wishes, loads, past: known, atMs, dayFromMs, limits, alsoManual: true };
    return planCommands(ask).commands.map(({ load, powerKw, untilMs }) => {
      const answer = district.world.command({ building, load, off: true, untilMs });
      const told = { load, atMs, untilMs: answer.accepted ? untilMs : atMs };
      past.set(building, [...(past.get(building) ?? known), told]);
      const until = isoTime(untilMs);
      const said = { at: isoTime(atMs), building, load, powerKw, off: true, until, cause };
      return `${JSON.stringify({ ...said, ...answerJson(answer) })}\n`;
    });
  };

  return {
    onMeasurement: (measurement) => {
      ({ atMs } = measurement);
      ingest.measurement(measurement, measurement.atMs, readings);
      for (const reading of readings) alerting.onReading(reading);
      readings.length = 0;
    },
    drain: () => {
      const { changes, refreshed } = alerting.drain();
      return {
        alerts: changes.map((change) => `${JSON.stringify(changeJson(change))}\n`).join(''),
        commands: [...changes.map(({ alert }) => alert), ...refreshed].flatMap(command).join(''),
      };
    },
  };
}

function answerJson({ accepted, reason }: { readonly accepted: boolean; readonly reason?: string }) {
  return reason === undefined ? { accepted } : { accepted, reason };
}
