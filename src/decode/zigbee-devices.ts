import type { Json } from '../domain/alert.ts';
import type { Quantity } from '../domain/quantity.ts';
import type { Memory, Suggestion } from './decode.ts';
import { isRecord, textOf } from './payload.ts';
import { conversion } from './units.ts';
import { type ZigbeeField, zigbeeFields } from './zigbee-fields.ts';

/** What `bridge/devices` has said of a device: its address, and which of its properties are what, in which unit. */
export type ZigbeeDevice = {
  readonly address: string | undefined;
  /** By property: the name under which zigbee-fields.ts knows it, its unit and its endpoint; '' for none. */
  readonly properties: ReadonlyMap<
    string,
    { readonly name: string; readonly unit: string; readonly endpoint: string }
  >;
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
        const [field, unit, endpoint] = Array.isArray(said) ? said : [];
        return [
          property,
          { name: String(field ?? ''), unit: String(unit ?? ''), endpoint: String(endpoint ?? '') },
        ];
      }),
    ),
  };
  devices.set(known, device);
  return device;
}

/** What is remembered, read once. */
const devices = new WeakMap<object, ZigbeeDevice>();

/** The field whose quantity has this unit; of a device that is not known, the field with a unit of its own. */
export function fieldIn(fields: readonly ZigbeeField[], unit: string | undefined): ZigbeeField | undefined {
  if (unit === undefined)
    return fields.find((field) => field.claim !== undefined || field.unit !== undefined);
  return fields.find(
    ({ claim, quantity, onlyIn = unit }) =>
      claim !== undefined || (onlyIn === unit && conversion(unit, quantity) !== undefined),
  );
}

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
    const [name, unit] = Array.isArray(said) ? said : [];
    const fields = zigbeeFields.get(String(name)) ?? [];
    return fieldIn(fields, String(unit)) ?? [];
  });
  return [...new Set(found.map(({ quantity }) => quantity))];
}
