import type { DecodeContext, Decoded, DecodeInput, Format } from './decode.ts';
import { kvarter } from './kvarter.ts';

export type { DecodeContext };

/** Every format, in the order in which they are asked. */
export const formats: readonly Format[] = [kvarter];

/** What a packet holds: by the first format that claims its topic. Never throws. */
export function decode(input: DecodeInput, context: DecodeContext): Decoded {
  const format = formats.find(({ topics }) => topics.some((filter) => matches(filter, input.topic)));
  if (format) return format.decode(input, context);
  const detail = `no decoder claims ${input.topic}`;
  return { measurements: [], problems: [{ code: 'unknown-topic', detail }] };
}

/** MQTT topic filter matching, `+` and `#` (MQTT 3.1.1, 4.7). */
function matches(filter: string, topic: string): boolean {
  const wanted = filter.split('/');
  const levels = topic.split('/');
  for (const [index, level] of wanted.entries()) {
    if (level === '#') return true;
    if (index >= levels.length || (level !== '+' && level !== levels[index])) return false;
  }
  return wanted.length === levels.length;
}

/** Can the register name this model or format? Without regard to case and punctuation. */
export function knowsModel(name: string): boolean {
  return formats.some((format) => format.name === name);
}
