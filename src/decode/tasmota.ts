import { parseIsoTime } from '../domain/time.ts';
import type { DecodeContext, Decoded, DecodeInput, Format } from './decode.ts';
import { Gathered, nothing, refused } from './gathered.ts';
import { isRecord, numberOf, parseJson, recordOf, shown, textOf, timeOf } from './payload.ts';
import { carries, encodeTasmota } from './tasmota-encode.ts';
import { examples } from './tasmota-examples.ts';
import { addCounters, addEnergy, addSensor } from './tasmota-values.ts';

/**
 * Tasmota's firmware: SENSOR and STATE messages, replies to `Status 8`, and whether the device is there (LWT). The
 * order of the topic's levels is the user's choice: other orders than Tasmota's own are known by how the topic ends.
 */
export const tasmota: Format = {
  name: 'tasmota',
  title: 'Tasmota: plugs, meters, climate sensors, pulse counters',
  source: 'https://tasmota.github.io/docs/MQTT/',
  topics: ['tele/+/+', 'stat/+/+'],
  recognises: (payload, topic) => readTasmota(payload, topic) !== undefined,
  decode: decodeTasmota,
  encode: encodeTasmota,
  carries,
  usualMinutes: 5,
  unconfirmed: ['which sensors measure the air: one that says a temperature alone is taken for a probe'],
  examples,
};

function decodeTasmota(input: DecodeInput, context: DecodeContext): Decoded {
  const message = readTasmota(input.payload, input.topic);
  if (!message)
    return /\/(?:SENSOR|STATE|LWT)$/.test(input.topic)
      ? refused('malformed-payload', `${input.topic} holds no message of Tasmota`)
      : nothing;
  const names = namesOf(input.topic);
  const device = context.deviceId(names) ?? names[0];
  const { sensors, state, isOnline } = message;
  const given = sensors?.Time ?? state?.Time;
  const at = clockOf(given, input.receivedAtMs, context);
  if (!at) return refused('invalid-time', `Time ${shown(given)} is not a date and time`, device);
  const gathered = new Gathered(device, at.atMs, 'device');
  if (isOnline !== undefined) gathered.add('online', isOnline ? 1 : 0);
  // Signal is in dBm, RSSI in % of the best.
  gathered.add('rssiDbm', numberOf(recordOf(state?.Wifi).Signal));
  if (sensors) addSensors(gathered, sensors);
  return gathered.decoded;
}

function addSensors(gathered: Gathered, sensors: Readonly<Record<string, unknown>>): void {
  const units = { temperature: textOf(sensors.TempUnit), pressure: textOf(sensors.PressureUnit) };
  for (const name of Object.keys(sensors)) {
    const sensor = sensors[name];
    if (!isRecord(sensor)) continue;
    if (name === 'ENERGY') addEnergy(gathered, sensor);
    else if (name === 'COUNTER') addCounters(gathered, sensor);
    else addSensor(gathered, name, sensor, units);
  }
}

/**
 * The device's clock shows the time where it hangs, without a zone unless that was asked for (SetOption52). In the hour
 * that comes twice in autumn, the moment closer to the arrival is meant.
 */
function clockOf(
  given: unknown,
  receivedAtMs: number,
  context: DecodeContext,
): { readonly atMs?: number } | undefined {
  if (typeof given !== 'string' || !ZONELESS.test(given)) return timeOf(given);
  const wallMs = parseIsoTime(`${given}Z`);
  // Before the year 2000 the clock was never set.
  if (wallMs === undefined || timeOf(`${given}Z`)?.atMs === undefined)
    return wallMs === undefined ? undefined : {};
  return { atMs: context.zone().fromWall(wallMs, receivedAtMs) };
}

const ZONELESS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/;

type TasmotaMessage = {
  readonly sensors?: Readonly<Record<string, unknown>>;
  readonly state?: Readonly<Record<string, unknown>>;
  readonly isOnline?: boolean;
};

function readTasmota(payload: Uint8Array, topic: string): TasmotaMessage | undefined {
  const last = topic.slice(topic.lastIndexOf('/') + 1);
  if (last === 'LWT') return readPresence(payload);
  if (last !== 'SENSOR' && last !== 'STATE' && !/^STATUS\d{0,2}$/.test(last)) return undefined;
  const parsed = parseJson(payload);
  if (!parsed.ok || !isRecord(parsed.value)) return undefined;
  const { Time, Wifi, StatusSNS, StatusSTS } = parsed.value;
  if (last === 'SENSOR') return Time === undefined ? undefined : { sensors: parsed.value };
  if (last === 'STATE') return Time === undefined || !isRecord(Wifi) ? undefined : { state: parsed.value };
  if (!isRecord(StatusSNS) && !isRecord(StatusSTS)) return undefined;
  return {
    ...(isRecord(StatusSNS) ? { sensors: StatusSNS } : {}),
    ...(isRecord(StatusSTS) ? { state: StatusSTS } : {}),
  };
}

function readPresence(payload: Uint8Array): TasmotaMessage | undefined {
  const text = payload.length <= 7 ? Buffer.from(payload).toString('latin1') : '';
  return text === 'Online' || text === 'Offline' ? { isOnline: text === 'Online' } : undefined;
}

/** What is left of the topic without Tasmota's own levels, and the last level of that: `tele/plug-7/SENSOR` → plug-7. */
function namesOf(topic: string): readonly [string, ...string[]] {
  const levels = topic.split('/').slice(0, -1);
  const own = levels.findIndex((level) => level === 'tele' || level === 'stat');
  const rest = own < 0 ? levels : levels.toSpliced(own, 1);
  const last = rest.at(-1) ?? topic;
  return rest.length > 1 ? [rest.join('/'), last] : [last];
}
