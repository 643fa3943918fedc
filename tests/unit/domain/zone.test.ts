import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { zoneOf } from '../../../src/domain/zone.ts';

const sweden = zoneOf('Europe/Stockholm');
const at = (text: string) => Date.parse(text);

describe('the moment of a wall clock', () => {
  it.each([
    ['in winter', '2026-01-15T08:15:00Z', '2026-01-15T07:15:00Z', '2026-01-15T07:15:00Z'],
    ['in summer', '2026-07-15T09:15:00Z', '2026-07-15T07:15:00Z', '2026-07-15T07:15:00Z'],
    [
      'in the first of two hours of one name',
      '2026-10-25T02:30:00Z',
      '2026-10-25T00:31:00Z',
      '2026-10-25T00:30:00Z',
    ],
    ['in the second', '2026-10-25T02:30:00Z', '2026-10-25T01:29:00Z', '2026-10-25T01:30:00Z'],
    [
      'just before the clock is put back',
      '2026-10-25T01:59:00Z',
      '2026-10-25T00:00:00Z',
      '2026-10-24T23:59:00Z',
    ],
    ['just after', '2026-10-25T03:00:00Z', '2026-10-25T00:00:00Z', '2026-10-25T02:00:00Z'],
    ['just before it is put forward', '2026-03-29T01:59:00Z', '2026-03-29T01:00:00Z', '2026-03-29T00:59:00Z'],
    ['just after it was', '2026-03-29T03:00:00Z', '2026-03-29T01:00:00Z', '2026-03-29T01:00:00Z'],
    ['that it never shows', '2026-03-29T02:30:00Z', '2026-03-29T01:30:00Z', '2026-03-29T01:30:00Z'],
  ])('%s', (_says, wall, near, moment) => {
    expect(new Date(sweden.fromWall(at(wall), at(near))).toISOString()).toBe(
      new Date(at(moment)).toISOString(),
    );
  });

  it('is the moment at which it shows that, wherever', () => {
    const zones = fc.constantFrom('Europe/Stockholm', 'UTC', 'America/New_York', 'Asia/Kathmandu');
    const minutes = fc
      .integer({ min: 0, max: 40 * 366 * 1440 })
      .map((n) => Date.UTC(2000, 0, 1) + n * 60_000);
    fc.assert(
      fc.property(zones, minutes, (name, atMs) => {
        const zone = zoneOf(name);
        const { year, month, day, minuteOfDay } = zone.local(atMs);
        const wallMs = Date.UTC(year, month - 1, day) + minuteOfDay * 60_000;
        expect(zone.fromWall(wallMs, atMs)).toBe(atMs);
      }),
    );
  });
});
