import { join } from 'node:path';
import { loadTariffs } from '../../src/config/tariffs.ts';
import { HOUR_MS } from '../../src/domain/interval.ts';
import { bill } from '../../src/energy/bills/bill.ts';
import { expectedBill } from '../../src/energy/bills/expected-bill.ts';
import { type Futures, futuresAround, pastDaysAsFutures } from '../../src/energy/bills/futures.ts';
import { createFeed } from '../../src/energy/forecast/feed.ts';
import type { Load } from '../../src/energy/loads/load-file.ts';
import type { Tariff } from '../../src/energy/tariffs/compile-tariff.ts';
import { type HourlyLoad, readCambridge, timeZone } from './cambridge.ts';

const DAY_MS = 24 * HOUR_MS;
/** Before the first month that is asked about. */
const LEARNED_MS = 70 * DAY_MS;
const LEAST_COVERAGE = 0.98;
const TARIFFS = ['ellevio-2025', 'goteborg-energi-2025', 'kalmar-energi-n4-2024'];
const ASKED_DAYS = [4, 12, 20];

type Outcome = { readonly error: number; readonly isWithin: boolean };

/** What a running month of a real building was expected to cost after some days, against what it cost. */
export function benchExpectedBill(folder: string): void {
  const tariffs = loadTariffs(join(import.meta.dirname, '../../config/tariffs'));
  const loads = readCambridge(folder).map(loadOf);
  console.log('expected bill: days known, mean |p50 − cost| / cost and share of costs from p10 to p90');
  for (const name of TARIFFS) {
    const tariff = tariffs.get(name);
    if (!tariff) throw new Error(`${name} does not ship any more`);
    const outcomes = new Map<string, Outcome[]>();
    for (const load of loads) addOutcomes(load, tariff, outcomes);
    for (const [asked, all] of outcomes) {
      const error = all.reduce((sum, outcome) => sum + outcome.error, 0) / all.length;
      const within = all.filter(({ isWithin }) => isWithin).length / all.length;
      console.log(
        `  ${name}, ${asked}: ${(error * 100).toFixed(1)} %, ${within.toFixed(2)} (${all.length} months)`,
      );
    }
  }
}

function addOutcomes(load: Load, tariff: Tariff, outcomes: Map<string, Outcome[]>): void {
  const feed = createFeed({ load, zone: timeZone });
  const endMs = load.fromMs + load.kw.length * load.spacingMs;
  let period = tariff.periodAt(load.fromMs + LEARNED_MS);
  for (period = tariff.periodAt(period.toMs); period.toMs <= endMs; period = tariff.periodAt(period.toMs)) {
    const made = bill(tariff, load, { ...period, outside: 'nearestYear' });
    const [billed] = made.ok ? made.bill.periods : [];
    if (!billed || billed.coverage < LEAST_COVERAGE) continue;
    for (const days of ASKED_DAYS) {
      const nowMs = period.fromMs + days * DAY_MS;
      feed.until(nowMs);
      const ahead = feed.forecaster.forecast(Math.round((period.toMs - nowMs) / load.spacingMs));
      const ways: Record<string, Futures> = {
        'past days': pastDaysAsFutures,
        forecast: futuresAround(ahead.map(({ mean }) => mean)),
      };
      for (const [way, futures] of Object.entries(ways)) {
        const { expected } = expectedBill(tariff, load, { period, nowMs, futures });
        if (!expected) continue;
        const cost = billed.cost.exVat;
        const key = `${way}, ${days} days`;
        outcomes.set(key, [
          ...(outcomes.get(key) ?? []),
          {
            error: Math.abs(expected.p50.exVat - cost) / cost,
            isWithin: cost >= expected.p10.exVat && cost <= expected.p90.exVat,
          },
        ]);
      }
    }
  }
}

function loadOf({ hours }: HourlyLoad): Load {
  const fromMs = hours[0]?.atMs ?? 0;
  const length = Math.round(((hours.at(-1)?.atMs ?? fromMs) - fromMs) / HOUR_MS) + 1;
  const kw = new Float64Array(length).fill(Number.NaN);
  for (const { atMs, kwh } of hours) kw[Math.round((atMs - fromMs) / HOUR_MS)] = kwh;
  return { fromMs, spacingMs: HOUR_MS, kw };
}
