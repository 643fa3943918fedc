import { readFileSync } from 'node:fs';
import { createDistrict, type District } from '../../simulators/district.ts';
import { inventedRegisterFiles } from '../../simulators/invented-register.ts';
import { type Plan, planOf } from '../../simulators/plan.ts';
import { plainScenario, type Scenario } from '../../simulators/scenario.ts';
import { type Config, loadConfig } from '../config/config.ts';
import { parseRegister } from '../config/register.ts';
import { KvarterError } from '../domain/errors.ts';
import { carriers } from '../domain/interval.ts';
import type { Register } from '../domain/register.ts';
import type { Tariff } from '../energy/tariffs/compile-tariff.ts';
import { tariffsOfBuildings } from '../rules/rules.ts';
import { type CommandArguments, type CommandContext, placesOf } from './command.ts';
import { numberOption, textOption } from './options.ts';
import { planFile, readScenario } from './scenario-file.ts';
import { loadSurroundings, type Surroundings } from './surroundings.ts';

/** What is simulated: where, what happens there, and what a service with the same settings knows. */
export type Simulation = {
  readonly config: Config;
  readonly surroundings: Surroundings;
  readonly register: Register;
  /** The texts of the register's files. */
  readonly files: { readonly places: string; readonly devices: string };
  readonly scenario: Scenario;
  readonly plan: Plan;
  readonly district: District;
};

/**
 * The scenario of the command line (none is a plain week) on its buildings: `--buildings N` invented ones; else, where a
 * scenario is given without `--config`, as many as it says; else those of the configured register. `startMs`: begins then
 * instead of when the scenario says. `isLive`: without its warm-up, which no clock waits for.
 */
export function openSimulation(
  context: CommandContext,
  args: CommandArguments,
  { startMs, isLive = false }: { readonly startMs?: number | undefined; readonly isLive?: boolean } = {},
): Simulation {
  const { config } = loadConfig(placesOf(context, args));
  const surroundings = loadSurroundings(config);
  const named = textOption(args, 'scenario');
  const given = named === undefined ? undefined : readScenario(context, named);
  const days = numberOption(args, 'days', { min: 0.001, max: 3660 });
  const seed = numberOption(args, 'seed', { min: 0, max: 2 ** 31 });
  const scenario: Scenario = {
    ...(given?.scenario ?? plainScenario),
    ...(days === undefined ? {} : { days }),
    ...(seed === undefined ? {} : { seed }),
    ...(isLive ? { warmupDays: 0 } : {}),
  };
  const own = given && textOption(args, 'config') === undefined ? scenario.buildings : undefined;
  const buildings = numberOption(args, 'buildings', { min: 1, max: 100_000 }) ?? own;
  const files =
    buildings === undefined
      ? {
          places: readFileSync(config.register.places, 'utf8'),
          devices: readFileSync(config.register.devices, 'utf8'),
        }
      : inventedRegisterFiles({ buildings });
  const register = buildings === undefined ? surroundings.register : parsed(files, surroundings);
  const plan = given
    ? planFile({ ...given, scenario }, register, {
        startMs,
        leftOut: placesBeyond(buildings, given.scenario),
      })
    : planOf(scenario, register, { startMs }).plan;
  return {
    config,
    surroundings,
    register,
    files,
    scenario,
    plan,
    district: createDistrict({ ...plan, register, tariffs: peakTariffs(surroundings, register) }),
  };
}

/** What the scenario's own district has and one of fewer buildings has not. */
function placesBeyond(buildings: number | undefined, scenario: Scenario): ReadonlySet<string> {
  const idsOf = (count: number) =>
    [...inventedRegisterFiles({ buildings: count }).places.matchAll(/^ +- id: (area-\d+|b\d+)$/gm)].map(
      ([, id = '']) => id,
    );
  if (buildings === undefined || buildings >= scenario.buildings) return new Set();
  const here = new Set(idsOf(buildings));
  return new Set(idsOf(scenario.buildings).filter((id) => !here.has(id)));
}

function parsed(files: Simulation['files'], { tariffs, decoder }: Surroundings): Register {
  const result = parseRegister(
    { file: 'places.yaml', text: files.places },
    { file: 'devices.csv', text: files.devices },
    { tariffNames: new Set(tariffs.keys()), knowsModel: decoder.knowsModel },
  );
  if (result.ok) return result.register;
  const text = result.problems.map(({ message }) => message).join('\n');
  throw new KvarterError('config-invalid', `the invented register does not fit the settings:\n${text}`);
}

/** By the name of a building's tariff, and of its heat tariff; of those without one of electricity, as the rules say. */
function peakTariffs({ tariffs, rules }: Surroundings, register: Register) {
  const [electricityOf, heatOf] = carriers.map((carrier) =>
    tariffsOfBuildings(rules, { register: () => register, tariffs }, carrier),
  );
  return new Map(
    [...register.buildings.values()].flatMap(({ id, tariff = '', heatTariff = '' }) => [
      ...named(tariff, electricityOf?.(id)),
      ...named(heatTariff, heatOf?.(id)),
    ]),
  );
}

function named(name: string, tariff: Tariff | undefined): readonly (readonly [string, Tariff])[] {
  return tariff ? [[name, tariff]] : [];
}
