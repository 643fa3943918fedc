import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { z } from 'zod';
import type { Register } from '../domain/register.ts';
import { parentsAsSaid, type RuleSet, ruleFileSchema, ruleNames, ruleSetOf } from '../rules/rule-file.ts';
import { invalid, type Problem, parseYaml, problemText, type YamlFile, zodProblems } from './problem.ts';

type Log = Readonly<Record<'error' | 'warn' | 'info', (fields: object, message: string) => void>>;

/** The rules as they stand now; follows their file. */
export interface RuleSource extends Disposable {
  readonly current: () => RuleSet;
  /** What is wrong with the file as it is now, so that earlier rules are used; undefined when nothing is. */
  readonly problem: () => string | undefined;
}

export type ReadRules =
  | { readonly ok: true; readonly rules: RuleSet; readonly yaml: YamlFile }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const LARGEST_CHARACTERS = 4 * 1024 * 1024;

/** Throws `config-invalid` with every problem at its line. */
export function loadRules(file: string): RuleSet {
  const read = readRules(file);
  if (!read.ok) throw invalid(read.problems);
  return read.rules;
}

/** A rule file, and places in it that name nothing of the register: they may be registered later, so they are warnings. */
export function readRules(file: string): ReadRules {
  try {
    return parseRules(file, readFileSync(file, 'utf8'));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    return {
      ok: false,
      problems: [{ file, message: `cannot be read (${why}): set rules to a file that can` }],
    };
  }
}

/** Of a file that a service follows: one that an editor is about to write is empty, and would end all rules and what they know. */
function whatIsWritten(file: string): ReadRules {
  const read = readRules(file);
  if (!read.ok || JSON.stringify(read.rules.source) !== '{}') return read;
  return { ok: false, problems: [{ file, message: 'is empty: for no rules at all write rules: []' }] };
}

export function parseRules(file: string, text: string): ReadRules {
  if (text.length > LARGEST_CHARACTERS) {
    const message = `is larger than ${LARGEST_CHARACTERS} characters`;
    return { ok: false, problems: [{ file, message }] };
  }
  const yaml = parseYaml(file, text);
  if (yaml.problems.length > 0) return { ok: false, problems: yaml.problems };
  const source = z.json().safeParse(yaml.value);
  const parsed = ruleFileSchema.safeParse(yaml.value);
  if (parsed.success && source.success) {
    return { ok: true, rules: ruleSetOf(parsed.data, source.data), yaml };
  }
  const error = parsed.error ?? source.error ?? new z.ZodError([]);
  return { ok: false, problems: zodProblems(file, error, yaml, '`kvarter rules list`') };
}

/** Recipients that the configuration does not have: the routes tell in their place. */
export function unknownToldIn(
  file: string,
  { rules, yaml }: Extract<ReadRules, { ok: true }>,
  known: readonly string[],
): readonly Problem[] {
  return rules.entries.flatMap(({ recipients = [] }, n) =>
    recipients
      .filter((name) => !known.includes(name))
      .map((name) => {
        const path = ['rules', n, 'recipients'];
        const message = `alerts.recipients has no ${name}, so whoever the routes name is told: known are ${known.join(', ') || 'none'}`;
        return { file, ...yaml.at(path), path: path.join('.'), message };
      }),
  );
}

/** Parents and children of the file that no rule of it is called: they may come later, and do nothing until then. */
export function unknownParents(
  file: string,
  { rules, yaml }: Extract<ReadRules, { ok: true }>,
): readonly Problem[] {
  const known = [...new Set([...ruleNames(rules), ...rules.entries.map(({ type }) => type)])];
  return parentsAsSaid(rules).flatMap((one, n) =>
    (['parent', 'child'] as const)
      .filter((key) => !known.includes(one[key]))
      .map((key) => {
        const path = ['parents', n, key];
        const message = `no rule is called ${one[key]}, so this holds nothing back: known are ${known.join(', ')}`;
        return { file, ...yaml.at(path), path: path.join('.'), message };
      }),
  );
}

/** Scopes that name what the register does not have. */
export function unknownPlaces(
  file: string,
  { rules, yaml }: Extract<ReadRules, { ok: true }>,
  register: Register,
): readonly Problem[] {
  const spaces = new Set(
    [...register.buildings.values()].flatMap((building) => building.spaces.map(({ id }) => id)),
  );
  const areas = new Set(register.areas.map(({ id }) => id));
  const isKnown = {
    organisation: (id: string) => id === register.organisation.id,
    area: (id: string) => areas.has(id),
    building: (id: string) => register.buildings.has(id),
    space: (id: string) => spaces.has(id),
    device: (id: string) => register.devices.has(id),
  };
  return rules.entries.flatMap(({ scope }, n) =>
    places.flatMap((key) =>
      (scope[key] ?? [])
        .filter((id) => !isKnown[key](id))
        .map((id) => {
          const path = ['rules', n, 'scope', key];
          const message = `the register has no ${key} ${id}, so this holds for nothing yet`;
          return { file, ...yaml.at(path), path: path.join('.'), message };
        }),
    ),
  );
}
const places = ['organisation', 'area', 'building', 'space', 'device'] as const;

/**
 * Reads the file again when it changes. A wrong file is refused as a whole: the rules before stay. Polling, because
 * editors, container mounts and network folders replace files in ways that file events miss.
 */
export function watchRules(
  file: string,
  {
    register,
    recipients,
  }: { readonly register: () => Register; readonly recipients: () => readonly string[] },
  log: Log,
  intervalMs = 1000,
): RuleSource {
  const accept = (read: Extract<ReadRules, { ok: true }>) => {
    log.info({ entries: read.rules.entries.length }, 'the rules are read');
    const warnings = [
      ...unknownPlaces(file, read, register()),
      ...unknownToldIn(file, read, recipients()),
      ...unknownParents(file, read),
    ];
    for (const warning of warnings) log.warn({}, problemText(warning));
    return read.rules;
  };
  const first = readRules(file);
  if (!first.ok) throw invalid(first.problems);
  let rules = accept(first);
  let problem: string | undefined;
  const reload = () => {
    const read = whatIsWritten(file);
    if (read.ok) {
      problem = undefined;
      if (JSON.stringify(read.rules.source) !== JSON.stringify(rules.source)) rules = accept(read);
      return;
    }
    problem = read.problems.map(problemText).join('; ');
    log.error({ problems: read.problems.map(problemText) }, 'the rules are wrong; those before stay');
  };
  watchFile(file, { interval: intervalMs, persistent: false }, reload);
  return {
    current: () => rules,
    problem: () => problem,
    [Symbol.dispose]: () => unwatchFile(file, reload),
  };
}
