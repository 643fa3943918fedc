import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openTempDir } from '../support/temp-dir.ts';
import { cambridgeRegister, csvLine, fiveMinutePower, type HourlyLoad, readCambridge } from './cambridge.ts';
import { type PeakAlert, scorePeaks } from './peak-score.ts';

/**
 * Replays two years of real buildings with `kvarter replay` and asks: of the hours that end among their month's three
 * highest, how many were warned of at least ten minutes before their end, and how many others were?
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

  const { alerts, summary } = await replay(files, dir.path);
  const score = scorePeaks(loads, alerts);
  console.log(`peaks: ${loads.length} buildings, ${score.buildingMonths} building-months, ${summary}`);
  console.log(
    `  warned in time of ${score.warned} of ${score.peaks} peak hours (recall ${score.recall.toFixed(3)}), ` +
      `${(score.alerts / score.buildingMonths).toFixed(2)} alerts per building and month, ${score.falsePerBuildingMonth.toFixed(2)} of them false, ${score.windowsPerBuildingMonth.toFixed(1)} hours told`,
  );
  for (const [reason, count] of reasons(score.misses)) console.log(`  missed ${count}×: ${reason}`);
  for (const miss of score.misses) console.log(`    ${miss}`);
}

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

async function replay(
  files: readonly string[],
  dir: string,
): Promise<{ alerts: readonly PeakAlert[]; summary: string }> {
  const kvarter = join(import.meta.dirname, '../../bin/kvarter.js');
  const out = join(dir, 'alerts.ndjson');
  const child = spawn(
    process.execPath,
    [kvarter, 'replay', ...files, '--config', join(dir, 'kvarter.yaml')],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  child.stdout.pipe(createWriteStream(out));
  let summary = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    summary += text;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`replay ended with ${code}: ${summary}`);
  const lines = (await readFile(out, 'utf8')).trim().split('\n');
  return { alerts: lines.map((line): PeakAlert => JSON.parse(line)), summary: summary.trim() };
}

function reasons(misses: readonly string[]): readonly (readonly [string, number])[] {
  const counts = Map.groupBy(misses, (miss) => miss.replace(/^.*? kWh: /, '').replace(/ \(.*\)/, ''));
  return [...counts].map(([reason, all]) => [reason, all.length] as const);
}
