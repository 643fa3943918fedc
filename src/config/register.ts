import { z } from 'zod';
import type { Area, Building, Register } from '../domain/register.ts';
import { siteBatterySchema } from './battery-schema.ts';
import { type Problem, parseYaml, type YamlFile, zodProblems } from './problem.ts';
import { type KnownRows, noRows, readDevices } from './register-devices.ts';

/** What the register's files name that lives elsewhere. */
export type RegisterContext = {
  readonly tariffNames: ReadonlySet<string>;
  readonly knowsModel: (name: string) => boolean;
};

export type RegisterFile = { readonly file: string; readonly text: string };

export type ParsedRegister =
  | {
      readonly ok: true;
      readonly register: Register;
      readonly warnings: readonly Problem[];
      readonly known: KnownRegister;
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** What reading the files has given: read again, what has not changed stays the same objects, and costs little. */
export type KnownRegister = { readonly places: KnownPlaces; readonly rows: KnownRows };
type KnownPlaces = {
  readonly file: RegisterFile;
  readonly organisation: Register['organisation'];
  readonly areas: readonly Area[];
  readonly buildings: ReadonlyMap<string, Building>;
};

/** Ids become MQTT topic levels and tags: letters of any language, digits, `.`, `_` and `-`. */
const id = z.string().regex(/^[\p{L}\d][\p{L}\d._-]*$/u, 'an id is letters, digits, ".", "_" and "-"');
const positive = z.number().positive().max(1e9);

const tariffed = {
  tariff: z.string().min(1).exactOptional(),
  subscribedKw: positive.exactOptional(),
  heatTariff: z.string().min(1).exactOptional(),
  subscribedHeatKw: positive.exactOptional(),
};

const buildingSchema = z.strictObject({
  id,
  name: z.string().min(1),
  areaM2: positive.exactOptional(),
  ...tariffed,
  contact: z
    .strictObject({
      name: z.string().exactOptional(),
      email: z.email().exactOptional(),
      phone: z.string().exactOptional(),
    })
    .exactOptional(),
  spaces: z
    .array(z.strictObject({ id, kind: z.string().min(1), name: z.string().exactOptional() }))
    .default([]),
  flexibleLoads: z
    .array(
      z.strictObject({
        id,
        name: z.string().min(1),
        powerKw: positive,
        maxOffMinutes: positive,
        priority: z.int(),
        minOffMinutes: z.number().min(0).optional(),
        warmAboveC: z.number().min(0).max(40).optional(),
        reboundPct: z.number().min(0).max(200).optional(),
        restPct: z.number().min(0).max(1000).optional(),
        automatic: z.boolean().optional(),
        maxPerDay: z.int().min(1).optional(),
      }),
    )
    .default([]),
  battery: siteBatterySchema(id).exactOptional(),
});

const placesSchema = z.strictObject({
  organisation: z.strictObject({
    id,
    name: z.string().min(1),
    timeZone: z
      .string()
      .refine((zone) => isTimeZone(zone), 'not an IANA time zone such as Europe/Stockholm')
      .default('Europe/Stockholm'),
  }),
  areas: z.array(
    z.strictObject({
      id,
      name: z.string().min(1),
      ...tariffed,
      buildings: z.array(buildingSchema).default([]),
    }),
  ),
});

/** Reads `places.yaml` and `devices.csv` as one: every problem of both, each with its line, or the whole register. */
export function parseRegister(
  places: RegisterFile,
  devices: RegisterFile,
  context: RegisterContext,
  before?: KnownRegister,
): ParsedRegister {
  const problems: Problem[] = [];
  const isSame = before?.places.file.text === places.text && hasTariffs(before.places, context);
  const read = isSame ? before.places : parsePlaces(places, context, before?.places, problems);
  if (!read) return { ok: false, problems };
  const { organisation, areas, buildings } = read;
  const warnings: Problem[] = [];
  const options = { ...context, buildings, timeZone: organisation.timeZone };
  const rows = readDevices(devices, options, before?.rows ?? noRows, problems, warnings);
  if (problems.length > 0) return { ok: false, problems };
  const register = { organisation, areas, buildings, devices: rows.devices };
  return { ok: true, warnings, register, known: { places: read, rows } };
}

function hasTariffs({ areas, buildings }: KnownPlaces, { tariffNames }: RegisterContext): boolean {
  return [...areas, ...buildings.values()].every(({ tariff, heatTariff }) =>
    [tariff, heatTariff].every((name) => name === undefined || tariffNames.has(name)),
  );
}

/** Undefined when it cannot be read; a building that is wrong is a problem, and there. */
function parsePlaces(
  file: RegisterFile,
  context: RegisterContext,
  before: KnownPlaces | undefined,
  problems: Problem[],
): KnownPlaces | undefined {
  const yaml = parseYaml(file.file, file.text);
  const parsed = placesSchema.safeParse(yaml.value);
  if (yaml.problems.length > 0 || !parsed.success) {
    const found = yaml.problems.length > 0 || parsed.success ? yaml.problems : undefined;
    problems.push(...(found ?? zodProblems(file.file, parsed.error ?? new z.ZodError([]), yaml)));
    return undefined;
  }
  const { areas, buildings } = collectPlaces(parsed.data.areas, file.file, yaml, context, problems);
  for (const [id, building] of buildings) {
    const known = before?.buildings.get(id);
    if (known && JSON.stringify(known) === JSON.stringify(building)) buildings.set(id, known);
  }
  return { file, organisation: parsed.data.organisation, areas, buildings };
}

function collectPlaces(
  parsed: z.infer<typeof placesSchema>['areas'],
  file: string,
  yaml: YamlFile,
  { tariffNames }: RegisterContext,
  problems: Problem[],
): { areas: Area[]; buildings: Map<string, Building> } {
  const areas: Area[] = [];
  const buildings = new Map<string, Building>();
  const wrong = (path: PropertyKey[], message: string) =>
    problems.push({ file, ...yaml.at(path), path: path.map(String).join('.'), message });
  const checkTariffs = (place: Pick<Building, 'tariff' | 'heatTariff'>, path: PropertyKey[]) => {
    for (const key of ['tariff', 'heatTariff'] as const) {
      const name = place[key];
      if (name === undefined || tariffNames.has(name)) continue;
      wrong(
        [...path, key],
        `no tariff file ${name}.json: known are ${[...tariffNames].join(', ')} (a running service knows a new one after its next start)`,
      );
    }
  };
  parsed.forEach((area, i) => {
    if (areas.some((other) => other.id === area.id)) {
      wrong(['areas', i, 'id'], `the area ${area.id} is there twice`);
    }
    areas.push({ ...area, buildings: area.buildings.map(({ id: building }) => building) });
    checkTariffs(area, ['areas', i]);
    area.buildings.forEach((building, j) => {
      const path = ['areas', i, 'buildings', j];
      if (buildings.has(building.id)) {
        wrong(
          [...path, 'id'],
          `the building ${building.id} is there twice: ids are unique in the organisation`,
        );
      }
      checkTariffs(building, path);
      for (const kind of ['spaces', 'flexibleLoads'] as const) {
        building[kind].forEach(({ id }, k) => {
          if (building[kind].findIndex((other) => other.id === id) < k)
            wrong([...path, kind, k, 'id'], `${id} is there twice in the building ${building.id}`);
        });
      }
      if (building.flexibleLoads.some((load) => load.id === building.battery?.id)) {
        wrong(
          [...path, 'battery', 'id'],
          'a flexible load of the building has this id: commands need one of its own',
        );
      }
      buildings.set(building.id, { ...building, area: area.id });
    });
  });
  return { areas, buildings };
}

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).format(0) !== '';
  } catch {
    return false;
  }
}
