import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Running, startKvarter } from './kvarter.ts';
import { devices, places } from './service.ts';

/** The service as a process of its own, as a user starts it. Disposing kills it. */
export type ServiceProcess = {
  readonly running: Running;
  readonly mqttPort: number;
  readonly httpPort: number;
  /** GET of the API, as JSON. */
  readonly get: <T>(path: string) => Promise<T>;
  readonly metrics: () => Promise<string>;
  /** Bytes of the journal that one of its readers has not finished yet. */
  readonly behind: (reader: 'store' | 'rules') => Promise<number>;
} & AsyncDisposable;

export type StoredReading = { readonly at: string; readonly value: number };

/** Starts it on free ports and waits until it is up. A register that the folder has already is kept. */
export async function startService(
  dir: string,
  environment: Record<string, string> = {},
  words: readonly string[] = [],
): Promise<ServiceProcess> {
  const running = await launchService(dir, environment, words);
  const [, mqtt, http] = await running.says(/"mqttPort":(\d+),(?:"mqttTlsPort":\d+,)?"httpPort":(\d+)/);
  const url = `http://127.0.0.1:${http}`;
  const metrics = async () => (await fetch(`${url}/metrics`)).text();
  return {
    running,
    mqttPort: Number(mqtt),
    httpPort: Number(http),
    get: async <T>(path: string) => (await (await fetch(`${url}${path}`)).json()) as T,
    metrics,
    behind: async (reader) =>
      Number(
        new RegExp(`^kvarter_reader_behind_bytes\\{reader="${reader}"\\} (\\d+)$`, 'm').exec(
          await metrics(),
        )?.[1],
      ),
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  };
}

/** As it is while it starts: it may be killed before it has said anything. */
export async function launchService(
  dir: string,
  environment: Record<string, string> = {},
  words: readonly string[] = [],
): Promise<Running> {
  const files = { places: join(dir, 'places.yaml'), devices: join(dir, 'devices.csv') };
  await writeFile(files.places, places, { flag: 'wx' }).catch(() => undefined);
  await writeFile(files.devices, devices, { flag: 'wx' }).catch(() => undefined);
  return startKvarter(['start', ...words], {
    KVARTER_DATADIR: join(dir, 'data'),
    KVARTER_MQTT__PORT: '0',
    KVARTER_HTTP__PORT: '0',
    KVARTER_REGISTER__PLACES: files.places,
    KVARTER_REGISTER__DEVICES: files.devices,
    ...environment,
  });
}

/** Every stored reading of a device, in order, a page at a time. */
export async function storedReadings(
  { get }: Pick<ServiceProcess, 'get'>,
  device: string,
): Promise<StoredReading[]> {
  const found: StoredReading[] = [];
  for (let next = ''; ; ) {
    const page = await get<{ readings: StoredReading[]; next?: string }>(
      `/api/v1/readings?device=${device}&limit=10000${next && `&next=${next}`}`,
    );
    found.push(...page.readings);
    if (page.next === undefined) return found;
    next = page.next;
  }
}
