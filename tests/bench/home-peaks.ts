import { join } from 'node:path';
import { HOUR_MS } from '../../src/domain/interval.ts';
import { isoTime } from '../../src/domain/time.ts';
import { openTempDir } from '../support/temp-dir.ts';
import { HOMES_FROM_MS, PV_KW, readHomes } from './citylearn.ts';
import { type Counts, countsSaid, loadReport, totalSaid } from './load-report.ts';

/** A year of CityLearn's homes through `kvarter guard-report --load`: what they draw from the grid, without and with solar power. */
export async function benchHomePeaks(folder: string): Promise<void> {
  await using dir = await openTempDir();
  for (const pvKw of [0, PV_KW]) {
    const reports: Counts[] = [];
    for (const { name, load, solar } of readHomes(folder)) {
      const rows = Array.from(load, (kw, hour) => {
        const drawnKw = Math.max(kw - pvKw * (solar[hour] ?? 0), 0);
        return `${isoTime(HOMES_FROM_MS + hour * HOUR_MS)},${drawnKw.toFixed(4)}`;
      });
      const report = await loadReport(join(dir.path, `${name}.csv`), rows, 'goteborg-energi-2025');
      console.log(`    ${name}, ${pvKw} kW of solar power: ${countsSaid(report)}`);
      reports.push(report);
    }
    console.log(`home-peaks, ${pvKw} kW of solar power: ${totalSaid(reports)}`);
  }
}
