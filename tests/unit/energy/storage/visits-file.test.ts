import { describe, expect, it } from 'vitest';
import { parseVisitsFile } from '../../../../src/energy/storage/visits-file.ts';

const zone = { timeZone: 'Europe/Stockholm' };
const read = (...rows: readonly string[]) =>
  parseVisitsFile(['arrives,departs,kwh', ...rows].join('\n'), zone);
const problems = (...rows: readonly string[]) => {
  const file = read(...rows);
  return file.ok ? [] : file.problems.map(({ line, message }) => `${line}: ${message}`);
};

describe('a file of visits', () => {
  it('is read with offsets or by the clock, in any order of columns', () => {
    const text =
      '\uFEFFname,kwh,Departs,arrives\r\nx,12.5,2026-01-16T07:10,2026-01-15T17:40:00+01:00\r\n\r\n';
    expect(parseVisitsFile(text, zone)).toEqual({
      ok: true,
      visits: [{ fromMs: Date.parse('2026-01-15T16:40Z'), toMs: Date.parse('2026-01-16T06:10Z'), kwh: 12.5 }],
    });
  });

  it('may be written with semicolons, decimal commas, and separators in quotes', () => {
    const text = 'name;arrives;departs;kwh\n"x; y";2026-01-15T17:40;2026-01-16T07:10;12,5\n';
    expect(parseVisitsFile(text, zone)).toMatchObject({ ok: true, visits: [{ kwh: 12.5 }] });
  });

  it.each([
    [
      'a header',
      parseVisitsFile('from,to\n', zone),
      '1: the header is "from,to": it must be arrives,departs,kwh',
    ],
    ['nothing', parseVisitsFile('', zone), '1: the header is missing: it must be arrives,departs,kwh'],
  ])('names what is wrong with %s', (_, file, message) => {
    expect(file.ok ? [] : file.problems.map((one) => `${one.line}: ${one.message}`)).toEqual([message]);
  });

  it.each([
    ['2026-01-15,2026-01-16T07:00,5', '2: arrives "2026-01-15" is not ISO 8601'],
    ['2026-01-15T17:00,7 o’clock,5', '2: departs "7 o’clock" is not ISO 8601'],
    ['2026-01-15T17:00,2026-01-16T07:00,', '2: kwh "" must be a number'],
    ['2026-01-15T17:00,2026-01-16T07:00,-3', '2: kwh "-3" must be a number with a decimal point, 0 or more'],
    ['2026-01-15T17:00,2026-01-15T17:00,5', '2: departs must be after arrives'],
    ['2026-01-15T17:00,2027-01-15T17:00,5', '2: the visit lasts more than 60 days'],
    ['2026-03-29T02:30,2026-03-29T07:00,5', '2: arrives "2026-03-29T02:30" never was in Europe/Stockholm'],
    ['2026-10-25T02:30,2026-10-25T07:00,5', '2: arrives "2026-10-25T02:30" was twice in Europe/Stockholm'],
  ])('names the line of %s', (row, message) => {
    expect(problems(row)).toEqual([expect.stringContaining(message)]);
  });

  it('may have several cars at a time, in any order, and what each takes at most', () => {
    const text = [
      'arrives,departs,kwh,kw',
      '2026-01-15T17:00Z,2026-01-16T07:00Z,5,3.7',
      '2026-01-14T17:00Z,2026-01-16T07:00Z,6,',
    ].join('\n');
    expect(parseVisitsFile(text, zone)).toMatchObject({
      ok: true,
      visits: [{ kwh: 5, kw: 3.7 }, { kwh: 6 }],
    });
    const wrong = parseVisitsFile(`${text}\n2026-01-15T17:00Z,2026-01-16T07:00Z,5,0`, zone);
    expect(wrong).toMatchObject({
      problems: [{ line: 4, message: 'kw "0" must be a number with a decimal point, above 0' }],
    });
  });

  it('must have rows', () => {
    expect(problems()).toEqual(['2: there are no rows: a line for each visit of a car is needed']);
  });
});
