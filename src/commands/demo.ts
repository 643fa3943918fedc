import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { createDistrict } from '../../simulators/district.ts';
import { startFleet } from '../../simulators/fleet.ts';
import { createPacedClock } from '../../simulators/paced-clock.ts';
import { createApp } from '../app.ts';
import { loadConfig } from '../config/config.ts';
import type { AlertChange } from '../domain/alert.ts';
import { HOUR_MS } from '../domain/interval.ts';
import type { Clock } from '../domain/time.ts';
import type { Command, CommandContext } from './command.ts';
import { createScreen } from './demo-screen.ts';
import { numberOption } from './options.ts';
import { loadSurroundings } from './surroundings.ts';

/** A cold Wednesday, when people are on their way home. */
const LIVE_FROM_MS = Date.parse('2026-01-21T17:00:00+01:00');
const REDRAW_MS = 500;

export const demo: Command = {
  usage: 'kvarter demo [--speed X] [--days N] [--seed N]',
  help: `Starts broker, journal, store, rules and API on free ports, and a fleet that sends what the example district's
sensors would send. First some days of history, as fast as they go in, then a winter evening at high speed: readings per
second, each building's running hour against its budget, and the alerts as they fire. Ctrl-C ends it and deletes the data.

  --speed X   simulated seconds per second; default 120 (an hour in half a minute)
  --days N    days of history first; default 5
  --seed N    other people, other weather; default 1

  kvarter demo --speed 60`,
  options: { speed: { type: 'string' }, days: { type: 'string' }, seed: { type: 'string' } },
  endsItself: true,
  files: { min: 0, max: 0 },
  run: async (context, args) => {
    const speed = numberOption(args, 'speed', { min: 1, max: 3600 }) ?? 120;
    const days = numberOption(args, 'days', { min: 0, max: 60 }) ?? 5;
    const seed = numberOption(args, 'seed', { min: 0, max: 2 ** 31 }) ?? 1;
    await using dir = await throwAwayFolder();
    // The shipped settings, whatever a person has configured for the real thing.
    const { packageDir } = context.places;
    const shipped = loadConfig({ cwd: packageDir, packageDir, environment: {} }).config;
    const config = {
      ...shipped,
      dataDir: dir.path,
      mqtt: { ...shipped.mqtt, port: 0 },
      http: { ...shipped.http, port: 0 },
    };
    const { register } = loadSurroundings(config);

    const historyFromMs = LIVE_FROM_MS - days * 24 * HOUR_MS;
    let clock: Clock = () => historyFromMs;
    let stored = 0;
    const alerts: AlertChange[] = [];
    await using app = await createApp(config, pino({ level: 'silent' }), context.version, {
      clock: () => clock(),
      onAlert: (change) => alerts.push(change),
      onStored: (readings) => {
        stored += readings;
      },
    });
    await using fleet = startFleet({
      district: createDistrict({ register, seed, startMs: historyFromMs }),
      broker: { url: `mqtt://127.0.0.1:${app.mqttPort}` },
      clock: () => clock(),
      fromMs: historyFromMs,
      // Its packets keep their order, however fast they go.
      connections: 1,
      onProblem: ({ message }) => context.complain(`kvarter: ${message}\n`),
    });
    const screen = createScreen(context, {
      register,
      httpPort: app.httpPort,
      mqttPort: app.mqttPort,
      peaks: app.peaks,
      stored: () => stored,
    });

    for (let atMs = historyFromMs; atMs < LIVE_FROM_MS && !context.stop.aborted; ) {
      atMs = Math.min(atMs + HOUR_MS, LIVE_FROM_MS);
      const reached = atMs;
      clock = () => reached;
      await fleet.settled();
      await app.settled();
      screen.history((atMs - historyFromMs) / (LIVE_FROM_MS - historyFromMs));
    }
    alerts.length = 0;
    clock = createPacedClock({ startMs: LIVE_FROM_MS, speed, now: context.clock });
    await live(context, () => screen.draw(clock(), alerts.splice(0)));
    screen.end();
    return 0;
  },
};

async function live({ stop }: CommandContext, draw: () => void): Promise<void> {
  while (!stop.aborted) {
    draw();
    await sleep(REDRAW_MS, undefined, { signal: stop }).catch(() => undefined);
  }
}

async function throwAwayFolder(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'kvarter-demo-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
