import type { Tariff } from '../energy/tariffs/compile-tariff.ts';
import { ruleTypes } from './definitions.ts';
import { peakGuard } from './peaks/peak-guard.ts';
import type { PeakGuard } from './peaks/peak-parameters.ts';
import { tariffOf } from './peaks/peak-prices.ts';
import type { RegisterSource, RuleSurroundings } from './rule.ts';
import type { RuleSet } from './rule-file.ts';
import { type RuleEntry, type RunningRule, settingsBy } from './rule-type.ts';
import { subjectOf } from './scope.ts';

/** The rules of a rule file, in the order of their types, each with all of its entries. */
export function openRules({ entries }: RuleSet, surroundings: RuleSurroundings): readonly RunningRule[] {
  return ruleTypes.flatMap((known) => {
    const mine = entries.filter(({ type }) => type === known.type);
    return [...Map.groupBy(mine, ({ name }) => name).values()].map((ofName) =>
      known.open(ofName, surroundings),
    );
  });
}

/** What power costs in a building: its tariff, or as the entries of the peak guard say for those without one. */
export function tariffsOfBuildings(
  { entries }: RuleSet,
  surroundings: { readonly register: RegisterSource; readonly tariffs: ReadonlyMap<string, Tariff> },
): (building: string) => Tariff | undefined {
  const settingsOf = guardSettings(entries, surroundings.register);
  return (building) => tariffOf(surroundings, building, settingsOf(building));
}

/** Names that alerts of the peak guard of electricity go by. */
export function guardNames({ entries }: RuleSet): ReadonlySet<string> {
  return new Set(entries.filter(guardsElectricity).map(({ name }) => name));
}

function guardsElectricity({ type, parameters }: RuleEntry): boolean {
  return type === peakGuard.type && peakGuard.parameters({}).parse(parameters).carrier === 'electricity';
}

function guardSettings(
  entries: RuleSet['entries'],
  register: RegisterSource,
): (building: string) => PeakGuard {
  const settingsOf = settingsBy(peakGuard, entries.filter(guardsElectricity));
  const defaults = peakGuard.parameters({}).parse({});
  return (building) => settingsOf(subjectOf(register(), building))?.parameters ?? defaults;
}
