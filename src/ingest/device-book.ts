import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { PlacedPoint, Reading, Reject } from '../domain/reading.ts';
import { inTransaction } from '../domain/transaction.ts';
import type { OwnTime } from './ingest.ts';

/** Pauses and clock offsets that are remembered of each device: enough to look through the odd one. */
const KEPT = 11;
/** This share of the pauses is no longer: the usual pause looks through bursts of packets and the odd outage alike. */
const USUAL = 0.8;

/** Channels that are remembered of a main meter. */
const MOST_CHANNELS = 64;

const healthQuantities = ['batteryPct', 'batteryMv', 'batteryLow', 'rssiDbm', 'snrDb'] as const;
type HealthQuantity = (typeof healthQuantities)[number];

const heardSchema = z.object({
  lastMs: z.number(),
  pausesMs: z.array(z.number()).max(KEPT),
  offsetsMs: z.array(z.number()).max(KEPT),
  health: z.partialRecord(z.enum(healthQuantities), z.number()),
  /** Of a main meter: the channels in which it meters, '' for none. */
  channels: z.array(z.string()).max(MOST_CHANNELS).optional(),
});
type Heard = z.infer<typeof heardSchema>;

/** How a device is heard. */
export type DeviceHealth = {
  /** Its newest packet's arrival. */
  readonly lastSeenMs: number;
  readonly usualPauseMs?: number;
  /** How far its own clock is ahead of its packets' arrival: a median, so that a late packet changes nothing. */
  readonly clockAheadMs?: number;
} & Readonly<Partial<Record<HealthQuantity, number>>>;

/** What came of a frame of the journal. */
export type HeardFrame = {
  readonly steps: readonly ({ readonly kind: string } & { readonly readings?: readonly Reading[] })[];
  readonly rejects: readonly Pick<Reject, 'device' | 'receivedAtMs'>[];
  readonly ownTimes: readonly OwnTime[];
};

/** How each registered device is heard, over restarts. */
export interface DeviceBook {
  observe(frame: HeardFrame): void;
  of(device: string): DeviceHealth | undefined;
  /** The channels in which a main meter meters electricity, undefined for none; empty when it has not spoken. */
  channels(device: string): readonly (string | undefined)[];
  /** Keeps what has changed: at most so many devices at once, because nothing else happens meanwhile. */
  save(most?: number): void;
}

/** Bounded by the register: who is not in it is not kept. */
export function openDeviceBook(db: DatabaseSync, isRegistered: (device: string) => boolean): DeviceBook {
  db.exec('CREATE TABLE IF NOT EXISTS devices_heard (device TEXT PRIMARY KEY, heard TEXT NOT NULL) STRICT');
  const put = db.prepare('INSERT OR REPLACE INTO devices_heard (device, heard) VALUES (?, ?)');
  const remove = db.prepare('DELETE FROM devices_heard WHERE device = ?');
  const book = new Map<string, Heard>();
  const changed = new Set<string>();
  for (const { device, heard } of db.prepare('SELECT device, heard FROM devices_heard').iterate()) {
    if (!isRegistered(String(device))) changed.add(String(device));
    const parsed = heardSchema.safeParse(parseOrNothing(heard));
    // What another version has written is learned anew.
    if (parsed.success) book.set(String(device), parsed.data);
  }

  const heardOf = (device: string, atMs: number): Heard => {
    let heard = book.get(device);
    if (heard === undefined) {
      heard = { lastMs: atMs, pausesMs: [], offsetsMs: [], health: {} };
      book.set(device, heard);
    }
    return heard;
  };
  const hear = (device: string, atMs: number): Heard => {
    const heard = heardOf(device, atMs);
    // Several readings of one packet, and packets that are taken in again, are no pause.
    if (atMs > heard.lastMs) {
      keep(heard.pausesMs, atMs - heard.lastMs);
      heard.lastMs = atMs;
    }
    changed.add(device);
    return heard;
  };

  return {
    observe: ({ steps, rejects, ownTimes }) => {
      let [device, atMs]: [string | undefined, number] = [undefined, 0];
      for (const { readings = [] } of steps) {
        for (const { point, value, receivedAtMs } of readings) {
          if (point.device !== device || receivedAtMs !== atMs) hear(point.device, receivedAtMs);
          ({ device } = point);
          atMs = receivedAtMs;
          if (point.role === 'electricityMain') noteChannel(heardOf(device, atMs), point);
          const quantity = healthQuantity(point.quantity);
          if (quantity === undefined) continue;
          const heard = heardOf(device, atMs);
          if (atMs >= heard.lastMs) heard.health[quantity] = value;
        }
      }
      for (const reject of rejects) {
        if (reject.device !== undefined && isRegistered(reject.device)) {
          hear(reject.device, reject.receivedAtMs);
        }
      }
      for (const { device: id, newestMs, receivedAtMs } of ownTimes) {
        const heard = book.get(id);
        if (heard) keep(heard.offsetsMs, newestMs - receivedAtMs);
      }
    },
    of: (device) => {
      const heard = book.get(device);
      if (heard === undefined) return undefined;
      const usualPauseMs = quantile(heard.pausesMs, USUAL);
      const clockAheadMs = quantile(heard.offsetsMs, 0.5);
      return {
        lastSeenMs: heard.lastMs,
        ...(usualPauseMs === undefined ? {} : { usualPauseMs }),
        ...(clockAheadMs === undefined ? {} : { clockAheadMs }),
        ...heard.health,
      };
    },
    channels: (device) =>
      (book.get(device)?.channels ?? []).map((channel) => (channel === '' ? undefined : channel)),
    save: (most = Number.POSITIVE_INFINITY) => {
      const due = [...changed].slice(0, most);
      if (due.length === 0) return;
      inTransaction(db, () => {
        for (const device of due) {
          const heard = isRegistered(device) ? book.get(device) : undefined;
          if (heard) put.run(device, JSON.stringify(heard));
          else remove.run(device);
        }
      });
      for (const device of due) {
        changed.delete(device);
        if (!isRegistered(device)) book.delete(device);
      }
    },
  };
}

function noteChannel(heard: Heard, { quantity, channel = '' }: PlacedPoint): void {
  if (quantity !== 'activePowerW' && quantity !== 'activeEnergyWh') return;
  if (heard.channels?.includes(channel)) return;
  if (heard.channels === undefined) heard.channels = [channel];
  else if (heard.channels.length < MOST_CHANNELS) heard.channels.push(channel);
}

function keep(newest: number[], value: number): void {
  newest.push(value);
  if (newest.length > KEPT) newest.shift();
}

function quantile(values: readonly number[], share: number): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor(share * (values.length - 1))];
}

function healthQuantity(quantity: string): HealthQuantity | undefined {
  switch (quantity) {
    case 'batteryPct':
    case 'batteryMv':
    case 'batteryLow':
    case 'rssiDbm':
    case 'snrDb':
      return quantity;
    default:
      return undefined;
  }
}

function parseOrNothing(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}
