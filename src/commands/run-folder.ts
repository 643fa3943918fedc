import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { District } from '../../simulators/district.ts';
import { withEffects } from '../../simulators/effect.ts';
import { QUARTER_MS } from '../domain/interval.ts';
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
  const loads = openLoads(district, [...register.buildings.keys()], path, plan.scoredFromMs);
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

type Meter = { readonly building: string; lastWh: number; file?: WholeFile };

/** `load/BUILDING.csv`: the true imported energy of each quarter-hour, as `kvarter bill` reads it. */
function openLoads(
  { world }: District,
  buildings: readonly string[],
  path: RunFolder['path'],
  scoredFromMs: number,
) {
  const read = (building: string) =>
    world.read({ building, role: 'electricityMain' }, 'activeEnergyWh') ?? Number.NaN;
  const meters = buildings.map((building): Meter => ({ building, lastWh: read(building) }));
  return {
    quarter: (fromMs: number) => {
      for (const meter of meters) {
        const nowWh = read(meter.building);
        if (!meter.file) {
          meter.file = openWholeFile(path(`load/${meter.building}.csv`));
          meter.file.write('time,kwh\n');
        }
        if (fromMs % QUARTER_MS === 0 && fromMs >= scoredFromMs) {
          const kwh = Math.max((nowWh - meter.lastWh) / 1000, 0);
          meter.file.write(`${isoTime(fromMs)},${Number(kwh.toFixed(6))}\n`);
        }
        meter.lastWh = nowWh;
      }
    },
    finish: () => {
      for (const { file } of meters) file?.finish();
    },
  };
}
