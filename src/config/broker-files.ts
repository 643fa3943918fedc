import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';
import { type BrokerConfig, brokerFiles } from './broker-schema.ts';
import type { Problem } from './problem.ts';

/**
 * The brokers with whole paths. The files are not read here but at each connection, so that certificates and passwords
 * can be rotated; what cannot be read at all is a problem of the configuration.
 */
export function withBrokerFiles(
  brokers: readonly BrokerConfig[],
  file: string,
  problems: Problem[],
  cwd: string,
): BrokerConfig[] {
  return brokers.map((broker, index) => {
    const whole = { ...broker };
    for (const key of brokerFiles) {
      const name = broker[key];
      if (name === undefined) continue;
      whole[key] = resolve(cwd, name);
      try {
        accessSync(whole[key], constants.R_OK);
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        problems.push({ file, path: `brokers.${index}.${key}`, message: `cannot be read: ${why}` });
      }
    }
    return whole;
  });
}
