import type { Measurement } from '../domain/reading.ts';
import type { DecodeContext, Decoded, DecodeInput, Format, Model, Value } from './decode.ts';
import { type Claim, type Decoder, unclaimed } from './decoder.ts';
import { leavesOf, withoutLeaf } from './json-leaves.ts';
import { createMemory, memoryOf } from './memory.ts';
import { parseJson } from './payload.ts';

/** What a part of a payload is used for; `left`: nothing that kvarter reads. */
export type PartUse = {
  /** A JSON pointer, `line 3`, or `bytes 2–4`. */
  readonly part: string;
  readonly value: string;
  readonly use: 'reading' | 'time' | 'device' | 'channel' | 'format' | 'problem' | 'needed' | 'left';
  /** Of a reading: what became of the part. Of a problem: what is said of it. */
  readonly says?: string;
};

export type Explanation = {
  readonly claim: Claim | undefined;
  readonly decoded: Decoded;
  readonly parts: readonly PartUse[];
  /** There were more parts than are looked at. */
  readonly isCut: boolean;
};

export type ExplainOptions = {
  readonly decoder: Decoder;
  /** Reads it whatever its topic and shape. */
  readonly format?: Format;
  readonly input: DecodeInput;
  readonly register: Omit<DecodeContext, 'memory'>;
};

/** Each part is one decoding more. */
const MOST_PARTS = 1000;
const LONGEST_SHOWN = 60;

/**
 * Decodes a packet, and finds what each of its parts is for by leaving it out and decoding what is left: that holds for
 * every format, without a word from it. JSON is taken apart by fields, text by lines; other payloads stay whole.
 */
export function explain({ decoder, format, input, register }: ExplainOptions): Explanation {
  const run = (payload: Uint8Array) => {
    const packet = { ...input, payload };
    const claim = format ? { format } : decoder.claim(packet);
    const memory = createMemory({ maxBytes: 16 * 1024 ** 2 });
    const own = memoryOf(memory, claim?.format.name ?? '', packet);
    return { claim, decoded: claim?.format.decode(packet, { ...register, memory: own }) };
  };
  const { claim, decoded } = run(input.payload);
  if (!claim || !decoded) {
    return { claim: undefined, decoded: unclaimed(input), parts: [], isCut: false };
  }
  const pieces = [...piecesOf(input.payload)];
  const parts = pieces.slice(0, MOST_PARTS).map(({ part, value, without }): PartUse => {
    const rest = run(without());
    const base = { part, value: cut(value) };
    if (rest.claim?.format !== claim.format) return { ...base, use: 'format' };
    return { ...base, ...useOf(decoded, rest.decoded ?? { measurements: [], problems: [] }, value) };
  });
  return { claim, decoded, parts, isCut: pieces.length > MOST_PARTS };
}

/** What a model makes of an uplink's bytes: a value belongs to the bytes up to which it is there for the first time. */
export function explainBytes(
  { decode }: Model,
  bytes: Uint8Array,
  port: number,
): { readonly values: readonly Value[]; readonly problem?: string; readonly parts: readonly PartUse[] } {
  const { values, problem } = decode(bytes, port);
  const parts: PartUse[] = [];
  let [from, known] = [0, 0];
  for (let to = 1; to <= bytes.length; to += 1) {
    const { values: sofar } = decode(bytes.subarray(0, to), port);
    if (sofar.length <= known && to < bytes.length) continue;
    const gained = sofar.slice(known).map(saysOf);
    const value = Buffer.from(bytes.subarray(from, to)).toString('hex');
    const part = `bytes ${from}–${to - 1}`;
    if (gained.length > 0) parts.push({ part, value, use: 'reading', says: gained.join(', ') });
    else
      parts.push({
        part,
        value,
        use: problem === undefined ? 'left' : 'problem',
        ...(problem && { says: problem }),
      });
    [from, known] = [to, sofar.length];
  }
  return { values, ...(problem === undefined ? {} : { problem }), parts };
}

