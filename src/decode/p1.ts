import { HOUR_MS } from '../domain/interval.ts';
import type { DecodeContext, Decoded, DecodeInput, Format } from './decode.ts';
import { Gathered, nothing, refused, together } from './gathered.ts';
import { channelQuantity, type P1Code, p1Codes } from './p1-codes.ts';
import { carriedBy, encodeP1 } from './p1-encode.ts';
import { belgian, dutch, swedish } from './p1-examples.ts';
import { firstOf, lastOf, looksLikeP1, type P1Telegram, readP1 } from './p1-telegram.ts';
import { shown } from './payload.ts';
import { conversion, convert } from './units.ts';

/**
 * The text that electricity meters push: the Swedish HAN port, and the Dutch and Belgian P1 port it was made after.
 *
 * Power is what comes in less what goes out. What a phase carries has a quantity of its own, so that phases are never
 * counted as meters beside the whole.
 */
export const p1: Format = {
  name: 'p1',
  title: 'HAN port (Sweden) and P1 port (Netherlands, Belgium) of electricity meters, telegram text',
  source: 'https://hanporten.se/svenska/protokollet/',
  topics: [],
  recognises: (payload) => looksLikeP1(payload),
  decode: decodeP1,
  encode: encodeP1,
  carries: p1Codes.map(carriedBy),
  usualMinutes: 1 / 6,
  unconfirmed: [
    'M-Bus channels of DSMR 2.2 (`0-n:24.3.0`, whose value stands on a line of its own) are not read',
  ],
  examples: [swedish, belgian, dutch],
};

function decodeP1({ topic, payload }: DecodeInput, context: DecodeContext): Decoded {
  const telegram = readP1(payload);
  if ('problem' in telegram) return refused('malformed-payload', telegram.problem);
  const { lines } = telegram;
  const names = namesOf(telegram, topic);
  const device = context.deviceId(names) ?? names[0];
  const clock = firstOf(lines.get('0-0:1.0.0'));
  const hasVersion = VERSIONS.some((code) => lines.has(code));
  const at = clock === undefined ? {} : timeOf(clock, hasVersion);
  if (!at) {
    return refused('invalid-time', `0-0:1.0.0 ${shown(clock)} is not YYMMDDhhmmss with W or S`, device);
  }
  const gathered = new Gathered(device, at.atMs, 'device');
  for (const code of p1Codes) gathered.add(code.quantity, readCode(code, lines, gathered), code.channel);
  const channels = CHANNELS.filter((n) => lines.has(`0-${n}:24.1.0`));
  if (channels.length === 0) return gathered.decoded;
  return together([
    gathered.decoded,
    ...channels.map((n) => decodeChannel(n, telegram, device, hasVersion, context)),
  ]);
}

/** Lines that say which version of DSMR, or of its Belgian kin, a telegram follows. Swedish telegrams have none. */
const VERSIONS = ['1-3:0.2.8', '0-0:96.1.4'];
const CHANNELS = [1, 2, 3, 4];

/**
 * A meter's clock. Where a version is said its letter counts: W is UTC+1, S is UTC+2. Without a version it is a Swedish
 * meter's, and that is always UTC+1, whatever the letter says. `{}`: never set; undefined: no time at all.
 */
function timeOf(text: string, hasVersion: boolean): { readonly atMs?: number } | undefined {
  if (!CLOCK.test(text) || (hasVersion && text.length === 12)) return undefined;
  const year = two(text, 0);
  // Clocks that were never set count from 1970 or 2000.
  if (year >= 70 || text.startsWith('000101')) return {};
  const day = two(text, 4);
  const dayMs = Date.UTC(2000 + year, two(text, 2) - 1, day);
  if (day > 28 && new Date(dayMs).getUTCDate() !== day) return undefined;
  const hours = two(text, 6) - (hasVersion && text.endsWith('S') ? 2 : 1);
  return { atMs: dayMs + hours * HOUR_MS + two(text, 8) * 60_000 + two(text, 10) * 1000 };
}

/** Two digits. */
function two(text: string, at: number): number {
  return (text.charCodeAt(at) - 0x30) * 10 + text.charCodeAt(at + 1) - 0x30;
}

