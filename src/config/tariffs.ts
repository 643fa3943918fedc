import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { compileTariffs, type Tariff } from '../energy/compile-tariff.ts';
import { invalid, type Problem, parseYaml } from './problem.ts';

/** The tariffs of the folder: by the file's name without `.json`, and `#` and the product where a file has several. */
export type Tariffs = ReadonlyMap<string, Tariff>;

/** Reads every `*.json` of the folder; throws `config-invalid` with all problems of all files, each at its line. */
export function loadTariffs(folder: string): Tariffs {
  const problems: Problem[] = [];
  const tariffs = new Map<string, Tariff>();
  for (const file of tariffFiles(folder, problems)) {
    const read = tariffsOf(file, readFileSync(file, 'utf8'));
    problems.push(...read.problems);
    const name = basename(file, '.json');
    for (const [i, tariff] of read.tariffs.entries()) {
      tariffs.set(read.tariffs.length === 1 ? name : `${name}#${tariff.names[0] ?? i + 1}`, tariff);
    }
  }
  if (problems.length > 0) throw invalid(problems);
  return tariffs;
}

/** Reads the text of one tariff file. */
export function tariffsOf(
  file: string,
  text: string,
): { readonly tariffs: readonly Tariff[]; readonly problems: readonly Problem[] } {
  // JSON is YAML, and the YAML parser knows on which line each value stands.
  const json = parseYaml(file, text);
  if (json.problems.length > 0) return { tariffs: [], problems: json.problems };
  const { tariffs, problems } = compileTariffs(json.value);
  return {
    tariffs,
    problems: problems.map(({ path, message }) => ({
      file,
      ...json.at(path),
      path: path.map(String).join('.'),
      message,
    })),
  };
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
