import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isoTime, parseIsoTime } from '../../../src/domain/time.ts';

describe('a time in ISO 8601', () => {
  it.each([
    ['2026-01-15T07:15:00Z', Date.UTC(2026, 0, 15, 7, 15)],
    ['2026-01-15T07:15:00.250Z', Date.UTC(2026, 0, 15, 7, 15, 0, 250)],
    ['2026-01-15T08:15+01:00', Date.UTC(2026, 0, 15, 7, 15)],
    ['2026-01-15T08:15:00.123456+0100', Date.UTC(2026, 0, 15, 7, 15, 0, 123)],
    ['2026-01-15t07:15:00z', Date.UTC(2026, 0, 15, 7, 15)],
    ['2026-01-15T24:00:00Z', Date.UTC(2026, 0, 16)],
    ['1969-12-31T23:59:59.000Z', -1000],
  ])('%s is read', (text, atMs) => {
    // Twice: the second time the date is known.
    expect([parseIsoTime(text), parseIsoTime(text)]).toEqual([atMs, atMs]);
  });

  it.each([
    '',
    '2026-01-15',
    '2026-01-15T07:15:00',
    '2026-13-15T07:15:00Z',
    '2026-02-30T07:15:00Z',
    '2023-02-29T07:15:00+01:00',
    '2026-01-15T25:00:00Z',
    '2026-01-15T07:60:00Z',
    '2026-01-15T07:15:0xZ',
    '2026-01-15T07:15:00.25xZ',
    '2026-01-15T07:15:00,250Z',
    'Thu Jan 15 2026 07:15:00Z',
  ])('%s is none', (text) => {
    parseIsoTime('2026-01-15T07:15:00Z');
    expect(parseIsoTime(text)).toBeUndefined();
  });

  it('is what Date makes of it, whatever came before', () => {
    const time = fc.date({ min: new Date(-1e12), max: new Date(4e12), noInvalidDate: true });
    const near = fc.tuple(time, fc.integer({ min: -90_000_000, max: 90_000_000 }));
    fc.assert(
      fc.property(near, ([date, apartMs]) => {
        const times = [date.getTime(), date.getTime() + apartMs];
        expect(times.map((atMs) => parseIsoTime(isoTime(atMs)))).toEqual(times);
      }),
      { numRuns: 2000 },
    );
  });

  it('is what Date makes of it with any fraction and offset', () => {
    // Of ten digits Date.parse reads nine, and those wrong.
    const digit = fc.constantFrom(...'0123456789');
    const fraction = fc
      .array(digit, { maxLength: 9 })
      .map((digits) => (digits.length === 0 ? '' : `.${digits.join('')}`));
    const offset = fc.constantFrom('Z', '+00:00', '+01:00', '-03:30', '+14:00');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 86_399 }), fraction, offset, (second, part, zone) => {
        const text = `2026-01-15T${isoTime(second * 1000).slice(11, 19)}${part}${zone}`;
        parseIsoTime('2026-01-15T07:15:00Z');
        expect(parseIsoTime(text)).toBe(Date.parse(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('is the same after 24:00 of its own date', () => {
    parseIsoTime('2026-01-15T24:00:00Z');
    expect(parseIsoTime('2026-01-15T07:15:00Z')).toBe(Date.UTC(2026, 0, 15, 7, 15));
  });
});
