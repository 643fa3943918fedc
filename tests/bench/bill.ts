import { join } from 'node:path';
import { loadTariffs } from '../../src/config/tariffs.ts';
import { QUARTER_MS } from '../../src/domain/interval.ts';
import { bill } from '../../src/energy/bills/bill.ts';
import { createRunningBill } from '../../src/energy/bills/running-bill.ts';
import { type Load, parseLoadFile } from '../../src/energy/loads/load-file.ts';

const ROUNDS = 15;
const BUILDINGS = 1000;
const FROM_MS = Date.parse('2025-01-01T00:00+01:00');

/**
 * Processor time of one thread, median of the rounds: a year of quarter-hours read from CSV, billed by each tariff that
 * ships, and the running month of many buildings, interval by interval.
 */
export function benchBill(): void {
  const tariffs = loadTariffs(join(import.meta.dirname, '../../config/tariffs'));
  const load = yearOf();
  const text = csvOf(load);
  const timeZone = 'Europe/Stockholm';
  console.log(`bill: ${load.kw.length} quarter-hours, processor time in ms, median of ${ROUNDS} (the first)`);
  console.log(`  read from CSV: ${timed(() => parseLoadFile(text, { timeZone }))}`);
  for (const [name, tariff] of tariffs) console.log(`  ${name}: ${timed(() => bill(tariff, load))}`);
  for (const [name, tariff] of tariffs) {
    const buildings = Array.from({ length: BUILDINGS }, () =>
      createRunningBill(tariff, { spacingMs: QUARTER_MS }),
    );
    let interval = 0;
    const each = timed(() => {
      const atMs = FROM_MS + interval * QUARTER_MS;
      for (const [b, building] of buildings.entries())
        building.add(atMs, load.kw[(interval + b) % load.kw.length] ?? 0);
      interval += 1;
    }, 2900);
    console.log(`  ${BUILDINGS} buildings' running month, ${name}, each interval: ${each}`);
  }
}

function timed(run: () => unknown, rounds = ROUNDS): string {
  const times = Array.from({ length: rounds }, () => {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  const [first = 0] = times;
  const median = times.toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0;
  return `${median.toFixed(2)} (${first.toFixed(1)})`;
}

function yearOf(): Load {
  const kw = new Float64Array(365 * 96);
  for (let i = 0; i < kw.length; i += 1) {
    kw[i] = 40 + 25 * Math.sin((i / 96) * 2 * Math.PI) + ((i * 7919) % 97) / 4;
  }
  return { fromMs: FROM_MS, spacingMs: QUARTER_MS, kw };
}

function csvOf({ fromMs, spacingMs, kw }: Load): string {
  const rows = [...kw].map((power, i) => {
    const wall = new Date(fromMs + i * spacingMs + 3_600_000).toISOString().slice(0, 19);
    return `${wall}+01:00,${power.toFixed(3)}`;
  });
  return ['time,kw', ...rows].join('\n');
}
