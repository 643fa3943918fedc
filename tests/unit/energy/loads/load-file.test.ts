import { describe, expect, it } from 'vitest';
import { parseLoadFile } from '../../../../src/energy/loads/load-file.ts';
import { parseSeriesFile } from '../../../../src/energy/loads/series-file.ts';

const timeZone = 'Europe/Stockholm';
const read = (...rows: string[]) => parseLoadFile(rows.join('\n'), { timeZone });
const load = (...rows: string[]) => {
  const file = read(...rows);
  if (!file.ok) throw new Error(JSON.stringify(file.problems));
  return { ...file.load, from: new Date(file.load.fromMs).toISOString(), kw: [...file.load.kw] };
};
const problems = (...rows: string[]) => {
  const file = read(...rows);
  return file.ok ? [] : file.problems.map(({ line, message }) => `${line}: ${message}`);
};

describe('the CSV of a load', () => {
  it('has starts of intervals with offset, and mean power', () => {
    expect(load('time,kw', '2026-01-15T07:00:00+01:00,1.5', '2026-01-15T08:00+0100,2')).toEqual({
      fromMs: Date.parse('2026-01-15T06:00Z'),
      from: '2026-01-15T06:00:00.000Z',
      spacingMs: 3_600_000,
      kw: [1.5, 2],
    });
  });

  it('has energy instead, which is power over the length of the interval', () => {
    expect(load('time,kwh', '2026-01-15T06:00Z,1.5', '2026-01-15T06:15:00.000Z,2').kw).toEqual([6, 8]);
  });

  it('may have reactive power or energy, and the flow, beside it', () => {
    const rows = ['2026-01-15T06:00Z,1,2,3', '2026-01-15T06:15Z,1,4,5'];
    const [powers, energies] = [read('time,kw,kvar,m3', ...rows), read('time,kw,kvarh,m3', ...rows)];
    expect(powers.ok && [powers.load.kvar, powers.load.m3]).toEqual([
      Float64Array.of(2, 4),
      Float64Array.of(3, 5),
    ]);
    expect(energies.ok && energies.load.kvar).toEqual(Float64Array.of(8, 16));
  });

  it('is read on the clock of the zone where there is no offset', () => {
    expect(load('time,kw', '2026-07-01 00:00,1', '2026-07-01 00:30,2').from).toBe('2026-06-30T22:00:00.000Z');
  });

  it('may have other columns in any order, quotes, a byte order mark and Windows line ends', () => {
    expect(load('\uFEFFpv,KW,time\r', '9,"1",2026-01-15T06:00Z\r', '9,2,2026-01-15T07:00Z\r').kw).toEqual([
      1, 2,
    ]);
  });

  it.each([
    ['semicolons and decimal commas', ['time;kw', '2026-01-15T06:00Z;1,5', '2026-01-15T07:00Z;2']],
    ['tabs and decimal commas', ['time\tnote\tkw', '2026-01-15T06:00Z\t\t1,5', '2026-01-15T07:00Z\tx\t2']],
    ['commas in quotes', ['time,note,kw', '2026-01-15T06:00Z,"a, b",1.5', '2026-01-15T07:00Z,"""c""",2']],
    ['carriage returns alone', ['time,kw\r2026-01-15T06:00Z,1.5\r2026-01-15T07:00Z,2\r']],
  ])('may be written with %s', (_, lines) => {
    expect(load(...lines).kw).toEqual([1.5, 2]);
  });

  it('carries rows and values that are not there as missing, and says where', () => {
    const file = read(
      'time,kw',
      '2026-01-15T06:00Z,1',
      '2026-01-15T07:00Z,',
      '2026-01-15T08:00Z,2',
      '2026-01-15T11:00Z,3',
    );
    expect(file.ok && [...file.load.kw]).toEqual([1, Number.NaN, 2, Number.NaN, Number.NaN, 3]);
    expect(file.ok && file.notes).toEqual([
      { line: 5, message: '2 intervals are missing before this line: carried as missing' },
      { line: 3, message: 'kw is empty here: carried as missing' },
    ]);
    const more = read('time,kw', '2026-01-15T06:00Z,NaN', '2026-01-15T07:00Z,nan', '2026-01-15T08:00Z,2');
    expect(more.ok && more.notes.map(({ line, message }) => `${line}: ${message}`)).toEqual([
      '2: kw is empty here and on 1 more lines: carried as missing',
    ]);
  });

  const rows = ['2026-01-15T06:00Z,1', '2026-01-15T07:00Z,1'];
  it.each<[what: string, rows: string[], says: string]>([
    ['no header', rows, '1: the header is "2026-01-15T06:00Z,1": it must be time,kw|kwh'],
    ['another header', ['time|kw', ...rows], '1: the header is "time|kw": it must be time,kw|kwh'],
    ['a column twice', ['time,kw,KW', ...rows], '1: the header has kw twice: leave one of them'],
    [
      'power and energy',
      ['time,kwh,kw', ...rows],
      '1: the header has kw and kwh, which say the same: leave one of them',
    ],
    [
      'reactive power and energy',
      ['time,kw,kvarh,kvar', ...rows],
      '1: the header has kvar and kvarh, which say the same: leave one of them',
    ],
    ['nothing', [''], '1: the header is missing: it must be time,kw|kwh'],
    ['no rows', ['time,kw'], '2: there are no rows: a line per interval is needed'],
    [
      'one row',
      ['time,kw', '2026-01-15T06:00Z,1'],
      '2: the spacing cannot be told from one time: two or more intervals are needed',
    ],
    [
      'text in a number',
      ['time,kw', ...rows, '2026-01-15T08:00Z,n/a'],
      '4: kw "n/a" is not a number with a decimal point (leave it empty when it is missing)',
    ],
    [
      'a decimal comma',
      ['time,kw', ...rows, '2026-01-15T08:00Z,1,5'],
      '4: the line has 3 fields, the header 2: a decimal comma needs to be a point',
    ],
    [
      'a number that nothing has',
      ['time,kw', ...rows, '2026-01-15T08:00Z,1e308'],
      '4: kw 1e308 is impossible: write at most 1000000000000',
    ],
    [
      'a negative number',
      ['time,kw', ...rows, '2026-01-15T08:00Z,-1'],
      '4: kw -1 is negative: consumption is 0 or more',
    ],
    [
      'a time that is none',
      ['time,kw', ...rows, '15/1 2026,1'],
      '4: time "15/1 2026" is not ISO 8601, such as 2026-01-15T07:00:00+01:00',
    ],
    [
      'a date that is none',
      ['time,kw', ...rows, '2026-02-30T00:00Z,1'],
      '4: time "2026-02-30T00:00Z" is not ISO 8601, such as 2026-01-15T07:00:00+01:00',
    ],
    [
      'a time twice',
      ['time,kw', ...rows, '2026-01-15T08:00+01:00,1'],
      '4: the same time as on line 3: leave one of them',
    ],
    [
      'rows out of order',
      ['time,kw', ...rows, '2026-01-15T05:00Z,1'],
      '4: earlier than line 3: sort the rows by time',
    ],
    [
      'rows from the newest to the oldest',
      ['time,kw', ...rows.toReversed()],
      '3: not one time is later than the one before: sort the rows by time',
    ],
    [
      'another spacing',
      ['time,kw', ...rows, '2026-01-15T08:00Z,1', '2026-01-15T08:30Z,1'],
      '5: 30 minutes after line 4, but the spacing of the file is 60 minutes',
    ],
    [
      'a spacing of 10 minutes',
      ['time,kw', '2026-01-15T06:00Z,1', '2026-01-15T06:10Z,1'],
      '3: the spacing is 10 minutes: it must be 15, 30 or 60',
    ],
    [
      'times beside the clock',
      ['time,kw', '2026-01-15T06:05Z,1', '2026-01-15T07:05Z,1'],
      '2: the first time is not the start of a clock interval of 60 minutes: times are the starts of intervals',
    ],
    [
      'a hundred years',
      ['time,kw', '1926-01-15T06:00Z,1', '1926-01-15T06:15Z,1', '2026-01-15T06:15Z,1'],
      '4: the file spans 3506402 intervals, more than 1402560: split it',
    ],
  ])('is refused with %s', (_, lines, says) => {
    expect(problems(...lines)).toEqual([says]);
  });

  it('says every problem of a file at once, and of very many the first', () => {
    expect(problems('time,kw', '2026-01-15T06:00Z,x', '2026-01-15T07:00Z,-2').length).toBe(2);
    const twice = Array.from({ length: 60 }, () => '2026-01-15T06:00,x');
    expect(problems('time,kw', ...twice)).toHaveLength(20);
    // A field too many is no decimal comma where commas separate nothing.
    expect(problems('time;kw', '2026-01-15T06:00Z;1;2')).toEqual(['2: the line has 3 fields, the header 2']);
  });

  it('has the spacing that most of its rows have, wherever rows are missing', () => {
    const rows = ['06:00', '09:00', '10:00', '11:00'].map((time, n) => `2026-01-15T${time}Z,${n}`);
    const file = load('time,kw', ...rows);
    expect([file.spacingMs, file.kw]).toEqual([3_600_000, [0, Number.NaN, Number.NaN, 1, 2, 3]]);
    const halves = ['06:00', '06:30', '07:00'].map((time, n) => `2026-01-15T${time}Z,${n}`);
    expect(load('time,kw', ...halves).spacingMs).toBe(1_800_000);
  });
});

