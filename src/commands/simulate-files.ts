import { setImmediate as turn } from 'node:timers/promises';
import type { FleetEvent } from '../../simulators/district.ts';
import { QUARTER_MS } from '../domain/interval.ts';
import type { Measurement } from '../domain/reading.ts';
import { isoTime } from '../domain/time.ts';
import type { CommandArguments, CommandContext } from './command.ts';
import { createGuardLoop } from './guard-loop.ts';
import { createPacketReader } from './packet-readings.ts';
import { createProgress } from './progress.ts';
import { openRunFolder } from './run-folder.ts';
import type { Simulation } from './simulation.ts';
import { openWholeFile, type WholeFile } from './whole-file.ts';

/** A broker publishes a will after one and a half keep-alives of a minute [MQTT-3.1.2-24]. */
const WILL_AFTER_MS = 90_000;

/**
 * Runs a simulation into a folder, as fast as it goes: what the service would have read, what was true, and the loads. The
 * same simulation gives the same bytes. Stopped, it ends after the quarter-hour and leaves whole files.
 */
export async function simulateFiles(
  context: CommandContext,
  args: CommandArguments,
  simulation: Simulation,
  dir: string,
): Promise<number> {
  const { plan, district, surroundings, register } = simulation;
  const folder = openRunFolder(dir, simulation);
  const guard = args.values.guard ? createGuardLoop(simulation) : undefined;
  const readings = openWholeFile(folder.path('readings.csv'));
  readings.write('time,device,quantity,value,channel,source\n');
  const logs = guard && {
    alerts: openWholeFile(folder.path('alerts.ndjson')),
    commands: openWholeFile(folder.path('commands.ndjson')),
  };
  const packets = withWills(simulation);
  const readPacket = createPacketReader(surroundings.decoder, register);
  let reachedMs = plan.startMs;
  const progress = createProgress(context, args.values.json === true, () => ({
    share: (reachedMs - plan.startMs) / (plan.endMs - plan.startMs),
    says: `${isoTime(reachedMs).slice(0, 16)}Z, ${readings.lines() - 1} readings of ${district.devices} devices`,
    json: { simulated: isoTime(reachedMs), devices: district.devices, readings: readings.lines() - 1 },
  }));

  const quarter = (toMs: number): void => {
    const lines: string[] = [];
    for (const event of packets(district.events(reachedMs, toMs), toMs)) {
      for (const measurement of readPacket(event)) {
        lines.push(csvLine(measurement));
        guard?.onMeasurement(measurement);
      }
      if (guard && logs) note(guard.drain(), logs);
    }
    readings.write(lines.join(''));
    district.world.advance(toMs);
    folder.quarter(reachedMs);
    reachedMs = toMs;
  };

  const failures: unknown[] = [];
  const attempt = (step: (() => void) | undefined): void => {
    try {
      step?.();
    } catch (error) {
      failures.push(error);
    }
  };
  try {
    while (reachedMs < plan.endMs && !context.stop.aborted) {
      quarter(Math.min((Math.floor(reachedMs / QUARTER_MS) + 1) * QUARTER_MS, plan.endMs));
      progress('more');
      // A signal is heard between two turns.
      await turn();
    }
  } catch (error) {
    failures.push(error);
  }
  // Each file gets its name, also when the disk is full for another; the first failure says why.
  for (const file of [readings, logs?.alerts, logs?.commands]) attempt(file?.finish);
  attempt(() => folder.finish(reachedMs));
  if (failures.length > 0) throw failures[0];
  progress('end');
  if (args.values.json !== true) context.print(nextSteps(dir, context.stop.aborted, reachedMs));
  return 0;
}

function note(
  { alerts, commands }: { readonly alerts: string; readonly commands: string },
  logs: { readonly alerts: WholeFile; readonly commands: WholeFile },
): void {
  if (alerts !== '') logs.alerts.write(alerts);
  if (commands !== '') logs.commands.write(commands);
}

type Packet = { readonly atMs: number; readonly topic: string; readonly payload: Buffer };

/** The packets of events, and the wills that a broker publishes for lines that broke, each in its time. */
function withWills({
  district,
}: Simulation): (events: Iterable<FleetEvent>, toMs: number) => Iterable<Packet> {
  let wills: Packet[] = [];
  return function* withWillsOf(events, toMs) {
    const due = function* (untilMs: number): Iterable<Packet> {
      const now = wills.filter(({ atMs }) => atMs < untilMs);
      wills = wills.filter(({ atMs }) => atMs >= untilMs);
      yield* now;
    };
    for (const event of events) {
      yield* due(event.atMs);
      if (event.type === 'packet') yield event;
      const will = event.type === 'down' ? district.lines.get(event.line)?.will : undefined;
      if (will) wills.push({ ...will, atMs: event.atMs + WILL_AFTER_MS });
    }
    yield* due(toMs);
  };
}

function csvLine({
  atMs,
  device,
  quantity,
  value,
  channel = '',
  source = '',
}: Measurement & { readonly atMs: number }): string {
  return `${isoTime(atMs)},${quoted(device)},${quantity},${value},${quoted(channel)},${quoted(source)}\n`;
}

function quoted(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function nextSteps(dir: string, isStopped: boolean, reachedMs: number): string {
  const until = isStopped ? `Stopped at ${isoTime(reachedMs)}; what is there is whole. ` : '';
  return `${until}${dir} holds readings.csv, truth.ndjson, load/ and the register. Go on with:
  kvarter replay --config ${dir}/kvarter.yaml ${dir}/readings.csv > ${dir}/alerts.ndjson
  kvarter score --truth ${dir}/truth.ndjson --alerts ${dir}/alerts.ndjson
`;
}
