import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { forecast } from '../../../src/commands/forecast.ts';
import { call } from '../../support/command.ts';
import { openTempDir } from '../../support/temp-dir.ts';

const HOUR_MS = 60 * 60_000;
const startMs = Date.UTC(2026, 0, 4, 23);
const kwOf = (hour: number) => (hour % 24 > 7 && hour % 24 < 18 ? 20 : 5) + ((hour * 7919) % 13) / 10;
const rows = (hours: number, value: (hour: number) => number | string) =>
  Array.from({ length: hours }, (_, i) => `${new Date(startMs + i * HOUR_MS).toISOString()},${value(i)}`);
const load = ['time,kw', ...rows(24 * 28, kwOf)].join('\n');

async function run(
  values: Record<string, string | boolean>,
  files: Record<string, string> = { 'load.csv': load },
) {
  await using dir = await openTempDir();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir.path, name), text);
  const named = Object.entries({ load: 'load.csv', hours: '24', ...values }).map(([name, value]) => [
    name,
    ['load', 'weather'].includes(name) ? join(dir.path, String(value)) : value,
  ]);
  return await call({ dir: dir.path, app: { httpPort: 1 } }, forecast, [], Object.fromEntries(named));
}

describe('kvarter forecast', () => {
  it('prints a row for each step from a time on', async () => {
    const { code, printed } = await run({ at: '2026-01-26T00:00', hours: '48' });
    const [header, ...lines] = printed.trim().split('\n');
    expect([code, header, lines.length]).toEqual([0, 'from,to,p10,p50,p90', 48]);
    expect(lines[0]).toMatch(/^2026-01-25T23:00:00.000Z,2026-01-26T00:00:00.000Z,[\d.]+,[\d.]+,[\d.]+$/);
    const noon = lines[12]?.split(',').map(Number) ?? [];
    expect(Math.abs((noon[3] ?? 0) - 20.6)).toBeLessThan(2);
  });

  it('notes that nothing of the days before is known', async () => {
    expect((await run({ at: '2026-02-03T00:00' })).complained).toBe('');
    expect((await run({ at: '2026-02-10T00:00' })).complained).toMatch(
      /^note: .*load\.csv: nothing of the 8 days before --at is known, the newest is of 2026-02-01T23:00:00\.000Z\n$/,
    );
  });

  it('reads a load less own generation, which may be negative', async () => {
    const net = ['time,kw', ...rows(24 * 28, (hour) => kwOf(hour) - (hour % 24 === 11 ? 40 : 0))].join('\n');
    const { code, printed } = await run({ at: '2026-01-26T00:00', hours: '24' }, { 'load.csv': net });
    expect(code).toBe(0);
    expect(Number(printed.trim().split('\n')[12]?.split(',')[3])).toBeLessThan(-10);
  });

  it('prints the same as JSON', async () => {
    const { printed } = await run({ at: '2026-01-26', json: true, hours: '2' });
    const { at, forecast: steps } = JSON.parse(printed);
    expect([at, steps.length]).toEqual(['2026-01-25T23:00:00.000Z', 2]);
    expect(Object.keys(steps[0])).toEqual(['from', 'to', 'p10', 'p50', 'p90']);
  });

  it('reads the weather by the names that services use', async () => {
    const weather = ['datetime,rltv_hum [%],air_temperature [degC]', ...rows(24 * 30, (i) => `80,${i % 9}`)];
    const files = { 'load.csv': load, 'weather.csv': weather.join('\n') };
    const { code, printed } = await run({ at: '2026-01-20', weather: 'weather.csv' }, files);
    expect([code, printed.trim().split('\n').length]).toEqual([0, 25]);
  });

  it('tests itself on the past', async () => {
    const span = { backtest: true, from: '2026-01-19', to: '2026-01-26', every: '12', hours: '48' };
    const { printed, complained } = await run(span);
    const [header, ...lines] = printed.trim().split('\n');
    expect([header, lines.length]).toEqual(['origin,from,to,p10,p50,p90,kw', 14 * 48]);
    expect(lines.at(-1)?.endsWith(',')).toBe(true);
    expect(complained).toMatch(/14 forecasts, 600 steps.*\nMAE .* MASE .*\npinball loss .* coverage/);
    const { forecasts, ...scores } = JSON.parse((await run({ ...span, json: true })).printed);
    expect(Object.keys(forecasts[0])).toEqual(['origin', 'from', 'to', 'p10', 'p50', 'p90', 'kw']);
    expect(scores).toMatchObject({
      from: '2026-01-18T23:00:00.000Z',
      to: '2026-01-25T23:00:00.000Z',
      hours: 48,
      everyHours: 12,
      origins: 14,
      points: 600,
    });
    for (const name of ['mae', 'mase', 'pinballLoss', 'coverage']) expect(scores[name]).toBeGreaterThan(0);
  });

  it.each([
    [{}, '--at is missing (or --backtest)'],
    [{ at: 'noon' }, '--at noon: must be a date, or ISO 8601'],
    [
      { at: '2026-03-29T02:30' },
      '--at 2026-03-29T02:30: never was in Europe/Stockholm: write times with offset',
    ],
    [
      { at: '2026-10-25T02:30' },
      '--at 2026-10-25T02:30: was twice in Europe/Stockholm: write times with offset',
    ],
    [{ at: '2025-12-01' }, 'no load is known before --at'],
    [{ at: '2026-01-20', hours: '0' }, '--hours 0: must be a number from'],
    [{ at: '2026-01-20', hours: '1.5' }, 'must be whole intervals of 60 minutes'],
    [{ at: '2026-01-20', every: '24' }, '--every: only with --backtest'],
    [{ backtest: true, at: '2026-01-20' }, '--at: not with --backtest'],
    [{ backtest: true, from: '2027-01-20' }, '--from 2027-01-19T23:00:00.000Z: must be after'],
    [{ at: '2026-01-20', zone: 'Mars' }, '--zone Mars: must be an IANA time zone'],
  ])('refuses %o', async (values, says) => {
    await expect(run(values)).rejects.toThrow(says);
  });

  it('names the line of what is wrong in a file', async () => {
    const bad = load.replace(/(2026-01-05T00.*),.*/, '$1,many');
    await expect(run({ at: '2026-01-20' }, { 'load.csv': bad })).rejects.toThrow('load.csv:3: kw "many"');
  });
});
