import { setTimeout as sleep } from 'node:timers/promises';
import { type Fleet, startFleet } from '../../simulators/fleet.ts';
import type { LineProblem } from '../../simulators/mqtt-line.ts';
import { createPacedClock } from '../../simulators/paced-clock.ts';
import { KvarterError } from '../domain/errors.ts';
import { HOUR_MS, MINUTE_MS, QUARTER_MS } from '../domain/interval.ts';
import { type Clock, isoTime } from '../domain/time.ts';
import { brokerAddress } from './broker-address.ts';
import type { CommandArguments, CommandContext } from './command.ts';
import { numberOption } from './options.ts';
import { openRunFolder } from './run-folder.ts';
import { sentSoFar } from './sent-so-far.ts';
import type { Simulation } from './simulation.ts';

export type Pace = {
  /** Simulated seconds per second; infinite: as fast as the broker acknowledges. */
  readonly speed: number;
  readonly fromMs: number;
  /** Simulated time at which it ends. */
  readonly toMs: number;
};

const REPORT_MS = 2000;
const LOOK_MS = 100;

/**
 * Publishes a simulation to a broker, live or fast; `dir`: what was true goes there. Throws `service-unavailable` with what
 * was sent so far when the broker refuses the credentials, or cannot be reached for the time of `--patience`.
 */
export async function simulateLive(
  context: CommandContext,
  args: CommandArguments,
  simulation: Simulation,
  { pace, dir }: { readonly pace: Pace; readonly dir: string | undefined },
): Promise<number> {
  const { district, config } = simulation;
  const address = brokerAddress(context, args, config);
  const folder = dir === undefined ? undefined : openRunFolder(dir, simulation);
  const { clock, reach, hold } = paced(context, pace);
  const problems = createProblems(context, address.broker.url);
  await using fleet = startFleet({
    district,
    ...address,
    clock,
    fromMs: pace.fromMs,
    isNow: pace.fromMs > context.clock() - MINUTE_MS,
    connections: numberOption(args, 'connections', { min: 1, max: 50_000 }) ?? 1000,
    onProblem: problems.note,
    onCommand: (says) => context.complain(`kvarter: command ${says}\n`),
  });
  const report = reporter(context, args, fleet, district.devices);
  const patienceMs = (numberOption(args, 'patience', { min: 0, max: 1e6 }) ?? 10) * 1000;
  const seconds = numberOption(args, 'seconds', { min: 0, max: 1e9 });
  const endMs = seconds === undefined ? Number.POSITIVE_INFINITY : context.clock() + seconds * 1000;
  let reportedMs = context.clock();
  let quarterMs = pace.fromMs;
  const watch = () => {
    const why = problems.reason(fleet.acknowledged(), patienceMs);
    if (why !== undefined) {
      throw new KvarterError('service-unavailable', `${why}; ${sentSoFar(fleet, 'packets')}`);
    }
    if (context.clock() - reportedMs < REPORT_MS) return;
    reportedMs = context.clock();
    report();
  };

  const failures: unknown[] = [];
  try {
    while (!context.stop.aborted && context.clock() < endMs && clock() < pace.toMs) {
      if (pace.speed === Number.POSITIVE_INFINITY) await settledOrNot(fleet, watch, context.stop);
      else
        await sleep(Math.min(LOOK_MS, endMs - context.clock()), undefined, { signal: context.stop }).catch(
          () => {},
        );
      watch();
      for (; folder && quarterMs + QUARTER_MS <= district.world.atMs; quarterMs += QUARTER_MS)
        folder.quarter(quarterMs);
      reach();
    }
    // Nothing more is due from now on, so that all that was sent can be acknowledged.
    hold();
    if (!context.stop.aborted) await settledOrNot(fleet, watch, context.stop);
  } catch (error) {
    failures.push(isOfDisk(error) ? withSent(error, fleet) : error);
  }
  // What was true has its file, whatever has happened; the first failure says why.
  try {
    folder?.finish(Math.min(clock(), pace.toMs));
  } catch (error) {
    failures.push(isOfDisk(error) ? withSent(error, fleet) : error);
  }
  if (failures.length > 0) throw failures[0];
  report();
  return 0;
}

