import type { DatabaseSync } from 'node:sqlite';
import type { Suggestion } from '../decode/decode.ts';
import type { Decoder } from '../decode/decoder.ts';
import type { ReaderMemory } from '../decode/memory.ts';
import { deviceRow, type Register } from '../domain/register.ts';
import { zoneOf } from '../domain/zone.ts';
import { type Guess, guessDevice, isTelling } from './guess-device.ts';
import { rowOf } from './quarantine-rows.ts';

/** A device whose packets wait in quarantine until it is registered, or that a gateway has told about. */
export type UnknownDevice = Guess & {
  readonly device: string;
  /** Maker and product, as the gateway says. */
  readonly title?: string;
  readonly packets: number;
  /** Absent when it has not spoken. */
  readonly firstReceivedAtMs?: number;
  readonly lastReceivedAtMs?: number;
  /** Of a device that is registered, but with rows for other channels only: those that lack one. */
  readonly channels: readonly string[];
};

/** The quarantine's packets of unknown devices, device by device. */
export interface UnknownDevices {
  /** By name. */
  list(query: { readonly after?: string; readonly limit: number }): readonly UnknownDevice[];
  /** The device's name as it stands in the quarantine, in every letter case that was seen. */
  spellings(device: string): readonly string[];
}

/** A newest packet that says nothing of the device (a battery report) is followed by the one before. */
const LOOKED_AT = 5;

export type UnknownDevicesOptions = {
  readonly register: () => Register;
  readonly decoder: () => Decoder;
  /** What decoders remember of the packets before, to look at: what is set in it goes no further. */
  readonly memory: () => ReaderMemory;
  /** Devices that gateways tell about and nobody has registered, by name. */
  readonly suggested: () => readonly Suggestion[];
};

/** Reads the table that {@link openQuarantine} has made. */
export function openUnknownDevices(
  db: DatabaseSync,
  { register, decoder, memory, suggested }: UnknownDevicesOptions,
): UnknownDevices {
  const page = db.prepare(
    `SELECT device, count(*) AS packets, min(received_at_ms) AS first, max(received_at_ms) AS last FROM quarantine
     WHERE code = 'unknown-device' AND device > ? GROUP BY device ORDER BY device LIMIT ?`,
  );
  const newest = db.prepare(
    `SELECT * FROM quarantine WHERE code = 'unknown-device' AND device = ? ORDER BY received_at_ms DESC LIMIT ?`,
  );
  const alike = db.prepare(
    `SELECT DISTINCT device FROM quarantine WHERE code = 'unknown-device' AND device = ? COLLATE NOCASE`,
  );

  const guess = (device: string): Guess => {
    const zone = () => zoneOf(register().organisation.timeZone);
    const context = { zone, decoder: decoder(), memory: memory() };
    const guesses = newest.all(device, LOOKED_AT).map((row) => guessDevice(rowOf(row), device, context));
    return (
      guesses.find(({ values }) => values.some(isTelling)) ??
      guesses.find(({ values }) => values.length > 0) ??
      guesses[0] ?? { models: [], values: [] }
    );
  };

  return {
    list: ({ after = '', limit }) => {
      const told = suggested().filter(({ device }) => device > after);
      const titles = new Map(told.map(({ device, title }) => [device, title]));
      const spoken = page.all(after, limit).map((row): UnknownDevice => {
        const device = String(row.device);
        const guessed = guess(device);
        const rows = register().devices.get(device);
        const lacking = guessed.values.filter(({ channel }) => rows && !deviceRow(rows, channel));
        const title = titles.get(device);
        return {
          ...guessed,
          device,
          ...(title && { title }),
          packets: Number(row.packets),
          firstReceivedAtMs: Number(row.first),
          lastReceivedAtMs: Number(row.last),
          channels: [...new Set(lacking.flatMap(({ channel }) => channel ?? []))],
        };
      });
      const names = new Set(spoken.map(({ device }) => device));
      const silent = told
        .filter(({ device }) => !names.has(device))
        .slice(0, limit)
        .map(silentDevice);
      return [...spoken, ...silent].toSorted((a, b) => (a.device < b.device ? -1 : 1)).slice(0, limit);
    },
    spellings: (device) => alike.all(device).map((row) => String(row.device)),
  };
}

function silentDevice({ device, title, model }: Suggestion): UnknownDevice {
  return { device, ...(title && { title }), models: [model], values: [], packets: 0, channels: [] };
}
