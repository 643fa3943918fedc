import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HOUR_MS } from '../../src/domain/interval.ts';
import { isoTime } from '../../src/domain/time.ts';
import { zoneOf } from '../../src/domain/zone.ts';
import { smoothShares } from '../../src/energy/bills/smooth-steps.ts';
import { parseWeatherFile, type Weather } from '../../src/energy/loads/weather-file.ts';
import { seededNormal } from '../support/chance.ts';

/** Hourly kWh of one building; an hour that is missing is not there. */
export type HourlyLoad = {
  readonly building: string;
  readonly hours: readonly { readonly atMs: number; readonly kwh: number }[];
};

const STEP_MS = 5 * 60_000;
const STEPS = HOUR_MS / STEP_MS;
export const timeZone = 'Europe/Stockholm';

/**
 * The Cambridge archive (EECi, MIT, doi 10.5281/zenodo.10955332): hourly kWh on a local clock without zone, read as
 * Swedish time; the publisher wrote missing hours as 0, which of a boiler are those in which it was off.
 */
export function readCambridge(folder: string, { isBoiler = false } = {}): readonly HourlyLoad[] {
  const { startOf } = zoneOf(timeZone);
  const buildings = new Map<string, { atMs: number; kwh: number }[]>();
  for (const file of readdirSync(folder).toSorted()) {
    const [building = ''] = file.split('_');
    const hours = buildings.get(building) ?? [];
    buildings.set(building, hours);
    for (const line of readFileSync(join(folder, file), 'utf8').trim().split('\n').slice(1)) {
      const [, year, month, day, hour, value] = /^(\d+)-(\d+)-(\d+) (\d+):00:00,(.*)$/.exec(line) ?? [];
      const kwh = Number(value);
      if (!(kwh > 0 || (isBoiler && kwh === 0))) continue;
      const atMs = startOf(Number(year), Number(month), Number(day)) + Number(hour) * HOUR_MS;
      // The spring day has 23 hours: its last line is the next day's first.
      if (atMs > (hours.at(-1)?.atMs ?? 0)) hours.push({ atMs, kwh });
    }
  }
  return [...buildings].map(([building, hours]) => ({ building, hours }));
}

/** The weather of the archive (Bedford, Met Office MIDAS Open): years of hours, in UTC. */
export function readBedford(folder: string): Weather | undefined {
  const texts = readdirSync(folder)
    .toSorted()
    .map((file) => readFileSync(join(folder, file), 'utf8').trim().split('\n'));
  const rows = texts.flatMap((lines, i) => (i === 0 ? lines : lines.slice(1)));
  const file = parseWeatherFile(rows.join('\n'), { timeZone: 'UTC' });
  return file.ok ? file.weather : undefined;
}

/** Five-minute power readings, W, of which each hour's mean is that hour's energy, with noise that leaves it as it is. */
export function* fiveMinutePower(
  { building, hours }: HourlyLoad,
  noise = 0.03,
): Generator<{ readonly atMs: number; readonly powerW: number }> {
  const normal = seededNormal(building);
  for (const [i, { atMs, kwh }] of hours.entries()) {
    const before = hours[i - 1];
    const after = hours[i + 1];
    const shares = smoothShares(
      {
        ...(before?.atMs === atMs - HOUR_MS ? { before: before.kwh } : {}),
        energy: kwh,
        ...(after?.atMs === atMs + HOUR_MS ? { after: after.kwh } : {}),
      },
      STEPS,
    ).map((share) => share * Math.max(1 + noise * normal(), 0.2));
    const sum = shares.reduce((total, share) => total + share, 0);
    for (const [step, share] of shares.entries()) {
      yield { atMs: atMs + step * STEP_MS, powerW: (share / sum) * kwh * STEPS * 1000 };
    }
  }
}

export function csvLine(building: string, { atMs, powerW }: { atMs: number; powerW: number }): string {
  return `${isoTime(atMs)},${building}-main,activePowerW,${powerW.toFixed(1)}\n`;
}

/** A register with one main meter per building. */
export function cambridgeRegister(buildings: readonly string[]): { places: string; devices: string } {
  const places = [
    `organisation: { id: cambridge, name: Cambridge Estates, timeZone: ${timeZone} }`,
    'areas:',
    '  - id: city',
    '    name: City',
    '    buildings:',
    ...buildings.map((id) => `      - { id: ${id}, name: ${id}, tariff: goteborg-energi-2025 }`),
  ];
  const devices = buildings.map((id) => `${id}-main,kvarter,${id},,electricityMain`);
  return {
    places: `${places.join('\n')}\n`,
    devices: `device,model,building,space,role\n${devices.join('\n')}\n`,
  };
}
