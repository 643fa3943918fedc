import type { Measurement } from '../domain/reading.ts';
import { isoTime } from '../domain/time.ts';
import type { DecodeContext, Decoded, ModelDecoded, Problem, TimeSource } from './decode.ts';
import { findModel } from './models.ts';
import { EARLIEST_MS, numberOf, shown, textOf, timeOf } from './payload.ts';
import type { FieldValue, FieldValues } from './values.ts';

/**
 * A device's clock that is further behind the network server's than this, or further ahead, is not set: the server's is
 * taken. Ahead there is little room, because nothing is measured after it has arrived.
 */
const MAX_BEHIND_MS = 24 * 3_600_000;
const MAX_AHEAD_MS = 60_000;
/** A record from later than this after the server's time is from nowhere. */
const MAX_RECORD_AHEAD_MS = 24 * 3_600_000;

/** An uplink as a LoRaWAN network server hands it on. What the server wrote is `unknown` until it is read here. */
export type ServerUplink = {
  /** The names by which the device may be registered, the best first. */
  readonly devices: readonly [string, ...string[]];
  /** ISO 8601, the best first: the first that is set holds. */
  readonly times: readonly { readonly from: 'server' | 'gateway'; readonly time: unknown }[];
  readonly port: unknown;
  /** The device's bytes, base64. */
  readonly data: unknown;
  /** What the server's own decoder made of them. */
  readonly fields: FieldValues;
  /** What the server says of the device besides: signal, battery. */
  readonly health: readonly FieldValue[];
};

type At = { readonly atMs?: number };
type Timed = { readonly at: At; readonly from: TimeSource };

/** The server's decoded values when there are any, else the bytes by the model that the register names. */
export function decodeUplink(uplink: ServerUplink, receivedAtMs: number, context: DecodeContext): Decoded {
  const { values } = uplink.fields;
  const device = context.deviceId(uplink.devices) ?? uplink.devices[0];
  const clock = serverTime(uplink.times);
  if ('detail' in clock) {
    return { measurements: [], problems: [{ code: 'invalid-time', detail: clock.detail, device }] };
  }
  const { at, from } = clock;
  const { health } = uplink;
  const problems = uplink.fields.problems.map((problem): Problem => ({ ...problem, device }));
  if (values.length > 0) {
    const measurements: Measurement[] = [];
    for (const value of values) measurements.push(measurementOf(device, value, value.atMs ?? at.atMs));
    for (const value of health) measurements.push(measurementOf(device, value, value.atMs ?? at.atMs));
    const timeFrom = values.every(({ atMs }) => atMs !== undefined) ? 'device' : from;
    return { measurements, problems, timeFrom };
  }
  const raw = decodeBytes(uplink, device, context);
  const timed = timeValues(raw.decoded, { device, clock, receivedAtMs, zone: context.zone });
  const { measurements } = timed;
  for (const value of health) measurements.push(measurementOf(device, value, value.atMs ?? at.atMs));
  const all = { measurements, problems: [...problems, ...raw.problems, ...timed.problems] };
  return measurements.length === 0 ? all : { ...all, timeFrom: timed.from };
}

function serverTime(times: ServerUplink['times']): Timed | { readonly detail: string } {
  for (const { from, time } of times) {
    const at = timeOf(time);
    if (!at) return { detail: `${shown(time)} is not ISO 8601 with offset` };
    if (at.atMs !== undefined) return { at, from };
  }
  return { at: {}, from: 'arrival' };
}

type Bytes = { readonly decoded: ModelDecoded; readonly problems: readonly Problem[] };

