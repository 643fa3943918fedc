import type { Command } from '../../src/commands/command.ts';
import type { Service } from './service.ts';

/** Runs a command against a test's service, in this process. */
export async function call(
  service: Service,
  command: Command,
  files: string[],
  values: Record<string, string | boolean> = {},
): Promise<{ readonly code: number; readonly printed: string; readonly complained: string }> {
  const [printed, complained]: [string[], string[]] = [[], []];
  const code = await command.run(
    {
      places: { cwd: service.dir, packageDir: service.dir, environment: {} },
      version: '0.0.0',
      clock: Date.now,
      print: (text) => printed.push(text),
      complain: (text) => complained.push(text),
      terminal: undefined,
      stop: new AbortController().signal,
    },
    { files, values: { url: `http://127.0.0.1:${service.app.httpPort}`, ...values } },
  );
  return { code, printed: printed.join(''), complained: complained.join('') };
}
