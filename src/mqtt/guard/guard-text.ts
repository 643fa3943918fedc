import { isUtf8 } from 'node:buffer';

/** What a client did wrong: the clause of MQTT 3.1.1, or the setting of a bound, and what was seen. */
export type Violation = {
  readonly clause: string;
  readonly detail: string;
  /** Only of a CONNECT: what its CONNACK says before the connection closes, table 3.1. */
  readonly returnCode?: 1 | 2;
};

export type TopicLimits = {
  readonly maxTopicLevels: number;
  readonly maxTopicBytes: number;
};

const NUL = 0x00;
const HASH = 0x23;
const PLUS = 0x2b;
const SLASH = 0x2f;
const DELETE = 0x7f;

/**
 * Where the field ends whose two bytes of length stand at `at`; -1 when it does not fit before `end`. Its content
 * begins at `at + 2`.
 */
export function fieldEnd(bytes: Uint8Array, at: number, end: number): number {
  if (at + 2 > end) return -1;
  const fieldEndsAt = at + 2 + number16(bytes, at);
  return fieldEndsAt > end ? -1 : fieldEndsAt;
}

/** The big-endian number of two bytes. */
export function number16(bytes: Uint8Array, at: number): number {
  return (byteAt(bytes, at) << 8) | byteAt(bytes, at + 1);
}

export function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}

/** Section 1.5.3. Control and non-characters are refused too: the section lets a receiver close on them. */
export function checkText(bytes: Uint8Array, start: number, end: number): Violation | undefined {
  let isAscii = true;
  for (let at = start; at < end; at++) {
    const byte = byteAt(bytes, at);
    if (byte < 0x20 || byte === DELETE) return control(byte);
    if (byte >= 0x80) isAscii = false;
  }
  return isAscii ? undefined : checkWide(bytes, start, end);
}

/** Where PUBLISH and a will go: no wildcards. One walk, and nothing is allocated for ASCII. */
export function checkTopicName(
  bytes: Uint8Array,
  start: number,
  end: number,
  limits: TopicLimits,
): Violation | undefined {
  let isAscii = true;
  let levels = 1;
  for (let at = start; at < end; at++) {
    const byte = byteAt(bytes, at);
    if (byte === SLASH) levels += 1;
    else if (byte === HASH || byte === PLUS) {
      return { clause: 'MQTT-3.3.2-2', detail: 'wildcard in a topic name' };
    } else if (byte < 0x20 || byte === DELETE) return control(byte);
    else if (byte >= 0x80) isAscii = false;
  }
  return checkSize(end - start, levels, limits) ?? (isAscii ? undefined : checkWide(bytes, start, end));
}

/** What SUBSCRIBE and UNSUBSCRIBE name: a wildcard is a whole level, and # the last one. */
export function checkTopicFilter(
  bytes: Uint8Array,
  start: number,
  end: number,
  limits: TopicLimits,
): Violation | undefined {
  let levels = 1;
  for (let at = start; at < end; at++) {
    const byte = byteAt(bytes, at);
    if (byte === SLASH) levels += 1;
    if (byte !== HASH && byte !== PLUS) continue;
    const beginsLevel = at === start || byteAt(bytes, at - 1) === SLASH;
    if (byte === HASH && !(beginsLevel && at + 1 === end)) {
      return { clause: 'MQTT-4.7.1-2', detail: '# is not the whole last level of a topic filter' };
    }
    if (byte === PLUS && !(beginsLevel && (at + 1 === end || byteAt(bytes, at + 1) === SLASH))) {
      return { clause: 'MQTT-4.7.1-3', detail: '+ is not a whole level of a topic filter' };
    }
  }
  return checkSize(end - start, levels, limits) ?? checkText(bytes, start, end);
}

function checkSize(size: number, levels: number, limits: TopicLimits): Violation | undefined {
  if (size === 0) return { clause: 'MQTT-4.7.3-1', detail: 'empty topic' };
  if (size > limits.maxTopicBytes) {
    return {
      clause: 'mqtt.maxTopicBytes',
      detail: `topic of ${size} bytes, at most ${limits.maxTopicBytes}`,
    };
  }
  if (levels > limits.maxTopicLevels) {
    return {
      clause: 'mqtt.maxTopicLevels',
      detail: `topic of ${levels} levels, at most ${limits.maxTopicLevels}`,
    };
  }
  return undefined;
}

/** Text with bytes above ASCII: well-formed (which excludes surrogates), no C1 controls, no non-characters. */
function checkWide(bytes: Uint8Array, start: number, end: number): Violation | undefined {
  if (!isUtf8(bytes.subarray(start, end))) {
    return { clause: 'MQTT-1.5.3-1', detail: 'text is not well-formed UTF-8' };
  }
  for (let at = start; at < end; at++) {
    const lead = byteAt(bytes, at);
    const second = byteAt(bytes, at + 1);
    if (lead === 0xc2 && second < 0xa0) return control(second);
    if (isNonCharacter(lead, second, byteAt(bytes, at + 2), byteAt(bytes, at + 3))) {
      return { clause: 'MQTT 1.5.3', detail: 'non-character in text' };
    }
  }
  return undefined;
}

/** U+FDD0…U+FDEF, and the last two code points of each plane (U+FFFE, U+FFFF, U+1FFFE, …). */
function isNonCharacter(lead: number, second: number, third: number, fourth: number): boolean {
  if (lead === 0xef) {
    return (second === 0xb7 && third >= 0x90 && third <= 0xaf) || (second === 0xbf && third >= 0xbe);
  }
  return lead >= 0xf0 && (second & 0x0f) === 0x0f && third === 0xbf && fourth >= 0xbe;
}

function control(byte: number): Violation {
  return byte === NUL
    ? { clause: 'MQTT-1.5.3-2', detail: 'U+0000 in text' }
    : { clause: 'MQTT 1.5.3', detail: `control character U+00${hex(byte)} in text` };
}

function hex(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, '0');
}
