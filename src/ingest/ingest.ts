import type { Request, Suggestion } from '../decode/decode.ts';
import { type Decoder, decodeBy, unclaimed } from '../decode/decoder.ts';
import { builtIn, type DecodeContext } from '../decode/index.ts';
import { noMemory, type ReaderMemory } from '../decode/memory.ts';
import { isAnswerTopic } from '../domain/own-topics.ts';
import { isQuantity, type Quantity, quantities } from '../domain/quantity.ts';
import type { Measurement, PlacedPoint, Reading, Reject } from '../domain/reading.ts';
import { pointKey } from '../domain/reading.ts';
import { countsAt, type Device, deviceRow, type Register } from '../domain/register.ts';
import { isoTime } from '../domain/time.ts';
import { zoneOf } from '../domain/zone.ts';
import type { PacketRecord } from '../journal/journal.ts';
import { type ClockCount, createClockCounts } from './clock-counts.ts';
import { calibrate, fillLevelPct } from './normalise.ts';
import { foreign, NO_REJECTS, noted, type Problems, type Refusal, rejectsOf } from './problems.ts';

export type Packet = PacketRecord;
export type Ingested = {
  readonly readings: readonly Reading[];
  readonly rejects: readonly Reject[];
  /** What the format would like to be published. */
  readonly requests?: readonly Request[];
  /** Devices that a gateway tells about. */
  readonly suggestions?: readonly Suggestion[];
  /** The newest time that each device's own clock has said in it, as it was said. */
  readonly ownTimes?: readonly OwnTime[];
};

export type OwnTime = { readonly device: string; newestMs: number; readonly receivedAtMs: number };

export interface Ingest {
  /** A packet's readings, and one reject for each kind of problem in it. Never throws, whatever the packet holds. */
  packet(packet: Packet, memory: PacketMemory): Ingested;
  /** Must its packets be taken in one after the other from the oldest on, because later ones may need them? */
  remembers(topic: string): boolean;
  /** One decoded measurement: adds its readings to `into` (a distance gives a fill level too), or says why not. */
  measurement(measurement: Measurement, receivedAtMs: number, into: Reading[]): Refusal | undefined;
  /** Which clocks the packets' times came from, by format. */
  clocks(): readonly ClockCount[];
}

/** What the reader of the packets remembers of those before. */
export type PacketMemory = Pick<ReaderMemory, 'get' | 'set'>;

export type IngestOptions = {
  readonly register: () => Register;
  /** The formats, mappings among them, as they stand now. Default: what kvarter reads by itself. */
  readonly decoder?: () => Decoder;
  /** A reading stamped later than this after its arrival is rejected, ms. */
  readonly maxFutureMs: number;
  /** A reading stamped earlier than this before its arrival is rejected, ms. */
  readonly maxPastMs: number;
  /** May the sender's packets hold readings of the device? Default: yes, everybody's. */
  readonly maySpeakFor?: (sender: string, device: string) => boolean;
  /** A load has answered a command. A packet that is taken in again is told again. */
  readonly onAnswer?: (packet: Packet) => void;
};

type Placed = {
  readonly row: Device;
  /** What is possible, in the quantity's unit. */
  readonly min: number;
  readonly max: number;
  readonly point: PlacedPoint;
  readonly fill: PlacedPoint | undefined;
  /** Of a replaced meter, or one that replaces: for what it says while it does not count. */
  readonly spare: PlacedPoint | undefined;
};

/** A device's points, with and without channel: no text is made to look a reading up. */
type PlacedOfDevice = {
  readonly whole: Map<Quantity, Placed>;
  readonly channels: Map<string, Map<Quantity, Placed>>;
};

