import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { invalid, problemText } from '../config/problem.ts';
import type { Credentials } from './credential.ts';
import { type ParsedCredentials, parseCredentials } from './credentials-file.ts';

/** The credentials as they stand now; follow their file. */
export interface CredentialsSource extends Disposable {
  readonly current: () => Credentials;
  /** What is wrong with the file as it is now, so that earlier credentials are used; undefined when nothing is. */
  readonly problem: () => string | undefined;
  /** Tells the listener now, and at each change: after `current`, so that who asks there knows no less. */
  follow(listener: (credentials: Credentials) => void): void;
}

export type CredentialsFile = {
  readonly file: string;
  /** `mqtt.username`, which no row may have. */
  readonly taken: string | undefined;
};

type Log = Readonly<Record<'error' | 'info', (fields: object, message: string) => void>>;

/** Throws `config-invalid` with every problem when the file is wrong. */
export function loadCredentials(place: CredentialsFile): Credentials {
  const parsed = readCredentials(place);
  if (!parsed.ok) throw invalid(parsed.problems);
  return parsed.credentials;
}

/** Of the settings under `mqtt`; undefined when they name no file. */
export function openCredentials(
  {
    credentialsFile,
    username,
  }: { readonly credentialsFile?: string | undefined; readonly username?: string | undefined },
  log: Log,
): CredentialsSource | undefined {
  return credentialsFile === undefined
    ? undefined
    : watchCredentials({ file: credentialsFile, taken: username }, log);
}

/**
 * Reads the file again when it changes. A wrong file is refused as a whole: the credentials before stay, so that a slip
 * of the hand neither locks a fleet out nor lets somebody in. Polling, as the register does.
 */
export function watchCredentials(place: CredentialsFile, log: Log, intervalMs = 1000): CredentialsSource {
  const { file } = place;
  let credentials = loadCredentials(place);
  const listeners: ((credentials: Credentials) => void)[] = [];
  let problem: string | undefined;
  const say = () => log.info({ credentials: credentials.size }, 'the credentials are read');
  say();
  const reload = () => {
    const parsed = readCredentials(place);
    if (!parsed.ok) {
      const problems = parsed.problems.map(problemText);
      problem = problems.join('; ');
      return log.error({ problems }, 'the credentials are wrong; those before stay');
    }
    credentials = parsed.credentials;
    problem = undefined;
    say();
    for (const listener of listeners) listener(credentials);
  };
  watchFile(file, { interval: intervalMs, persistent: false }, reload);
  return {
    current: () => credentials,
    problem: () => problem,
    follow: (listener) => {
      listeners.push(listener);
      listener(credentials);
    },
    [Symbol.dispose]: () => unwatchFile(file, reload),
  };
}

function readCredentials({ file, taken }: CredentialsFile): ParsedCredentials {
  try {
    return parseCredentials({ file, text: readFileSync(file, 'utf8') }, taken);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const message = `cannot be read (${why}): kvarter device credentials set NAME makes it`;
    return { ok: false, problems: [{ file, message }] };
  }
}
