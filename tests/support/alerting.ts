import type { Part } from '../../src/rules/engine.ts';
import type { RuleSet } from '../../src/rules/rule-file.ts';
import type { Alerting } from '../../src/workers/alerting.ts';

/** What the rules know, as it is written down. */
export function knownBy(alerting: Pick<Alerting, 'snapshot'>): Part[] {
  return JSON.parse(JSON.stringify([...alerting.snapshot()]));
}

/** Gives it to rules that know nothing yet. */
export function restore(alerting: Pick<Alerting, 'restore'>, parts: Iterable<Part>): void {
  for (const part of parts) alerting.restore(part);
}

/** All steps at once. */
export function useRules(alerting: Pick<Alerting, 'use'>, rules: RuleSet): void {
  Array.from(alerting.use(rules));
}
