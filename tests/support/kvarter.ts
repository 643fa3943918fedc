import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

const launcher = join(import.meta.dirname, '../../bin/kvarter.js');

export type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** Runs a command of kvarter to its end. */
export function kvarter(
  words: readonly string[],
  {
    environment = {},
    cwd,
    program = launcher,
    input = '',
  }: { environment?: Record<string, string>; cwd?: string; program?: string; input?: string } = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const options = {
      env: { ...process.env, ...environment },
      ...(cwd === undefined ? {} : { cwd }),
      maxBuffer: 2 ** 28,
    };
    const child = execFile(process.execPath, [program, ...words], options, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr });
    });
    // A command that does not read it may have ended before.
    child.stdin?.on('error', () => undefined).end(input);
  });
}

/** A running command, with what it has printed so far. */
export type Running = {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  readonly output: () => string;
  /** Resolves with the first match in the output; rejects when the process ends without it. */
  readonly says: (pattern: RegExp) => Promise<RegExpExecArray>;
  /** Sends the signal and waits; gives the exit code, or the signal that ended it. */
  readonly end: (signal: NodeJS.Signals) => Promise<number | NodeJS.Signals | null>;
} & AsyncDisposable;

export function startKvarter(
  words: readonly string[],
  environment: Record<string, string> = {},
  program = launcher,
): Running {
  const child = spawn(process.execPath, [program, ...words], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const ended = once(child, 'close');
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    const [code, killedBy] = await ended;
    return code ?? killedBy;
  };
  return {
    child,
    output: () => output,
    says: async (pattern) => {
      for (;;) {
        const found = pattern.exec(output);
        if (found) return found;
        const isOver = await Promise.race([
          ended.then(() => true),
          once(child.stdout, 'data').then(() => false),
        ]);
        if (isOver && !pattern.test(output)) throw new Error(`kvarter ended without ${pattern}: ${output}`);
      }
    },
    end,
    [Symbol.asyncDispose]: async () => {
      await end('SIGKILL');
    },
  };
}

/** The flags that `npm start` gives to Node, for `NODE_OPTIONS`. */
export function startFlags(): string {
  const file = join(import.meta.dirname, '../../package.json');
  const { scripts } = JSON.parse(readFileSync(file, 'utf8')) as { scripts: { start: string } };
  return scripts.start
    .split(' ')
    .filter((word) => word.startsWith('--'))
    .join(' ');
}
