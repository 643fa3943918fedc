import type { Carrier } from '../domain/interval.ts';
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

/** What power costs in a building: its tariff, or as the entries of the peak guard say for those without one; of heat its heat tariff. */
export function tariffsOfBuildings(
  { entries }: RuleSet,
  surroundings: { readonly register: RegisterSource; readonly tariffs: ReadonlyMap<string, Tariff> },
  carrier: Carrier = 'electricity',
): (building: string) => Tariff | undefined {
  const settingsOf = guardSettings(entries, surroundings.register, carrier);
  return (building) => tariffOf(surroundings, building, settingsOf(building));
}

/** Names that alerts of the peak guard of a carrier go by. */
export function guardNames({ entries }: RuleSet, carrier: Carrier): ReadonlySet<string> {
  return new Set(entries.filter((entry) => isGuardOf(entry, carrier)).map(({ name }) => name));
}

function isGuardOf({ type, parameters }: RuleEntry, carrier: Carrier): boolean {
  return type === peakGuard.type && peakGuard.parameters({}).parse(parameters).carrier === carrier;
}

function guardSettings(
  entries: RuleSet['entries'],
  register: RegisterSource,
  carrier: Carrier,
): (building: string) => PeakGuard {
  const own = entries.filter((entry) => isGuardOf(entry, carrier));
  const settingsOf = settingsBy(peakGuard, own);
  const defaults = peakGuard.parameters({}).parse({ carrier });
  return (building) => settingsOf(subjectOf(register(), building))?.parameters ?? defaults;
}
