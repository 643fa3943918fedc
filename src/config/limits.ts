import type { Config } from './schema.ts';

/** The bounds that the configuration sets outside the embedded broker, by the path of their setting. */
export function limitsOf(config: Config): Readonly<Record<string, number>> {
  const brokers = config.brokers.map(({ name, receiveMaximum }) => [
    `brokers.${name}.receiveMaximum`,
    receiveMaximum,
  ]);
  return {
    'http.importMaxMb': config.http.importMaxMb,
    'journal.maxGb': config.journal.maxGb,
    'journal.keepHours': config.journal.keepHours,
    'journal.segmentMb': config.journal.segmentMb,
    'ingest.quarantineRows': config.ingest.quarantineRows,
    'store.batchReadings': config.store.batchReadings,
    'alerts.keepDays': config.alerts.keepDays,
    ...Object.fromEntries(brokers),
  };
}
