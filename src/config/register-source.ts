import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import type { Register } from '../domain/register.ts';
import { invalid, type Problem, problemText } from './problem.ts';
import { parseRegister, type RegisterContext, type RegisterFile } from './register.ts';

export type RegisterFiles = { readonly places: string; readonly devices: string };

/** The register as it stands now; follows its files. */
export interface RegisterSource extends Disposable {
  readonly current: () => Register;
  /** What is wrong with the files as they are now, so that an earlier register is used; undefined when nothing is. */
  readonly problem: () => string | undefined;
}

type Log = Readonly<Record<'error' | 'warn' | 'info', (fields: object, message: string) => void>>;

/** Throws `config-invalid` with every problem when the files are wrong. */
export function loadRegister(
  files: RegisterFiles,
  context: RegisterContext,
): { register: Register; warnings: readonly Problem[] } {
  const problems: Problem[] = [];
  const [places, devices] = [readText(files.places, problems), readText(files.devices, problems)];
  if (!places || !devices) throw invalid(problems);
  const parsed = parseRegister(places, devices, context);
  if (!parsed.ok) throw invalid(parsed.problems);
  return parsed;
}

/**
 * Reads the files again when one of them changes. A wrong file is refused as a whole: the old register stays. Polling,
 * because editors, container mounts and network folders replace files in ways that file events miss.
 */
export function watchRegister(
  files: RegisterFiles,
  context: RegisterContext,
  log: Log,
  intervalMs = 1000,
): RegisterSource {
  const first = loadRegister(files, context);
  let { register } = first;
  let problem: string | undefined;
  const accept = (found: typeof first) => {
    register = found.register;
    problem = undefined;
    const [buildings, devices] = [register.buildings.size, register.devices.size];
    log.info({ buildings, devices }, 'the building register is read');
    for (const warning of found.warnings) log.warn({}, problemText(warning));
  };
  const refuse = (problems: readonly Problem[]) => {
    problem = problems.map(problemText).join('; ');
    log.error({ problems: problems.map(problemText) }, 'the register is wrong; the one before stays');
  };
  const reload = () => {
    const problems: Problem[] = [];
    const [places, devices] = [readText(files.places, problems), readText(files.devices, problems)];
    if (!places || !devices) return refuse(problems);
    const parsed = parseRegister(places, devices, context);
    if (parsed.ok) accept(parsed);
    else refuse(parsed.problems);
  };
  accept(first);
  const watched = [files.places, files.devices];
  for (const file of watched) watchFile(file, { interval: intervalMs, persistent: false }, reload);
  return {
    current: () => register,
    problem: () => problem,
    [Symbol.dispose]: () => {
      for (const file of watched) unwatchFile(file, reload);
    },
  };
}

function readText(file: string, problems: Problem[]): RegisterFile | undefined {
  try {
    return { file, text: readFileSync(file, 'utf8') };
  } catch (cause) {
    problems.push({ file, message: cause instanceof Error ? cause.message : String(cause) });
    return undefined;
  }
}
