import { z } from 'zod';
import { plainMessage } from '../domain/plain-message.ts';
import { roles } from '../domain/reading.ts';
import type { Building, Device } from '../domain/register.ts';
import { readTable, type Table } from './csv-table.ts';
import { type ExchangeRow, withExchanges } from './meter-exchanges.ts';
import type { Problem } from './problem.ts';

/** The rows of `devices.csv`, and what each line of it gave. */
export type KnownRows = {
  readonly devices: ReadonlyMap<string, readonly Device[]>;
  readonly byLine: ReadonlyMap<string, ParsedRow>;
};
export const noRows: KnownRows = { devices: new Map(), byLine: new Map() };

export type RowContext = {
  readonly buildings: ReadonlyMap<string, Building>;
  readonly timeZone: string;
  readonly knowsModel: (name: string) => boolean;
};

/** Nobody reads more than so many of them. */
const MOST_PROBLEMS = 1000;

const optionalText = z.string().transform((text) => (text === '' ? undefined : text));
const optionalNumber = (min: number, max: number) =>
  z
    .string()
    .transform((text) => (text === '' ? undefined : Number(text)))
    .pipe(
      z
        .number('must be a number with a decimal point')
        .min(min, `must be from ${min} to ${max}`)
        .max(max, `must be from ${min} to ${max}`)
        .optional(),
    );
const DISTANCE = optionalNumber(0, 20_000);

const rowSchema = z.strictObject({
  device: z.string().min(1, 'a device needs an id'),
  model: z.string().min(1, 'name the format or model, see src/decode/README.md'),
  building: z.string().min(1, 'name a building of places.yaml'),
  space: optionalText.optional(),
  role: optionalText.pipe(z.enum(roles).optional()).optional(),
  channel: optionalText.optional(),
  ratio: optionalNumber(1e-6, 1e6).optional(),
  offset: optionalNumber(-100, 100).optional(),
  clockAheadS: optionalNumber(-1e9, 1e9).optional(),
  emptyMm: DISTANCE.optional(),
  fullMm: DISTANCE.optional(),
  fraction: optionalText.optional(),
  volumeL: optionalNumber(1, 100_000).optional(),
  gateway: optionalText.optional(),
  replacedBy: optionalText.optional(),
  replacedAt: optionalText.optional(),
  note: optionalText.optional(),
});
const REQUIRED = ['device', 'model', 'building', 'space', 'role'] as const;

type ParsedRow = { readonly device: Device; readonly replacedAt: string | undefined };

/** Reads every row; lines that are as before are not parsed again, and devices that are as before stay the same objects. */
export function readDevices(
  { file, text }: { readonly file: string; readonly text: string },
  context: RowContext,
  before: KnownRows,
  problems: Problem[],
  warnings: Problem[],
): KnownRows {
  const columns = { required: REQUIRED, known: Object.keys(rowSchema.shape) };
  const table = readTable({ file, text }, columns, problems);
  if (!table) return noRows;
  const devices = new Map<string, Device[]>();
  const byLine = new Map<string, ParsedRow>();
  const exchanges: ExchangeRow[] = [];
  const placeOf = placer(file, table);
  const header = table.header.join();
  const known = cached(context.knowsModel);
  const first = problems.length;
  for (const { line, record } of table.rows) {
    if (problems.length - first >= MOST_PROBLEMS) break;
    const at = (column: string, message: string) => placeOf(line, column, message);
    const key = `${header}\n${Object.values(record).join('\n')}`;
    const row = before.byLine.get(key) ?? parseRow(record, at, problems);
    if (!row) continue;
    byLine.set(key, row);
    const { device, replacedAt } = row;
    checkRow(device, context.buildings, at, problems);
    if (!known(device.model)) {
      const says = 'only values that the network server has decoded can be read';
      warnings.push(at('model', `no decoder for ${device.model}: ${says}`));
    }
    const others = devices.get(device.id);
    if (others?.some((other) => other.channel === device.channel)) {
      problems.push(at('device', `${device.id} is there twice for the same channel`));
    }
    if (others) others.push(device);
    else devices.set(device.id, [device]);
    if (device.replacedBy !== undefined || replacedAt !== undefined) {
      exchanges.push({ device, replacedAt, at });
    }
  }
  const placed = withExchanges(devices, exchanges, context.timeZone, problems);
  return { devices: withKnown(placed, before.devices), byLine };
}

type At = (column: string, message: string) => Problem;

function placer(file: string, { header }: Table) {
  return (line: number, column: string, message: string): Problem => ({
    file,
    line,
    column: header.indexOf(column) + 1,
    path: column,
    message,
  });
}

function parseRow(record: Record<string, string>, at: At, problems: Problem[]): ParsedRow | undefined {
  const parsed = rowSchema.safeParse(record);
  if (!parsed.success) {
    problems.push(
      ...parsed.error.issues.map((issue) => at(String(issue.path[0] ?? ''), plainMessage(issue))),
    );
    return undefined;
  }
  const { device: id, note: _note, replacedAt, ...row } = parsed.data;
  return { device: withoutUndefined({ id, ...row }), replacedAt };
}

function checkRow(
  { building: id, space, emptyMm, fullMm }: Device,
  buildings: ReadonlyMap<string, Building>,
  at: At,
  problems: Problem[],
): void {
  const building = buildings.get(id);
  if (!building) {
    problems.push(at('building', `${id} is not in places.yaml`));
  } else if (space !== undefined && !building.spaces.some((one) => one.id === space)) {
    problems.push(at('space', `${space} is not a space of ${building.id} in places.yaml`));
  }
  if ((emptyMm === undefined) !== (fullMm === undefined) || (emptyMm ?? 1) <= (fullMm ?? 0)) {
    problems.push(at('emptyMm', 'emptyMm and fullMm go together, and an empty container is the deeper one'));
  }
}

/** The devices as they were known, as far as they say the same. */
function withKnown(
  devices: ReadonlyMap<string, readonly Device[]>,
  before: KnownRows['devices'],
): KnownRows['devices'] {
  if (before.size === 0) return devices;
  const kept = new Map<string, readonly Device[]>();
  for (const [id, rows] of devices) {
    const known = before.get(id);
    const isSame = known?.length === rows.length && rows.every((row, i) => sameRow(row, known[i]));
    kept.set(id, isSame ? known : rows);
  }
  return kept;
}

function sameRow(row: Device, other: Device | undefined): boolean {
  return row === other || JSON.stringify(row) === JSON.stringify(other);
}

function cached(knows: (name: string) => boolean): (name: string) => boolean {
  const known = new Map<string, boolean>();
  return (name) => {
    const found = known.get(name) ?? knows(name);
    known.set(name, found);
    return found;
  };
}

/** Drops the keys that are undefined, which is what optional properties mean here. */
function withoutUndefined<T extends object>(value: T): Defined<T>;
function withoutUndefined(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined));
}
type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };
