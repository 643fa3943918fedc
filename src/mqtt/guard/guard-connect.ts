import {
  byteAt,
  checkText,
  checkTopicName,
  fieldEnd,
  number16,
  type TopicLimits,
  type Violation,
} from './guard-text.ts';

const RESERVED = 0x01;
const CLEAN_SESSION = 0x02;
const WILL = 0x04;
const WILL_QOS = 0x18;
const WILL_RETAIN = 0x20;
const PASSWORD = 0x40;
const USER_NAME = 0x80;

/** Set in the level by a Mosquitto bridge that asks for retained messages as they were published. aedes knows it. */
const BRIDGE = 0x80;

/** The protocol levels by name: MQTT 3.1.1, and its forerunner 3.1 that old gateways still speak. */
const levels: ReadonlyMap<string, number> = new Map([
  ['MQTT', 4],
  ['MQIsdp', 3],
]);

/** The body of a CONNECT, sections 3.1.2 and 3.1.3: `bytes` from `start` to `end`. */
export function checkConnect(
  bytes: Buffer,
  start: number,
  end: number,
  limits: TopicLimits,
): Violation | undefined {
  const nameEnd = fieldEnd(bytes, start, end);
  if (nameEnd < 0) return short('MQTT-3.1.2-1', 'protocol name');
  const level = levels.get(bytes.toString('latin1', start + 2, nameEnd));
  if (level === undefined) return { clause: 'MQTT-3.1.2-1', detail: 'unknown protocol name' };
  if (nameEnd === end) return short('MQTT-3.1.2-2', 'protocol level');
  const given = byteAt(bytes, nameEnd);
  // Before anything else is read: what follows in another version is laid out in another way.
  if ((given & ~BRIDGE) !== level) {
    return { clause: 'MQTT-3.1.2-2', detail: `unacceptable protocol level ${given}`, returnCode: 1 };
  }
  if (nameEnd + 4 > end) return short('MQTT-4.8.0-1', 'keep-alive');
  const flags = byteAt(bytes, nameEnd + 1);
  return checkFlags(flags) ?? checkPayload({ bytes, start: nameEnd + 4, end, flags, level, limits });
}

function checkFlags(flags: number): Violation | undefined {
  if (flags & RESERVED) return { clause: 'MQTT-3.1.2-3', detail: 'reserved connect flag is set' };
  if ((flags & WILL_QOS) === WILL_QOS) return { clause: 'MQTT-3.1.2-14', detail: 'will QoS 3' };
  if (!(flags & WILL) && flags & WILL_QOS) {
    return { clause: 'MQTT-3.1.2-13', detail: 'will QoS without a will' };
  }
  if (!(flags & WILL) && flags & WILL_RETAIN) {
    return { clause: 'MQTT-3.1.2-15', detail: 'will retain without a will' };
  }
  if (flags & PASSWORD && !(flags & USER_NAME)) {
    return { clause: 'MQTT-3.1.2-22', detail: 'password without a user name' };
  }
  return undefined;
}

type Payload = {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  readonly flags: number;
  readonly level: number;
  readonly limits: TopicLimits;
};

/** The fields that the flags announce, in their order, and nothing behind them. */
function checkPayload({ bytes, start, end, flags, level, limits }: Payload): Violation | undefined {
  let at = fieldEnd(bytes, start, end);
  if (at < 0) return short('MQTT-3.1.3-3', 'client id');
  const idViolation = checkText(bytes, start + 2, at);
  if (idViolation) return idViolation;
  const isAnonymous = number16(bytes, start) === 0;
  if (isAnonymous && (level === 3 || !(flags & CLEAN_SESSION))) {
    return {
      clause: 'MQTT-3.1.3-8',
      detail: 'empty client id without a clean session',
      returnCode: 2,
    };
  }
  if (flags & WILL) {
    const topicEnd = fieldEnd(bytes, at, end);
    if (topicEnd < 0) return short('MQTT-3.1.2-9', 'will topic');
    const topicViolation = checkTopicName(bytes, at + 2, topicEnd, limits);
    if (topicViolation) return topicViolation;
    at = fieldEnd(bytes, topicEnd, end);
    if (at < 0) return short('MQTT-3.1.2-9', 'will message');
  }
  if (flags & USER_NAME) {
    const userEnd = fieldEnd(bytes, at, end);
    if (userEnd < 0) return short('MQTT-3.1.2-19', 'user name');
    const userViolation = checkText(bytes, at + 2, userEnd);
    if (userViolation) return userViolation;
    at = userEnd;
  }
  if (flags & PASSWORD) {
    at = fieldEnd(bytes, at, end);
    if (at < 0) return short('MQTT-3.1.2-21', 'password');
  }
  if (at === end) return undefined;
  return { clause: 'MQTT-4.8.0-1', detail: `${end - at} bytes behind the last field of CONNECT` };
}

function short(clause: string, field: string): Violation {
  return { clause, detail: `CONNECT ends within its ${field}` };
}