function decodeBytes({ port, data, fields }: ServerUplink, device: string, context: DecodeContext): Bytes {
  const failed = (code: Problem['code'], detail: string) => ({
    decoded: { values: [] },
    problems: [{ code, detail, device }],
  });
  const text = textOf(data);
  // A frame without port carries no application payload, only LoRaWAN's own business (LoRaWAN 1.0.4, 4.3.2).
  if (text === undefined && fields.unread.length + fields.problems.length === 0 && !numberOf(port)) {
    return { decoded: { values: [] }, problems: [] };
  }
  const name = context.modelOf(device);
  if (name === undefined) {
    return failed('unknown-device', `${device} is not in the register: add a row to devices.csv`);
  }
  const seen = fields.unread.length > 0 ? `, and of its fields (${listed(fields.unread)}) none is known` : '';
  const model = findModel(name);
  if (!model) {
    const todo =
      'set a codec in the network server whose fields are in the table of src/decode/README.md, or a model of it in devices.csv';
    return failed('unknown-model', `no decoder for the bytes of model ${shown(name)}${seen}: ${todo}`);
  }
  const bytes = fromBase64(text ?? '');
  if (!bytes) return failed('malformed-payload', `the bytes are not base64: ${shown(text)}`);
  if (bytes.length === 0) {
    return failed('malformed-payload', `no bytes for ${model.name}${seen}: see what the device sends`);
  }
  const decoded = model.decode(bytes, numberOf(port) ?? 0);
  const { problem } = decoded;
  const problems: readonly Problem[] =
    problem === undefined ? [] : [{ code: 'malformed-payload', detail: `${model.name}: ${problem}`, device }];
  return { decoded, problems };
}

type Timing = {
  readonly device: string;
  readonly clock: Timed;
  readonly receivedAtMs: number;
  readonly zone: DecodeContext['zone'];
};
type TimedValues = {
  readonly measurements: Measurement[];
  readonly problems: readonly Problem[];
  readonly from: TimeSource;
};

/**
 * The device's own clock where it has one and it is set, else the server's. Records of a clock that is not set keep
 * their distance from it (`agoMs`); one that has nothing but that clock's time has no place in time, and is a problem.
 */
function timeValues({ values, clockMs }: ModelDecoded, timing: Timing): TimedValues {
  const { device, clock, receivedAtMs, zone } = timing;
  const serverMs = clock.at.atMs ?? receivedAtMs;
  const isSet =
    clockMs !== undefined && clockMs >= serverMs - MAX_BEHIND_MS && clockMs <= serverMs + MAX_AHEAD_MS;
  const nowMs = isSet ? clockMs : clock.at.atMs;
  const measurements: Measurement[] = [];
  const problems: Problem[] = [];
  let ownTimes = 0;
  for (const value of values) {
    const { agoMs, atMs, wallMs } = value;
    const ownMs = wallMs === undefined ? atMs : zone().fromWall(wallMs, serverMs) - (agoMs ?? 0);
    if (ownMs === undefined) {
      const valueMs = agoMs === undefined ? nowMs : (nowMs ?? receivedAtMs) - agoMs;
      measurements.push(measurementOf(device, value, valueMs));
    } else if (ownMs >= EARLIEST_MS && ownMs <= serverMs + MAX_RECORD_AHEAD_MS) {
      measurements.push(measurementOf(device, value, ownMs));
      ownTimes += 1;
    } else {
      const detail = `a record of ${value.quantity} from ${isoTime(ownMs)}: the device's clock is not set`;
      problems.push({ code: 'invalid-time', detail, device });
    }
  }
  const isOwn = isSet || (ownTimes > 0 && ownTimes === measurements.length);
  return { measurements, problems, from: isOwn ? 'device' : clock.from };
}

/** Without spreads: this runs for every reading. */
function measurementOf(
  device: string,
  { quantity, channel, value }: Pick<Measurement, 'quantity' | 'channel' | 'value'>,
  atMs: number | undefined,
): Measurement {
  if (channel === undefined) {
    return atMs === undefined ? { device, quantity, value } : { device, quantity, value, atMs };
  }
  return atMs === undefined
    ? { device, quantity, channel, value }
    : { device, quantity, channel, value, atMs };
}

function listed(names: readonly string[]): string {
  const more = names.length > 5 ? ', …' : '';
  return names.slice(0, 5).map(shown).join(', ') + more;
}

function fromBase64(text: string): Uint8Array | undefined {
  return /^[A-Za-z0-9+/]*={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}
