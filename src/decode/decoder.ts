import type { DecodeContext, Decoded, DecodeInput, Format } from './decode.ts';
import { memoryOf, type ReaderMemory } from './memory.ts';
import { findModel, plainName } from './models.ts';

/** Why a format reads a packet. */
export type Claim = {
  readonly format: Format;
  /** The topic filter that claims it; absent: it is known by its shape. */
  readonly filter?: string;
};

/** Finds the format that reads a packet, and lets it. Pure; never throws, whatever the bytes. */
export interface Decoder {
  readonly formats: readonly Format[];
  /** The first format that claims its topic, else the first that knows its shape. */
  claim(input: DecodeInput): Claim | undefined;
  /** Must its packets be read in any case, because later ones may need what they say? */
  remembers(topic: string): boolean;
  /** May `devices.csv` name it: a format that carries decoded values, or a model whose raw bytes can be read? */
  knowsModel(name: string): boolean;
}

type Claimed = Claim & { readonly filter: string };

const MOST_TOPICS = 50_000;

export function createDecoder(formats: readonly Format[]): Decoder {
  const claims = formats.flatMap((format) =>
    format.topics.map((filter) => ({ levels: filter.split('/'), claim: { format, filter } })),
  );
  const byShape = formats
    .filter(({ recognises }) => recognises !== undefined)
    .map((format) => ({ format, claim: { format } }));
  /** For the topics that came before: sensors publish on the same few again and again. */
  const known = new Map<string, Claimed | undefined>();
  const names = new Set(formats.map(({ name }) => plainName(name)));

  function byTopic(topic: string): Claimed | undefined {
    const found = known.get(topic);
    if (found !== undefined || known.has(topic)) return found;
    const levels = topic.split('/');
    const claim = claims.find((one) => matches(one.levels, levels))?.claim;
    if (known.size >= MOST_TOPICS) known.clear();
    known.set(topic, claim);
    return claim;
  }

  return {
    formats,
    claim: ({ topic, payload }) =>
      byTopic(topic) ?? byShape.find(({ format }) => format.recognises?.(payload, topic))?.claim,
    remembers: (topic) => byTopic(topic)?.format.remembers === true,
    knowsModel: (name) => findModel(name) !== undefined || names.has(plainName(name)),
  };
}

/** What a packet holds, read by a format; the part of the memory that is the format's and the sender's is its own. */
export function decodeBy(
  format: Format,
  input: DecodeInput,
  context: DecodeContext,
  memory: Pick<ReaderMemory, 'get' | 'set'>,
): Decoded {
  if (!format.remembers) return format.decode(input, context);
  return format.decode(input, { ...context, memory: memoryOf(memory, format.name, input) });
}

/** What is said of a packet that no format reads. */
export function unclaimed({ topic }: DecodeInput): Decoded {
  const detail = `no decoder claims ${topic}`;
  return { measurements: [], problems: [{ code: 'unknown-topic', detail }] };
}

/** MQTT topic filter matching, `+` and `#` (MQTT 3.1.1, 4.7). */
function matches(filter: readonly string[], levels: readonly string[]): boolean {
  for (const [index, level] of filter.entries()) {
    if (level === '#') return true;
    if (index >= levels.length || (level !== '+' && level !== levels[index])) return false;
  }
  return filter.length === levels.length;
}
