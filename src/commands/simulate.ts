import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { inventedRegisterFiles } from '../../simulators/invented-register.ts';
import { KvarterError } from '../domain/errors.ts';
import { DAY_MS } from '../domain/interval.ts';
import type { Command, CommandArguments, CommandContext } from './command.ts';
import { numberOption, textOption, timeOption } from './options.ts';
import { readScenario } from './scenario-file.ts';
import { simulateFiles } from './simulate-files.ts';
import { type Pace, simulateLive } from './simulate-live.ts';
import { openSimulation } from './simulation.ts';

export const simulate: Command = {
  usage: `kvarter simulate [--scenario FILE] [--buildings N] [--days N] [--speed X|max] [--seed N] [--broker URL] [--out DIR]
                 [--guard] [--from TIME] [--connections N] [--credentials FILE] [--ca FILE] [--patience S]
                 [--seconds N] [--write-register DIR] [--config FILE] [--json]`,
  help: `Buildings, their sensors in their own formats, gateways and networks, and what goes wrong with them.

With --out and no --broker it runs into files, as fast as it goes: readings.csv for kvarter replay, truth.ndjson (what was
wrong, when), load/BUILDING.csv (true loads, for kvarter bill; heat-load/ of heat), the register and kvarter.yaml. The same seed gives the same
bytes. Otherwise it publishes over MQTT with QoS 1; --out then keeps the truth of it.

  --scenario FILE       a YAML file, or the name of one in simulators/scenarios; default: nothing special
  --buildings N         N invented buildings; default: the scenario's, else those of the configured register
  --days N              simulated days; default: the scenario's; over MQTT without one: without end
  --seed N              other people, other weather, other faults; default: the scenario's, or 1
  --out DIR             where files go
  --guard               into files: kvarter's rules run beside the world, and loads obey the peak guard. Writes alerts.ndjson
                        and commands.ndjson; kvarter score --against compares with a run without it
  --broker URL          mqtt://[USER:PASSWORD@]HOST:PORT, or mqtts://; default: mqtt.port of the settings on this machine
  --speed X|max         so many times faster than time, until it has caught up with now; default 1
  --from TIME           where simulated time begins; over MQTT: now, with --days that long ago, with --speed one day ago
  --connections N       MQTT connections at most: one for each device or gateway while that is enough; default 1000
  --credentials FILE    CSV connection,username,password: who logs in as whom; loads hear their commands on the
                        connection commands; * is everybody else
  --ca FILE             authority of the broker's certificate, PEM
  --patience S          give up when the broker cannot be reached for so long, s; default 10
  --seconds N           end after so long; default: Ctrl-C
  --write-register DIR  write places.yaml and devices.csv of the invented buildings, for the service to read, and end
  --json                a JSON line per report

  kvarter simulate --scenario calm-week --out /tmp/calm
  kvarter simulate --buildings 200 --write-register /tmp/district
  kvarter simulate --buildings 200 --speed 60`,
  options: {
    scenario: { type: 'string' },
    buildings: { type: 'string' },
    days: { type: 'string' },
    speed: { type: 'string' },
    seed: { type: 'string' },
    broker: { type: 'string' },
    out: { type: 'string' },
    guard: { type: 'boolean' },
    from: { type: 'string' },
    connections: { type: 'string' },
    credentials: { type: 'string' },
    ca: { type: 'string' },
    patience: { type: 'string' },
    seconds: { type: 'string' },
    'write-register': { type: 'string' },
    config: { type: 'string' },
    json: { type: 'boolean' },
  },
  endsItself: true,
  files: { min: 0, max: 0 },
  run: async (context, args) => {
    const folder = textOption(args, 'write-register');
    if (folder !== undefined) return writeRegister(context, args, folder);
    const out = textOption(args, 'out');
    const dir = out === undefined ? undefined : resolve(context.places.cwd, out);
    const isToFiles = dir !== undefined && textOption(args, 'broker') === undefined;
    if (args.values.guard && !isToFiles) {
      throw new KvarterError('usage', '--guard runs the rules beside files: it needs --out, and no --broker');
    }
    if (isToFiles) {
      const speed = textOption(args, 'speed');
      if (speed !== undefined && speed !== 'max') {
        throw new KvarterError('usage', '--speed paces a broker; into files it runs as fast as it goes');
      }
      return simulateFiles(
        context,
        args,
        openSimulation(context, args, { startMs: timeOption(args, 'from') }),
        dir,
      );
    }
    const pace = paceOf(context, args);
    return simulateLive(
      context,
      args,
      openSimulation(context, args, { startMs: pace.fromMs, isLive: true }),
      { pace, dir },
    );
  },
};

function paceOf({ clock }: CommandContext, args: CommandArguments): Pace {
  const isMax = textOption(args, 'speed') === 'max';
  const speed = isMax
    ? Number.POSITIVE_INFINITY
    : (numberOption(args, 'speed', { min: 0.001, max: 1e6 }) ?? 1);
  const days = numberOption(args, 'days', { min: 0.001, max: 3660 });
  const backMs = speed <= 1 ? 0 : (days ?? 1) * DAY_MS;
  // Whole seconds, as telegrams have them.
  const fromMs = timeOption(args, 'from') ?? Math.floor((clock() - backMs) / 1000) * 1000;
  const endMs = days === undefined ? Number.POSITIVE_INFINITY : fromMs + days * DAY_MS;
  return { speed, fromMs, toMs: isMax ? Math.min(endMs, clock()) : endMs };
}

function writeRegister(context: CommandContext, args: CommandArguments, folder: string): number {
  const named = textOption(args, 'scenario');
  const buildings =
    numberOption(args, 'buildings', { min: 1, max: 100_000 }) ??
    (named === undefined ? undefined : readScenario(context, named).scenario.buildings);
  if (buildings === undefined)
    throw new KvarterError('usage', '--write-register needs --buildings N or a --scenario');
  const { places, devices } = inventedRegisterFiles({ buildings });
  const dir = resolve(context.places.cwd, folder);
  mkdirSync(dir, { recursive: true });
  const files = { places: join(dir, 'places.yaml'), devices: join(dir, 'devices.csv') };
  writeFileSync(files.places, places);
  writeFileSync(files.devices, devices);
  context.print(
    `${files.places} and ${files.devices} are written. Start the service with them:\n` +
      `  KVARTER_REGISTER__PLACES=${files.places} KVARTER_REGISTER__DEVICES=${files.devices} kvarter start\n`,
  );
  return 0;
}
