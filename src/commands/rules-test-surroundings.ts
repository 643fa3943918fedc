import { stringify } from 'yaml';
import { z } from 'zod';
import type { Config } from '../config/config.ts';
import { invalid, type Problem, zodProblems } from '../config/problem.ts';
import { parseRegister, type RegisterContext } from '../config/register.ts';
import { loadRegister } from '../config/register-source.ts';
import { loadRules, parseRules } from '../config/rules.ts';
import type { Register } from '../domain/register.ts';
import { type RuleSet, ruleFileSchema, ruleNames, ruleSetOf } from '../rules/rule-file.ts';
import { problemAt, type RuleTestFile } from './rules-test-file.ts';
import { settingTextOf } from './text-file.ts';

/**
 * The rules that a test file is about: its own, those of a file beside it, or those of the configuration. Throws
 * `config-invalid` when they are wrong, or when a test compares only one that there is not: it would pass whatever happens.
 */
export function rulesOfTests(tests: RuleTestFile, config: Config): RuleSet {
  const rules = rulesAsSaid(tests, config);
  const known = ruleNames(rules);
  const says = (name: string) => `there is no rule ${name}: known are ${known.join(', ')}`;
  const problems = tests.tests.flatMap(({ only = [] }, n) =>
    only.flatMap((name, at) =>
      known.includes(name) ? [] : [problemAt(tests, ['tests', n, 'only', at], says(name))],
    ),
  );
  if (problems.length > 0) throw invalid(problems);
  return rules;
}

function rulesAsSaid({ rules, file, yaml, path }: RuleTestFile, config: Config): RuleSet {
  if (rules === undefined) return loadRules(config.rules);
  if (typeof rules === 'string' && rules.includes('\n')) {
    const read = parseRules(file, rules);
    if (read.ok) return read.rules;
    const above = yaml.at(['rules']).line ?? 0;
    throw invalid(read.problems.map((problem) => ({ ...problem, line: above + (problem.line ?? 0) })));
  }
  if (typeof rules === 'string') return loadRules(path(rules));
  const source = z.json().parse(Array.isArray(rules) ? { rules } : rules);
  const parsed = ruleFileSchema.safeParse(source);
  if (parsed.success) return ruleSetOf(parsed.data, source);
  const isList = Array.isArray(rules);
  const inFile = (at: readonly PropertyKey[]) => (isList ? at : ['rules', ...at]);
  const places = {
    at: (at: readonly PropertyKey[]) => yaml.at(inFile(at)),
    atKey: (at: readonly PropertyKey[]) => yaml.atKey(inFile(at)),
  };
  throw invalid(zodProblems(file, parsed.error, places, '`kvarter rules list`'));
}

/** The register that its devices stand in: its own, that of files beside it, or that of the configuration. */
export function registerOfTests(
  { register, file, yaml, path }: RuleTestFile,
  config: Config,
  context: RegisterContext,
): Register {
  if (register === undefined) return loadRegister(config.register, context).register;
  const { places, devices } = register;
  const isInline = devices.includes('\n');
  const placesFile = typeof places === 'string' ? path(places) : file;
  const devicesFile = isInline ? file : path(devices);
  const parsed = parseRegister(
    { file: placesFile, text: typeof places === 'string' ? settingTextOf(placesFile) : stringify(places) },
    { file: devicesFile, text: isInline ? devices : settingTextOf(devicesFile) },
    context,
  );
  if (parsed.ok) return parsed.register;
  const firstLine = yaml.at(['register', 'devices']).line ?? 0;
  throw invalid(
    parsed.problems.map((problem): Problem => {
      if (problem.file !== file) return problem;
      // A column of devices.csv is no path of places.yaml.
      const isOfPlaces = typeof places !== 'string' && /^(organisation|areas)\b/.test(problem.path ?? '');
      if (!isOfPlaces) return { ...problem, line: firstLine + (problem.line ?? 0) };
      const at = (problem.path ?? '').split('.').map((key) => (/^\d+$/.test(key) ? Number(key) : key));
      return {
        ...problem,
        ...yaml.at(['register', 'places', ...at]),
        path: `register.places.${problem.path}`,
      };
    }),
  );
}
