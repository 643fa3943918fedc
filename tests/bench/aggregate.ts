import { join } from 'node:path';
import { type Interval, type Meter, QUARTER_MS } from '../../src/domain/interval.ts';
import { openDuckdbStore } from '../../src/store/duckdb.ts';
import { openTempDir } from '../support/temp-dir.ts';

const METERS = 200;
const DAYS = 30;
const ROUNDS = 21;

/** The energy company's question: the sum of 200 meters' quarter-hours over 30 days, from stored intervals. */
export async function benchAggregate(): Promise<void> {
  await using dir = await openTempDir();
  await using store = await openDuckdbStore({ path: join(dir.path, 'readings.duckdb') });
  const fromMs = Date.UTC(2026, 0, 1);
  const quarters = (DAYS * 86_400_000) / QUARTER_MS;
  const meters = Array.from(
    { length: METERS },
    (_, n): Meter => ({ device: `m${n}`, carrier: 'electricity' }),
  );
  for (let quarter = 0; quarter < quarters; quarter += 96) {
    await store.writeIntervals(meters.flatMap((meter) => dayOf(meter, fromMs + quarter * QUARTER_MS)));
  }
  const tookMs: number[] = [];
  let rows = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const startedMs = performance.now();
    rows = (await store.load({ meters, fromMs, toMs: fromMs + DAYS * 86_400_000 })).length;
    tookMs.push(performance.now() - startedMs);
  }
  const sorted = tookMs.toSorted((a, b) => a - b);
  console.log(
    `aggregate: ${METERS} meters, ${DAYS} days, ${rows} quarters from ${METERS * quarters} intervals in DuckDB: ` +
      `median ${sorted[ROUNDS >> 1]?.toFixed(1)} ms, slowest ${sorted.at(-1)?.toFixed(1)} ms`,
  );
}

function dayOf(meter: Meter, fromMs: number): Interval[] {
  return Array.from({ length: 96 }, (_, quarter) => ({
    meter,
    fromMs: fromMs + quarter * QUARTER_MS,
    energyWh: 250 + ((quarter * 37) % 500),
    coverage: 1,
  }));
}
