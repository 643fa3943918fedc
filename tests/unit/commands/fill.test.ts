import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fill } from '../../../src/commands/fill.ts';
import { call } from '../../support/command.ts';

const dir = mkdtempSync(join(tmpdir(), 'kvarter-fill-'));
afterAll(() => rmSync(dir, { recursive: true }));

async function run(lines: readonly string[], values: Record<string, string | boolean> = {}) {
  const file = join(dir, 'levels.csv');
  writeFileSync(file, `${lines.join('\n')}\n`);
  const said = await call({ dir, app: { httpPort: 1 } }, fill, [file], values);
  return {
    ...said,
    rows: said.printed.trim().split('\n'),
    complained: said.complained.replaceAll(file, 'levels.csv'),
  };
}

const HEADER = 'time,container,level_pct';
const ANSWER = 'time,container,level_pct,rate_pct_per_day,p_over_24h,p_over_48h,full_at_p50';

describe('kvarter fill', () => {
  it('answers a file of three rows', async () => {
    const { code, rows, complained } = await run([
      HEADER,
      '2026-01-05T06:00:00Z,a,20',
      '2026-01-06T06:00:00Z,a,40',
      '2026-01-07T06:00:00Z,a,80',
    ]);
    expect([code, complained]).toEqual([0, '']);
    expect(rows[0]).toBe(ANSWER);
    expect(rows[2]).toMatch(
      /^2026-01-06T06:00:00Z,a,40,\d+\.\d\d,0\.\d{4},0\.\d{4},2026-01-\d\dT\d\d:\d\d:\d\dZ$/,
    );
    expect(rows[3]).toMatch(/^2026-01-07T06:00:00Z,a,80,\d+\.\d\d,1\.0000,1\.0000,2026-01-07T06:00:00Z$/);
  });

  it('names the columns by what was asked, takes other thresholds, and says it all as JSON', async () => {
    const lines = [HEADER, '2026-01-05,a,50', '2026-01-06,a,60'];
    const { rows } = await run(lines, { within: '6h, 3d,90min', threshold: '60' });
    expect(rows[0]).toBe(
      'time,container,level_pct,rate_pct_per_day,p_over_6h,p_over_3d,p_over_90min,full_at_p50',
    );
    expect(rows[2]).toMatch(/,1\.0000,1\.0000,1\.0000,2026-01-06T00:00:00$/);
    const json = await run(lines, { json: true });
    expect(JSON.parse(json.rows[0] ?? '')).toMatchObject({
      time: '2026-01-05',
      container: 'a',
      level_pct: 50,
      p_over_24h: expect.any(Number),
      full_at_p10: expect.any(String),
    });
  });

  it('names by row what it skips, and answers the rest as if it were not there', async () => {
    const good = ['2026-01-05T06:00:00Z,a,20', '2026-01-06T06:00:00Z,a,40', '2026-01-07T06:00:00Z,a,60'];
    const [first = '', second = '', third = ''] = good;
    const bad = await run([
      HEADER,
      first,
      '2026-01-05T07:00:00Z,a,NaN',
      '2026-01-05T08:00:00Z,a,Infinity',
      '2026-01-05T09:00:00Z,a,',
      second,
      second,
      first,
      'yesterday,a,40',
      '2026-01-06T09:00:00Z,,40',
      '2026-01-06T09:00:00Z,a,900',
      '2026-01-06T09:00:00Z,a,40,5',
      third,
    ]);
    expect(bad.code).toBe(0);
    expect(bad.complained.trim().split('\n')).toEqual([
      'levels.csv:3: row 2 skipped: level_pct "NaN" is not a finite number',
      'levels.csv:4: row 3 skipped: level_pct "Infinity" is not a finite number',
      'levels.csv:5: row 4 skipped: level_pct "" is not a finite number',
      'levels.csv:7: row 6 skipped: the same time as line 6 of container a: sort the rows by time, each once',
      'levels.csv:8: row 7 skipped: earlier than line 6 of container a: sort the rows by time, each once',
      'levels.csv:9: row 8 skipped: time "yesterday" is not ISO 8601, such as 2026-01-15T07:00:00+01:00',
      'levels.csv:10: row 9 skipped: the container has no name',
      'levels.csv:11: row 10 skipped: level_pct 900 is impossible: levels are 0 (empty) … 100 (full)',
      'levels.csv:12: row 11 skipped: 4 fields, the header has 3: a decimal comma needs to be a point',
    ]);
    expect(bad.rows).toEqual((await run([HEADER, ...good])).rows);
  });

  it('answers in the order of the file, and learns in the order of time', async () => {
    const days = Array.from({ length: 20 }, (_, day) => `2026-01-${String(day + 1).padStart(2, '0')}`);
    const [a, b] = ['a', 'b'].map((bin, at) => days.map((day, i) => `${day},${bin},${((i + at) % 5) * 20}`));
    const byTime = days.flatMap((_, i) => [a?.[i] ?? '', b?.[i] ?? '']);
    const grouped = await run([HEADER, ...(a ?? []), ...(b ?? [])]);
    const sorted = await run([HEADER, ...byTime]);
    expect(grouped.rows.slice(1, 21).every((row) => row.includes(',a,'))).toBe(true);
    expect(grouped.rows.toSorted()).toEqual(sorted.rows.toSorted());
  });

  it('reads semicolons with decimal commas, and names with commas in quotes', async () => {
    const { rows, complained } = await run([
      'time;container;level_pct',
      '2026-01-05;"a, north";12,5',
      '2026-01-06;"a, north";25',
    ]);
    expect(complained).toBe('');
    expect(rows[1]).toMatch(/^2026-01-05,"a, north",12\.5,/);
    const points = await run([HEADER, '2026-01-05,"a, north",12.5', '2026-01-06,"a, north",25']);
    expect(rows).toEqual(points.rows);
  });

  it.each([
    ['an empty file', [''], /levels\.csv:1: the header is missing/],
    [
      'another header',
      ['time|container|level_pct'],
      /levels\.csv:1: the header is .* lacks time, container, level_pct/,
    ],
  ])('refuses %s', async (_, lines, message) => {
    await expect(run(lines)).rejects.toThrow(message);
  });

  it.each([
    [{ within: '24' }, /--within 24: "24" must be such as 24h/],
    [{ within: '24h,24h' }, /name each once/],
    [{ threshold: '0' }, /--threshold 0: must be a number from 1 to 100/],
  ])('refuses %j', async (values, message) => {
    await expect(run([HEADER, '2026-01-05,a,50'], values)).rejects.toThrow(message);
  });

  it('answers a header alone with a header', async () => {
    expect((await run([HEADER])).rows).toEqual([ANSWER]);
  });
});
