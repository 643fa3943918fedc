import type { Config } from './schema.ts';

/** The embedded broker's settings in its own units; plain data. */
export function brokerSettings(mqtt: Config['mqtt']) {
  const { host, port, username, password, maxConnections, bruteForce } = mqtt;
  const { certFile, keyFile } = mqtt.tls;
  const { port: websocketPort, ...websocket } = mqtt.websocket;
  return {
    host,
    port,
    ...(certFile === undefined || keyFile === undefined ? {} : { tls: { ...mqtt.tls, certFile, keyFile } }),
    ...(websocketPort === undefined ? {} : { websocket: { ...websocket, port: websocketPort } }),
    ...(username === undefined || password === undefined ? {} : { account: { username, password } }),
    attempts: {
      freeFailures: bruteForce.freeFailures,
      firstDelayMs: bruteForce.firstDelaySeconds * 1000,
      longestDelayMs: bruteForce.longestDelaySeconds * 1000,
      halfLifeMs: bruteForce.halfLifeMinutes * 60_000,
      remembered: bruteForce.remembered,
    },
    passwords: { atOnce: mqtt.passwordsAtOnce, remembered: mqtt.rememberedPasswords },
    maxConnections,
    limits: {
      maxPacketBytes: mqtt.maxPacketKb * 1024,
      maxTopicLevels: mqtt.maxTopicLevels,
      maxTopicBytes: mqtt.maxTopicBytes,
      maxFiltersPerPacket: mqtt.maxFiltersPerPacket,
    },
    bounds: mqtt,
    connectTimeoutMs: mqtt.connectTimeoutSeconds * 1000,
  };
}
