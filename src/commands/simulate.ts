import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDistrict } from '../../simulators/district.ts';
import { startFleet } from '../../simulators/fleet.ts';
import { inventedRegisterFiles } from '../../simulators/invented-register.ts';
import { createPacedClock } from '../../simulators/paced-clock.ts';
import { type Config, loadConfig } from '../config/config.ts';
import { parseRegister } from '../config/register.ts';
import { loadRegister } from '../config/register-source.ts';
import { loadTariffs } from '../config/tariffs.ts';
import { knowsModel } from '../decode/index.ts';
import { KvarterError } from '../domain/errors.ts';
import type { Register } from '../domain/register.ts';
import { isoTime } from '../domain/time.ts';
import { type Command, type CommandArguments, type CommandContext, placesOf } from './command.ts';
import { numberOption, textOption, timeOption } from './options.ts';

const REPORT_MS = 2000;
const DAY_MS = 86_400_000;

export const simulate: Command = {
  summary: 'a fleet of simulated sensors against any MQTT broker',
  usage: `kvarter simulate [--url URL] [--buildings N [--write-register DIR]] [--speed X] [--from TIME] [--seed N]
                 [--clients N] [--seconds N] [--config FILE] [--json]`,
  help: `Sends what the devices of the register would send, each in its own format, over MQTT with QoS 1.

  --url URL             the broker; default: mqtt.port of the configuration on this machine
  --buildings N         N invented buildings instead of the configured register
  --write-register DIR  write places.yaml and devices.csv of the invented buildings, for the service to read, and end
  --speed X             so many times faster than time, until it has caught up with now; default 1
  --from TIME           where the simulated time begins; default now, with --speed one day ago
  --seed N              other people, other weather; default 1
  --clients N           MQTT connections; default 4
  --seconds N           end after so long; default: Ctrl-C
  --json                a JSON line per report

  kvarter simulate --buildings 200 --write-register /tmp/district
  kvarter simulate --buildings 200 --speed 60`,
  options: {
    url: { type: 'string' },
    buildings: { type: 'string' },
    'write-register': { type: 'string' },
    speed: { type: 'string' },
    from: { type: 'string' },
    seed: { type: 'string' },
    clients: { type: 'string' },
    seconds: { type: 'string' },
    config: { type: 'string' },
    json: { type: 'boolean' },
  },
  files: { min: 0, max: 0 },
  run: async (context, args) => {
    const { config } = loadConfig(placesOf(context, args));
    const buildings = numberOption(args, 'buildings', { min: 1, max: 100_000 });
    const folder = textOption(args, 'write-register');
    if (folder !== undefined) return writeRegister(context, folder, buildings);

    const register = registerOf(config, buildings);
    const seed = numberOption(args, 'seed', { min: 0, max: 2 ** 31 }) ?? 1;
    const district = createDistrict({ register, seed });
    const { clock, fromMs } = simulatedTime(context, args);
    const url = textOption(args, 'url') ?? `mqtt://127.0.0.1:${config.mqtt.port}`;
    const { username, password } = config.mqtt;
    await using fleet = startFleet({
      district,
      url,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      clock,
      fromMs,
      clients: numberOption(args, 'clients', { min: 1, max: 10_000 }) ?? 4,
      onProblem: (message) => context.complain(`kvarter: ${url}: ${message}\n`),
    });
    const report = reporter(context, args, () => ({
      simulated: isoTime(clock()),
      devices: district.devices,
      sent: fleet.sent(),
      acknowledged: fleet.acknowledged(),
    }));
    const seconds = numberOption(args, 'seconds', { min: 0, max: 1e9 });
    const endMs = seconds === undefined ? Number.POSITIVE_INFINITY : context.clock() + seconds * 1000;
    while (!context.stop.aborted && context.clock() < endMs) {
      const waitMs = Math.min(REPORT_MS, endMs - context.clock());
      await sleep(waitMs, undefined, { signal: context.stop }).catch(() => undefined);
      report();
    }
    if (!context.stop.aborted) await fleet.settled();
    report();
    return 0;
  },
};

function writeRegister(context: CommandContext, folder: string, buildings: number | undefined): number {
  if (buildings === undefined) throw new KvarterError('usage', '--write-register needs --buildings N');
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

function registerOf(config: Config, buildings: number | undefined): Register {
  const tariffs = loadTariffs(config.tariffs);
  const known = { tariffNames: new Set(tariffs.keys()), knowsModel };
  if (buildings === undefined) return loadRegister(config.register, known).register;
  const { places, devices } = inventedRegisterFiles({ buildings });
  const parsed = parseRegister(
    { file: 'places.yaml', text: places },
    { file: 'devices.csv', text: devices },
    known,
  );
  if (!parsed.ok)
    throw new KvarterError('config-invalid', parsed.problems.map(({ message }) => message).join('\n'));
  return parsed.register;
}

/** A service refuses what is stamped in its future, so the simulated time never passes the real one. */
function simulatedTime({ clock }: CommandContext, args: CommandArguments) {
  const speed = numberOption(args, 'speed', { min: 0.001, max: 1e6 }) ?? 1;
  const fromMs = timeOption(args, 'from') ?? (speed > 1 ? clock() - DAY_MS : clock());
  const paced = createPacedClock({ startMs: fromMs, speed, now: clock });
  return { fromMs, clock: () => Math.min(paced(), clock()) };
}

type Report = {
  readonly simulated: string;
  readonly devices: number;
  readonly sent: number;
  readonly acknowledged: number;
};

function reporter({ print, clock }: CommandContext, args: CommandArguments, look: () => Report): () => void {
  let [lastMs, last] = [clock(), 0];
  return () => {
    const now = look();
    const perSecond = Math.round(((now.acknowledged - last) * 1000) / Math.max(clock() - lastMs, 1));
    [lastMs, last] = [clock(), now.acknowledged];
    if (args.values.json) return print(`${JSON.stringify({ ...now, perSecond })}\n`);
    const { simulated, devices, sent, acknowledged } = now;
    print(`${simulated}  ${devices} devices, ${sent} sent, ${acknowledged} acknowledged, ${perSecond}/s\n`);
  };
}
