import type { Config } from './schema.ts';

/** The bounds that the configuration sets outside the embedded broker, by the path of their setting. */
export function limitsOf(config: Config): Readonly<Record<string, number>> {
  const brokers = config.brokers.map(({ name, receiveMaximum }) => [
    `brokers.${name}.receiveMaximum`,
    receiveMaximum,
  ]);
  return {
    'http.maxConnections': config.http.maxConnections,
    'http.importMaxMb': config.http.importMaxMb,
    'http.importsAtOnce': config.http.importsAtOnce,
    'http.ingest.maxKb': config.http.ingest.maxKb,
    'http.maxLoadIntervals': config.http.maxLoadIntervals,
    'http.forecastHistoryDays': config.http.forecastHistoryDays,
    'journal.maxGb': config.journal.maxGb,
    'journal.keepHours': config.journal.keepHours,
    'decode.memoryMb': config.decode.memoryMb,
    'ingest.quarantineRows': config.ingest.quarantineRows,
    'store.batchReadings': config.store.batchReadings,
    'mqtt.passwordsAtOnce': config.mqtt.passwordsAtOnce,
    'mqtt.rememberedPasswords': config.mqtt.rememberedPasswords,
    'mqtt.bruteForce.freeFailures': config.mqtt.bruteForce.freeFailures,
    'mqtt.bruteForce.longestDelaySeconds': config.mqtt.bruteForce.longestDelaySeconds,
    'mqtt.bruteForce.remembered': config.mqtt.bruteForce.remembered,
    'store.duckdb.memoryMb': config.store.duckdb.memoryMb,
    'store.duckdb.readingsKeepDays': config.store.duckdb.readingsKeepDays,
    'store.duckdb.intervalsKeepDays': config.store.duckdb.intervalsKeepDays,
    'store.influxdb.readingsKeepDays': config.store.influxdb.readingsKeepDays,
    'store.influxdb.intervalsKeepDays': config.store.influxdb.intervalsKeepDays,
    'store.influxdb.timeoutMs': config.store.influxdb.timeoutMs,
    'alerts.keepDays': config.alerts.keepDays,
    'alerts.silences.maxDays': config.alerts.silences.maxDays,
    'alerts.silences.most': config.alerts.silences.most,
    ...Object.fromEntries(brokers),
  };
}
