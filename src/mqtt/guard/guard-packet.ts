import { checkConnect } from './guard-connect.ts';
import {
  byteAt,
  checkTopicFilter,
  checkTopicName,
  fieldEnd,
  number16,
  type TopicLimits,
  type Violation,
} from './guard-text.ts';

export type PacketLimits = TopicLimits & {
  /** In one SUBSCRIBE or UNSUBSCRIBE. */
  readonly maxFiltersPerPacket: number;
};

export const CONNECT = 1;
export const PUBLISH = 3;
const PUBACK = 4;
const PUBREC = 5;
const PUBREL = 6;
const PUBCOMP = 7;
export const SUBSCRIBE = 8;
export const UNSUBSCRIBE = 10;
const PINGREQ = 12;
export const DISCONNECT = 14;

const names: Readonly<Record<number, string>> = {
  [CONNECT]: 'CONNECT',
  2: 'CONNACK',
  [PUBLISH]: 'PUBLISH',
  [PUBACK]: 'PUBACK',
  [PUBREC]: 'PUBREC',
  [PUBREL]: 'PUBREL',
  [PUBCOMP]: 'PUBCOMP',
  [SUBSCRIBE]: 'SUBSCRIBE',
  9: 'SUBACK',
  [UNSUBSCRIBE]: 'UNSUBSCRIBE',
  11: 'UNSUBACK',
  [PINGREQ]: 'PINGREQ',
  13: 'PINGRESP',
  [DISCONNECT]: 'DISCONNECT',
};

const FLAGS = 0x0f;
const DUPLICATE = 0x08;
const QOS = 0x06;

/** The first byte of a packet, sections 2.2.1 and 2.2.2: known before its length is, let alone its body. */
export function checkFirstByte(first: number, isConnected: boolean): Violation | undefined {
  const type = first >> 4;
  const flags = first & FLAGS;
  switch (type) {
    case CONNECT:
      if (isConnected) return { clause: 'MQTT-3.1.0-2', detail: 'second CONNECT' };
      return flags === 0 ? undefined : badFlags('MQTT-2.2.2-2', type, flags);
    case PUBLISH:
      if (!isConnected) return notConnected(type);
      if ((flags & QOS) === QOS) return { clause: 'MQTT-3.3.1-4', detail: 'PUBLISH of QoS 3' };
      if ((flags & (QOS | DUPLICATE)) === DUPLICATE) {
        return { clause: 'MQTT-3.3.1-2', detail: 'DUP in a PUBLISH of QoS 0' };
      }
      return undefined;
    case PUBREL:
      return isConnected ? mustBe(2, 'MQTT-3.6.1-1', type, flags) : notConnected(type);
    case SUBSCRIBE:
      return isConnected ? mustBe(2, 'MQTT-3.8.1-1', type, flags) : notConnected(type);
    case UNSUBSCRIBE:
      return isConnected ? mustBe(2, 'MQTT-3.10.1-1', type, flags) : notConnected(type);
    case DISCONNECT:
      return isConnected ? mustBe(0, 'MQTT-3.14.1-1', type, flags) : notConnected(type);
    case PUBACK:
    case PUBREC:
    case PUBCOMP:
    case PINGREQ:
      return isConnected ? mustBe(0, 'MQTT-2.2.2-2', type, flags) : notConnected(type);
    case 0:
    case 15:
      return { clause: 'MQTT-4.8.0-1', detail: `reserved packet type ${type}` };
    default:
      return { clause: 'MQTT-4.8.0-1', detail: `${names[type]} is for a server to send` };
  }
}

