import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { timeText } from '../alerts/alert-json.ts';
import { roles } from '../domain/reading.ts';
import type { Device, NewDevice, Register } from '../domain/register.ts';
import { isoTime } from '../domain/time.ts';
import type { Adoption } from '../ingest/adoption.ts';
import type { DeviceHealth } from '../ingest/device-book.ts';
import type { UnknownDevice, UnknownDevices } from '../ingest/unknown-devices.ts';
import { deviceJson, deviceSchema } from './device-json.ts';
import { problemSchema, RequestProblem } from './problem.ts';

/** What the routes need. */
export type DeviceRoutes = {
  readonly unknown: Pick<UnknownDevices, 'list'>;
  readonly adoption: Pick<Adoption, 'adopt'>;
  /** The device's row, in the columns of `devices.csv`. */
  readonly rowOf: (device: NewDevice) => string;
  readonly health: (device: string) => DeviceHealth | undefined;
  readonly rejects: (device: string) => Readonly<Record<string, number>>;
};

const MAX_LIMIT = 1000;

const pageSchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(100),
  next: z.string().min(1).optional().describe('the `next` of the answer before, for the page behind it'),
});

const unknownSchema = z.object({
  device: z.string(),
  title: z.string().optional().describe('maker and product, as its gateway says'),
  packets: z.int(),
  firstSeenAt: timeText.optional().describe('absent: a gateway has told about it, and it has not spoken'),
  lastSeenAt: timeText.optional(),
  format: timeText.optional().describe('how its packets are read'),
  models: z.array(z.string()).describe('what it may be, the likeliest first'),
  channels: z.array(z.string()).describe('that a registered device lacks rows for'),
  values: z.array(
    z.object({
      quantity: z.string(),
      channel: z.string().optional(),
      at: timeText.optional(),
      value: z.number(),
    }),
  ),
  row: z.string().describe('for devices.csv, once the building is filled in'),
});

const text = z.string().trim().min(1);
const newDeviceSchema = z.strictObject({
  device: text,
  model: text,
  building: text,
  space: text.optional(),
  role: z.enum(roles).optional(),
  channel: text.optional(),
  ratio: z.number().optional(),
  offset: z.number().optional(),
  clockAheadS: z.number().optional(),
  emptyMm: z.number().optional(),
  fullMm: z.number().optional(),
  fraction: text.optional(),
  volumeL: z.number().optional(),
  gateway: text.optional(),
  note: text.optional(),
});

const adoptedSchema = z.object({
  row: z.string(),
  warnings: z.array(z.string()),
  packets: z.int().describe('taken in again out of the quarantine'),
  complete: z
    .boolean()
    .describe('false: what came last is still on its way, and is taken in when it is there'),
});

