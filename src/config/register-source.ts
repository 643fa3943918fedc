import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import type { NewDevice, Register } from '../domain/register.ts';
import { headerOf, rowText } from './devices-edit.ts';
import { invalid, type Problem, problemText } from './problem.ts';
import { type KnownRegister, parseRegister, type RegisterContext, type RegisterFile } from './register.ts';
import { appendDevice } from './register-write.ts';

export type RegisterFiles = { readonly places: string; readonly devices: string };

/** The register as it stands now; follows its files. */
export interface RegisterSource extends Disposable {
  readonly current: () => Register;
  /** What is wrong with the files as they are now, so that an earlier register is used; undefined when nothing is. */
  readonly problem: () => string | undefined;
  /** The device's row, in the columns of `devices.csv`. */
  readonly rowOf: (device: NewDevice) => string;
  /** Adds a row to `devices.csv` and reads the register again, or says what would be wrong with it. */
  readonly add: (device: NewDevice) => Promise<Added>;
}

/** Texts say file, line and column. */
export type Added =
  | { readonly ok: true; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly problems: readonly string[] };

type Log = Readonly<Record<'error' | 'warn' | 'info', (fields: object, message: string) => void>>;

/** Throws `config-invalid` with every problem when the files are wrong. */
export function loadRegister(
  files: RegisterFiles,
  context: RegisterContext,
): { register: Register; warnings: readonly Problem[]; known: KnownRegister } {
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
  let { register, known } = first;
  let problem: string | undefined;
  const accept = (found: typeof first) => {
    ({ register, known } = found);
    problem = undefined;
    const [buildings, devices] = [register.buildings.size, register.devices.size];
    log.info({ buildings, devices }, 'the building register is read');
    for (const warning of found.warnings) log.warn({}, problemText(warning));
  };
  const refuse = (problems: readonly Problem[]) => {
    problem = problems.map(problemText).join('; ');
    log.error({ problems: problems.map(problemText) }, 'the register is wrong; the one before stays');
  };
  let tried: string | undefined;
  const reload = () => {
    const problems: Problem[] = [];
    const [places, devices] = [readText(files.places, problems), readText(files.devices, problems)];
    // An editor that saves twice, and a row that was added here, are no news.
    const texts = JSON.stringify([places?.text, devices?.text]);
    if (texts === tried && problem === undefined) return;
    tried = texts;
    if (!places || !devices) return refuse(problems);
    const parsed = parseRegister(places, devices, context, known);
    if (!parsed.ok) return refuse(parsed.problems);
    // Of a file that is about to be written there may be the header.
    if (parsed.register.devices.size === 0 && register.devices.size > 0) {
      const message = 'has no devices any more: start kvarter again if it is to have none';
      return refuse([{ file: files.devices, message }]);
    }
    accept(parsed);
  };
  const append = async (device: NewDevice): Promise<Added> => {
    let warnings: readonly Problem[] = [];
    const problems = await appendDevice(files.devices, device, (changed) => {
      const unread: Problem[] = [];
      const places = readText(files.places, unread);
      if (!places) return unread;
      const parsed = parseRegister(places, changed, context, known);
      if (!parsed.ok) return parsed.problems;
      // What the file cannot hold as it is (a line break at the end of a name) would not be the device that was meant.
      if (!parsed.register.devices.get(device.id)?.some((row) => row.channel === device.channel)) {
        return [{ file: files.devices, message: `${JSON.stringify(device.id)} cannot be written as a row` }];
      }
      warnings = parsed.warnings.filter(({ line }) => line === changed.text.trimEnd().split('\n').length);
      return [];
    });
    if (problems.length > 0) return { ok: false, problems: problems.map(problemText) };
    reload();
    return { ok: true, warnings: warnings.map(problemText) };
  };
  let turn: Promise<unknown> = Promise.resolve();
  accept(first);
  const watched = [files.places, files.devices];
  for (const file of watched) watchFile(file, { interval: intervalMs, persistent: false }, reload);
  return {
    current: () => register,
    problem: () => problem,
    rowOf: (device) => rowText(headerOf(readFileSync(files.devices)).names, device),
    // Two at once would each write the file without the other's row.
    add: (device) => {
      const added = turn.then(() => append(device));
      turn = added.catch(() => undefined);
      return added;
    },
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
