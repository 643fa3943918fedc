import { z } from 'zod';
import { roles } from '../domain/reading.ts';
import type { Area, Building, Device, Register } from '../domain/register.ts';
import { readTable } from './csv-table.ts';
import { type Problem, parseYaml, type YamlFile, zodProblems } from './problem.ts';

/** What the register's files name that lives elsewhere. */
export type RegisterContext = {
  readonly tariffNames: ReadonlySet<string>;
  readonly knowsModel: (name: string) => boolean;
};

export type RegisterFile = { readonly file: string; readonly text: string };

export type ParsedRegister =
  | { readonly ok: true; readonly register: Register; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Ids become MQTT topic levels and tags: letters of any language, digits, `.`, `_` and `-`. */
const id = z.string().regex(/^[\p{L}\d][\p{L}\d._-]*$/u, 'an id is letters, digits, ".", "_" and "-"');
const positive = z.number().positive();

const buildingSchema = z.strictObject({
  id,
  name: z.string().min(1),
  areaM2: positive.exactOptional(),
  tariff: z.string().min(1).exactOptional(),
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
      }),
    )
    .default([]),
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
    z.strictObject({ id, name: z.string().min(1), buildings: z.array(buildingSchema).default([]) }),
  ),
});

/** Reads `places.yaml` and `devices.csv` as one: every problem of both, each with its line, or the whole register. */
export function parseRegister(
  places: RegisterFile,
  devices: RegisterFile,
  context: RegisterContext,
): ParsedRegister {
  const yaml = parseYaml(places.file, places.text);
  if (yaml.problems.length > 0) return { ok: false, problems: yaml.problems };
  const parsed = placesSchema.safeParse(yaml.value);
  if (!parsed.success) return { ok: false, problems: zodProblems(places.file, parsed.error, yaml) };

  const problems: Problem[] = [];
  const { areas, buildings } = collectPlaces(parsed.data.areas, places.file, yaml, context, problems);
  const warnings: Problem[] = [];
  const rows = readDevices(devices, buildings, context, problems, warnings);
  if (problems.length > 0) return { ok: false, problems };
  return {
    ok: true,
    warnings,
    register: { organisation: parsed.data.organisation, areas, buildings, devices: rows },
  };
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
  parsed.forEach((area, i) => {
    if (areas.some((other) => other.id === area.id)) {
      wrong(['areas', i, 'id'], `the area ${area.id} is there twice`);
    }
    areas.push({ id: area.id, name: area.name, buildings: area.buildings.map((building) => building.id) });
    area.buildings.forEach((building, j) => {
      const path = ['areas', i, 'buildings', j];
      if (buildings.has(building.id)) {
        wrong(
          [...path, 'id'],
          `the building ${building.id} is there twice: ids are unique in the organisation`,
        );
      }
      if (building.tariff !== undefined && !tariffNames.has(building.tariff)) {
        wrong(
          [...path, 'tariff'],
          `no tariff file ${building.tariff}.json: known are ${[...tariffNames].join(', ')}`,
        );
      }
      buildings.set(building.id, { ...building, area: area.id });
    });
  });
  return { areas, buildings };
}

const optionalText = z.string().transform((text) => (text === '' ? undefined : text));
const optionalNumber = z
  .string()
  .transform((text) => (text === '' ? undefined : Number(text)))
  .pipe(z.number('must be a number with a decimal point').optional());

const deviceSchema = z.strictObject({
  device: z.string().min(1, 'a device needs an id'),
  model: z.string().min(1, 'name the format or model, see src/decode/README.md'),
  building: z.string().min(1, 'name a building of places.yaml'),
  space: optionalText.optional(),
  role: optionalText.pipe(z.enum(roles).optional()).optional(),
  channel: optionalText.optional(),
  ratio: optionalNumber.optional(),
  offset: optionalNumber.optional(),
  clockAheadS: optionalNumber.optional(),
  emptyMm: optionalNumber.optional(),
  fullMm: optionalNumber.optional(),
  note: optionalText.optional(),
});
const REQUIRED = ['device', 'model', 'building', 'space', 'role'] as const;

function readDevices(
  { file, text }: RegisterFile,
  buildings: ReadonlyMap<string, Building>,
  { knowsModel }: RegisterContext,
  problems: Problem[],
  warnings: Problem[],
): Map<string, Device[]> {
  const devices = new Map<string, Device[]>();
  const table = readTable(
    { file, text },
    { required: REQUIRED, known: Object.keys(deviceSchema.shape) },
    problems,
  );
  if (!table) return devices;
  for (const { line, record } of table.rows) {
    const at = (column: string, message: string): Problem => ({
      file,
      line,
      column: table.header.indexOf(column) + 1,
      path: column,
      message,
    });
    const parsed = deviceSchema.safeParse(record);
    if (!parsed.success) {
      problems.push(...parsed.error.issues.map((issue) => at(String(issue.path[0] ?? ''), issue.message)));
      continue;
    }
    const { device, note: _note, ...row } = parsed.data;
    const building = buildings.get(row.building);
    if (!building) {
      problems.push(at('building', `${row.building} is not in places.yaml`));
    } else if (row.space !== undefined && !building.spaces.some((space) => space.id === row.space)) {
      problems.push(at('space', `${row.space} is not a space of ${building.id} in places.yaml`));
    }
    if (
      (row.emptyMm === undefined) !== (row.fullMm === undefined) ||
      (row.emptyMm ?? 1) <= (row.fullMm ?? 0)
    ) {
      problems.push(
        at('emptyMm', 'emptyMm and fullMm go together, and an empty container is the deeper one'),
      );
    }
    const others = devices.get(device) ?? [];
    if (others.some((other) => other.channel === row.channel)) {
      problems.push(at('device', `${device} is there twice for the same channel`));
    }
    if (!knowsModel(row.model)) {
      warnings.push(
        at(
          'model',
          `no decoder for ${row.model}: only values that the network server has decoded can be read`,
        ),
      );
    }
    devices.set(device, [...others, withoutUndefined({ id: device, ...row })]);
  }
  return devices;
}

/** Drops the keys that are undefined, which is what optional properties mean here. */
function withoutUndefined<T extends object>(value: T): Defined<T>;
function withoutUndefined(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined));
}
type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).format(0) !== '';
  } catch {
    return false;
  }
}