function isOfDisk(error: unknown): error is KvarterError {
  return error instanceof KvarterError && error.code === 'data-dir-unusable';
}

function withSent(error: KvarterError, fleet: Fleet): KvarterError {
  return new KvarterError(error.code, `${error.message}; ${sentSoFar(fleet, 'packets')}`, { cause: error });
}

type PacedClock = {
  readonly clock: Clock;
  /** An hour more, when it goes as fast as it is acknowledged. */
  readonly reach: () => void;
  /** Time stands still from now on. */
  readonly hold: () => void;
};

/** A service refuses what is stamped in its future, so the simulated time never passes the real one. */
function paced({ clock: now }: CommandContext, { speed, fromMs, toMs }: Pace): PacedClock {
  const isMax = speed === Number.POSITIVE_INFINITY;
  const running = createPacedClock({ startMs: fromMs, speed: isMax ? 1 : speed, now });
  let reachedMs = Math.min(fromMs + HOUR_MS, toMs, now());
  let heldMs: number | undefined;
  const clock = () => heldMs ?? (isMax ? reachedMs : Math.min(running(), now(), toMs));
  return {
    clock,
    reach: () => {
      reachedMs = Math.min(reachedMs + HOUR_MS, toMs, now());
    },
    hold: () => {
      heldMs = clock();
    },
  };
}

/** What keeps the fleet from its broker, told once; and when that is a reason to give up. */
function createProblems({ complain, clock }: CommandContext, url: string) {
  let refused: string | undefined;
  let since: { readonly ms: number; readonly message: string; readonly acknowledged: number } | undefined;
  let acknowledgedNow = 0;
  return {
    note: ({ message, isRefused }: LineProblem) => {
      if (isRefused) refused ??= message;
      if (since === undefined) complain(`kvarter: ${url}: ${message}\n`);
      since ??= { ms: clock(), message, acknowledged: acknowledgedNow };
    },
    reason: (acknowledged: number, patienceMs: number): string | undefined => {
      acknowledgedNow = acknowledged;
      if (refused !== undefined)
        return `${url} refuses the credentials (${refused}): say --broker mqtt://USER:PASSWORD@HOST, or --credentials FILE`;
      if (since === undefined) return undefined;
      if (acknowledged > since.acknowledged) since = undefined;
      else if (clock() - since.ms >= patienceMs)
        return `${url} cannot be reached (${since.message}): is a broker running there?`;
      return undefined;
    },
  };
}

async function settledOrNot(fleet: Fleet, watch: () => void, stop: AbortSignal): Promise<void> {
  let isSettled = false;
  const settling = fleet.settled().then(() => {
    isSettled = true;
  });
  while (!isSettled && !stop.aborted) {
    await Promise.race([settling, sleep(LOOK_MS, undefined, { signal: stop }).catch(() => {})]);
    if (!isSettled) watch();
  }
}

function reporter(
  { print, clock: now }: CommandContext,
  args: CommandArguments,
  fleet: Fleet,
  devices: number,
): () => void {
  let [lastMs, last] = [now(), 0];
  return () => {
    const [simulated, sent, acknowledged] = [isoTime(fleet.sentToMs()), fleet.sent(), fleet.acknowledged()];
    const perSecond = Math.round(((acknowledged - last) * 1000) / Math.max(now() - lastMs, 1));
    [lastMs, last] = [now(), acknowledged];
    if (args.values.json) print(`${JSON.stringify({ simulated, devices, sent, acknowledged, perSecond })}\n`);
    else
      print(`${simulated}  ${devices} devices, ${sent} sent, ${acknowledged} acknowledged, ${perSecond}/s\n`);
  };
}
