import type { Encoded, Format } from '../src/decode/decode.ts';
import { formats } from '../src/decode/index.ts';
import { plainName } from '../src/decode/models.ts';
import type { Quantity } from '../src/domain/quantity.ts';

/** Devices of one format that are nothing but numbers: each message says the device's and its own in a value. */
export type LoadDevices = {
  readonly format: Format;
  /** The point that the numbers come back in. */
  readonly quantity: Quantity;
  readonly channel?: string;
  readonly nameOf: (device: number) => string;
  readonly numberOf: (device: number, sequence: number) => number;
  readonly encode: (device: number, sequence: number, atMs: number) => readonly Encoded[];
};

/** Registers, which are told in whole steps without rounding. */
const NUMBERS: readonly Quantity[] = ['pulseCount', 'activeEnergyWh', 'waterVolumeL'];
/** Values stay below 1e8 steps: what the narrowest of the formats can say. */
const DEVICES = 10_000;
const SEQUENCES = 10_000;
/** A node asks to be born again where its numbers jump, which is another test than this. */
const left = new Set(['sparkplug']);

/** Names of the formats that can be used. */
export const loadFormats: readonly string[] = formats
  .filter(({ name }) => !left.has(name))
  .map(({ name }) => name);

/** Undefined for a name that is no such format. */
export function loadDevices(name: string): LoadDevices | undefined {
  const format = formats.find((one) => plainName(one.name) === plainName(name) && !left.has(one.name));
  if (!format) return undefined;
  // A network server's codec may say anything under kvarter's own names.
  const carried = format.handsOnBytes
    ? { quantity: NUMBERS[0] ?? 'pulseCount', step: 1 }
    : NUMBERS.flatMap((quantity) => format.carries.filter((one) => one.quantity === quantity))[0];
  if (!carried) return undefined;
  const { quantity, step } = carried;
  const scale = Math.max(Math.ceil(step), 1);
  const channel = 'channel' in carried ? carried.channel : undefined;
  const nameOf = (device: number) =>
    format.handsOnBytes
      ? `02005e12${device.toString(16).padStart(8, '0')}`
      : `load-${String(device).padStart(7, '0')}`;
  const numberOf = (device: number, sequence: number) =>
    ((device % DEVICES) * SEQUENCES + (sequence % SEQUENCES)) * scale;
  return {
    format,
    quantity,
    ...(channel === undefined ? {} : { channel }),
    nameOf,
    numberOf,
    encode: (device, sequence, atMs) =>
      format.encode({
        device: nameOf(device),
        atMs,
        values: [
          { quantity, value: numberOf(device, sequence), ...(channel === undefined ? {} : { channel }) },
        ],
      }),
  };
}

/** Texts of the register's files with all of these devices in one building. */
export function loadRegisterFiles(
  { format, nameOf }: LoadDevices,
  devices: number,
): { readonly places: string; readonly devices: string } {
  const rows = Array.from({ length: devices }, (_, device) => `${nameOf(device)},${format.name},load,,,`);
  return {
    places: [
      'organisation: { id: load, name: Load test, timeZone: Europe/Stockholm }',
      'areas: [{ id: load, name: Load test, buildings: [{ id: load, name: Load test }] }]',
      '',
    ].join('\n'),
    devices: `device,model,building,space,role,note\n${rows.join('\n')}\n`,
  };
}

/** What has become of the messages of one device. */
export type Checked = { readonly lost: number; readonly duplicate: number; readonly wrong: number };

/**
 * Compares the readings of a device with the messages that were acknowledged: `expected` by time. A reading at a time at
 * which nothing was sent is a duplicate when its value was sent, else wrong; so is another value than was sent.
 */
export function checkReadings(
  expected: ReadonlyMap<number, { readonly value: number; readonly isAcknowledged: boolean }>,
  found: readonly { readonly atMs: number; readonly value: number }[],
): Checked {
  const values = new Set([...expected.values()].map(({ value }) => value));
  const seen = new Set<number>();
  let [duplicate, wrong] = [0, 0];
  for (const { atMs, value } of found) {
    const sent = expected.get(atMs);
    if (seen.has(atMs) || (!sent && values.has(value))) duplicate += 1;
    else if (sent?.value !== value) wrong += 1;
    seen.add(atMs);
  }
  let lost = 0;
  for (const [atMs, { isAcknowledged }] of expected) if (isAcknowledged && !seen.has(atMs)) lost += 1;
  return { lost, duplicate, wrong };
}
