import { isoTime, parseIsoTime } from '../domain/time.ts';
import { type Zone, zoneOf } from '../domain/zone.ts';
import { numberOf } from './payload.ts';

/** How a payload writes its time. */
export type TimeFormat = {
  /** Epoch ms; undefined for what is not such a time. `nearMs` tells the two hours of a changeover apart. */
  readonly read: (value: unknown, zone: Zone, nearMs: number) => number | undefined;
  readonly write: (atMs: number, zone: Zone) => number | string;
};

/** The names of the formats that are no pattern. */
export const timeFormats = ['iso', 'epochSeconds', 'epochMs', 'epochUs', 'epochNs'] as const;

/**
 * `iso` (ISO 8601 with offset), seconds to nanoseconds since 1970, or a pattern of `YYYY YY MM DD HH mm ss SSS ZZ` with
 * anything between: `DD.MM.YYYY HH:mm`. `ZZ` is an offset (`+01:00`, `+0100`, `Z`); without it the time is the wall
 * clock's of a zone. Undefined for a pattern without year, month and day.
 */
export function timeFormat(text: string): TimeFormat | undefined {
  if (text === 'iso') {
    return {
      read: (value) => (typeof value === 'string' ? parseIsoTime(value.trim()) : undefined),
      write: isoTime,
    };
  }
  const perSecond = { epochSeconds: 1, epochMs: 1e3, epochUs: 1e6, epochNs: 1e9 };
  for (const [name, units] of Object.entries(perSecond)) {
    if (text === name) return epoch(units);
  }
  return pattern(text);
}

function epoch(perSecond: number): TimeFormat {
  return {
    read: (value) => {
      const number = numberOf(value);
      const atMs = number === undefined ? undefined : Math.round((number / perSecond) * 1000);
      return atMs !== undefined && Math.abs(atMs) <= 8.64e15 ? atMs : undefined;
    },
    write: (atMs) => (atMs / 1000) * perSecond,
  };
}

const TOKENS = /YYYY|YY|MM|DD|HH|mm|ss|SSS|ZZ/g;
const LONGEST = 100;

function pattern(text: string): TimeFormat | undefined {
  const tokens: readonly string[] = [...(text.match(TOKENS) ?? [])];
  const hasDate =
    (tokens.includes('YYYY') || tokens.includes('YY')) && tokens.includes('MM') && tokens.includes('DD');
  if (!hasDate || new Set(tokens).size !== tokens.length || text.length > LONGEST) return undefined;
  const literals = text.split(TOKENS).map((literal) => literal.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'));
  const groups = tokens.map((token) =>
    token === 'ZZ' ? '([+-]\\d\\d:?\\d\\d|Z)' : `(\\d{${token.length}})`,
  );
  // Fixed widths and literals alone: nothing in it can be matched in two ways.
  const matcher = new RegExp(`^${literals.map((literal, i) => literal + (groups[i] ?? '')).join('')}$`);
  return {
    read: (value, zone, nearMs) => {
      const found = typeof value === 'string' && value.length <= LONGEST ? matcher.exec(value.trim()) : null;
      return found
        ? moment(new Map(tokens.map((token, i) => [token, found[i + 1] ?? ''])), zone, nearMs)
        : undefined;
    },
    write: (atMs, zone) => written(text, atMs, tokens.includes('ZZ') ? undefined : zone),
  };
}

function moment(parts: ReadonlyMap<string, string>, zone: Zone, nearMs: number): number | undefined {
  const part = (token: string) => Number(parts.get(token) ?? 0);
  const year = parts.has('YYYY') ? part('YYYY') : 2000 + part('YY');
  const [month, day, hour, minute, second] = [part('MM'), part('DD'), part('HH'), part('mm'), part('ss')];
  const utcMs = Date.UTC(year, month - 1, day, hour, minute, second, part('SSS'));
  // A date that does not exist (31 February, 25 o'clock) runs over into another one.
  const back = new Date(utcMs);
  if (
    back.getUTCMonth() !== month - 1 ||
    back.getUTCDate() !== day ||
    hour > 23 ||
    minute > 59 ||
    second > 59
  ) {
    return undefined;
  }
  const offset = parts.get('ZZ');
  if (offset === undefined) return zone.fromWall(utcMs, nearMs);
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(offset) ?? [];
  if (sign === undefined) return utcMs;
  return utcMs - (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

/** `zone`: undefined for UTC. */
function written(text: string, atMs: number, zone: Zone | undefined): string {
  const { year, month, day, minuteOfDay } = (zone ?? zoneOf('UTC')).local(atMs);
  const inMinuteMs = ((atMs % 60_000) + 60_000) % 60_000;
  const parts: Readonly<Record<string, number>> = {
    YYYY: year,
    YY: year % 100,
    MM: month,
    DD: day,
    HH: Math.floor(minuteOfDay / 60),
    mm: minuteOfDay % 60,
    ss: Math.floor(inMinuteMs / 1000),
    SSS: inMinuteMs % 1000,
  };
  return text.replace(TOKENS, (token) =>
    token === 'ZZ' ? 'Z' : String(parts[token]).padStart(token.length, '0'),
  );
}