/** `/api/v1/devices`: who speaks without being registered, and registering them. */
export function deviceRoutes(routes: DeviceRoutes, register: () => Register): FastifyPluginAsyncZod {
  const { unknown, adoption, rowOf, health, rejects } = routes;
  const jsonOf = (device: string, rows: readonly Device[]) =>
    deviceJson(device, rows, health(device), rejects(device));
  let named: { readonly of: Register['devices']; readonly names: readonly string[] } | undefined;
  /** Sorted once for each register. */
  const namesOf = (devices: Register['devices']) => {
    if (named?.of !== devices) named = { of: devices, names: [...devices.keys()].toSorted() };
    return named.names;
  };

  return async (server) => {
    server.get(
      '/api/v1/devices',
      {
        schema: {
          summary: 'Registered devices, by name, and how they are heard',
          querystring: pageSchema.extend({ building: z.string().min(1).optional() }),
          response: {
            200: z.object({ devices: z.array(deviceSchema), next: z.string().optional() }),
            400: problemSchema,
          },
        },
      },
      async ({ query: { limit, next = '', building } }) => {
        const { devices } = register();
        const found: string[] = [];
        for (const name of namesOf(devices)) {
          if (found.length > limit) break;
          const isThere =
            building === undefined || devices.get(name)?.some((row) => row.building === building);
          if (name > next && isThere) found.push(name);
        }
        const page = found.slice(0, limit);
        const last = page.at(-1);
        return {
          devices: page.map((name) => jsonOf(name, devices.get(name) ?? [])),
          ...(found.length > limit && last !== undefined ? { next: last } : {}),
        };
      },
    );
    server.get(
      '/api/v1/devices/:device',
      {
        schema: {
          summary: 'A registered device, and how it is heard',
          params: z.object({ device: z.string() }),
          response: { 200: deviceSchema, 404: problemSchema },
        },
      },
      async ({ params: { device } }) => {
        const rows = register().devices.get(device);
        if (rows) return jsonOf(device, rows);
        throw new RequestProblem(404, `The register has no device ${device}: see /api/v1/devices/unknown.`);
      },
    );
    server.get(
      '/api/v1/devices/unknown',
      {
        schema: {
          summary: 'Devices that are not in the register, by name, with what their packets give away',
          querystring: pageSchema,
          response: {
            200: z.object({ devices: z.array(unknownSchema), next: z.string().optional() }),
            400: problemSchema,
          },
        },
      },
      async ({ query: { limit, next } }) => {
        const found = unknown.list({ limit: limit + 1, ...(next === undefined ? {} : { after: next }) });
        const page = found.slice(0, limit);
        const last = page.at(-1);
        return {
          devices: page.map((device) => ({ ...unknownJson(device), row: rowOf(suggestion(device)) })),
          ...(found.length > limit && last ? { next: last.device } : {}),
        };
      },
    );
    server.post(
      '/api/v1/devices',
      {
        schema: {
          summary: 'Register a device, and take in what it has said before',
          body: newDeviceSchema,
          response: { 201: adoptedSchema, 400: problemSchema, 503: problemSchema },
        },
      },
      async ({ body }, reply) => {
        const device = newDevice(body);
        const adopted = await adoption.adopt(device);
        if (!adopted.ok) throw new RequestProblem(400, adopted.problems.join('; '));
        const { warnings, replayed, isComplete } = adopted;
        reply.status(201);
        return {
          row: rowOf(device),
          warnings: [...warnings],
          packets: replayed.packets,
          complete: isComplete,
        };
      },
    );
  };
}

function newDevice({ device, ...rest }: z.infer<typeof newDeviceSchema>): NewDevice {
  return { id: device, ...defined(rest) };
}

function unknownJson({ device, packets, firstReceivedAtMs, lastReceivedAtMs, ...guess }: UnknownDevice) {
  const { title, format, models, channels, values } = guess;
  return {
    device,
    ...(title === undefined ? {} : { title }),
    packets,
    ...(firstReceivedAtMs === undefined ? {} : { firstSeenAt: isoTime(firstReceivedAtMs) }),
    ...(lastReceivedAtMs === undefined ? {} : { lastSeenAt: isoTime(lastReceivedAtMs) }),
    ...(format === undefined ? {} : { format }),
    models: [...models],
    channels: [...channels],
    values: values.map(({ quantity, channel, atMs, value }) => ({
      quantity,
      ...(channel === undefined ? {} : { channel }),
      ...(atMs === undefined ? {} : { at: isoTime(atMs) }),
      value,
    })),
  };
}

/** The building is for a person to say; a role only where a value leaves no doubt. */
function suggestion({ device, models, channels, values }: UnknownDevice): NewDevice {
  const says = (...names: readonly string[]) => values.some(({ quantity }) => names.includes(quantity));
  const isRoom = says('airTemperatureC', 'co2Ppm') && !says('outdoorTemperatureC');
  const role = says('distanceMm', 'fillLevelPct') ? 'container' : isRoom ? 'room' : undefined;
  const [channel] = channels;
  return {
    id: device,
    model: models[0] ?? '',
    building: '',
    ...(role && { role }),
    ...(channel === undefined ? {} : { channel }),
  };
}

function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> };
function defined(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined));
}