/** The one path from packet to reading or reject. */
export function createIngest(options: IngestOptions): Ingest {
  const {
    register,
    decoder = () => builtIn,
    maxFutureMs,
    maxPastMs,
    onAnswer,
    maySpeakFor = () => true,
  } = options;
  let known = register();
  const placed = new Map<string, PlacedOfDevice>();
  /** A packet's measurements are mostly of one device: it is looked up once. */
  let lastDevice: string | undefined;
  let ofLast: PlacedOfDevice | undefined;
  const clocks = createClockCounts();
  let spellings: ReadonlyMap<string, string> | undefined;
  const context: DecodeContext = {
    modelOf: (device) => current().devices.get(device)?.[0]?.model,
    deviceId: (candidates) => {
      const { devices } = current();
      spellings ??= new Map([...devices.keys()].map((id) => [id.toLowerCase(), id]));
      for (const candidate of candidates) {
        const id = devices.has(candidate) ? candidate : spellings.get(candidate.toLowerCase());
        if (id !== undefined) return id;
      }
      return undefined;
    },
    zone: () => zoneOf(current().organisation.timeZone),
    memory: noMemory,
  };

  /** The register now; what was worked out from an older one is forgotten, as far as that has changed. */
  function current(): Register {
    const now = register();
    if (now !== known) {
      for (const device of placed.keys()) if (!isAsBefore(device, known, now)) placed.delete(device);
      known = now;
      lastDevice = undefined;
      spellings = undefined;
    }
    return now;
  }

  function place(measurement: Measurement): Placed | undefined {
    const now = current();
    const { device, quantity, channel } = measurement;
    if (device !== lastDevice) {
      ofLast = placed.get(device);
      lastDevice = device;
    }
    const found =
      channel === undefined ? ofLast?.whole.get(quantity) : ofLast?.channels.get(channel)?.get(quantity);
    if (found) return found;
    const row = deviceRow(now.devices.get(device) ?? [], channel);
    const made = row && placePoint(now, row, measurement, pointKey(measurement));
    if (!made) return undefined;
    if (!ofLast) {
      ofLast = { whole: new Map(), channels: new Map() };
      placed.set(device, ofLast);
    }
    const { whole, channels } = ofLast;
    if (channel === undefined) whole.set(quantity, made);
    else channels.set(channel, (channels.get(channel) ?? new Map()).set(quantity, made));
    return made;
  }

  function take(
    item: Measurement,
    { receivedAtMs, source, isOwnTime }: Arrival,
    into: Reading[],
  ): Refusal | undefined {
    const found = place(item);
    if (!found) {
      return {
        code: 'unknown-device',
        detail: `${item.device}${item.channel === undefined ? '' : ` channel ${item.channel}`} is not in the register: add a row to devices.csv`,
      };
    }
    const aheadMs = isOwnTime ? (found.row.clockAheadS ?? 0) * 1000 : 0;
    const atMs = item.atMs === undefined ? receivedAtMs : item.atMs - aheadMs;
    if (atMs > receivedAtMs + maxFutureMs) {
      return { code: 'future-time', detail: `${isoTime(atMs)} arrived at ${isoTime(receivedAtMs)}` };
    }
    if (atMs < receivedAtMs - maxPastMs) {
      return { code: 'past-time', detail: `${isoTime(atMs)} arrived at ${isoTime(receivedAtMs)}` };
    }
    const value = calibrate(item, found.row);
    const { min, max } = found;
    if (!(value >= min && value <= max)) {
      return { code: 'impossible-value', detail: `${item.quantity} ${value} is outside ${min}..${max}` };
    }
    const point = found.spare && !countsAt(found.row, atMs) ? found.spare : found.point;
    into.push({ point, atMs, value, receivedAtMs, source });
    if (found.fill) {
      into.push({
        point: found.fill,
        atMs,
        value: fillLevelPct(value, found.row) ?? 0,
        receivedAtMs,
        source,
      });
    }
    return undefined;
  }

  function packet(packet: Packet, memory: PacketMemory): Ingested {
    const { receivedAtMs, sender } = packet;
    if (isAnswerTopic(packet.topic)) {
      onAnswer?.(packet);
      return NOTHING;
    }
    const format = decoder().claim(packet)?.format;
    const decoded = format ? decodeBy(format, packet, context, memory) : unclaimed(packet);
    if (format && decoded.timeFrom !== undefined) clocks.count(format.name, decoded.timeFrom);
    const readings: Reading[] = [];
    let problems: Problems | undefined;
    for (const problem of decoded.problems) problems = noted(problems, problem, problem.device);
    const isOwnTime = decoded.timeFrom === 'device';
    const ownTimes = isOwnTime ? ownTimesOf(decoded.measurements, receivedAtMs) : undefined;
    const arrival = { receivedAtMs, source: format && sourceOf(format.name, sender), isOwnTime };
    for (const item of decoded.measurements) {
      const refusal =
        sender === undefined || maySpeakFor(sender, item.device)
          ? take(item, arrival, readings)
          : foreign(sender, item.device);
      if (refusal) problems = noted(problems, refusal, item.device);
    }
    const rejects = problems ? rejectsOf(problems, packet) : NO_REJECTS;
    const { requests } = decoded;
    if (requests || decoded.suggestions) {
      const suggestions = decoded.suggestions?.filter(
        ({ device }) => sender === undefined || maySpeakFor(sender, device),
      );
      return {
        readings,
        rejects,
        ...(requests && { requests }),
        ...(suggestions && { suggestions }),
        ...(ownTimes && { ownTimes }),
      };
    }
    return ownTimes ? { readings, rejects, ownTimes } : { readings, rejects };
  }

  const remembers = (topic: string) => decoder().remembers(topic);
  const measurement: Ingest['measurement'] = (item, receivedAtMs, into) =>
    take(item, { receivedAtMs, source: item.source, isOwnTime: false }, into);
  return { packet, measurement, remembers, clocks: clocks.counts };
}

