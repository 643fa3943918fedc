import { ams } from './ams.ts';
import { chirpstack } from './chirpstack.ts';
import type { DecodeContext, Decoded, DecodeInput, Format } from './decode.ts';
import { kvarter } from './kvarter.ts';
import { findModel, plainName } from './models.ts';
import { p1 } from './p1.ts';
import { shelly } from './shelly.ts';
import { tasmota } from './tasmota.ts';
import { thingsStack } from './things-stack.ts';
import { wmbusmeters } from './wmbusmeters.ts';

export type { DecodeContext };

/** Every format, in the order in which they are asked. */
export const formats: readonly Format[] = [
  kvarter,
  chirpstack,
  thingsStack,
  ams,
  p1,
  shelly,
  tasmota,
  wmbusmeters,
];

const claims = formats.flatMap((format) =>
  format.topics.map((filter) => ({ filter: filter.split('/'), format })),
);

/** Which format claims a topic, for the topics that came before: sensors publish on the same few again and again. */
const claimed = new Map<string, Format | undefined>();
const MOST_CLAIMED = 50_000;

/** What a packet holds: by the first format that claims its topic, else the first that knows its shape. Never throws. */
export function decode(input: DecodeInput, context: DecodeContext): Decoded {
  const format = formatOf(input);
  return format ? format.decode(input, context) : unclaimed(input);
}

/** The format that reads a packet. */
export function formatOf({ topic, payload }: DecodeInput): Format | undefined {
  return claimant(topic) ?? formats.find(({ recognises }) => recognises?.(payload, topic));
}

/** What is said of a packet that no format reads. */
export function unclaimed(input: DecodeInput): Decoded {
  const detail = `no decoder claims ${input.topic}`;
  return { measurements: [], problems: [{ code: 'unknown-topic', detail }] };
}

function claimant(topic: string): Format | undefined {
  const known = claimed.get(topic);
  if (known !== undefined || claimed.has(topic)) return known;
  const levels = topic.split('/');
  const format = claims.find(({ filter }) => matches(filter, levels))?.format;
  if (claimed.size >= MOST_CLAIMED) claimed.clear();
  claimed.set(topic, format);
  return format;
}

/** May `devices.csv` name it: a format that carries decoded values, or a model whose raw bytes can be read? */
export function knowsModel(name: string): boolean {
  return (
    findModel(name) !== undefined || formats.some((format) => plainName(format.name) === plainName(name))
  );
}

/** MQTT topic filter matching, `+` and `#` (MQTT 3.1.1, 4.7). */
function matches(filter: readonly string[], levels: readonly string[]): boolean {
  for (const [index, level] of filter.entries()) {
    if (level === '#') return true;
    if (index >= levels.length || (level !== '+' && level !== levels[index])) return false;
  }
  return filter.length === levels.length;
}
