import type { DecodeContext, DecodeInput, Format } from '../decode/decode.ts';
import { type Decoder, decodeBy } from '../decode/decoder.ts';
import { noMemory, type ReaderMemory } from '../decode/memory.ts';
import { findModel, models, plainName } from '../decode/models.ts';
import { isRecord, parseJson } from '../decode/payload.ts';
import type { Measurement } from '../domain/reading.ts';

/** What a packet of a device that nobody registered gives away. */
export type Guess = {
  readonly format?: string;
  /** What `devices.csv` could name as its model, the likeliest first. */
  readonly models: readonly string[];
  /** What the packet would give if the device were registered with the first of them. */
  readonly values: readonly Measurement[];
};

/** How a device was heard says nothing of what it is. */
const HEALTH: ReadonlySet<string> = new Set([
  'rssiDbm',
  'snrDb',
  'batteryPct',
  'batteryMv',
  'batteryLow',
  'linkError',
  'online',
]);
const MOST_MODELS = 5;
const MOST_TEXTS = 500;

type Context = Pick<DecodeContext, 'zone'> & {
  readonly decoder: Decoder;
  readonly memory: Pick<ReaderMemory, 'get' | 'set'>;
};
type Try = { readonly model: string; readonly values: readonly Measurement[]; readonly telling: number };

/** Which format and model a packet is of; a model by what the network server calls it, else by trying them all. */
export function guessDevice(packet: DecodeInput, device: string, context: Context): Guess {
  const format = context.decoder.claim(packet)?.format;
  if (!format) return { models: [], values: [] };
  const own = attempt(format, packet, device, undefined, context);
  if (own.telling > 0 || !format.handsOnBytes) {
    return { format: format.name, models: [format.name], values: own.values };
  }
  const named = namedModels(packet.payload);
  const tries = models
    .map(({ name }) => attempt(format, packet, device, name, context))
    .filter(({ telling }) => telling > 0)
    .toSorted((a, b) => rank(b, named) - rank(a, named));
  const found = tries.map(({ model }) => model);
  return {
    format: format.name,
    models: (found.length > 0 ? found : [...named]).slice(0, MOST_MODELS),
    values: tries[0]?.values ?? own.values,
  };
}

/** Does a value say what measures it? */
export function isTelling({ quantity }: Measurement): boolean {
  return !HEALTH.has(quantity);
}

/** The device's values when its row names the model; none of a model that cannot read all of its bytes. */
function attempt(
  format: Format,
  packet: DecodeInput,
  device: string,
  model: string | undefined,
  { zone, memory }: Context,
): Try {
  const { measurements, problems } = decodeBy(
    format,
    packet,
    {
      zone,
      modelOf: (id) => (id === device ? model : undefined),
      deviceId: (candidates) => (candidates.includes(device) ? device : undefined),
      memory: noMemory,
    },
    memory,
  );
  const values = measurements.filter((measurement) => measurement.device === device);
  const isWrong = model !== undefined && problems.some((problem) => problem.device === device);
  const telling = isWrong ? 0 : values.filter(isTelling).length;
  return { model: model ?? format.name, values, telling };
}

function rank({ model, telling }: Try, named: ReadonlySet<string>): number {
  return (named.has(model) ? 1e6 : 0) + telling;
}

/** Models that are named somewhere in the payload: in the device's profile, type or name. */
function namedModels(payload: Uint8Array): ReadonlySet<string> {
  const parsed = parseJson(payload);
  const named = new Set<string>();
  if (!parsed.ok) return named;
  const waiting: unknown[] = [parsed.value];
  for (let seen = 0; seen < MOST_TEXTS && waiting.length > 0; seen += 1) {
    const value = waiting.shift();
    if (Array.isArray(value)) waiting.push(...value.slice(0, MOST_TEXTS));
    else if (isRecord(value)) waiting.push(...Object.values(value).slice(0, MOST_TEXTS));
    else if (typeof value === 'string' && value.length <= 100) {
      const model = findModel(value) ?? contained(plainName(value));
      if (model) named.add(model.name);
    }
  }
  return named;
}

/** `Elsys ERS CO2, class A` names a model too. */
function contained(text: string) {
  return models.find(({ name, aliases }) =>
    [name, ...aliases].some((one) => plainName(one).length > 4 && text.includes(plainName(one))),
  );
}
