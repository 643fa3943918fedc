import { z } from 'zod';
import { contradictionsIn } from '../comfort/limits.ts';
import { recipientsSchema, routesSchema } from '../delivery/settings.ts';
import { brokersSchema } from './broker-schema.ts';
import { flag, integer, number, path, port, timeOfDay } from './fields.ts';
import { mqttSchema } from './mqtt-schema.ts';

const RULES_MOVED =
  'must be the name of a file: since kvarter 0.2 the rules stand in config/rules.yaml; see "Rules" in CHANGELOG.md for how to move them';

/** Of what network servers must send, characters. */
export const SHORTEST_SECRET = 16;

/**
 * The whole configuration, with every default in one place. `config/kvarter.yaml` shows the same keys with comments;
 * a test holds the two against each other.
 */
export const configSchema = z.strictObject({
  dataDir: path.default('data'),
  log: z
    .strictObject({ level: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info') })
    .prefault({}),
  mqtt: mqttSchema,
  brokers: brokersSchema,
  http: z
    .strictObject({
      host: z.string().min(1).default('127.0.0.1'),
      port: port.default(8080),
      publicUrl: z.url({ protocol: /^https?$/ }).optional(),
      maxConnections: integer(1, 1_000_000).default(1000),
      importMaxMb: integer(2, 1024).default(32),
      importsAtOnce: integer(1, 64).default(2),
      maxLoadIntervals: integer(100, 10_000_000).default(40_000),
      forecastHistoryDays: integer(7, 3660).default(120),
      ingest: z
        .strictObject({
          secret: z.string().min(SHORTEST_SECRET).max(1024).optional(),
          secretFile: path.optional(),
          maxKb: integer(4, 65_536).default(256),
        })
        .prefault({}),
    })
    .prefault({}),
  journal: z
    .strictObject({
      segmentMb: integer(1, 4096).default(64),
      keepHours: number(0, 87_600).default(336),
      maxGb: number(0.001, 1_000_000).default(20),
    })
    .prefault({}),
  decode: z
    .strictObject({
      mappings: path.default('config/mappings'),
      memoryMb: integer(1, 1024).default(32),
    })
    .prefault({}),
  ingest: z
    .strictObject({
      maxFutureMinutes: number(0, 1_000_000).default(10),
      maxPastDays: number(1, 100_000).default(3650),
      quarantineRows: integer(0, 100_000_000).default(100_000),
    })
    .prefault({}),
  store: z
    .strictObject({
      kind: z.enum(['duckdb', 'influxdb']).default('duckdb'),
      batchReadings: integer(1, 1_000_000).default(20_000),
      duckdb: z
        .strictObject({
          memoryMb: integer(32, 1_000_000).default(128),
          threads: integer(1, 256).default(2),
          readingsKeepDays: integer(0, 100_000).default(0),
          intervalsKeepDays: integer(0, 100_000).default(0),
        })
        .prefault({}),
      influxdb: z
        .strictObject({
          url: z.url({ protocol: /^https?$/ }).default('http://127.0.0.1:8086'),
          token: z.string().min(1).optional(),
          tokenFile: path.optional(),
          org: z.string().min(1).default('kvarter'),
          bucket: z.string().min(1).default('readings'),
          intervalsBucket: z.string().min(1).default('intervals'),
          timeoutMs: integer(100, 600_000).default(20_000),
          readingsKeepDays: integer(0, 100_000).default(90),
          intervalsKeepDays: integer(0, 100_000).default(3650),
        })
        .prefault({}),
    })
    .prefault({}),
  intervals: z
    .strictObject({
      powerHoldMinutes: number(0.1, 1440).default(15),
      registerGapMinutes: number(1, 10_080).default(180),
    })
    .prefault({}),
  register: z
    .strictObject({
      places: path.default('config/register/places.yaml'),
      devices: path.default('config/register/devices.csv'),
    })
    .prefault({}),
  tariffs: path.default('config/tariffs'),
  rules: z.string(RULES_MOVED).min(1).default('config/rules.yaml'),
  loadControl: z.enum(['off', 'dryRun', 'on']).default('dryRun'),
  loadCommands: z
    .strictObject({
      minMinutesBetween: number(0, 1440).default(15),
      maxPerBuildingDay: integer(1, 10_000).default(20),
      staggerSeconds: number(0, 3600).default(60),
      answerSeconds: number(1, 3600).default(60),
      maxLimits: integer(1, 100_000).default(1000),
      maxLimitHours: number(0.25, 8784).default(168),
      keepDays: number(1, 36_500).default(730),
    })
    .prefault({}),
  batteries: z
    .strictObject({
      stepMinutes: integer(15, 60)
        .refine((minutes) => minutes === 15 || minutes === 60, 'must be 15 or 60')
        .default(15),
      delaySeconds: number(0, 300).default(60),
      historyDays: integer(2, 366).default(60),
      maxAgeMinutes: number(1, 1440).default(30),
      prices: z
        .strictObject({
          source: path.optional(),
          currency: z
            .string()
            .regex(/^[A-Z]{3}$/, 'must be a currency, such as SEK')
            .default('SEK'),
          pollMinutes: number(1, 1440).default(60),
        })
        .prefault({}),
    })
    .prefault({}),
  comfort: z
    .strictObject({
      coldC: number(0, 40).default(20),
      sensitiveColdC: number(0, 40).default(22),
      severeC: number(0, 40).default(18),
      warmC: number(0, 60).default(24),
      summerWarmC: number(0, 60).default(26),
      summerMonths: z.array(integer(1, 12)).readonly().default([6, 7, 8]),
      dryPct: number(0, 100).default(30),
      dampPct: number(0, 100).default(70),
      co2Ppm: number(400, 50_000).default(1000),
      coolingHours: number(1, 1000).default(20),
      slackC: number(0, 20).default(1),
      heatingBelowC: number(-20, 25).default(11),
      referenceOutdoorC: number(-60, 60).default(0),
      sensitiveKinds: z.array(z.string().min(1)).readonly().default(['care']),
      exceptKinds: z
        .array(z.string().min(1))
        .readonly()
        .default(['classroom', 'common', 'kitchen', 'office', 'stairs', 'laundry', 'storage', 'waste-room']),
      similarHouseholds: integer(5, 1000).default(5),
      maxFlats: integer(1, 100_000).default(500),
    })
    .superRefine((limits, context) => {
      for (const { key, message } of contradictionsIn(limits)) {
        context.addIssue({ code: 'custom', path: [key], message });
      }
    })
    .prefault({}),
  waste: z
    .strictObject({
      thresholdPct: number(1, 100).default(80),
      chance: number(0, 1).default(0.1),
      roundDays: number(0.1, 60).default(7),
      silentDays: number(0.1, 365).default(3),
      learnDays: number(7, 3650).default(180),
      refreshMinutes: number(0, 1440).default(15),
      densities: z
        .array(z.strictObject({ fraction: z.string().min(1), kgPerL: number(0.001, 20) }))
        .readonly()
        .default([]),
    })
    .prefault({}),
  alerts: z
    .strictObject({
      keepDays: number(1, 36_500).default(730),
      log: flag.default(true),
      mqtt: flag.default(true),
      parentGraceMinutes: number(0, 10_080).default(30),
      silences: z
        .strictObject({ maxDays: number(0.01, 3650).default(30), most: integer(1, 100_000).default(1000) })
        .prefault({}),
      service: z
        .strictObject({
          roomPct: number(71, 99).default(80),
          storeMinutes: number(0, 10_080).default(5),
          brokerMinutes: number(0, 10_080).default(5),
          clearSeconds: number(0, 86_400).default(60),
        })
        .prefault({}),
      webhook: z
        .strictObject({
          url: z.url({ protocol: /^https?$/ }).optional(),
          secret: z.string().min(1).optional(),
          secretFile: path.optional(),
        })
        .prefault({}),
      templates: path.default('config/templates'),
      link: z.url({ protocol: /^https?$/ }).optional(),
      timeoutSeconds: number(0.1, 300).default(10),
      group: z
        .strictObject({
          waitSeconds: number(0, 86_400).default(30),
          everyMinutes: number(0, 10_080).default(60),
          betweenMinutes: number(0, 1440).default(5),
          patientMinutes: number(0, 10_080).default(60),
          informationAt: timeOfDay.nullable().prefault('07:00'),
          lateMinutes: number(0, 1e6).default(60),
          lateWaitMinutes: number(0, 1440).default(10),
        })
        .prefault({}),
      retry: z
        .strictObject({
          firstSeconds: number(0.01, 3600).default(1),
          lastSeconds: number(0.01, 86_400).default(600),
          giveUpHours: number(0, 8760).default(24),
        })
        .prefault({}),
      email: z
        .strictObject({
          host: z.string().min(1).optional(),
          port: port.default(587),
          security: z.enum(['starttls', 'tls', 'none']).default('starttls'),
          from: z.string().includes('@').optional(),
          username: z.string().min(1).optional(),
          password: z.string().min(1).optional(),
          passwordFile: path.optional(),
          caFile: path.optional(),
        })
        .prefault({}),
      recipients: recipientsSchema,
      routes: routesSchema,
    })
    .prefault({}),
});

export type Config = z.infer<typeof configSchema>;

/** Never in the file: by environment, or by the `…File` key beside them. */
export const secretPaths = [
  ['mqtt', 'password'],
  ['store', 'influxdb', 'token'],
  ['alerts', 'webhook', 'secret'],
  ['alerts', 'email', 'password'],
  ['http', 'ingest', 'secret'],
] as const;