/** How and when a packet came in; `isOwnTime`: its times are of the devices' own clocks. */
type Arrival = {
  readonly receivedAtMs: number;
  readonly source: string | undefined;
  readonly isOwnTime: boolean;
};

function sourceOf(format: string, sender: string | undefined): string {
  return sender === undefined ? format : `${format} (${sender})`;
}

/** Most packets are of one device. */
function ownTimesOf(measurements: readonly Measurement[], receivedAtMs: number): readonly OwnTime[] {
  const times: OwnTime[] = [];
  let last: OwnTime | undefined;
  for (const { device, atMs } of measurements) {
    if (atMs === undefined) continue;
    if (last?.device !== device) {
      last = { device, newestMs: atMs, receivedAtMs };
      times.push(last);
    } else if (atMs > last.newestMs) {
      last.newestMs = atMs;
    }
  }
  return times;
}

const NOTHING: Ingested = { readings: [], rejects: NO_REJECTS };

/** A reload keeps the objects of what has not changed, so that all that is kept by point stays. */
function isAsBefore(device: string, before: Register, now: Register): boolean {
  const rows = now.devices.get(device);
  return (
    before.organisation.id === now.organisation.id &&
    rows !== undefined &&
    rows === before.devices.get(device) &&
    rows.every(({ building }) => before.buildings.get(building) === now.buildings.get(building))
  );
}

function placePoint(
  register: Register,
  row: Device,
  measurement: Measurement,
  key: string,
): Placed | undefined {
  const building = register.buildings.get(row.building);
  if (!building || !isQuantity(measurement.quantity)) return undefined;
  const { device, quantity, channel } = measurement;
  const point: PlacedPoint = {
    device,
    quantity,
    ...(channel === undefined ? {} : { channel }),
    key,
    organisation: register.organisation.id,
    area: building.area,
    building: building.id,
    ...(row.space === undefined ? {} : { space: row.space }),
    ...(row.role === undefined ? {} : { role: row.role }),
    ...(row.countsFromMs === undefined ? {} : { countsFromMs: row.countsFromMs }),
    ...(row.countsToMs === undefined ? {} : { countsToMs: row.countsToMs }),
  };
  const { role: _role, ...spare } = point;
  const isExchanged = row.countsFromMs !== undefined || row.countsToMs !== undefined;
  const fillPoint: PlacedPoint = { ...point, quantity: 'fillLevelPct' };
  const hasFill = quantity === 'distanceMm' && fillLevelPct(0, row) !== undefined;
  const fill = hasFill ? { ...fillPoint, key: pointKey(fillPoint) } : undefined;
  const { min, max } = quantities[quantity];
  return { row, min, max, point, fill, spare: isExchanged ? spare : undefined };
}