describe('times without offset where the clock is changed', () => {
  it('are clear when the hour is there twice', () => {
    const file = read(
      'time,kw',
      ...['01:30', '02:00', '02:30', '02:00', '02:30', '03:00'].map((time, i) => `2026-10-25T${time},${i}`),
    );
    expect(file.ok && [file.load.spacingMs / 60_000, ...file.load.kw]).toEqual([30, 0, 1, 2, 3, 4, 5]);
    expect(file.ok && file.notes.map(({ line }) => line)).toEqual([3]);
  });

  it('are clear in each year of a file', () => {
    const file = read(
      'time,kw',
      ...['2025-10-26T', '2026-10-25T'].flatMap((date, year) =>
        ['01:00', '02:00', '02:00', '03:00'].map((time, i) => `${date}${time},${4 * year + i}`),
      ),
    );
    expect(file.ok && [...file.load.kw].filter((kw) => !Number.isNaN(kw))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(file.ok && file.load.kw.subarray(-4)).toEqual(Float64Array.of(4, 5, 6, 7));
    expect(file.ok && file.notes.slice(0, 2).map(({ line, message }) => `${line}: ${message}`)).toEqual([
      "3: the clock is put back in Europe/Stockholm: the times before line 4 are taken for the first 02 o'clock, from there for the second",
      "7: the clock is put back in Europe/Stockholm: the times before line 8 are taken for the first 02 o'clock, from there for the second",
    ]);
  });

  it('are clear when a row of the second hour is missing', () => {
    const file = read(
      'time,kw',
      ...['01:30', '02:00', '02:30', '02:30', '03:00'].map((time, i) => `2026-10-25T${time},${i}`),
    );
    expect(file.ok && [...file.load.kw]).toEqual([0, 1, 2, Number.NaN, 3, 4]);
  });

  it('are refused when the hour is there once, because it could be either', () => {
    expect(problems('time,kw', '2026-10-25T01:00,1', '2026-10-25T02:00,1', '2026-10-25T03:00,1')).toEqual([
      '3: 2026-10-25 02:00 was twice in Europe/Stockholm, where the clock is put back, and only one of the two is here: write times with offset',
    ]);
  });

  it('are refused when they never were', () => {
    expect(problems('time,kw', '2026-03-29T01:00,1', '2026-03-29T02:00,1', '2026-03-29T03:00,1')).toEqual([
      '3: 2026-03-29 02:00 never was in Europe/Stockholm: the clock is put forward over it; write times with offset',
    ]);
  });

  it('skip the hour that never was without a gap', () => {
    const file = read('time,kw', '2026-03-29T01:00,1', '2026-03-29T03:00,2', '2026-03-29T04:00,3');
    expect(file.ok && [[...file.load.kw], file.notes]).toEqual([[1, 2, 3], []]);
  });
});

it('reads prices and weather with the same rules', () => {
  const file = parseSeriesFile('time,price,sell\n2026-01-15T06:00Z,-0.1,\n2026-01-15T07:00Z,1,0.5\n', {
    timeZone,
    columns: ['price', 'sell'],
    required: [['price']],
  });
  expect(file.ok && [...file.series.columns].map(([name, values]) => [name, ...values])).toEqual([
    ['price', -0.1, 1],
    ['sell', Number.NaN, 0.5],
  ]);
});
