import type { Measurement } from '../domain/reading.ts';
import type { DecodeContext, Decoded, DecodeInput, Encoded, Format, Problem, Uplink } from './decode.ts';
import { everyQuantity } from './every-quantity.ts';
import { type Meaning, meaningOf, meantValue } from './names.ts';
import { EARLIEST_MS, isRecord, parseJson, shown } from './payload.ts';
import { resolveSenml, type SenmlRecord } from './senml-records.ts';
import { integrals, senmlUnit } from './senml-units.ts';
import { conversion, convert } from './units.ts';

const at = Date.UTC(2026, 0, 15, 7, 15);

/** SenML, JSON (RFC 8428). It has no topic of its own: known by its shape, and by convention on `…/senml`. */
export const senml: Format = {
  name: 'senml',
  title: 'SenML packs, JSON (RFC 8428, units of RFC 8798)',
  source: 'https://www.rfc-editor.org/rfc/rfc8428',
  topics: ['senml/#', '+/senml', '+/+/senml', '+/+/+/senml', '+/+/+/+/senml'],
  recognises: (payload) => {
    const parsed = parseJson(payload);
    return parsed.ok && isPack(parsed.value);
  },
  decode: decodeSenml,
  encode: encodeSenml,
  carries: everyQuantity,
  examples: [
    {
      says: 'a pack whose base name, base time and base unit hold for the records after them (RFC 8428, 5.1.2)',
      topic: 'building/senml',
      payload:
        '[{"bn":"urn:dev:ow:10e2073a0108006:","bt":1.276020076001e+09,"bu":"A","bver":5,"n":"voltage","u":"V","v":120.1},{"n":"current","t":-5,"v":1.2},{"n":"current","t":-4,"v":1.3},{"n":"current","t":-3,"v":1.4},{"n":"current","t":-2,"v":1.5},{"n":"current","t":-1,"v":1.6},{"n":"current","v":1.7}]',
      expect: [
        { quantity: 'voltageV' as const, value: 120.1, ago: 0 },
        { quantity: 'currentA' as const, value: 1.2, ago: 5 },
        { quantity: 'currentA' as const, value: 1.3, ago: 4 },
        { quantity: 'currentA' as const, value: 1.4, ago: 3 },
        { quantity: 'currentA' as const, value: 1.5, ago: 2 },
        { quantity: 'currentA' as const, value: 1.6, ago: 1 },
        { quantity: 'currentA' as const, value: 1.7, ago: 0 },
      ].map(({ ago, ...value }) => ({
        device: 'urn:dev:ow:10e2073a0108006',
        ...value,
        atMs: 1_276_020_076_001 - ago * 1000,
      })),
      timeFrom: 'device',
    },
    {
      says: 'one value without a base name, in a unit that says what it is (RFC 8428, 5.1.1)',
      topic: 'gateway-3',
      payload: '[{"n":"urn:dev:ow:10e2073a01080063","u":"Cel","v":23.1}]',
      expect: [{ device: 'urn:dev:ow:10e2073a01080063', quantity: 'airTemperatureC', value: 23.1 }],
      timeFrom: 'arrival',
    },
    {
      says: 'a sum as energy, a claim, a base value, and nothing in texts, data and units of no quantity',
      topic: 'house-3/senml',
      payload:
        '[{"bn":"meter-3:","bt":1768461300,"n":"power","u":"W","v":1500,"s":3600000},{"n":"door/open","vb":true},{"n":"firmware","vs":"1.2"},{"n":"raw","vd":"AQID"},{"n":"tilt-angle","u":"rad","v":1},{"bv":20,"n":"boiler/return_temperature","u":"Cel","v":1.5}]',
      expect: [
        { device: 'meter-3', quantity: 'activePowerW', value: 1500, atMs: at },
        { device: 'meter-3', quantity: 'activeEnergyWh', value: 1000, atMs: at },
        { device: 'meter-3', quantity: 'open', channel: 'door', value: 1, atMs: at },
        { device: 'meter-3', quantity: 'returnTemperatureC', channel: 'boiler', value: 21.5, atMs: at },
      ],
      timeFrom: 'device',
    },
  ],
};

function decodeSenml(input: DecodeInput, context: DecodeContext): Decoded {
  const measurements: Measurement[] = [];
  const problems: Problem[] = [];
  const parsed = parseJson(input.payload);
  const pack = parsed.ok
    ? resolveSenml(parsed.value, input.receivedAtMs)
    : { records: [], problems: [parsed.detail] };
  for (const detail of pack.problems) problems.push({ code: 'malformed-payload', detail });
  let hasTime = false;
  for (const record of pack.records) {
    if ('problem' in record) {
      problems.push({ code: record.code, detail: record.problem });
      continue;
    }
    const named = nameOf(record, input, context);
    if ('problem' in named) {
      problems.push({ code: 'unknown-device', detail: named.problem });
      continue;
    }
    const { device, measure } = named;
    if (record.isAbsolute) hasTime = true;
    const values = valuesOf(record, measure);
    if (typeof values === 'string') problems.push({ code: 'unknown-quantity', detail: values, device });
    else for (const value of values) measurements.push({ device, ...value, ...timeOf(record) });
  }
  return { measurements, problems, timeFrom: hasTime ? 'device' : 'arrival' };
}

/** A clock that was never set is no time, as in every format. */
function timeOf({ atMs }: SenmlRecord): { readonly atMs?: number } {
  return atMs === undefined || atMs < EARLIEST_MS ? {} : { atMs };
}

