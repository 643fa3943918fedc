import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type MappingSpec, mappingSchema } from '../decode/mapping-schema.ts';
import { invalid, type Problem, parseYaml, problemText, zodProblems } from './problem.ts';

type Log = Readonly<Record<'error' | 'info', (fields: object, message: string) => void>>;

export type MappingContext = {
  /** Names of formats and models that are taken already. */
  readonly isTaken: (name: string) => boolean;
};

/** The mappings as they stand now; follows their folder. */
export interface MappingSource extends Disposable {
  readonly current: () => readonly MappingSpec[];
  /** What is wrong with the files as they are now, so that earlier ones are used; undefined when nothing is. */
  readonly problem: () => string | undefined;
}

const MOST_FILES = 1000;
const LARGEST_BYTES = 1024 * 1024;

/** Every mapping of a folder; none when it is not there. Throws `config-invalid` with every problem. */
export function loadMappings(dir: string, context: MappingContext): readonly MappingSpec[] {
  const { mappings, problems } = readMappings(dir, context);
  if (problems.length > 0) throw invalid(problems);
  return mappings;
}

/** One mapping file. Throws `config-invalid` with every problem at its line. */
export function loadMapping(file: string, context: MappingContext): MappingSpec {
  const problems: Problem[] = [];
  const mapping = readMapping(file, context, problems);
  if (!mapping || problems.length > 0) throw invalid(problems);
  return mapping;
}

/** Reads the folder again when a file in it has changed. A wrong file refuses all: those before stay. */
export function watchMappings(
  dir: string,
  context: MappingContext,
  log: Log,
  intervalMs = 1000,
): MappingSource {
  let mappings = loadMappings(dir, context);
  let problem: string | undefined;
  let state = stateOf(dir);
  if (mappings.length > 0) log.info({ mappings: mappings.map(({ name }) => name) }, 'the mappings are read');
  // Polling, as the register does: editors and network folders replace files in ways that file events miss.
  const polling = setInterval(() => {
    const now = stateOf(dir);
    if (now === state) return;
    state = now;
    const read = readMappings(dir, context);
    if (read.problems.length > 0) {
      problem = read.problems.map(problemText).join('; ');
      log.error({ problems: read.problems.map(problemText) }, 'the mappings are wrong; those before stay');
      return;
    }
    problem = undefined;
    mappings = read.mappings;
    log.info({ mappings: mappings.map(({ name }) => name) }, 'the mappings are read');
  }, intervalMs);
  polling.unref();
  return {
    current: () => mappings,
    problem: () => problem,
    [Symbol.dispose]: () => clearInterval(polling),
  };
}

function readMappings(
  dir: string,
  context: MappingContext,
): { readonly mappings: readonly MappingSpec[]; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const byName = new Map<string, string>();
  const files = filesOf(dir, problems);
  if (files.length > MOST_FILES) {
    problems.push({ file: dir, message: `has ${files.length} mappings: at most ${MOST_FILES}` });
  }
  const mappings = files.slice(0, MOST_FILES).flatMap((file) => {
    const mapping = readMapping(file, context, problems);
    if (!mapping) return [];
    const other = byName.get(mapping.name);
    byName.set(mapping.name, file);
    if (other !== undefined) {
      const message = `${mapping.name} is the name of the mapping in ${other} too`;
      problems.push({ file, path: 'name', message });
    }
    return [mapping];
  });
  return { mappings, problems };
}

function readMapping(
  file: string,
  { isTaken }: MappingContext,
  problems: Problem[],
): MappingSpec | undefined {
  try {
    if (statSync(file).size > LARGEST_BYTES) {
      problems.push({ file, message: `is larger than ${LARGEST_BYTES} bytes` });
      return undefined;
    }
    const yaml = parseYaml(file, readFileSync(file, 'utf8'));
    problems.push(...yaml.problems);
    if (yaml.problems.length > 0) return undefined;
    const parsed = mappingSchema.safeParse(yaml.value);
    if (!parsed.success) {
      problems.push(
        ...zodProblems(file, parsed.error, yaml, '"A device that kvarter does not know yet" in README.md'),
      );
      return undefined;
    }
    const { name } = parsed.data;
    if (isTaken(name)) {
      const message = `${name} is the name of a format or model that kvarter reads by itself: choose another`;
      problems.push({ file, ...yaml.at(['name']), path: 'name', message });
    }
    return parsed.data;
  } catch (cause) {
    problems.push({ file, message: cause instanceof Error ? cause.message : String(cause) });
    return undefined;
  }
}

/** The mapping files by name; a folder that is not there has none. */
function filesOf(dir: string, problems: Problem[]): readonly string[] {
  try {
    return readdirSync(dir)
      .filter((name) => /\.ya?ml$/i.test(name) && !name.startsWith('.'))
      .toSorted()
      .map((name) => join(dir, name));
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    if (!isMissing)
      problems.push({ file: dir, message: cause instanceof Error ? cause.message : String(cause) });
    return [];
  }
}

/** Changes when a file comes, goes or is written. */
function stateOf(dir: string): string {
  return filesOf(dir, [])
    .slice(0, MOST_FILES + 1)
    .map((file) => {
      const { mtimeMs, size, ino } = statSync(file, { throwIfNoEntry: false }) ?? {};
      return `${file}|${mtimeMs}|${size}|${ino}`;
    })
    .join('\n');
}
