import { z } from 'zod';
import { flag, integer, number, path, port } from './fields.ts';

const host = z.string().min(1).default('127.0.0.1');

const tlsSchema = z
  .strictObject({
    port: port.optional(),
    host,
    certFile: path.optional(),
    keyFile: path.optional(),
    caFile: path.optional(),
    requireCertificate: flag.default(false),
  })
  .superRefine((tls, context) => {
    const say = (key: string, message: string) => context.addIssue({ code: 'custom', path: [key], message });
    if ((tls.certFile === undefined) !== (tls.keyFile === undefined)) {
      say('certFile', 'certificate and key go together: set certFile and keyFile');
    } else if (tls.port !== undefined && tls.certFile === undefined) {
      say('port', 'TLS needs a certificate: set certFile and keyFile');
    }
    if (tls.requireCertificate && tls.caFile === undefined) {
      say('requireCertificate', 'name the authority that vouches for the clients: set caFile');
    }
  });

const websocketSchema = z.strictObject({
  port: port.optional(),
  host,
  path: z
    .string()
    .regex(/^\/[^\s?#]*$/, 'a path begins with / and has no ? or #')
    .default('/mqtt'),
  secure: flag.default(false),
  origins: z.array(z.string().min(1)).default([]),
});

/** The embedded broker. */
export const mqttSchema = z
  .strictObject({
    host,
    port: port.default(1883),
    username: z.string().min(1).optional(),
    password: z.string().min(1).optional(),
    passwordFile: path.optional(),
    credentialsFile: path.optional(),
    passwordsAtOnce: integer(1, 64).default(2),
    rememberedPasswords: integer(0, 10_000_000).default(50_000),
    bruteForce: z
      .strictObject({
        freeFailures: integer(0, 1_000_000).default(4),
        firstDelaySeconds: number(0, 60).default(0.5),
        longestDelaySeconds: number(0, 300).default(10),
        halfLifeMinutes: number(0.01, 100_000).default(10),
        remembered: integer(100, 10_000_000).default(100_000),
      })
      .prefault({}),
    tls: tlsSchema.prefault({}),
    websocket: websocketSchema.prefault({}),
    maxConnections: integer(1, 1_000_000).default(20_000),
    maxPacketKb: integer(1, 262_144).default(256),
    connectTimeoutSeconds: number(0.1, 3600).default(10),
    // 100 is the most that aedes can match.
    maxTopicLevels: integer(1, 100).default(64),
    maxTopicBytes: integer(1, 65_535).default(1024),
    maxConnectionsPerAddress: integer(1, 1_000_000).default(12_000),
    maxConnecting: integer(1, 1_000_000).default(1000),
    packetTimeoutSeconds: number(1, 3600).default(60),
    maxKeepAliveSeconds: integer(1, 65_535).default(3600),
    maxInFlight: integer(1, 65_535).default(1000),
    maxInFlightKb: integer(1, 1_048_576).default(4096),
    maxInFlightTotalMb: integer(1, 65_536).default(64),
    maxPartialTotalMb: integer(1, 65_536).default(64),
    maxOpenExchanges: integer(1, 65_535).default(1000),
    maxBacklogTotalMb: integer(1, 65_536).default(128),
    drainTimeoutSeconds: number(1, 86_400).default(60),
    maxMessagesPerSecond: number(0, 10_000_000).default(5000),
    maxKbPerSecond: number(0, 10_000_000).default(10_240),
    burstSeconds: number(0.1, 3600).default(2),
    maxTakeoversPerMinute: integer(1, 100_000).default(20),
    maxSubscriptions: integer(1, 1_000_000).default(1000),
    maxBacklogKb: integer(1, 1_048_576).default(4096),
    maxFiltersPerPacket: integer(1, 100_000).default(1000),
    maxSessions: integer(1, 10_000_000).default(50_000),
    sessionExpiryHours: number(0.0001, 1_000_000).default(168),
    // Each one in flight has a packet id of its own: fewer than there are of them.
    maxQueuedMessages: integer(1, 60_000).default(10_000),
    maxQueuedKb: integer(1, 16_777_216).default(8192),
    maxQueuedTotalMb: integer(1, 65_536).default(256),
    maxRetained: integer(1, 10_000_000).default(20_000),
    maxRetainedMb: integer(1, 65_536).default(64),
    maxOpenExchangesTotal: integer(1, 100_000_000).default(1_000_000),
  })
  .prefault({});