type Piece = { readonly part: string; readonly value: string; readonly without: () => Uint8Array };

function* piecesOf(payload: Uint8Array): Generator<Piece> {
  const parsed = parseJson(payload);
  if (parsed.ok && typeof parsed.value === 'object' && parsed.value !== null) {
    for (const { pointer, path, value } of leavesOf(parsed.value, MOST_PARTS + 1)) {
      const without = () => Buffer.from(JSON.stringify(withoutLeaf(parsed.value, path)));
      yield { part: pointer, value: JSON.stringify(value) ?? '', without };
    }
    return;
  }
  const text = Buffer.from(payload).toString();
  if (!isText(text)) return;
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '' || lines.length === 1) continue;
    const without = () => Buffer.from(lines.filter((_, i) => i !== index).join('\n'));
    yield { part: `line ${index + 1}`, value: line.trimEnd(), without };
  }
}

function useOf(whole: Decoded, rest: Decoded, raw: string): Pick<PartUse, 'use' | 'says'> {
  const lost = whole.measurements.filter((one) => !rest.measurements.some((other) => isSame(one, other)));
  const solved = whole.problems.filter(
    ({ detail }) => !rest.problems.some((other) => other.detail === detail),
  );
  const raised = rest.problems.filter(
    ({ detail }) => !whole.problems.some((other) => other.detail === detail),
  );
  if (lost.length === 0) {
    const [problem] = solved;
    if (problem) return { use: 'problem', says: `${problem.code}: ${problem.detail}` };
    return raised.length > 0 ? { use: 'needed', says: `without it: ${raised[0]?.detail}` } : { use: 'left' };
  }
  if (rest.measurements.length === 0 && raised.some(({ code }) => code === 'unknown-device'))
    return { use: 'device' };
  if (rest.measurements.length === 0 && lost.length > 1) return { use: 'needed', says: 'by every reading' };
  for (const use of ['time', 'device', 'channel'] as const) {
    if (lost.every((one) => rest.measurements.some((other) => differsIn(use, one, other)))) return { use };
  }
  return { use: 'reading', says: lost.map((one) => `${saysOf(one)}${factorOf(raw, one.value)}`).join(', ') };
}

const parts = {
  time: ({ atMs }: Measurement) => atMs,
  device: ({ device }: Measurement) => device,
  channel: ({ channel }: Measurement) => channel,
  quantity: ({ quantity }: Measurement) => quantity,
  value: ({ value }: Measurement) => value,
};

function isSame(one: Measurement, other: Measurement): boolean {
  return Object.values(parts).every((of) => of(one) === of(other));
}

function differsIn(part: keyof typeof parts, one: Measurement, other: Measurement): boolean {
  return Object.entries(parts).every(([name, of]) => (of(one) === of(other)) === (name !== part));
}

function saysOf({ quantity, channel, value }: Pick<Value, 'quantity' | 'channel' | 'value'>): string {
  return `${quantity}${channel === undefined ? '' : ` of ${channel}`} ${value}`;
}

/** ` (× 1000)`: how the number became the reading; nothing where it was taken as it is, or is no number. */
function factorOf(raw: string, value: number): string {
  const number = Number(raw.replaceAll('"', ''));
  if (raw === '' || !Number.isFinite(number) || number === value || number === 0) return '';
  const factor = Number((value / number).toPrecision(9));
  const isRound = Math.abs(Math.log10(Math.abs(factor)) % 1) < 1e-9 || Number.isInteger(factor);
  return isRound ? ` (× ${factor})` : ` (from ${number})`;
}

/** Letters, and no control characters but those of lines. */
function isText(text: string): boolean {
  return !text.includes('\u{fffd}') && !/[^\P{Cc}\r\n\t]/u.test(text);
}

function cut(text: string): string {
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}
