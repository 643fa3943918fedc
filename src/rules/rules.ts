import type { PowerPrice } from '../energy/power-price.ts';
import { ruleTypes } from './definitions.ts';
import { peakGuard } from './peak-guard.ts';
import { peakPrices } from './peak-prices.ts';
import type { RuleSurroundings } from './rule.ts';
import type { RuleSet } from './rule-file.ts';
import { type RunningRule, settingsBy } from './rule-type.ts';
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

/** What power costs in a building: by its tariff, or as the entries of the peak guard say for those without one. */
export function pricesOfBuildings(
  { entries }: RuleSet,
  { register, tariffs }: Pick<RuleSurroundings, 'register' | 'tariffs'>,
): (building: string) => readonly PowerPrice[] {
  const pricesOf = peakPrices({ register, tariffs });
  const settingsOf = settingsBy(
    peakGuard,
    entries.filter(({ type }) => type === peakGuard.type),
  );
  const defaults = peakGuard.parameters({}).parse({});
  return (building) =>
    pricesOf(building, settingsOf(subjectOf(register(), building))?.parameters ?? defaults);
}
