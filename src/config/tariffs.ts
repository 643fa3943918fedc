import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { compileTariffs, type Tariff } from '../energy/tariffs/compile-tariff.ts';
import type { TariffProblem } from '../energy/tariffs/tariff-file.ts';
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
    for (const { name, tariff } of read.tariffs) if (tariff) tariffs.set(name, tariff);
  }
  if (problems.length > 0) throw invalid(problems);
  return tariffs;
}

/** A tariff of a file, or what is wrong with it. */
export type FileTariff = {
  /** The file's name, and `#` and the product where it has several. */
  readonly name: string;
  /** What it may be asked for by. */
  readonly names: readonly string[];
  readonly tariff: Tariff | undefined;
  readonly problems: readonly Problem[];
};

/** Reads the text of one tariff file. */
export function tariffsOf(
  file: string,
  text: string,
): { readonly tariffs: readonly FileTariff[]; readonly problems: readonly Problem[] } {
  // JSON is YAML, and the YAML parser knows on which line each value stands.
  const json = parseYaml(file, text);
  if (json.problems.length > 0) return { tariffs: [], problems: json.problems };
  const { tariffs, problems } = compileTariffs(json.value);
  const placed = ({ path, message }: TariffProblem) => ({
    file,
    ...json.at(path),
    path: path.map(String).join('.'),
    message,
  });
  const name = basename(file, '.json');
  return {
    tariffs: tariffs.map(({ names, tariff, problems: own }, i) => ({
      name: tariffs.length === 1 ? name : `${name}#${names[0] ?? i + 1}`,
      names,
      tariff,
      problems: own.map(placed),
    })),
    problems: problems.map(placed),
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