const CLOCK = /^\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d[0-5]\d[WS]?$/;

/** The meter's own number, the topic, and what stands in the header: often the maker's model, the same for thousands. */
function namesOf({ header, lines }: P1Telegram, topic: string): readonly [string, ...string[]] {
  const number = ['0-0:96.1.1', '0-0:96.1.0', '0-0:42.0.0']
    .map((code) => firstOf(lines.get(code)))
    .find(Boolean);
  const rest = [topic, header.slice(header.indexOf('\\') + 1), header];
  if (number === undefined) return [topic, ...rest.slice(1)];
  return [fromHex(number), number, ...rest];
}

/** Numbers of meters are written as the hexadecimal codes of their characters. */
function fromHex(text: string): string {
  if (!/^(?:[2-7][0-9A-Fa-f])+$/.test(text)) return text;
  return Buffer.from(text, 'hex').toString('latin1').trim() || text;
}

function readCode(code: P1Code, lines: P1Telegram['lines'], gathered: Gathered): number | undefined {
  const { quantity, inCode, outCode, parts } = code;
  const whole = readLine(quantity, inCode, lines, gathered);
  if (whole !== undefined && outCode !== undefined && lines.has(outCode)) {
    const out = readLine(quantity, outCode, lines, gathered);
    return out === undefined ? undefined : whole - out;
  }
  if (whole !== undefined || !parts || lines.has(inCode)) return whole;
  const first = readLine(quantity, parts[0], lines, gathered);
  const second = readLine(quantity, parts[1], lines, gathered);
  return first === undefined || second === undefined ? undefined : first + second;
}

/** The line of an OBIS code. */
function readLine(
  quantity: P1Code['quantity'],
  obis: string,
  lines: P1Telegram['lines'],
  gathered: Gathered,
): number | undefined {
  const line = lines.get(obis);
  return line === undefined ? undefined : readValue(quantity, obis, lastOf(line), gathered);
}

/** `00006678.394*kWh`, in the quantity's unit; what cannot be read is a problem. */
function readValue(
  quantity: P1Code['quantity'],
  obis: string,
  text: string | undefined,
  gathered: Gathered,
): number | undefined {
  if (text === undefined || text === '') return undefined;
  const star = text.indexOf('*');
  const number = star < 0 ? text : text.slice(0, star);
  const change = conversion(star < 0 ? '' : text.slice(star + 1), quantity);
  if (!change || !NUMBER.test(number)) {
    gathered.wrong('impossible-value', `${obis} ${shown(text)} is not a number in a unit of ${quantity}`);
    return undefined;
  }
  return convert(Number(number), change);
}

const NUMBER = /^-?\d+(?:\.\d+)?$/;

/** A gas, water or heat meter on the meter's M-Bus: a device by its own number, at its own time. */
function decodeChannel(
  n: number,
  { lines }: P1Telegram,
  main: string,
  hasVersion: boolean,
  context: DecodeContext,
): Decoded {
  const line = lines.get(`0-${n}:24.2.1`) ?? lines.get(`0-${n}:24.2.3`);
  const [clock, value] = [firstOf(line), lastOf(line)];
  const unit = value?.split('*')[1];
  const type = Number(firstOf(lines.get(`0-${n}:24.1.0`)) ?? Number.NaN);
  // Without a unit there is no meter on the channel.
  const quantity = unit === undefined ? undefined : channelQuantity(type, unit);
  if (clock === undefined || quantity === undefined) return nothing;
  const number = ['96.1.0', '96.1.1', '96.1.2']
    .map((code) => firstOf(lines.get(`0-${n}:${code}`)))
    .find(Boolean);
  const device =
    number === undefined ? main : (context.deviceId([fromHex(number), number]) ?? fromHex(number));
  const at = timeOf(clock, hasVersion);
  if (!at) {
    return refused('invalid-time', `0-${n}:24.2.1 ${shown(clock)} is not YYMMDDhhmmss with W or S`, device);
  }
  const gathered = new Gathered(device, at.atMs, 'device');
  const channel = number === undefined ? `mbus-${n}` : undefined;
  gathered.add(quantity, readValue(quantity, `0-${n}:24.2.1`, value, gathered), channel);
  return gathered.decoded;
}