/** The body of a packet whose first byte has passed: `bytes` from `start` to `end`. */
export function checkBody(
  first: number,
  bytes: Buffer,
  start: number,
  end: number,
  limits: PacketLimits,
): Violation | undefined {
  const type = first >> 4;
  switch (type) {
    case PUBLISH:
      return checkPublish(first, bytes, start, end, limits);
    case SUBSCRIBE:
    case UNSUBSCRIBE:
      return checkFilters(type, bytes, start, end, limits);
    case CONNECT:
      return checkConnect(bytes, start, end, limits);
    case PINGREQ:
    case DISCONNECT:
      return start === end ? undefined : badLength(type, end - start);
    default:
      if (end - start !== 2) return badLength(type, end - start);
      return number16(bytes, start) === 0 ? zeroId('MQTT-2.3.1-6', type) : undefined;
  }
}

function checkPublish(
  first: number,
  bytes: Buffer,
  start: number,
  end: number,
  limits: TopicLimits,
): Violation | undefined {
  const topicEnd = fieldEnd(bytes, start, end);
  if (topicEnd < 0) return { clause: 'MQTT-3.3.2-1', detail: 'PUBLISH ends within its topic' };
  if (first & QOS) {
    if (topicEnd + 2 > end) return { clause: 'MQTT-2.3.1-1', detail: 'PUBLISH ends within its packet id' };
    if (number16(bytes, topicEnd) === 0) return zeroId('MQTT-2.3.1-1', PUBLISH);
  }
  return checkTopicName(bytes, start + 2, topicEnd, limits);
}

/** SUBSCRIBE and UNSUBSCRIBE: a packet id and filters, of which SUBSCRIBE has each followed by its QoS. */
function checkFilters(
  type: typeof SUBSCRIBE | typeof UNSUBSCRIBE,
  bytes: Buffer,
  start: number,
  end: number,
  limits: PacketLimits,
): Violation | undefined {
  const name = names[type];
  if (start + 2 > end) return { clause: 'MQTT-2.3.1-1', detail: `${name} ends within its packet id` };
  if (number16(bytes, start) === 0) return zeroId('MQTT-2.3.1-1', type);
  if (start + 2 === end) {
    const clause = type === SUBSCRIBE ? 'MQTT-3.8.3-3' : 'MQTT-3.10.3-2';
    return { clause, detail: `${name} without a topic filter` };
  }
  let at = start + 2;
  let filters = 0;
  while (at < end) {
    filters += 1;
    if (filters > limits.maxFiltersPerPacket) {
      const detail = `${name} of more than ${limits.maxFiltersPerPacket} topic filters`;
      return { clause: 'mqtt.maxFiltersPerPacket', detail };
    }
    const filterEnd = fieldEnd(bytes, at, end);
    if (filterEnd < 0) {
      const clause = type === SUBSCRIBE ? 'MQTT-3.8.3-1' : 'MQTT-3.10.3-1';
      return { clause, detail: `${name} ends within a topic filter` };
    }
    const violation = checkTopicFilter(bytes, at + 2, filterEnd, limits);
    if (violation) return violation;
    at = filterEnd;
    if (type === UNSUBSCRIBE) continue;
    if (at === end) return { clause: 'MQTT-3.8.3-4', detail: 'SUBSCRIBE ends before a requested QoS' };
    const qos = byteAt(bytes, at);
    if (qos > 2) return { clause: 'MQTT-3.8.3-4', detail: `requested QoS ${qos}` };
    at += 1;
  }
  return undefined;
}

function mustBe(wanted: number, clause: string, type: number, flags: number): Violation | undefined {
  return flags === wanted ? undefined : badFlags(clause, type, flags);
}

function badFlags(clause: string, type: number, flags: number): Violation {
  return { clause, detail: `flags ${flags} in the fixed header of ${names[type]}` };
}

function notConnected(type: number): Violation {
  return { clause: 'MQTT-3.1.0-1', detail: `${names[type]} before CONNECT` };
}

function zeroId(clause: string, type: number): Violation {
  return { clause, detail: `packet id 0 in ${names[type]}` };
}

function badLength(type: number, length: number): Violation {
  return { clause: 'MQTT-4.8.0-1', detail: `${names[type]} of remaining length ${length}` };
}
