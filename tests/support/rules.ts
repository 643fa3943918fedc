import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { parseRules } from '../../src/config/rules.ts';
import type { RuleSet } from '../../src/rules/rule-file.ts';

const shipped = join(import.meta.dirname, '../../config/rules.yaml');

/** The rules of a text, by default of the file that kvarter ships. */
export function rulesOf(text = readFileSync(shipped, 'utf8')): RuleSet {
  const read = parseRules('rules.yaml', text);
  if (read.ok) return read.rules;
  throw new Error(JSON.stringify(read.problems, undefined, 1));
}

/** Of the shipped rules those of these types alone. */
export function onlyRules(...types: readonly string[]): RuleSet {
  const file = parse(readFileSync(shipped, 'utf8')) as { rules: { type: string }[] };
  return rulesOf(stringify({ ...file, rules: file.rules.filter(({ type }) => types.includes(type)) }));
}
