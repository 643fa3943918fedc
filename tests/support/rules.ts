import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseRules } from '../../src/config/rules.ts';
import type { RuleSet } from '../../src/rules/rule-file.ts';

const shipped = join(import.meta.dirname, '../../config/rules.yaml');

/** The rules of a text, by default of the file that kvarter ships. */
export function rulesOf(text = readFileSync(shipped, 'utf8')): RuleSet {
  const read = parseRules('rules.yaml', text);
  if (read.ok) return read.rules;
  throw new Error(JSON.stringify(read.problems, undefined, 1));
}
