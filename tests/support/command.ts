import { Readable } from 'node:stream';
import type { Command } from '../../src/commands/command.ts';

/** Runs a command against a test's service, in this process. */
export async function call(
  service: { readonly dir: string; readonly app: { readonly httpPort: number } },
  command: Command,
  files: string[],
  values: Record<string, string | boolean> = {},
  input = '',
): Promise<{ readonly code: number; readonly printed: string; readonly complained: string }> {
  const [printed, complained]: [string[], string[]] = [[], []];
  const code = await command.run(
    {
      places: { cwd: service.dir, packageDir: service.dir, environment: {} },
      version: '0.0.0',
      clock: Date.now,
      print: (text) => printed.push(text),
      complain: (text) => complained.push(text),
      readInput: async () => input,
      inputChunks: () => Readable.from([Buffer.from(input)]),
      terminal: undefined,
      stop: new AbortController().signal,
    },
    { files, values: { url: `http://127.0.0.1:${service.app.httpPort}`, ...values } },
  );
  return { code, printed: printed.join(''), complained: complained.join('') };
}
