import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '../domain/record.ts';
import type { Config } from './config.ts';
import { invalid, parseYaml } from './problem.ts';

type Log = Readonly<Record<'error' | 'warn' | 'info', (fields: object, message: string) => void>>;

/** The settings' file, and how it is read as it was at the start. */
export type SettingsFile = { readonly file: string; readonly load: () => Config };

/** The settings as they stand now: of `alerts`, whom they are told to and how follows the file. */
export interface FollowedSettings extends Disposable {
  readonly alerts: () => Config['alerts'];
  /** Names of those who may be told. */
  readonly recipients: () => readonly string[];
  /** Who goes on with what was read. It may throw `config-invalid`: then those before stay. */
  readonly onChange: (use: (alerts: Config['alerts']) => void) => void;
  /** What is wrong with the file as it is now, so that earlier settings are used; undefined when nothing is. */
  readonly problem: () => string | undefined;
}

/**
 * Whom alerts are told to changes more often than anybody wants to start a service again: that part of the settings is read again
 * when their file changes. A wrong file is refused as a whole. Polling, because editors, container mounts and network folders
 * replace files in ways that file events miss. `source`: absent where there is no file.
 */
export function followSettings(
  first: Config,
  source: SettingsFile | undefined,
  log: Log,
  intervalMs = 1000,
): FollowedSettings {
  const listeners: ((alerts: Config['alerts']) => void)[] = [];
  let problem: string | undefined;
  let now = first;
  const reload = () => {
    if (source === undefined) return;
    try {
      const next = source.load();
      if (!isDeepStrictEqual(next.alerts, now.alerts)) refuseEmpty(source.file);
      for (const use of listeners) use(next.alerts);
      problem = undefined;
      const { recipients, routes } = next.alerts;
      log.info(
        { recipients: recipients.length, routes: routes.length },
        'whom alerts are told to is read again',
      );
      const others = othersThan(first, next);
      if (others.length > 0) {
        log.warn({ settings: others }, 'these settings have changed and hold from the next start on');
      }
      now = next;
    } catch (error) {
      problem = (error instanceof Error ? error.message : String(error)).replaceAll('\n', '; ');
      log.error({ problem }, 'the settings are wrong; those before stay');
    }
  };
  if (source) watchFile(source.file, { interval: intervalMs, persistent: false }, reload);
  return {
    alerts: () => now.alerts,
    recipients: () => now.alerts.recipients.map(({ name }) => name),
    onChange: (use) => {
      listeners.push(use);
    },
    problem: () => problem,
    [Symbol.dispose]: () => {
      if (source) unwatchFile(source.file, reload);
    },
  };
}

/** One that an editor is about to write is empty, and what waits for its recipients would be given up. */
function refuseEmpty(file: string): void {
  const { value } = parseYaml(file, readFileSync(file, 'utf8'));
  if (isRecord(value) && Object.values(value).some((one) => one !== null)) return;
  throw invalid([{ file, message: 'says nothing: to tell nobody write alerts: { recipients: [] }' }]);
}

/** What of `alerts` holds at once. */
const FOLLOWED = ['recipients', 'routes', 'email', 'webhook', 'group', 'timeoutSeconds', 'templates'];

function othersThan(before: Config, next: Config): readonly string[] {
  const changed = (a: object, b: object) => {
    const [known, given] = [new Map(Object.entries(a)), new Map(Object.entries(b))];
    return [...new Set([...known.keys(), ...given.keys()])].filter(
      (key) => !isDeepStrictEqual(known.get(key), given.get(key)),
    );
  };
  return [
    ...changed(before, next).filter((key) => key !== 'alerts'),
    ...changed(before.alerts, next.alerts)
      .filter((key) => !FOLLOWED.includes(key))
      .map((key) => `alerts.${key}`),
  ];
}
