import type { Command } from './command.ts';
import { configCheck } from './config-check.ts';
import { replay } from './replay.ts';

/** Every command, in the order in which `kvarter --help` lists them. */
export const commands: Readonly<Record<string, Command>> = {
  replay,
  'config check': configCheck,
};
