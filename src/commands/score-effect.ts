import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { loadConfig } from '../config/config.ts';
import { KvarterError } from '../domain/errors.ts';
import { type PowerBill, powerBill } from '../energy/bills/power-bill.ts';
import { type Load, parseLoadFile } from '../energy/loads/load-file.ts';
import type { Tariff } from '../energy/tariffs/compile-tariff.ts';
import type { CommandContext } from './command.ts';
import { loadSurroundings } from './surroundings.ts';

export type Effect = {
  readonly buildings: readonly {
    readonly building: string;
    readonly currency: string;
    readonly without: PowerBill;
    readonly withGuard: PowerBill;
    readonly saved: PowerBill;
  }[];
  readonly total: { readonly billedKw: number; readonly cost: Readonly<Record<string, number>> };
};

type Folders = { readonly run: string; readonly against: string };

/**
 * What the guard of one run changed against the other run of the same scenario, building by building: the loads of both,
 * billed by the tariffs of the first one's register. Throws `input-invalid` when the folders do not hold runs.
 */
export function compareRuns({ places }: CommandContext, { run, against }: Folders): Effect {
  const { config } = loadConfig({ ...places, environment: {}, file: join(run, 'kvarter.yaml') });
  const { tariffs, register } = loadSurroundings(config);
  const { timeZone } = register.organisation;
  const [ours, theirs] = [run, against].map((folder) => loadsOf(folder, timeZone));
  const buildings = [...(ours ?? [])].flatMap(([building, load]) => {
    const other = theirs?.get(building);
    if (!other) return [];
    const tariff = tariffs.get(register.buildings.get(building)?.tariff ?? '');
    if (!tariff) return [];
    const [withGuard, without] = [billed(tariff, load), billed(tariff, other)];
    return [
      {
        building,
        currency: tariff.currency,
        without,
        withGuard,
        saved: { billedKw: without.billedKw - withGuard.billedKw, cost: without.cost - withGuard.cost },
      },
    ];
  });
  if (buildings.length === 0) {
    throw new KvarterError(
      'input-invalid',
      `${run} and ${against} have no building with a tariff in common under load/`,
    );
  }
  const cost: Record<string, number> = {};
  for (const { currency, saved } of buildings) cost[currency] = (cost[currency] ?? 0) + saved.cost;
  const billedKw = buildings.reduce((sum, { saved }) => sum + saved.billedKw, 0);
  return { buildings, total: { billedKw, cost } };
}

function billed(tariff: Tariff, load: Load): PowerBill {
  const made = powerBill(tariff, load);
  if (made) return made;
  throw new KvarterError('input-invalid', `the load cannot be billed by the tariff ${tariff.name}`);
}

function loadsOf(folder: string, timeZone: string): ReadonlyMap<string, Load> {
  const dir = join(folder, 'load');
  if (!existsSync(dir)) {
    throw new KvarterError(
      'input-invalid',
      `${folder} has no folder load/: is it one that kvarter simulate --out wrote?`,
    );
  }
  return new Map(
    readdirSync(dir)
      .filter((name) => name.endsWith('.csv'))
      .toSorted()
      .map((name) => [basename(name, '.csv'), readLoad(join(dir, name), timeZone)]),
  );
}

function readLoad(file: string, timeZone: string): Load {
  const parsed = parseLoadFile(readFileSync(file, 'utf8'), { timeZone });
  if (parsed.ok) return parsed.load;
  throw new KvarterError(
    'input-invalid',
    parsed.problems.map(({ line, message }) => `${file}:${line}: ${message}`).join('\n'),
  );
}
