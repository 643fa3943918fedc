import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { invalid, type Problem, parseYaml, type YamlFile, zodProblems } from '../config/problem.ts';
import { severities } from '../domain/alert.ts';
import { parseIsoTime } from '../domain/time.ts';
import { duration } from '../rules/parameters.ts';
import { quantityName } from '../rules/scope.ts';
import { parseSteps } from './series-notation.ts';
import { settingTextOf } from './text-file.ts';

const text = z.string().min(1);
const time = z.string().transform((given, context) => {
  const atMs = parseIsoTime(given);
  if (atMs !== undefined) return atMs;
  const message = `${given}: write ISO 8601 with offset, 2026-01-15T07:00:00+01:00`;
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});
/** A moment of a test: a time, or so long after its start. */
const moment = z.union([z.string(), z.number()]).transform((given, context) => {
  const atMs = parseIsoTime(String(given));
  if (atMs !== undefined) return { atMs };
  const parts = String(given).match(/\d+(?:\.\d+)?\s*[a-z]*/g) ?? [];
  const sums = parts.map((part) => duration().safeParse(part));
  if (parts.length > 0 && parts.join('').replaceAll(' ', '') === String(given).replaceAll(' ', '')) {
    const afterMs = sums.reduce((sum, { data }) => sum + (data ?? Number.NaN), 0);
    if (Number.isFinite(afterMs)) return { afterMs };
  }
  const message = `${given}: write how long after the start (90 min, 1 h 30 min, 2 d), or ISO 8601 with offset`;
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});
const steps = z
  .union([z.string(), z.number(), z.array(z.number().nullable())], 'write 20x30 21, or a list of numbers')
  .transform((given, context) => {
    if (Array.isArray(given)) return given.map((value) => value ?? undefined);
    const parsed = parseSteps(String(given));
    if (parsed.ok) return parsed.steps;
    context.addIssue({ code: 'custom', message: parsed.message });
    return z.NEVER;
  });

/** Values of one moment would be one value. */
const step = duration().refine((ms) => ms > 0, 'must be more than 0');

const seriesSchema = z
  .strictObject({
    device: text,
    quantity: quantityName,
    channel: text.exactOptional(),
    start: moment.exactOptional(),
    step: step.exactOptional(),
    values: steps.exactOptional(),
    at: z.array(z.tuple([moment, z.number()])).exactOptional(),
  })
  .refine(({ values, at }) => (values === undefined) !== (at === undefined), {
    message: 'give values, or at: a list of [moment, value]',
  });

const expectedSchema = z.strictObject({
  rule: text,
  severity: z.enum(severities).exactOptional(),
  building: text.exactOptional(),
  space: text.exactOptional(),
  device: text.exactOptional(),
  quantity: quantityName.exactOptional(),
  subject: text.exactOptional(),
  title: text.exactOptional(),
  detail: text.exactOptional(),
  facts: z.record(z.string(), z.json()).exactOptional(),
});
export type ExpectedAlert = z.infer<typeof expectedSchema>;

const testSchema = z.strictObject({
  name: text,
  start: time,
  step: step.default(60_000),
  series: z.array(seriesSchema).min(1),
  only: z.array(text).exactOptional(),
  expect: z.array(z.strictObject({ at: moment, alerts: z.array(expectedSchema) })).min(1),
});
export type RuleTest = z.infer<typeof testSchema>;

const fileSchema = z.strictObject({
  rules: z.union([text, z.array(z.json()), z.record(z.string(), z.json())]).exactOptional(),
  register: z
    .strictObject({ places: z.union([text, z.record(z.string(), z.json())]), devices: text })
    .exactOptional(),
  tests: z.array(testSchema).min(1),
});

/** A file of rule tests, and where in it things stand. */
export type RuleTestFile = z.infer<typeof fileSchema> & {
  readonly file: string;
  readonly yaml: YamlFile;
  /** A path that the file names: it is beside the file. */
  readonly path: (named: string) => string;
};

/** Throws `config-invalid` with every problem at its line. */
export function readRuleTests(file: string): RuleTestFile {
  const yaml = parseYaml(file, settingTextOf(file));
  if (yaml.problems.length > 0) throw invalid(yaml.problems);
  const parsed = fileSchema.safeParse(yaml.value);
  if (!parsed.success) throw invalid(zodProblems(file, parsed.error, yaml, '`kvarter rules test --help`'));
  return { ...parsed.data, file, yaml, path: (named) => resolve(dirname(file), named) };
}

/** Problem of a part of the file, at its line. */
export function problemAt(
  { file, yaml }: Pick<RuleTestFile, 'file' | 'yaml'>,
  path: readonly PropertyKey[],
  message: string,
): Problem {
  return { file, ...yaml.at(path), path: path.map(String).join('.'), message };
}
