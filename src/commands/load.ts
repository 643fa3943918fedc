import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type LoadDevices,
  loadDevices,
  loadFormats,
  loadRegisterFiles,
} from '../../simulators/load-devices.ts';
import { openLine } from '../../simulators/mqtt-line.ts';
import { loadConfig } from '../config/config.ts';
import { KvarterError } from '../domain/errors.ts';
import { brokerAddress } from './broker-address.ts';
import { type Command, type CommandArguments, type CommandContext, placesOf } from './command.ts';
import { checkLoad, type SentLoad } from './load-check.ts';
import { numberOption, textOption } from './options.ts';
import { createProgress } from './progress.ts';
import { sentSoFar } from './sent-so-far.ts';

/** Devices of a load speak a second apart, in the past: no two of their readings share a time. */
const SPACING_MS = 1000;

export const load: Command = {
  usage: `kvarter load --devices N --rate R --format F [--seconds N] [--connections N] [--broker URL] [--url URL]
                 [--register-out DIR] [--no-check] [--patience S] [--credentials FILE] [--ca FILE] [--config FILE] [--json]`,
  help: `Publishes R messages a second of N devices in turn with QoS 1, and asks the API afterwards for each device's readings:
how many of the acknowledged messages are lost, stored twice, or wrong. Each message says its number.

  --devices N         device identities, up to 1,000,000
  --rate R            messages a second
  --format F          ${loadFormats.join(', ')}
  --seconds N         for so long; default 10
  --connections N     MQTT connections that the devices share; default 50
  --broker URL        default: mqtt.port of the settings on this machine
  --url URL           the service's API; default: as the settings say
  --register-out DIR  write places.yaml and devices.csv with the devices, for the service to read, and end
  --no-check          do not ask afterwards
  --patience S        how long what is acknowledged may take until it is stored, and the broker to be there; default 30
  --credentials FILE  CSV connection,username,password; connections are called load-1, load-2, …; * is everybody
  --json              JSON lines

Exit code 1 when a reading is lost, duplicated or wrong.

  kvarter load --devices 200000 --rate 5000 --format kvarter --register-out /tmp/load
  KVARTER_REGISTER__PLACES=/tmp/load/places.yaml KVARTER_REGISTER__DEVICES=/tmp/load/devices.csv kvarter start
  kvarter load --devices 200000 --rate 5000 --format kvarter --seconds 60`,
  options: {
    devices: { type: 'string' },
    rate: { type: 'string' },
    format: { type: 'string' },
    seconds: { type: 'string' },
    connections: { type: 'string' },
    broker: { type: 'string' },
    url: { type: 'string' },
    'register-out': { type: 'string' },
    'no-check': { type: 'boolean' },
    patience: { type: 'string' },
    credentials: { type: 'string' },
    ca: { type: 'string' },
    config: { type: 'string' },
    json: { type: 'boolean' },
  },
  endsItself: true,
  files: { min: 0, max: 0 },
  run: async (context, args) => {
    const devices = Math.floor(required(numberOption(args, 'devices', { min: 1, max: 1e6 }), '--devices'));
    const named = required(textOption(args, 'format'), '--format');
    const fleet = loadDevices(named);
    if (!fleet)
      throw new KvarterError('usage', `--format ${named}: must be one of ${loadFormats.join(', ')}`);
    const dir = textOption(args, 'register-out');
    if (dir !== undefined) return writeRegister(context, resolve(context.places.cwd, dir), fleet, devices);
    const rate = required(numberOption(args, 'rate', { min: 0.01, max: 1e6 }), '--rate');
    const seconds = numberOption(args, 'seconds', { min: 0.1, max: 1e6 }) ?? 10;
    const messages = Math.max(Math.round(rate * seconds), 1);
    const perDevice = Math.ceil(messages / devices);
    if (perDevice > 10_000) {
      throw new KvarterError(
        'usage',
        `${perDevice} messages of each device are more than 10000: say more --devices`,
      );
    }
    const sent = await publish(context, args, { fleet, devices, rate, messages });
    if (args.values['no-check']) return 0;
    return checkLoad(context, args, sent);
  },
};

