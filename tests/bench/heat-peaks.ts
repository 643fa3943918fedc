import { join } from 'node:path';
import { isoTime } from '../../src/domain/time.ts';
import { openTempDir } from '../support/temp-dir.ts';
import { readCambridge } from './cambridge.ts';
import { type Counts, countsSaid, loadReport, totalSaid } from './load-report.ts';

const tariffs = [
  'kalmar-energi-heat-2023',
  'hedemora-heat-2024',
  'vb-energi-heat-2019',
  'umea-heat-2023',
  'goteborg-energi-heat-2024',
];

/** The boilers of real buildings as district heating that is billed by means of days and half days: is the guard in time? */
export async function benchHeatPeaks(folder: string): Promise<void> {
  await using dir = await openTempDir();
  const loads = readCambridge(folder, { isBoiler: true });
  for (const tariff of tariffs) {
    const reports: Counts[] = [];
    for (const { building, hours } of loads) {
      const rows = hours.map(({ atMs, kwh }) => `${isoTime(atMs)},${kwh}`);
      const report = await loadReport(join(dir.path, `${building}.csv`), rows, tariff, 'heat');
      console.log(`    ${tariff}, ${building}: ${countsSaid(report)}`);
      reports.push(report);
    }
    console.log(`heat-peaks, ${tariff}: ${totalSaid(reports)}`);
  }
}
