import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createChance } from '../../simulators/chance.ts';
import { type PlanProblem, planOf } from '../../simulators/plan.ts';
import { type Scenario, scenarioSchema } from '../../simulators/scenario.ts';
import { generatedWeather, type Weather } from '../../simulators/world/weather.ts';
import { weatherFromFile } from '../../simulators/world/weather-file.ts';
import { parseYaml, problemText, type YamlFile, zodProblems } from '../config/problem.ts';
import { KvarterError } from '../domain/errors.ts';
import type { Register } from '../domain/register.ts';
import type { CommandContext } from './command.ts';
import { textOf } from './text-file.ts';

/** A scenario and where each of its values stands. */
export type ScenarioFile = { readonly file: string; readonly scenario: Scenario; readonly yaml: YamlFile };

/**
 * `--scenario FILE`, or the name of one that is shipped. Throws `input-invalid` with every problem, each with its line and
 * path.
 */
export function readScenario({ places }: CommandContext, named: string): ScenarioFile {
  const shipped = join(places.packageDir, 'simulators/scenarios');
  const file = [resolve(places.cwd, named), join(shipped, `${named}.yaml`)].find(existsSync);
  if (file === undefined) {
    const names = existsSync(shipped) ? readdirSync(shipped).map((name) => name.replace(/\.yaml$/, '')) : [];
    throw new KvarterError(
      'input-invalid',
      `--scenario ${named}: there is no such file; shipped are ${names.join(', ')}`,
    );
  }
  const yaml = parseYaml(file, textOf(file));
  if (yaml.problems.length > 0)
    throw new KvarterError('input-invalid', yaml.problems.map(problemText).join('\n'));
  const parsed = scenarioSchema.safeParse(yaml.value);
  if (!parsed.success) {
    const problems = zodProblems(file, parsed.error, yaml, 'simulators/README.md');
    throw new KvarterError('input-invalid', problems.map(problemText).join('\n'));
  }
  return { file, scenario: parsed.data, yaml };
}

/**
 * The plan of a scenario on a register; throws `input-invalid` where the register has not what the scenario names, or its
 * weather cannot be read.
 */
export function planFile(
  given: ScenarioFile,
  register: Register,
  options: Pick<NonNullable<Parameters<typeof planOf>[2]>, 'startMs' | 'leftOut'> = {},
) {
  const { scenario } = given;
  const says = ({ path, message }: PlanProblem) =>
    problemText({
      file: given.file,
      ...given.yaml.at(path),
      path: path.map(String).join('.'),
      message,
    });
  const weather =
    scenario.weatherFile === undefined ? undefined : weatherOf(given, scenario.weatherFile, says);
  const { plan, problems } = planOf(scenario, register, { ...options, weather });
  if (problems.length === 0) return plan;
  throw new KvarterError('input-invalid', problems.map(says).join('\n'));
}

/** What the weather's file has no column for is the seed's. */
function weatherOf(
  { file, scenario }: ScenarioFile,
  named: string,
  says: (problem: PlanProblem) => string,
): Weather {
  const path = resolve(dirname(file), named);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const message = `${path} cannot be read (${why}); the path is from the scenario's folder`;
    throw new KvarterError('input-invalid', says({ path: ['weatherFile'], message }));
  }
  return weatherFromFile({ name: path, text }, generatedWeather(createChance(scenario.seed)));
}
