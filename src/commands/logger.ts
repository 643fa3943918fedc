import { type Logger, pino } from 'pino';
import pinoPretty from 'pino-pretty';
import type { Config } from '../config/config.ts';

/** JSON lines for machines, readable ones on a terminal. */
export function createLogger({ log }: Config, isTerminal: boolean): Logger {
  return pino(
    { level: log.level, base: null },
    isTerminal ? pinoPretty({ translateTime: 'SYS:HH:MM:ss', sync: true }) : undefined,
  );
}
