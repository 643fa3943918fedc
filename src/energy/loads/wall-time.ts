import { DAY_MS, MINUTE_MS } from '../../domain/interval.ts';
import { type Zone, zoneOf } from '../../domain/zone.ts';

/** A time as it stands in a file: a moment, or what a clock on the wall showed (`wallMs`: as if it showed UTC). */
export type WrittenTime = { readonly wallMs: number; readonly offsetMs: number | undefined };

const FAR_MS = 8.64e15;

/** A date alone as its midnight, for a time reader; other texts as they are. */
export function asMidnight(text: string): string {
  return text.length === 'yyyy-mm-dd'.length ? `${text}T00:00` : text;
}

/** A reader of `2026-01-15T07:15[:00[.000]]`, with `Z`, `+01:00`, `+0100`, `+01` or without; undefined for anything else. */
export function createTimeReader(): (text: string) => WrittenTime | undefined {
  let lastDate = '-';
  let lastDateMs = 0;
  let lastOffset = 'Z';
  let lastOffsetMs = 0;
  return (text) => {
    if (!text.startsWith(lastDate)) {
      const date = text.slice(0, 10);
      if (!/^\d{4}-\d\d-\d\d$/.test(date)) return undefined;
      const dateMs = Date.parse(`${date}T00:00:00Z`);
      if (!Number.isFinite(dateMs) || new Date(dateMs).toISOString().slice(0, 10) !== date) return undefined;
      [lastDate, lastDateMs] = [date, dateMs];
    }
    const separator = text.charCodeAt(10);
    if (separator !== 0x54 && separator !== 0x74 && separator !== 0x20) return undefined;
    const [hour, minute] = [twoDigits(text, 11), twoDigits(text, 14)];
    // NaN compares false.
    if (!(hour < 24 && minute < 60) || text[13] !== ':') return undefined;
    let wallMs = lastDateMs + (hour * 60 + minute) * MINUTE_MS;
    let rest = 16;
    if (text[16] === ':' && text[19] !== '.' && twoDigits(text, 17) < 60) {
      wallMs += twoDigits(text, 17) * 1000;
      rest = 19;
    } else if (text[16] === ':') {
      const seconds = /^:([0-5]\d(?:\.\d{1,9})?)/.exec(text.slice(16));
      if (!seconds) return undefined;
      wallMs += Math.round(Number(seconds[1]) * 1000);
      rest += seconds[0].length;
    }
    if (rest === text.length) return { wallMs, offsetMs: undefined };
    if (text.length - rest === lastOffset.length && text.endsWith(lastOffset)) {
      return { wallMs, offsetMs: lastOffsetMs };
    }
    const offset = text.slice(rest);
    const offsetMs = offsetOf(offset);
    if (offsetMs === undefined) return undefined;
    [lastOffset, lastOffsetMs] = [offset, offsetMs];
    return { wallMs, offsetMs };
  };
}

/** The moments that a written time can mean: one where it has its offset, else as `wallMoments` says. */
export function momentsOf({ wallMs, offsetMs }: WrittenTime, zone: Zone): readonly number[] {
  return offsetMs === undefined ? wallMoments(wallMs, zone) : [wallMs - offsetMs];
}

/** The one moment that a written time means in an IANA zone; else why there is none, or why it is not one. */
export function momentOf(time: WrittenTime, timeZone: string): number | string {
  const [moment, second] = momentsOf(time, zoneOf(timeZone));
  if (moment === undefined) return `never was in ${timeZone}: write times with offset`;
  return second === undefined ? moment : `was twice in ${timeZone}: write times with offset`;
}

/** What a wall time can mean in a zone: one moment, none (the clock is put forward over it), or two. */
export function wallMoments(wallMs: number, zone: Zone): readonly number[] {
  const [early, late] = [zone.fromWall(wallMs, -FAR_MS), zone.fromWall(wallMs, FAR_MS)];
  const { year, month, day, minuteOfDay } = zone.local(early);
  const shown = Date.UTC(year, month - 1, day) + minuteOfDay * MINUTE_MS;
  if (shown !== Math.floor(wallMs / MINUTE_MS) * MINUTE_MS) return [];
  return early === late ? [early] : [early, late];
}

/** The same as `wallMoments`, quick on days without a changeover; undefined where there are none or two. */
export function createWallClock(zone: Zone): (wallMs: number) => number | undefined {
  let day = Number.NaN;
  let offsetMs: number | undefined;
  return (wallMs) => {
    const dayMs = Math.floor(wallMs / DAY_MS) * DAY_MS;
    if (dayMs !== day) {
      day = dayMs;
      const date = new Date(dayMs);
      const [year, month, number] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
      const fromMs = zone.startOf(year, month, number);
      offsetMs = zone.startOf(year, month, number + 1) - fromMs === DAY_MS ? dayMs - fromMs : undefined;
    }
    if (offsetMs !== undefined) return wallMs - offsetMs;
    const moments = wallMoments(wallMs, zone);
    return moments.length === 1 ? moments[0] : undefined;
  };
}

function offsetOf(text: string): number | undefined {
  if (/^ ?z$/i.test(text)) return 0;
  const match = /^ ?([+-])([01]\d|2[0-3])(?::?([0-5]\d))?$/.exec(text);
  if (!match) return undefined;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  return (match[1] === '-' ? -minutes : minutes) * MINUTE_MS;
}

function twoDigits(text: string, at: number): number {
  const [tens, ones] = [text.charCodeAt(at) - 0x30, text.charCodeAt(at + 1) - 0x30];
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}
