import type { DecodeContext, Decoded, DecodeInput, Format } from './decode.ts';
import { Gathered, refused } from './gathered.ts';
import { epochTimeOf, isRecord, numberOf, parseJson, shown, textOf } from './payload.ts';
import { channelOf, fieldsOf, type ShellyField } from './shelly-components.ts';
import { carries, encodeShelly } from './shelly-encode.ts';
import { examples } from './shelly-examples.ts';
import { convert } from './units.ts';

/**
 * Shelly's devices of the second generation and later. Their topics begin with a prefix that the user sets, so they are
 * known by how the topic ends and by the payload's shape.
 *
 * A notification holds only what has changed; each value in it is whole, so nothing needs to be remembered.
 */
export const shelly: Format = {
  name: 'shelly',
  title: 'Shelly Gen2 and later: meters, plugs, relays, climate and water sensors',
  source: 'https://shelly-api-docs.shelly.cloud/gen2/',
  topics: [],
  recognises: (payload, topic) => readShelly(payload, topic) !== undefined,
  decode: decodeShelly,
  encode: encodeShelly,
  carries,
  usualMinutes: 1,
  unconfirmed: [
    'the energy of a three-phase meter is what its phases took, each counted apart, not their balance',
  ],
  examples,
};

function decodeShelly({ topic, payload }: DecodeInput, context: DecodeContext): Decoded {
  const message = readShelly(payload, topic);
  if (!message) return refused('malformed-payload', `${topic} holds no notification or status of a Shelly`);
  const device = context.deviceId(message.names) ?? message.names[0];
  const at = epochTimeOf(message.ts);
  if (!at) return refused('invalid-time', `ts ${shown(message.ts)} is not seconds since 1970`, device);
  const gathered = new Gathered(device, at.atMs, 'device');
  if (message.isOnline !== undefined) gathered.add('online', message.isOnline ? 1 : 0);
  for (const name of Object.keys(message.components)) addComponent(gathered, name, message.components[name]);
  return gathered.decoded;
}

function addComponent(gathered: Gathered, name: string, status: unknown): void {
  const colon = name.indexOf(':');
  const kind = colon < 0 ? name : name.slice(0, colon);
  const id = colon < 0 ? 0 : Number(name.slice(colon + 1));
  const fields = fieldsOf(kind, id);
  if (!fields || !isRecord(status) || !Number.isSafeInteger(id)) return;
  for (const field of fields) {
    const given = valueAt(status, field);
    // Null: it cannot be measured (no neutral transformer, a probe that has come loose).
    if (given === undefined || given === null) continue;
    const value = field.isClaim && typeof given === 'boolean' ? Number(given) : numberOf(given);
    if (value === undefined) {
      gathered.wrong('impossible-value', `${name} ${field.outer} ${shown(given)} is not a number`);
      continue;
    }
    const { quantity, times, part } = field;
    const inUnit = times === undefined ? value : convert(value, { factor: times, offset: 0 });
    gathered.add(quantity, inUnit, part ?? channelOf(kind, id));
  }
}

function valueAt(status: Readonly<Record<string, unknown>>, { outer, inner }: ShellyField): unknown {
  const value = status[outer];
  if (inner === undefined) return value;
  return isRecord(value) ? value[inner] : undefined;
}

type ShellyMessage = {
  /** The topic's prefix first: it is in every message, and the user's choice. Then the device's own id. */
  readonly names: readonly [string, ...string[]];
  readonly ts?: unknown;
  readonly isOnline?: boolean;
  readonly components: Readonly<Record<string, unknown>>;
};

function readShelly(payload: Uint8Array, topic: string): ShellyMessage | undefined {
  if (topic.endsWith(ONLINE)) return readOnline(payload, topic.slice(0, -ONLINE.length));
  if (topic.endsWith(EVENTS)) return readNotification(payload, topic.slice(0, -EVENTS.length));
  const status = topic.lastIndexOf(STATUS);
  return status > 0
    ? readStatus(payload, topic.slice(0, status), topic.slice(status + STATUS.length))
    : undefined;
}

const ONLINE = '/online';
const EVENTS = '/events/rpc';
const STATUS = '/status/';

function readOnline(payload: Uint8Array, prefix: string): ShellyMessage | undefined {
  if (payload.length !== 4 && payload.length !== 5) return undefined;
  const text = Buffer.from(payload).toString('latin1');
  if (prefix === '' || (text !== 'true' && text !== 'false')) return undefined;
  return { names: [prefix], isOnline: text === 'true', components: {} };
}

function readNotification(payload: Uint8Array, prefix: string): ShellyMessage | undefined {
  const parsed = parseJson(payload);
  if (!parsed.ok || !isRecord(parsed.value)) return undefined;
  const { method, params, src } = parsed.value;
  const id = textOf(src);
  const name = prefix === '' ? id : prefix;
  if (name === undefined || !isRecord(params) || typeof method !== 'string' || !method.startsWith('Notify')) {
    return undefined;
  }
  // Events (a button was pressed, a script spoke) hold no status.
  if (method === 'NotifyEvent') return { names: [name], components: {} };
  return { names: id === undefined ? [name] : [name, id], ts: params.ts, components: params };
}

/** What a component says when its status changes, without a time. */
function readStatus(payload: Uint8Array, prefix: string, component: string): ShellyMessage | undefined {
  if (!COMPONENT.test(component)) return undefined;
  const parsed = parseJson(payload);
  return parsed.ok && isRecord(parsed.value)
    ? { names: [prefix], components: { [component]: parsed.value } }
    : undefined;
}

/** Those that the documentation names: another topic with `/status/` in it is somebody else's. */
const COMPONENT = new RegExp(
  `^(?:(?:${[
    'switch|pm1|cover|light|rgb|rgbw|cct|em|emdata|em1|em1data|input|voltmeter|script|thermostat|presence',
    'temperature|humidity|illuminance|devicepower|flood|smoke|bthomedevice|bthomesensor|blutrv',
    'boolean|number|text|enum|button|group|service|object',
  ].join('|')}):\\d{1,3}|wifi|sys|mqtt|cloud|ble|ws|eth|ui|modbus|matter|bthome|knx)$`,
);
