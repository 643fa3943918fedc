import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zoneOf } from '../../src/domain/zone.ts';
import { openTempDir } from '../support/temp-dir.ts';
import {
  cambridgeRegister,
  csvLine,
  fiveMinutePower,
  type HourlyLoad,
  readCambridge,
  timeZone,
} from './cambridge.ts';
import { guardReport } from './guard-report.ts';

/**
 * Two years of real buildings through `kvarter guard-report`: of the hours that end among their month's three highest, how
 * many were warned of at least ten minutes before their end, and how many others were? Then why the others were missed.
 */
export async function benchPeaks(folder: string): Promise<void> {
  await using dir = await openTempDir();
  const loads = readCambridge(folder);
  const files: string[] = [];
  for (const load of loads) files.push(await writeReadings(dir.path, load));
  const { places, devices } = cambridgeRegister(loads.map(({ building }) => building));
  await writeFile(join(dir.path, 'places.yaml'), places);
  await writeFile(join(dir.path, 'devices.csv'), devices);
  await writeFile(
    join(dir.path, 'kvarter.yaml'),
    `register: { places: ${dir.path}/places.yaml, devices: ${dir.path}/devices.csv }\n`,
  );
  const config = join(dir.path, 'kvarter.yaml');
  const { buildings, total } = await guardReport<Report>([...files, '--config', config]);
  console.log(`peaks: ${loads.length} buildings, ${total.months.toFixed(1)} building-months`);
  console.log(
    `  warned in time of ${total.toldInTime} of ${total.peaks} peak hours (recall ${total.recall.toFixed(3)}), ` +
      `${total.leadMinutes.median} minutes before in the median (p10 ${total.leadMinutes.p10}), ` +
      `${(total.alerts / total.months).toFixed(2)} alerts per building and month, ${total.falsePerBuildingMonth.toFixed(2)} of them false, ${(total.toldWindows / total.months).toFixed(1)} hours told`,
  );
  const { urgent } = total;
  console.log(
    `  more than information: ${urgent.alerts} alerts, ${urgent.trueAlerts} of them right, ${urgent.falsePerBuildingMonth.toFixed(2)} false ones per building and month`,
  );
  for (const { from, told, said, cameTrue } of total.reliability) {
    if (told > 0)
      console.log(
        `  told from ${from}: ${told}×, said ${said?.toFixed(2)}, came true ${cameTrue?.toFixed(2)}`,
      );
  }
  const missed = buildings.flatMap(({ building, billed }) =>
    billed.filter(({ inTime }) => !inTime).map((peak) => missedSaid(loads, building, peak)),
  );
  for (const [reason, count] of reasons(missed)) console.log(`  missed ${count}×: ${reason}`);
  for (const miss of missed) console.log(`    ${miss}`);
}

type Billed = { from: string; kw: number; toldAt: string | null; inTime: boolean };
type Report = {
  buildings: { building: string; billed: Billed[] }[];
  total: {
    months: number;
    peaks: number;
    toldInTime: number;
    recall: number;
    alerts: number;
    falsePerBuildingMonth: number;
    urgent: { alerts: number; trueAlerts: number; falsePerBuildingMonth: number };
    toldWindows: number;
    leadMinutes: { median: number; p10: number };
    reliability: { from: number; told: number; said: number | null; cameTrue: number | null }[];
  };
};

async function writeReadings(dir: string, load: HourlyLoad): Promise<string> {
  const file = join(dir, `${load.building}.csv`);
  const stream = createWriteStream(file);
  stream.write('time,device,quantity,value\n');
  for (const reading of fiveMinutePower(load)) {
    if (!stream.write(csvLine(load.building, reading))) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'finish');
  return file;
}

function missedSaid(loads: readonly HourlyLoad[], building: string, { from, kw, toldAt }: Billed): string {
  const hours = loads.find((load) => load.building === building)?.hours ?? [];
  const atMs = Date.parse(from);
  const monthMs = zoneOf(timeZone).monthAt(atMs).fromMs;
  const before = hours.filter((hour) => hour.atMs >= monthMs && hour.atMs < atMs);
  const why = () => {
    if (toldAt !== null) return 'told too late to act';
    const third = before.toSorted((a, b) => b.kwh - a.kwh)[2]?.kwh ?? 0;
    if (before.length < 3) return 'among the first three hours of the data';
    if (kw <= third * 1.02) return `within 2 % of the third highest so far (${third} kWh)`;
    return 'higher hours were expected before the month’s end, and did not come';
  };
  return `${building} ${from} ${kw} kWh: ${why()}`;
}

function reasons(misses: readonly string[]): readonly (readonly [string, number])[] {
  const counts = Map.groupBy(misses, (miss) => miss.replace(/^.*? kWh: /, '').replace(/ \(.*\)/, ''));
  return [...counts].map(([reason, all]) => [reason, all.length] as const);
}
