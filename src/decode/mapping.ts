import type { Measurement } from '../domain/reading.ts';
import type { Carried, DecodeContext, Decoded, DecodeInput, Format, Problem } from './decode.ts';
import { valueAt } from './json-pointer.ts';
import { encodeMapping } from './mapping-encode.ts';
import { type Check, type Plan, planOf, type ValuePlan } from './mapping-plan.ts';
import { type MappingSpec, type MappingValue, topicFilter } from './mapping-schema.ts';
import { EARLIEST_MS, numberOf, parseJson, shown } from './payload.ts';
import { convert } from './units.ts';

const MOST_ELEMENTS = 10_000;

/** The format that a mapping describes. Everything that can be worked out once is. */
export function createMapping(spec: MappingSpec): Format {
  const plan = planOf(spec);
  return {
    name: spec.name,
    title: spec.title ?? `mapping ${spec.name}`,
    source: 'a mapping file',
    topics: spec.topics.map(topicFilter),
    decode: (input, context) => decodeMapping(plan, input, context),
    encode: (uplink) => encodeMapping(plan, uplink),
    carries: spec.values.map(carriedOf),
    examples: [],
  };
}

function decodeMapping(plan: Plan, input: DecodeInput, context: DecodeContext): Decoded {
  const measurements: Measurement[] = [];
  const problems: Problem[] = [];
  const decoded = (): Decoded => ({
    measurements,
    problems,
    timeFrom: plan.time && hasTime ? 'device' : 'arrival',
  });
  let hasTime = false;
  const parsed = parseJson(input.payload);
  if (!parsed.ok) {
    problems.push({ code: 'malformed-payload', detail: parsed.detail });
    return decoded();
  }
  const top = parsed.value;
  if (!plan.when.every((check) => holds(check, top, top))) return decoded();
  const levels = input.topic.split('/');
  const place = plan.places.find(({ filter }) => filterFits(filter, levels));
  const elements = elementsOf(plan, top);
  if (typeof elements === 'string') {
    problems.push({ code: 'malformed-payload', detail: elements });
    return decoded();
  }
  let isAnyThere = false;
  for (const element of elements) {
    const device = deviceOf(plan, element, top, place && levels[place.device], context);
    if (device === undefined) {
      const where = plan.spec.device === undefined ? 'the topic' : `the pointer ${shown(plan.spec.device)}`;
      problems.push({ code: 'unknown-device', detail: `${where} names no device` });
      continue;
    }
    const at = timeAt(plan, element, top, context.zone, input.receivedAtMs);
    if (!at) {
      const says = shown(
        plan.time && valueAt(plan.time.pointer.isFromTop ? top : element, plan.time.pointer.steps),
      );
      problems.push({
        code: 'invalid-time',
        detail: `${says} is not a time in the format ${plan.spec.time?.format}`,
        device,
      });
      continue;
    }
    if (at.atMs !== undefined) hasTime = true;
    for (const value of plan.values) {
      const raw = valueAt(value.pointer.isFromTop ? top : element, value.pointer.steps);
      if (raw === undefined) continue;
      isAnyThere = true;
      if (raw === null || value.missing.has(raw) || !value.when.every((check) => holds(check, element, top)))
        continue;
      const number = meant(raw, value);
      if (number === undefined) {
        const detail = `${shown(value.said.pointer)} is ${shown(raw)}, which is no number${value.said.words ? ' and none of its words' : ''}`;
        problems.push({ code: 'impossible-value', detail, device });
        continue;
      }
      const channel =
        channelOf(value, element, top) ?? (place && place.channel >= 0 ? levels[place.channel] : undefined);
      const { quantity } = value.said;
      measurements.push({
        device,
        quantity,
        ...(channel === undefined ? {} : { channel }),
        value: number,
        ...at,
      });
    }
  }
  if (!isAnyThere && elements.length > 0 && problems.length === 0) {
    const detail = `none of the pointers of the mapping ${plan.spec.name} is in the payload`;
    problems.push({ code: 'unknown-quantity', detail });
  }
  return decoded();
}

