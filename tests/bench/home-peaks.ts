import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HOUR_MS } from '../../src/domain/interval.ts';
import { isoTime } from '../../src/domain/time.ts';
import { openTempDir } from '../support/temp-dir.ts';
import { HOMES_FROM_MS, PV_KW, readHomes } from './citylearn.ts';

const root = join(import.meta.dirname, '../..');
const tariff = join(root, 'config/tariffs/goteborg-energi-2025.json');
const counted = ['months', 'peaks', 'toldInTime', 'alerts', 'trueAlerts'] as const;
type Total = Readonly<Record<(typeof counted)[number], number>>;

/** A year of CityLearn's homes through `kvarter guard-report --load`: what they draw from the grid, without and with solar power. */
export async function benchHomePeaks(folder: string): Promise<void> {
  await using dir = await openTempDir();
  for (const pvKw of [0, PV_KW]) {
    const sum: Record<string, number> = {};
    for (const { name, load, solar } of readHomes(folder)) {
      const rows = Array.from(load, (kw, hour) => {
        const drawnKw = Math.max(kw - pvKw * (solar[hour] ?? 0), 0);
        return `${isoTime(HOMES_FROM_MS + hour * HOUR_MS)},${drawnKw.toFixed(4)}`;
      });
      const file = join(dir.path, `${name}.csv`);
      writeFileSync(file, `time,kw\n${rows.join('\n')}\n`);
      const args = ['guard-report', '--load', file, '--tariff', tariff, '--json'];
      const printed = execFileSync(process.execPath, [join(root, 'bin/kvarter.js'), ...args], {
        encoding: 'utf8',
        maxBuffer: 2 ** 28,
      });
      const { total } = JSON.parse(printed) as { total: Total };
      for (const key of counted) sum[key] = (sum[key] ?? 0) + total[key];
      console.log(
        `    ${name}, ${pvKw} kW of solar power: ${counted.map((key) => `${key} ${total[key]}`).join(', ')}`,
      );
    }
    const { months = 0, peaks = 0, toldInTime = 0, alerts = 0, trueAlerts = 0 } = sum;
    console.log(
      `home-peaks, ${pvKw} kW of solar power: told in time ${toldInTime} of ${peaks} (${(toldInTime / peaks).toFixed(3)}), ` +
        `${((alerts - trueAlerts) / months).toFixed(2)} false alerts per home and month`,
    );
  }
}
