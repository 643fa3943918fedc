import { DAY_MS, MINUTE_MS } from './interval.ts';
import { isoTime } from './time.ts';
import type { Zone } from './zone.ts';

/** `2026-01-15 08:15` on the clock of a zone; in the hour that it shows twice with the one that is meant: `02:15 (UTC+1)`. */
export function localTime(zone: Zone, atMs: number): string {
  const { year, month, day, minuteOfDay } = zone.local(atMs);
  const wallMs = Date.UTC(year, month - 1, day, 0, minuteOfDay);
  const shown = isoTime(wallMs).slice(0, 'yyyy-mm-dd hh:mm'.length).replace('T', ' ');
  const isTwice = zone.fromWall(wallMs, wallMs - DAY_MS) !== zone.fromWall(wallMs, wallMs + DAY_MS);
  return isTwice ? `${shown} (${offsetName(wallMs - Math.floor(atMs / MINUTE_MS) * MINUTE_MS)})` : shown;
}

function offsetName(offsetMs: number): string {
  const minutes = Math.abs(offsetMs) / MINUTE_MS;
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return `UTC${offsetMs < 0 ? '−' : '+'}${hours}${rest === 0 ? '' : `:${String(rest).padStart(2, '0')}`}`;
}
