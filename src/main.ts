import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import type { Command, CommandContext } from './commands/command.ts';
import { commands } from './commands/commands.ts';
import { KvarterError } from './domain/errors.ts';
import { printableLines } from './domain/printable.ts';

// The only file that touches the process: command line, signals, exit codes.

const [FAILED, USAGE] = [1, 2];
const packageDir = findPackage(import.meta.dirname);
const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8')));

const ENDS = `Exit code 0: it is done. 1: it failed, or found what it looks for (readings lost, a test that fails, nothing decoded).
2: the command line, a setting or a file is wrong. Results are on standard output, all else on standard error.`;
/** What options mean that most commands have and few explain. */
const COMMON = {
  config: '--config FILE  the settings; default: config/kvarter.yaml',
  json: '--json         JSON instead of text',
};

const stop = new AbortController();
const context: CommandContext = {
  places: { cwd: process.cwd(), packageDir, environment: process.env },
  version,
  clock: Date.now,
  print: (text) => process.stdout.write(text),
  complain: (text) => process.stderr.write(printableLines(text)),
  taken: async () => {
    if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain');
  },
  inputChunks: () => process.stdin,
  terminal: process.stdout.isTTY
    ? { columns: process.stdout.columns, write: (text) => process.stdout.write(text) }
    : undefined,
  stop: stop.signal,
};

// A reader that has had enough (`kvarter replay … | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  context.complain(`kvarter: standard output cannot be written: ${error.message}\n`);
  process.exit(FAILED);
});

process.exitCode = await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<number> {
  // The longest name that fits: some commands have two words.
  const named = [2, 1].map((count) => words.slice(0, count).join(' '));
  const name = named.find((some) => Object.hasOwn(commands, some)) ?? words[0];
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    context.print(overview());
    return name === undefined ? USAGE : 0;
  }
  if (name === '--version' || name === '-v') {
    context.print(`${version}\n`);
    return 0;
  }
  const listed = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!listed) {
    const longer = Object.keys(commands).filter((some) => some.startsWith(`${name} `));
    const hint = longer.length === 0 ? 'see kvarter --help' : `did you mean ${longer.join(', ')}?`;
    context.complain(`kvarter: there is no command ${name}: ${hint}\n`);
    return USAGE;
  }
  const command = await listed.load();
  try {
    const { values, positionals, tokens } = parseArgs({
      args: words.slice(name.split(' ').length),
      options: { ...command.options, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
      tokens: true,
    });
    if (values.help) {
      context.print(`${command.usage}\n\n${listed.summary}\n\n${command.help}\n${commonHelp(command)}`);
      return 0;
    }
    const given = tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : []));
    const twice = given.find((option, at) => given.indexOf(option) < at);
    if (twice !== undefined) throw new KvarterError('usage', `--${twice} is given twice: say it once`);
    const { min, max } = command.files;
    if (positionals.length < min || positionals.length > max) {
      throw new KvarterError('usage', `usage: ${command.usage}`);
    }
    if (command.endsItself) followSignals();
    return await command.run(context, { values: plain(values), files: positionals });
  } catch (error) {
    return failed(error, name, command);
  }
}

function followSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // A second signal means now.
      if (stop.signal.aborted) process.exit(FAILED);
      stop.abort();
    });
  }
}

function failed(error: unknown, name: string, command: Command): number {
  if (error instanceof KvarterError) {
    const help = error.code === 'usage' ? `see kvarter ${name} --help\n` : '';
    context.complain(`kvarter: ${error.message}\n${help}`);
    return ['usage', 'config-invalid', 'input-invalid'].includes(error.code) ? USAGE : FAILED;
  }
  if (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) {
    context.complain(`kvarter: ${error.message}\nusage: ${command.usage}\n`);
    return USAGE;
  }
  // A name that is too long, a folder that may not be made, a disk that is full: the system says it in a sentence.
  if (error instanceof Error && 'syscall' in error) {
    context.complain(`kvarter: ${error.message}\n`);
    return FAILED;
  }
  // A fault of kvarter's own: the stack is what a developer needs.
  context.complain(`kvarter: ${error instanceof Error ? error.stack : String(error)}\n`);
  return FAILED;
}

function commonHelp({ help, options }: Command): string {
  const lines = Object.entries(COMMON).flatMap(([name, says]) =>
    name in options && !help.includes(`--${name}`) ? [`  ${says}\n`] : [],
  );
  return lines.length > 0 ? `\n${lines.join('')}` : '';
}

function overview(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return `kvarter ${version}\n\n${lines.join('\n')}\n\n${ENDS}\n\nkvarter COMMAND --help says more.\n`;
}

function plain(values: Record<string, unknown>): Record<string, string | boolean | undefined> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' || typeof value === 'boolean' ? value : undefined,
    ]),
  );
}

/** The source lies one folder below the package, the emitted JavaScript two. */
function findPackage(start: string): string {
  let dir = start;
  while (!existsSync(join(dir, 'package.json'))) dir = dirname(dir);
  return dir;
}
