import { z } from 'zod';
import { integer, number, path, port } from './fields.ts';

/** The embedded broker. */
export const mqttSchema = z
  .strictObject({
    host: z.string().min(1).default('127.0.0.1'),
    port: port.default(1883),
    username: z.string().min(1).optional(),
    password: z.string().min(1).optional(),
    passwordFile: path.optional(),
    maxConnections: integer(1, 1_000_000).default(20_000),
    maxPacketKb: integer(1, 262_144).default(256),
    connectTimeoutSeconds: number(0.1, 3600).default(10),
    // 100 is the most that aedes can match.
    maxTopicLevels: integer(1, 100).default(64),
    maxTopicBytes: integer(1, 65_535).default(1024),
    maxConnectionsPerAddress: integer(1, 1_000_000).default(12_000),
    maxConnecting: integer(1, 1_000_000).default(1000),
    maxTakeoversPerMinute: integer(1, 100_000).default(20),
    maxSubscriptions: integer(1, 1_000_000).default(1000),
    maxFiltersPerPacket: integer(1, 100_000).default(1000),
  })
  .prefault({});
