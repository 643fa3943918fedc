import { join } from 'node:path';
import process from 'node:process';
import { HOUR_MS } from '../../src/domain/interval.ts';
import { zoneOf } from '../../src/domain/zone.ts';
import { backtest, createScores, type Scores } from '../../src/energy/forecast/backtest.ts';
import { createFeed } from '../../src/energy/forecast/feed.ts';
import type { Load } from '../../src/energy/loads/load-file.ts';
import type { Weather } from '../../src/energy/loads/weather-file.ts';
import { type HourlyLoad, readBedford, readCambridge, timeZone } from './cambridge.ts';
import { HOMES_FROM_MS, PV_KW, readHomes } from './citylearn.ts';

type Case = { readonly name: string; readonly zone: string; readonly load: Load; readonly weather?: Weather };
type Row = Scores & { readonly name: string; readonly fitMs: number };

const EVERY_HOURS = 24;

/**
 * The forecaster on both development sets: forecasts from each midnight of the second half of each building's data, for
 * the next 24 and 48 hours. Printed as tables for src/energy/README.md.
 */
export async function benchForecast(data: string): Promise<void> {
  const homes = readHomes(join(data, 'citylearn'));
  const sets: Record<string, readonly Case[]> = {
    'Cambridge, electricity of 21 university buildings, with the weather of Bedford': readBuildings(
      join(data, 'cambridge'),
    ),
    'CityLearn, 6 homes': homes.map(({ name, load }) => homeCase(name, load)),
    [`CityLearn, the same behind ${PV_KW} kW of solar power, net`]: homes.map(({ name, load, solar }) =>
      homeCase(
        name,
        load.map((kw, i) => kw - PV_KW * (solar[i] ?? 0)),
      ),
    ),
  };
  for (const [title, cases] of Object.entries(sets)) {
    console.log(`\n### ${title}\n`);
    printTable(cases);
  }
}

function printTable(cases: readonly Case[]): void {
  console.log(
    '| building | hours | fit + 48 h, CPU ms | MASE 24 h | MASE 48 h | coverage 24 h | coverage 48 h | pinball 48 h, kW |',
  );
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
  const rows = cases.map((one) => ({
    day: scored(one, 24),
    two: scored(one, 48),
    hours: one.load.kw.length,
  }));
  for (const { day, two, hours } of rows) {
    const cells = [two.name, hours, two.fitMs.toFixed(0), day.mase?.toFixed(3), two.mase?.toFixed(3)];
    cells.push(day.coverage?.toFixed(3), two.coverage?.toFixed(3), two.pinballLoss?.toFixed(3));
    console.log(`| ${cells.join(' | ')} |`);
  }
  const column = (of: (row: (typeof rows)[number]) => number | null) =>
    rows.map(of).filter((x) => x !== null);
  const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
  const [day, two] = [column((row) => row.day.mase), column((row) => row.two.mase)];
  const covered = [column((row) => row.day.coverage), column((row) => row.two.coverage)].map(mean);
  const means = [mean(day), mean(two), ...covered].map((value) => `**${value.toFixed(3)}**`);
  console.log(`| **mean** | | ${mean(column((row) => row.two.fitMs)).toFixed(0)} | ${means.join(' | ')} | |`);
  console.log(
    `| worst | | ${Math.max(...column((row) => row.two.fitMs)).toFixed(0)} | ${[day, two].map((values) => Math.max(...values).toFixed(3)).join(' | ')} | | | |`,
  );
}

function scored({ name, ...feed }: Case, hours: number): Row {
  const { fromMs: firstMs, kw } = feed.load;
  const toMs = firstMs + kw.length * HOUR_MS;
  const { dayAt } = zoneOf(feed.zone);
  const scores = createScores(feed);
  const span = { fromMs: dayAt(firstMs + (toMs - firstMs) / 2).toMs, toMs, everyMs: EVERY_HOURS * HOUR_MS };
  for (const origin of backtest({ ...feed, ...span, steps: hours })) scores.add(origin);
  const before = process.cpuUsage();
  const whole = createFeed(feed);
  whole.until(toMs);
  whole.forecaster.forecast(48);
  const { user, system } = process.cpuUsage(before);
  return { ...scores.result(), name, fitMs: (user + system) / 1000 };
}

function readBuildings(folder: string): readonly Case[] {
  const weather = readBedford(join(folder, 'weather'));
  return readCambridge(join(folder, 'electricity')).map(({ building, hours }) => ({
    name: building,
    zone: timeZone,
    load: hourly(hours),
    ...(weather && { weather }),
  }));
}

/** Hours in a row; NaN is missing. */
export function hourly(hours: HourlyLoad['hours']): Load {
  const fromMs = hours[0]?.atMs ?? 0;
  const kw = new Float64Array(Math.round(((hours.at(-1)?.atMs ?? 0) - fromMs) / HOUR_MS) + 1).fill(
    Number.NaN,
  );
  for (const { atMs, kwh } of hours) kw[Math.round((atMs - fromMs) / HOUR_MS)] = kwh;
  return { fromMs, spacingMs: HOUR_MS, kw };
}

function homeCase(name: string, kw: Float64Array): Case {
  return { name, zone: 'UTC', load: { fromMs: HOMES_FROM_MS, spacingMs: HOUR_MS, kw } };
}
