import { z } from 'zod';
import type { Alert } from '../domain/alert.ts';
import { isQuantity, type Quantity, quantities } from '../domain/quantity.ts';
import { type Role, roles } from '../domain/reading.ts';
import { areaOfPlace, deviceRow, type Register } from '../domain/register.ts';

/** One or several of something, as a list. */
export const oneOrMore = <T>(item: z.ZodType<T>) =>
  z.preprocess((value) => (Array.isArray(value) ? value : [value]), z.array(item).min(1));
const id = z.string().min(1);
/** The name of a quantity. */
export const quantityName = z.custom<Quantity>((name) => typeof name === 'string' && isQuantity(name), {
  error: ({ input }) => {
    if (typeof input !== 'string') return 'must be the name of a quantity, such as airTemperatureC';
    const near = Object.keys(quantities).filter((name) => isNear(name, input));
    const what = near.length === 0 ? 'see the table of quantities in README.md' : `is it ${near.join(', ')}?`;
    return `${input} is none of the quantities that kvarter measures: ${what}`;
  },
});

/** What an entry of the rule file holds for: all that is named must fit. Without a scope it holds for everything. */
export const scopeSchema = z.strictObject({
  organisation: oneOrMore(id).exactOptional(),
  area: oneOrMore(id).exactOptional(),
  building: oneOrMore(id).exactOptional(),
  space: oneOrMore(id).exactOptional(),
  device: oneOrMore(id).exactOptional(),
  role: oneOrMore(z.enum(roles)).exactOptional(),
  quantity: oneOrMore(quantityName).exactOptional(),
});
export type Scope = z.infer<typeof scopeSchema>;
type ScopeKey = keyof Scope;

/** What a rule judges, with its place: a point is one, a building another. */
export type Subject = {
  readonly organisation: string;
  readonly area: string;
  readonly building: string;
  readonly space?: string;
  readonly device?: string;
  readonly role?: Role;
  readonly quantity?: Quantity;
};

/** How fine a rule looks, and so what its scope may name. */
export const levels = {
  building: ['organisation', 'area', 'building'],
  space: ['organisation', 'area', 'building', 'space'],
  device: ['organisation', 'area', 'building', 'space', 'device', 'role'],
  point: ['organisation', 'area', 'building', 'space', 'device', 'role', 'quantity'],
} as const satisfies Record<string, readonly ScopeKey[]>;
export type Level = keyof typeof levels;

export function covers(scope: Scope, subject: Subject): boolean {
  return KEYS.every((key) => {
    const named: readonly string[] | undefined = scope[key];
    const value = subject[key];
    return named === undefined || (value !== undefined && named.includes(value));
  });
}

/** The higher the more specific: first by the place, then by role, then by quantity. */
export function specificity(scope: Scope): number {
  const place = PLACES.findLastIndex((key) => scope[key] !== undefined) + 1;
  return place * 4 + (scope.role === undefined ? 0 : 2) + (scope.quantity === undefined ? 0 : 1);
}

/** A building (or an area as one, `area:ID`), or a device in it, as the register has it now. */
export function subjectOf(
  { organisation, buildings, devices }: Register,
  building: string,
  device?: string,
  channel?: string,
): Subject {
  const area = areaOfPlace(building) ?? buildings.get(building)?.area ?? '';
  const place = { organisation: organisation.id, area, building };
  if (device === undefined) return place;
  const row = deviceRow(devices.get(device) ?? [], channel);
  return {
    ...place,
    device,
    ...(row?.space === undefined ? {} : { space: row.space }),
    ...(row?.role === undefined ? {} : { role: row.role }),
  };
}

type PlacedAlert = Pick<Alert, 'building' | 'space' | 'device' | 'quantity' | 'facts'>;

/** Where what an alert is about stands, as the register has it now. */
export function placeOf(
  register: Register,
  { building = '', space, device, quantity }: Omit<PlacedAlert, 'facts'>,
): Subject {
  return {
    ...subjectOf(register, building, device),
    ...(space === undefined ? {} : { space }),
    ...(quantity === undefined ? {} : { quantity }),
  };
}

/** The same, and where else it is felt: `buildings` of its facts. */
export function placesOf(register: Register, alert: PlacedAlert): readonly Subject[] {
  const { buildings } = alert.facts;
  const others = Array.isArray(buildings) ? buildings.filter((building) => typeof building === 'string') : [];
  return [placeOf(register, alert), ...others.map((building) => subjectOf(register, building))];
}

/** One begins as the other does or is in it, whatever the case: the unit or its kind was left out, or is another. */
function isNear(name: string, given: string): boolean {
  const [a, b] = [name.toLowerCase(), given.toLowerCase()];
  return (b.length > 3 && (a.includes(b) || b.startsWith(a))) || (b.length > 2 && a.startsWith(b));
}

const PLACES = ['organisation', 'area', 'building', 'space', 'device'] as const;
const KEYS: readonly ScopeKey[] = levels.point;
