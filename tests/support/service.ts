import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { pino } from 'pino';
import { type App, createApp, type Overrides } from '../../src/app.ts';
import { loadConfig } from '../../src/config/config.ts';

const packageDir = join(import.meta.dirname, '../..');

export const places = `organisation: { id: exempelhem, name: Exempelhem AB, timeZone: Europe/Stockholm }
areas:
  - id: norrliden
    name: Norrliden
    buildings:
      - id: b1
        name: Norrlidsvägen 1
        tariff: goteborg-energi-2025
        spaces: [{ id: lgh-1101, kind: flat }]
        flexibleLoads: [{ id: hp, name: Heat pump, powerKw: 18, maxOffMinutes: 60, priority: 1 }]
      - { id: b2, name: Norrlidsvägen 3 }
`;
export const devices = `device,model,building,space,role
el-b1,kvarter,b1,,electricityMain
el-b2,kvarter,b2,,electricityMain
0101010101010101,elsys-ers,b1,lgh-1101,room
`;

export type Service = {
  readonly app: App;
  readonly dir: string;
  /** GET of the API, as JSON. */
  readonly get: <T = Answer>(path: string) => Promise<T>;
  /** A client of its own for the embedded broker; end it with the service. */
  readonly connect: (login?: IClientOptions) => Promise<MqttClient>;
  readonly publish: (topic: string, payload: string) => Promise<void>;
} & AsyncDisposable;

/** What tests look at in answers. */
export type Answer = {
  readings: { device: string; quantity: string; channel?: string; at: string; value: number }[];
  intervals: {
    from: string;
    powerKw: number | null;
    energyKwh: number | null;
    coverage: number;
    meters: number;
  }[];
  alerts: {
    id: string;
    rule: string;
    state: string;
    building: string;
    startsAt: string;
    facts: Record<string, unknown>;
  }[];
  next?: string;
  status: string | number;
  title: string;
  detail: string;
};

/** The real service on free ports of loopback, with its data in a folder that the test owns. */
export async function openService(
  dir: string,
  environment: Record<string, string> = {},
  overrides: Overrides = {},
  login: IClientOptions = {},
): Promise<Service> {
  await using opening = new AsyncDisposableStack();
  const config = await writeRegister(dir, environment);
  const app = opening.use(await createApp(config, pino({ level: 'silent' }), '0.0.0', overrides));
  const clients: MqttClient[] = [];
  opening.defer(async () => {
    for (const client of clients) await client.endAsync(true);
  });
  const connect = async (as = login) => {
    const client = await connectAsync(`mqtt://127.0.0.1:${app.mqttPort}`, as);
    clients.push(client);
    return client;
  };
  const client = await connect();
  const running = opening.move();
  return {
    app,
    dir,
    get: async <T>(path: string) =>
      (await (await fetch(`http://127.0.0.1:${app.httpPort}${path}`)).json()) as T,
    connect,
    publish: async (topic, payload) => {
      await client.publishAsync(topic, payload, { qos: 1 });
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

async function writeRegister(dir: string, environment: Record<string, string>) {
  await mkdir(dir, { recursive: true });
  const files = { places: join(dir, 'places.yaml'), devices: join(dir, 'devices.csv') };
  await writeFile(files.places, places, { flag: 'wx' }).catch(() => undefined);
  await writeFile(files.devices, devices, { flag: 'wx' }).catch(() => undefined);
  return loadConfig({
    cwd: packageDir,
    packageDir,
    environment: {
      KVARTER_DATADIR: join(dir, 'data'),
      KVARTER_MQTT__PORT: '0',
      KVARTER_HTTP__PORT: '0',
      KVARTER_REGISTER__PLACES: files.places,
      KVARTER_REGISTER__DEVICES: files.devices,
      ...environment,
    },
  }).config;
}