type Wanted = {
  readonly fleet: LoadDevices;
  readonly devices: number;
  readonly rate: number;
  readonly messages: number;
};

async function publish(context: CommandContext, args: CommandArguments, wanted: Wanted): Promise<SentLoad> {
  const { fleet, devices, rate, messages } = wanted;
  const { config } = loadConfig(placesOf(context, args));
  const { broker, brokerOf } = brokerAddress(context, args, config);
  const patienceMs = (numberOption(args, 'patience', { min: 0, max: 1e6 }) ?? 30) * 1000;
  const count = Math.min(numberOption(args, 'connections', { min: 1, max: 20_000 }) ?? 50, devices);
  const startMs = context.clock();
  const firstMs = Math.floor(startMs / SPACING_MS) * SPACING_MS - Math.ceil(messages / devices) * SPACING_MS;
  const isAcknowledged = new Uint8Array(messages);
  let [handed, acknowledged] = [0, 0];
  let problem: string | undefined;
  let isRefused = false;
  let heardMs = startMs;
  const lines = Array.from({ length: Math.floor(count) }, (_, i) =>
    openLine({
      broker: brokerOf(`load-${i + 1}`),
      onProblem: ({ message, isRefused: refused }) => {
        problem = message;
        isRefused ||= refused;
      },
    }),
  );
  const fail = () => {
    const isAway = context.clock() - heardMs > Math.min(patienceMs, 10_000) && handed > acknowledged;
    if (!isRefused && !isAway) return;
    const why = isRefused ? 'refuses the credentials' : 'cannot be reached or does not answer';
    const said = sentSoFar({ sent: () => handed, acknowledged: () => acknowledged }, 'messages');
    throw new KvarterError(
      'service-unavailable',
      `${broker.url} ${why} (${problem ?? 'no answer'}); ${said}`,
    );
  };
  const progress = createProgress(context, args.values.json === true, () => ({
    share: acknowledged / messages,
    says: `${acknowledged} of ${messages} messages acknowledged, ${perSecond()}/s`,
    json: { sent: handed, acknowledged, perSecond: perSecond() },
  }));
  const perSecond = () => Math.round((1000 * acknowledged) / Math.max(context.clock() - startMs, 1));

  try {
    while (acknowledged < messages && !context.stop.aborted) {
      const due = Math.min(Math.floor(((context.clock() - startMs) / 1000) * rate) + 1, messages);
      for (; handed < due && handed - acknowledged < 100 * lines.length; handed += 1) {
        const message = handed;
        const device = message % devices;
        const line = lines[device % lines.length];
        const [packet] = fleet.encode(device, Math.floor(message / devices), timeOf(message));
        if (!line || !packet) continue;
        void line.deliver(packet).then((isDone) => {
          if (!isDone) return;
          isAcknowledged[message] = 1;
          acknowledged += 1;
          heardMs = context.clock();
        });
      }
      fail();
      progress('more');
      await sleep(10, undefined, { signal: context.stop }).catch(() => undefined);
    }
  } finally {
    await Promise.all(lines.map((line) => line.close()));
  }
  progress('end');
  return { fleet, devices, messages: handed, isAcknowledged, timeOf };

  function timeOf(message: number): number {
    return firstMs + Math.floor(message / devices) * SPACING_MS;
  }
}

function writeRegister({ print }: CommandContext, dir: string, fleet: LoadDevices, count: number): number {
  const { places, devices } = loadRegisterFiles(fleet, count);
  mkdirSync(dir, { recursive: true });
  const files = { places: join(dir, 'places.yaml'), devices: join(dir, 'devices.csv') };
  writeFileSync(files.places, places);
  writeFileSync(files.devices, devices);
  print(
    `${files.places} and ${files.devices} are written. Start the service with them:\n` +
      `  KVARTER_REGISTER__PLACES=${files.places} KVARTER_REGISTER__DEVICES=${files.devices} kvarter start\n`,
  );
  return 0;
}

function required<T>(value: T | undefined, option: string): T {
  if (value !== undefined) return value;
  throw new KvarterError('usage', `${option} is missing`);
}
