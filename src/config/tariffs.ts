import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type PowerPrice, powerPrices } from '../energy/power-price.ts';
import { tariffFileSchema } from '../energy/tariff.ts';
import { invalid, type Problem, parseYaml, zodProblems } from './problem.ts';

/** The power prices of each tariff file of the folder, by its name without `.json`. */
export type Tariffs = ReadonlyMap<string, readonly PowerPrice[]>;

/** Reads every `*.json` of the folder; throws `config-invalid` with all problems of all files, each at its line. */
export function loadTariffs(folder: string): Tariffs {
  const problems: Problem[] = [];
  const tariffs = new Map<string, readonly PowerPrice[]>();
  for (const file of tariffFiles(folder, problems)) {
    // JSON is YAML, and the YAML parser knows on which line each value stands.
    const json = parseYaml(file, readFileSync(file, 'utf8'));
    problems.push(...json.problems);
    if (json.problems.length > 0) continue;
    const parsed = tariffFileSchema.safeParse(json.value);
    if (!parsed.success) {
      problems.push(...zodProblems(file, parsed.error, json));
      continue;
    }
    const made = powerPrices(parsed.data);
    for (const { path, message } of made.problems) {
      problems.push({ file, ...json.at(path), path: path.map(String).join('.'), message });
    }
    tariffs.set(basename(file, '.json'), made.prices);
  }
  if (problems.length > 0) throw invalid(problems);
  return tariffs;
}

function tariffFiles(folder: string, problems: Problem[]): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .toSorted()
      .map((name) => join(folder, name));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    problems.push({
      file: folder,
      message: `the folder cannot be read (${why}): set tariffs to one that can`,
    });
    return [];
  }
}
