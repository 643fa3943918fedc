import type { Json } from '../domain/alert.ts';
import type { Quantity } from '../domain/quantity.ts';
import type { Memory, Suggestion } from './decode.ts';
import { isRecord, textOf } from './payload.ts';
import { type Conversion, conversion } from './units.ts';
import { type ZigbeeField, zigbeeFields } from './zigbee-fields.ts';

/** What `bridge/devices` has said of a device. */
export type ZigbeeDevice = {
  readonly address: string | undefined;
  /** Undefined for a property whose unit is none that its quantity can be in. */
  readonly properties: ReadonlyMap<string, ZigbeeMeaning | undefined>;
};

/** What a property is, worked out once: of a claim there is no conversion. */
export type ZigbeeMeaning = Pick<ZigbeeField, 'quantity' | 'channel' | 'claim'> & {
  readonly conversion: Conversion | undefined;
};

const MOST_DEVICES = 1000;
/** Definitions nest features in features, two levels deep today. */
const DEEPEST = 5;
const MOST_PROPERTIES = 100;

/** Learns the list that Zigbee2MQTT retains on `bridge/devices`, and tells which devices could be registered. */
export function learnDevices(base: string, list: readonly unknown[], memory: Memory): readonly Suggestion[] {
  return list.slice(0, MOST_DEVICES).flatMap((device) => {
    const name = isRecord(device) ? textOf(device.friendly_name) : undefined;
    if (!isRecord(device) || name === undefined || device.type === 'Coordinator') return [];
    const definition = isRecord(device.definition) ? device.definition : {};
    const properties: Record<string, Json> = {};
    collect(definition.exposes, properties, 0);
    const address = textOf(device.ieee_address) ?? '';
    memory.set(keyOf(base, name), { address, properties });
    const quantities = quantitiesOf(properties);
    const title = [definition.vendor, definition.model, definition.description]
      .filter((text) => typeof text === 'string')
      .join(' ')
      .slice(0, 200);
    const alsoKnownAs = address === '' || address === name ? [] : [address];
    return quantities.length === 0
      ? []
      : [{ device: name, alsoKnownAs, model: 'zigbee2mqtt', title, quantities }];
  });
}

export function knownDevice(base: string, name: string, memory: Memory): ZigbeeDevice | undefined {
  const known = memory.get(keyOf(base, name));
  if (!isRecord(known)) return undefined;
  const read = devices.get(known);
  if (read) return read;
  const properties = isRecord(known.properties) ? Object.entries(known.properties) : [];
  const device: ZigbeeDevice = {
    address: textOf(known.address),
    properties: new Map(
      properties.map(([property, said]) => {
        const [field, unit, endpoint] = (Array.isArray(said) ? said : []).map(String);
        return [property, meaningIn(field ?? '', unit || undefined, endpoint || undefined)];
      }),
    ),
  };
  devices.set(known, device);
  return device;
}

/** What is remembered, read once. */
const devices = new WeakMap<object, ZigbeeDevice>();

/** What a property is, by its device's own definition, else by what every device means by it. */
export function meaningOfProperty(
  property: string,
  known: ZigbeeDevice | undefined,
): ZigbeeMeaning | undefined {
  return known?.properties.has(property) ? known.properties.get(property) : usual.get(property);
}

/** The field whose quantity has this unit; where none is said, the field with a unit of its own. */
function meaningIn(
  name: string,
  unit: string | undefined,
  endpoint: string | undefined,
): ZigbeeMeaning | undefined {
  const field = zigbeeFields
    .get(name)
    ?.find(({ claim, quantity, unit: own, onlyIn = unit }) =>
      unit === undefined
        ? claim !== undefined || own !== undefined
        : claim !== undefined || (onlyIn === unit && conversion(unit, quantity) !== undefined),
    );
  if (!field) return undefined;
  const { quantity, claim } = field;
  const channel = endpoint ?? field.channel;
  return {
    quantity,
    ...(channel === undefined ? {} : { channel }),
    ...(claim === undefined ? {} : { claim }),
    conversion: asNeeded(conversion(unit ?? field.unit ?? '', quantity)),
  };
}

/** Undefined where the value is in the quantity's unit already. */
function asNeeded(found: Conversion | undefined): Conversion | undefined {
  return found?.factor === 1 && found.offset === 0 ? undefined : found;
}

const usual: ReadonlyMap<string, ZigbeeMeaning | undefined> = new Map(
  [...zigbeeFields.keys()].map((name) => [name, meaningIn(name, undefined, undefined)] as const),
);

function keyOf(base: string, name: string): string {
  return `${base}|${name}`;
}

/** Of `exposes` the numbers and claims whose names are known, through features and endpoints. */
function collect(exposes: unknown, into: Record<string, Json>, depth: number): void {
  if (!Array.isArray(exposes) || depth > DEEPEST) return;
  for (const expose of exposes) {
    if (!isRecord(expose)) continue;
    collect(expose.features, into, depth + 1);
    const [name, property] = [textOf(expose.name), textOf(expose.property)];
    if (name === undefined || property === undefined || !zigbeeFields.has(name)) continue;
    if (Object.keys(into).length >= MOST_PROPERTIES) return;
    into[property] = [name, textOf(expose.unit) ?? '', textOf(expose.endpoint) ?? ''];
  }
}

function quantitiesOf(properties: Readonly<Record<string, Json>>): readonly Quantity[] {
  const found = Object.values(properties).flatMap((said) => {
    const [name, unit] = (Array.isArray(said) ? said : []).map(String);
    return meaningIn(name ?? '', unit || undefined, undefined) ?? [];
  });
  return [...new Set(found.map(({ quantity }) => quantity))];
}
