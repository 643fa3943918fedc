import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** CityLearn's homes have no dates: the year begins on a Sunday, as theirs does. */
export const HOMES_FROM_MS = Date.UTC(2017, 0, 1);
/** Solar power that is put beside a home, kW. */
export const PV_KW = 4;

/** Hourly load and solar power (share of what is installed) of CityLearn's homes. */
export function readHomes(folder: string) {
  return readdirSync(folder)
    .toSorted()
    .map((file) => {
      const lines = readFileSync(join(folder, file), 'utf8').trim().split('\n').slice(1);
      const rows = lines.map((line) => line.split(',').map(Number));
      return {
        name: file.replace('.csv', ''),
        load: Float64Array.from(rows, ([, kwh]) => kwh ?? Number.NaN),
        solar: rows.map(([, , watts]) => (watts ?? 0) / 1000),
      };
    });
}
