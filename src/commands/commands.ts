import type { Command } from './command.ts';
import { configCheck } from './config-check.ts';
import { replay } from './replay.ts';
import { start } from './start.ts';

/** Every command, in the order in which `kvarter --help` lists them. */
export const commands: Readonly<Record<string, Command>> = {
  start,
  replay,
  'config check': configCheck,
};
