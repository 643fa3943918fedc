import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { District } from '../../simulators/district.ts';
import { withEffects } from '../../simulators/effect.ts';
import { WATER_WH_PER_L } from '../../simulators/world/heat-supply.ts';
import type { Place } from '../../simulators/world/world.ts';
import { QUARTER_MS } from '../domain/interval.ts';
import type { Quantity } from '../domain/quantity.ts';
import type { Register } from '../domain/register.ts';
import { isoTime } from '../domain/time.ts';
import type { Simulation } from './simulation.ts';
import { openWholeFile, type WholeFile } from './whole-file.ts';

/** The files of a run but for its readings: what is true in it, and what belongs to it. */
export type RunFolder = {
  readonly path: (name: string) => string;
  /** A quarter-hour of the world is over: its true loads. */
  readonly quarter: (fromMs: number) => void;
  /** Truth, loads and what the run was, as far as it has come. */
  readonly finish: (reachedMs: number) => void;
};

/** Makes the folder with the register of the run and the settings that name it. */
export function openRunFolder(dir: string, simulation: Simulation): RunFolder {
  const { register, files, plan, scenario, district } = simulation;
  const path = (name: string) => join(dir, name);
  mkdirSync(path('register'), { recursive: true });
  writeFileSync(path('register/places.yaml'), files.places);
  writeFileSync(path('register/devices.csv'), files.devices);
  writeFileSync(path('kvarter.yaml'), settings);
  const loads = openLoads(district, register, path, plan.scoredFromMs);
  return {
    path,
    quarter: loads.quarter,
    finish: (reachedMs) => {
      loads.finish();
      const truth = openWholeFile(path('truth.ndjson'));
      const events = withEffects(district.truth(), { ...plan, register, endMs: reachedMs });
      for (const event of events) truth.write(`${JSON.stringify(event)}\n`);
      truth.finish();
      const run = openWholeFile(path('run.json'));
      const { title } = scenario;
      const buildings = [...register.buildings.keys()];
      const from = isoTime(plan.startMs);
      const scored = plan.scoredFromMs > plan.startMs ? { scoredFrom: isoTime(plan.scoredFromMs) } : {};
      const said = { title, seed: plan.seed, from, ...scored, to: isoTime(reachedMs), buildings };
      run.write(`${JSON.stringify(said, undefined, 2)}\n`);
      run.finish();
    },
  };
}

const settings = `# The register of a simulated run: kvarter replay --config kvarter.yaml readings.csv
register:
  places: register/places.yaml
  devices: register/devices.csv
`;

/** A file of true loads, an interval a line, and what stands in it. */
type LoadFile = {
  readonly file: WholeFile;
  /** Of the quarter-hour that is over: what its columns say. */
  readonly next: () => readonly number[];
};

/** `load/BUILDING.csv` and, where it has a heatTariff, `heat-load/BUILDING.csv`: true loads, as `kvarter bill` reads them. */
function openLoads(
  { world }: District,
  { buildings }: Register,
  path: RunFolder['path'],
  scoredFromMs: number,
) {
  const counterOf = (place: Place, quantity: Quantity) => {
    const read = () => world.read(place, quantity) ?? Number.NaN;
    let last = read();
    return () => {
      const before = last;
      last = read();
      return Math.max((last - before) / 1000, 0);
    };
  };
  const opened = (name: string, columns: string, next: LoadFile['next']): LoadFile => {
    const file = openWholeFile(path(name));
    file.write(`time,${columns}\n`);
    return { file, next };
  };
  const electricityOf = (building: string): LoadFile => {
    const kwh = counterOf({ building, role: 'electricityMain' }, 'activeEnergyWh');
    return opened(`load/${building}.csv`, 'kwh', () => [kwh()]);
  };
  const heatOf = (building: string): LoadFile => {
    const place = { building, role: 'heatMain' } as const;
    const [kwh, m3] = [counterOf(place, 'heatEnergyWh'), counterOf(place, 'heatVolumeL')];
    const now = (quantity: Quantity) => world.read(place, quantity) ?? Number.NaN;
    return opened(`heat-load/${building}.csv`, 'kwh,m3,return_c,supply_c', () => {
      const [heat, flowed, supplyC] = [kwh(), m3(), now('supplyTemperatureC')];
      // That of the water, of which most may have flowed in a minute of it.
      const returnC = flowed > 0 ? supplyC - heat / flowed / WATER_WH_PER_L : now('returnTemperatureC');
      return [heat, flowed, returnC, supplyC];
    });
  };
  const loads = [...buildings.values()].flatMap(({ id, heatTariff }) => [
    electricityOf(id),
    ...(heatTariff === undefined ? [] : [heatOf(id)]),
  ]);
  return {
    quarter: (fromMs: number) => {
      for (const { file, next } of loads) {
        const values = next();
        if (fromMs % QUARTER_MS !== 0 || fromMs < scoredFromMs) continue;
        file.write(`${isoTime(fromMs)},${values.map((value) => Number(value.toFixed(6))).join()}\n`);
      }
    },
    finish: () => {
      for (const { file } of loads) file.finish();
    },
  };
}
