import { describe, expect, test } from 'vitest';
import { parseSeriesTime } from '../../../src/commands/series-time.ts';

const at = (text: string) => Date.parse(text);

describe('the time of a row', () => {
  test.each([
    ['2014-04-01 00:00:00', '2014-04-01T00:00:00Z', '2014-04-01T00:00:00Z'],
    ['2014-04-01 23:59:59', '2014-04-01T23:59:59Z', '2014-04-01T23:59:59Z'],
    ['2014-04-01T07:15', '2014-04-01T07:15:00Z', '2014-04-01T07:15:00Z'],
    ['2014-04-01', '2014-04-01T00:00:00Z', '2014-04-01T00:00:00Z'],
    ['2014-04-01 00:00:00.000000', '2014-04-01T00:00:00Z', '2014-04-01T00:00:00Z'],
    ['2026-01-15T07:15:00Z', '2026-01-15T07:15:00Z', '2026-01-15T07:15:00Z'],
    ['2026-01-15T07:15:00.250+01:00', '2026-01-15T06:15:00.250Z', '2026-01-15T07:15:00.250Z'],
    ['2026-01-15 00:15:00+0100', '2026-01-14T23:15:00Z', '2026-01-15T00:15:00Z'],
    ['2026-01-15T07:15:00-03', '2026-01-15T10:15:00Z', '2026-01-15T07:15:00Z'],
  ])('%s is a moment, and what the wall clock shows', (text, moment, wall) => {
    expect(parseSeriesTime(text)).toEqual({ atMs: at(moment), wallMs: at(wall) });
    // Once more: the date is known by then.
    expect(parseSeriesTime(text)).toEqual({ atMs: at(moment), wallMs: at(wall) });
  });

  test.each([
    '',
    '12:00',
    '1396310400',
    '01/04/2014 00:00',
    '2014-02-29 00:00:00',
    '2014-13-01 00:00:00',
    '2014-04-01 24:00:00',
    '2014-04-01 00:60:00',
    '2014-04-01 00:00:60',
    '2014-04-01 0a:00:00',
    '2014-04-01T00:00:00+25:00',
    '2014-04-01T00:00:00+00:60',
  ])('%s is none', (text) => {
    expect(parseSeriesTime(text)).toBeUndefined();
  });
});
