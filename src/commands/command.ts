import type { ParseArgsOptionsConfig } from 'node:util';
import type { Places } from '../config/config.ts';
import type { Clock } from '../domain/time.ts';

/** What a command may use of the process that runs it. */
export type CommandContext = {
  readonly places: Omit<Places, 'file'>;
  readonly version: string;
  readonly clock: Clock;
  /** Whole lines, to standard output and standard error. */
  readonly print: (text: string) => void;
  readonly complain: (text: string) => void;
  /** Once who reads standard output has taken enough of it to print more without keeping it in memory. */
  readonly taken: () => Promise<void>;
  /** Standard input as it comes. */
  readonly inputChunks: () => AsyncIterable<Uint8Array>;
  /** A terminal that can be redrawn, if standard output is one. */
  readonly terminal: { readonly columns: number; readonly write: (text: string) => void } | undefined;
  /** Aborts when a person or the system wants the process to end. */
  readonly stop: AbortSignal;
};

export type CommandArguments = {
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
  readonly files: readonly string[];
};

export type Command = {
  readonly usage: string;
  /** What `--help` shows below the usage: an example, and what each option means. */
  readonly help: string;
  readonly options: ParseArgsOptionsConfig;
  /** It ends by itself when `context.stop` aborts. Others keep nothing that would be lost: the signal ends them. */
  readonly endsItself?: true;
  /** How many file arguments it takes. */
  readonly files: { readonly min: number; readonly max: number };
  /** The exit code. Throws a KvarterError for what a person has to be told. */
  readonly run: (context: CommandContext, args: CommandArguments) => Promise<number>;
};

/** `--config FILE`, as the places in which the configuration is looked for. */
export function placesOf({ places }: CommandContext, { values }: CommandArguments): Places {
  return typeof values.config === 'string' ? { ...places, file: values.config } : places;
}
