import { describe, expect, it } from 'vitest';
import { timeFormat } from '../../../src/decode/time-format.ts';
import { zoneOf } from '../../../src/domain/zone.ts';

const stockholm = zoneOf('Europe/Stockholm');
const at = Date.UTC(2026, 0, 15, 7, 15);

describe('a time format', () => {
  it.each([
    ['iso', '2026-01-15T08:15:00+01:00', at],
    ['iso', '2026-01-15 08:15', undefined],
    ['epochSeconds', 1_768_461_300, at],
    ['epochSeconds', '1768461300.5', at + 500],
    ['epochMs', 1_768_461_300_000, at],
    ['epochUs', 1_768_461_300_000_000, at],
    ['epochNs', 1_768_461_300_000_000_000, at],
    ['epochMs', 1e300, undefined],
    ['epochMs', 'noon', undefined],
    ['YYYY-MM-DD HH:mm', '2026-01-15 08:15', at],
    ['DD.MM.YY HH:mm:ss', '15.01.26 08:15:00', at],
    ['YYYYMMDDHHmmss', '20260115081500', at],
    ['YYYY-MM-DDTHH:mm:ss.SSSZZ', '2026-01-15T08:15:00.250+0100', at + 250],
    ['YYYY-MM-DDTHH:mmZZ', '2026-01-15T07:15Z', at],
    ['YYYY-MM-DD HH:mm', '2026-07-15 09:15', Date.UTC(2026, 6, 15, 7, 15)],
    ['YYYY-MM-DD', '2026-02-31', undefined],
    ['YYYY-MM-DD HH:mm', '2026-01-15 25:15', undefined],
    ['YYYY-MM-DD HH:mm', '2026-01-15T08:15', undefined],
    ['YYYY/MM/DD (HH.mm)', '2026/01/15 (08.15)', at],
  ])('%s reads %j', (format, value, expected) => {
    expect(timeFormat(format)?.read(value, stockholm, at)).toBe(expected);
  });

  it('takes of the two hours in autumn the one that is near', () => {
    const [first, second] = [Date.UTC(2026, 9, 25, 0, 30), Date.UTC(2026, 9, 25, 1, 30)];
    const read = (nearMs: number) =>
      timeFormat('YYYY-MM-DD HH:mm')?.read('2026-10-25 02:30', stockholm, nearMs);
    expect([read(first), read(second)]).toEqual([first, second]);
  });

  it.each(['', 'HH:mm', 'YYYY', 'YYYY-MM-DD YYYY', 'x'.repeat(200)])('%j is none', (format) => {
    expect(timeFormat(format)).toBeUndefined();
  });

  it.each(['iso', 'epochSeconds', 'epochMs', 'YYYY-MM-DD HH:mm:ss', 'DD/MM/YY HH:mm ZZ'])(
    '%s writes what it reads',
    (format) => {
      const found = timeFormat(format);
      expect(found?.read(found.write(at, stockholm), stockholm, at)).toBe(at);
    },
  );
});