function elementsOf({ each }: Plan, top: unknown): readonly unknown[] | string {
  if (!each) return [top];
  const list = valueAt(top, each.steps);
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) return `"each" points at ${shown(list)}, not at a list`;
  return list.length > MOST_ELEMENTS
    ? `${list.length} elements: at most ${MOST_ELEMENTS} in one payload`
    : list;
}

/** The payload's own word first, else the topic's level. */
function deviceOf(
  { device }: Plan,
  element: unknown,
  top: unknown,
  level: string | undefined,
  context: DecodeContext,
): string | undefined {
  const said = device && valueAt(device.isFromTop ? top : element, device.steps);
  const text = typeof said === 'number' ? String(said) : said;
  const names = [text, level]
    .filter((name) => typeof name === 'string' && name.trim() !== '')
    .map((name) => String(name).trim());
  return context.deviceId(names) ?? names[0];
}

/** `{}` without a time, or by a clock that was never set; undefined when what is there cannot be read. */
function timeAt(
  { time }: Plan,
  element: unknown,
  top: unknown,
  home: DecodeContext['zone'],
  receivedAtMs: number,
): { readonly atMs?: number } | undefined {
  const value = time && valueAt(time.pointer.isFromTop ? top : element, time.pointer.steps);
  if (!time || value === undefined || value === null) return {};
  const atMs = time.format.read(value, time.zone ?? home(), receivedAtMs);
  if (atMs === undefined) return undefined;
  return atMs < EARLIEST_MS ? {} : { atMs };
}

/** `value × scale + offset`, brought to the quantity's unit. */
function meant(raw: unknown, { said, conversion: unit }: ValuePlan): number | undefined {
  const word = typeof raw === 'string' || typeof raw === 'boolean' ? String(raw) : undefined;
  if (said.words && word !== undefined && Object.hasOwn(said.words, word)) return said.words[word];
  const number = typeof raw === 'boolean' ? Number(raw) : numberOf(raw);
  if (number === undefined || !Number.isFinite(number)) return undefined;
  const scaled = said.scale === 1 ? number : convert(number, { factor: said.scale, offset: 0 });
  const shifted = said.offset === 0 ? scaled : convert(scaled, { factor: 1, offset: said.offset });
  return unit ? convert(shifted, unit) : shifted;
}

function channelOf({ said, channelPointer }: ValuePlan, element: unknown, top: unknown): string | undefined {
  if (!channelPointer) return said.channel;
  const value = valueAt(channelPointer.isFromTop ? top : element, channelPointer.steps);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function holds({ pointer, says }: Check, element: unknown, top: unknown): boolean {
  const value = valueAt(pointer.isFromTop ? top : element, pointer.steps);
  const { equals, oneOf, exists, above, below } = says;
  if (equals !== undefined && value !== equals) return false;
  if (oneOf !== undefined && !oneOf.some((one) => one === value)) return false;
  if (exists !== undefined && (value !== undefined && value !== null) !== exists) return false;
  const number = numberOf(value);
  if (above !== undefined && !(number !== undefined && number > above)) return false;
  return !(below !== undefined && !(number !== undefined && number < below));
}

function filterFits(filter: readonly string[], levels: readonly string[]): boolean {
  const isOpen = filter.at(-1) === '#';
  if (isOpen ? levels.length < filter.length - 1 : levels.length !== filter.length) return false;
  return filter.every((level, i) => level === '#' || level === '+' || level === levels[i]);
}

function carriedOf({ quantity, channel, scale }: MappingValue): Carried {
  const step = Math.abs(scale) < 1 ? Math.abs(scale) : 0.001;
  const bounds = { step, min: -1e6, max: 1e6 };
  return channel === undefined ? { quantity, ...bounds } : { quantity, channel, ...bounds };
}
