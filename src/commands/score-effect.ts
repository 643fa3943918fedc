import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { loadConfig } from '../config/config.ts';
import { KvarterError } from '../domain/errors.ts';
import type { Carrier } from '../domain/interval.ts';
import { type PowerBill, powerBill } from '../energy/bills/power-bill.ts';
import { type Load, parseLoadFile } from '../energy/loads/load-file.ts';
import type { Tariff } from '../energy/tariffs/compile-tariff.ts';
import { withSubscription } from '../energy/tariffs/subscription.ts';
import { peakPlace } from '../rules/peaks/peak-place.ts';
import type { CommandContext } from './command.ts';
import { loadSurroundings } from './surroundings.ts';

/** What the guard changed, building by building. */
export type CarrierEffect = {
  readonly buildings: readonly {
    readonly building: string;
    readonly currency: string;
    readonly without: PowerBill;
    readonly withGuard: PowerBill;
    readonly saved: PowerBill;
  }[];
  readonly total: { readonly billedKw: number; readonly cost: Readonly<Record<string, number>> };
};

/** Of electricity; and of district heating, where both runs have loads of it and buildings with a heatTariff. */
export type Effect = CarrierEffect & { readonly heat?: CarrierEffect };

type Folders = { readonly run: string; readonly against: string };

/** The folders of true loads in a run. */
const LOADS = { electricity: 'load', heat: 'heat-load' } as const satisfies Record<Carrier, string>;

/**
 * What the guard of one run changed against the other run of the same scenario, building by building: the loads of both,
 * billed by the tariffs of the first one's register. Throws `input-invalid` when the folders do not hold runs.
 */
export function compareRuns({ places }: CommandContext, { run, against }: Folders): Effect {
  const { config } = loadConfig({ ...places, environment: {}, file: join(run, 'kvarter.yaml') });
  const { tariffs, register } = loadSurroundings(config);
  const tariffOf = (building: string, carrier: Carrier) => {
    const { tariff: name = '', subscribedKw } = peakPlace(register, building, carrier);
    const tariff = tariffs.get(name);
    return tariff && withSubscription(tariff, subscribedKw);
  };
  const effectOn = (carrier: Carrier): CarrierEffect => {
    const [ours, theirs] = [run, against].map((folder) =>
      loadsOf(join(folder, LOADS[carrier]), register.organisation.timeZone),
    );
    return compared(ours ?? new Map(), theirs ?? new Map(), (building) => tariffOf(building, carrier));
  };
  for (const folder of [run, against]) {
    if (existsSync(join(folder, LOADS.electricity))) continue;
    throw new KvarterError(
      'input-invalid',
      `${folder} has no folder load/: is it one that kvarter simulate --out wrote?`,
    );
  }
  const [electricity, heat] = [effectOn('electricity'), effectOn('heat')];
  if (electricity.buildings.length + heat.buildings.length === 0) {
    throw new KvarterError(
      'input-invalid',
      `${run} and ${against} have no building with a tariff in common under load/`,
    );
  }
  return heat.buildings.length === 0 ? electricity : { ...electricity, heat };
}

function compared(
  ours: ReadonlyMap<string, Load>,
  theirs: ReadonlyMap<string, Load>,
  tariffOf: (building: string) => Tariff | undefined,
): CarrierEffect {
  const buildings = [...ours].flatMap(([building, load]) => {
    const [other, tariff] = [theirs.get(building), tariffOf(building)];
    if (!other || !tariff) return [];
    const [withGuard, without] = [billed(tariff, load), billed(tariff, other)];
    const saved = { billedKw: without.billedKw - withGuard.billedKw, cost: without.cost - withGuard.cost };
    return [{ building, currency: tariff.currency, without, withGuard, saved }];
  });
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

function loadsOf(dir: string, timeZone: string): ReadonlyMap<string, Load> {
  if (!existsSync(dir)) return new Map();
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