/** The device is the base name; without one, the name up to its last separator, or all of it; else the topic's. */
function nameOf(
  { baseName, name }: SenmlRecord,
  { topic, sender }: DecodeInput,
  context: DecodeContext,
): { readonly device: string; readonly measure: string } | { readonly problem: string } {
  const known = (...ids: readonly string[]) => context.deviceId(ids);
  const base = trimmed(baseName);
  if (base !== '') return { device: known(base, baseName) ?? base, measure: trimmed(name) };
  const split = Math.max(name.lastIndexOf(':'), name.lastIndexOf('/'), name.lastIndexOf('.'));
  const [before, after] = [trimmed(name.slice(0, Math.max(split, 0))), name.slice(split + 1)];
  const whole = known(name);
  if (whole !== undefined) return { device: whole, measure: '' };
  if (before !== '' && (known(before) !== undefined || meaningOf(after) !== undefined)) {
    return { device: known(before) ?? before, measure: after };
  }
  if (before !== '' && meaningOf(name) === undefined) return { device: name, measure: '' };
  const levels = topic.split('/').filter((level) => level !== 'senml' && level !== '');
  const fallback = [levels.at(-1), sender].filter((id) => id !== undefined);
  const device = known(...fallback) ?? fallback[0];
  return device === undefined
    ? { problem: `the record ${shown(name)} names no device: give the pack a base name (bn)` }
    : { device, measure: name };
}

type SenmlValue = Pick<Measurement, 'quantity' | 'channel' | 'value'>;

/** A record's value and its sum; or why a number means nothing. What is no number, and no claim, is passed over. */
function valuesOf(record: SenmlRecord, measure: string): readonly SenmlValue[] | string {
  const { unit, value, sum } = record;
  const known = unit === undefined ? {} : senmlUnit(unit);
  if (typeof value !== 'number' && sum === undefined && typeof value !== 'boolean') return [];
  if (!known) return `the unit ${shown(unit)} is not one of SenML's: see RFC 8428, 12.1 and RFC 8798`;
  if (unit !== undefined && known.text === undefined) return [];
  const meaning = meaningOf(measure, known.text) ?? byUnit(measure, unit);
  if (!meaning) {
    if (typeof value === 'boolean') return [];
    return `${shown(measure)}${unit === undefined ? ' without a unit' : ` in ${unit}`} is none of kvarter's quantities: name it by one of them, or write a mapping`;
  }
  const { quantity, channel } = meaning;
  const place = channel === undefined ? {} : { channel };
  const values: SenmlValue[] = [];
  const times = known.times ?? 1;
  const taken = meantValue(typeof value === 'number' ? value * times : value, meaning);
  if (taken !== undefined) values.push({ quantity, ...place, value: taken });
  const integral = integrals[quantity];
  if (sum !== undefined && integral !== undefined) {
    const perHour = meaning.conversion ? convert(sum * times, meaning.conversion) : sum * times;
    values.push({ quantity: integral, ...place, value: perHour / 3600 });
  }
  return values;
}

/** What the unit alone says; the name is the channel then, unless it says what is measured in other units. */
function byUnit(measure: string, unit: string | undefined): Meaning | undefined {
  const { quantity, text } = (unit === undefined ? undefined : senmlUnit(unit)) ?? {};
  const found = quantity && text !== undefined ? conversion(text, quantity) : undefined;
  if (!quantity || !found) return undefined;
  const channel = measure === '' ? {} : { channel: measure };
  const isSame = found.factor === 1 && found.offset === 0;
  return { quantity, ...channel, isClaim: false, ...(isSame ? {} : { conversion: found }) };
}

function trimmed(name: string): string {
  let [from, to] = [0, name.length];
  while (from < to && SEPARATORS.includes(name.charAt(from))) from += 1;
  while (to > from && SEPARATORS.includes(name.charAt(to - 1))) to -= 1;
  return name.slice(from, to);
}

const SEPARATORS = ':/._-';

const LABELS = new Set('bn bt bu bv bs bver n u v vs vb vd s t ut'.split(' '));
/** Of one record there are no more labels than these, and a few extensions. */
const MOST_LABELS = 40;

function isPack(value: unknown): boolean {
  const first: unknown = Array.isArray(value) ? value[0] : undefined;
  if (!isRecord(first)) return false;
  const labels = Object.keys(first);
  const isNamed = typeof first.n === 'string' || typeof first.bn === 'string';
  const knownLabels = labels.filter((label) => LABELS.has(label)).length;
  return isNamed && labels.length <= MOST_LABELS && knownLabels * 2 > labels.length && knownLabels > 1;
}

/** One pack with the device as its base name; each record is named by the channel and kvarter's quantity. */
function encodeSenml({ device, atMs, values }: Uplink): readonly Encoded[] {
  if (values.length === 0) return [];
  const records = values.map(({ quantity, channel, value, ...own }, index) => {
    const valueAtMs = own.atMs ?? (atMs === undefined ? undefined : atMs - (own.agoMs ?? 0));
    return {
      ...(index === 0 ? { bn: `${device}:` } : {}),
      n: channel === undefined ? quantity : `${channel}/${quantity}`,
      ...(valueAtMs === undefined ? {} : { t: valueAtMs / 1000 }),
      v: value,
    };
  });
  return [{ topic: `${device}/senml`, payload: Buffer.from(JSON.stringify(records)) }];
}
