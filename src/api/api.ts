import Fastify from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { Registry } from 'prom-client';
import type { DeadLetters } from '../delivery/desk.ts';
import { KvarterError } from '../domain/errors.ts';
import type { Register } from '../domain/register.ts';
import type { Clock } from '../domain/time.ts';
import type { PeakStatus } from '../energy/guard/peak-status.ts';
import type { Holds } from '../energy/loads/intervals.ts';
import type { Tariff } from '../energy/tariffs/compile-tariff.ts';
import type { Intake } from '../ingest/intake.ts';
import type { Quarantine } from '../ingest/quarantine.ts';
import type { ReadingStore } from '../store/store.ts';
import { type AlertLives, alertLifeRoutes } from './alert-life.ts';
import { type AlertPageRoutes, alertPageRoutes } from './alert-page.ts';
import { type AlertLists, alertsRoute } from './alerts.ts';
import { billRoute } from './bill.ts';
import { type CollectionSettings, collectionRoute } from './collection.ts';
import { comfortRoutes } from './comfort.ts';
import type { ComfortSettings } from './comfort-sources.ts';
import { type CommandsRoute, commandsRoute } from './commands.ts';
import { createContainerBook } from './containers.ts';
import { type DeviceRoutes, deviceRoutes } from './devices.ts';
import { forecastRoute } from './forecast.ts';
import { type Health, healthRoutes } from './health.ts';
import { importRoute } from './import.ts';
import { type LimitRoutes, limitRoutes } from './limits.ts';
import { loadRoute } from './load.ts';
import type { ChannelsOf } from './main-meters.ts';
import { notificationRoutes } from './notifications.ts';
import { describeApi } from './openapi.ts';
import { refuseOtherSites } from './own-site.ts';
import { peaksRoute } from './peaks.ts';
import { answerProblems } from './problem.ts';
import { quarantineRoutes } from './quarantine.ts';
import { readingsRoute } from './readings.ts';
import { type Reprocessing, reprocessRoutes } from './reprocess.ts';
import { type SilenceRoutes, silenceRoutes } from './silences.ts';
import { type WebhookOptions, webhookRoutes } from './webhooks.ts';

export type ApiOptions = {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  /** How people reach it, where that is another address. */
  readonly publicUrl?: string | undefined;
  readonly version: string;
  readonly told: {
    /** Address of an alert, `{id}` being its id; undefined: no links. */
    readonly link: string | undefined;
    /** An alert in the words of its messages. */
    readonly say: AlertPageRoutes['say'];
    readonly dead: DeadLetters;
  };
  readonly store: ReadingStore;
  readonly alerts: AlertLists & AlertLives;
  readonly silences: SilenceRoutes;
  readonly register: () => Register;
  readonly tariffs: ReadonlyMap<string, Tariff>;
  readonly peaks: (places: ReadonlySet<string>) => readonly PeakStatus[];
  readonly commands: CommandsRoute;
  readonly limits: Omit<LimitRoutes, 'channelsOf'>;
  readonly clock: Clock;
  readonly journal: Intake;
  readonly quarantine: Quarantine;
  readonly reprocessing: Reprocessing;
  /** Of network servers that post what their devices say. */
  readonly webhooks: Pick<WebhookOptions, 'secret' | 'maxBytes'>;
  readonly devices: DeviceRoutes & { readonly channels: ChannelsOf };
  /** Of one import, bytes. */
  readonly importMaxBytes: number;
  readonly importsAtOnce: number;
  /** Of one answer about load. */
  readonly maxLoadIntervals: number;
  readonly holds: Holds;
  /** How far back a forecast learns. */
  readonly forecastHistoryDays: number;
  readonly maxConnections: number;
  readonly waste: CollectionSettings;
  readonly comfort: ComfortSettings;
  readonly health: Health;
  readonly metrics: Registry;
  readonly onFailure: (error: Error) => void;
};

export interface Api extends AsyncDisposable {
  readonly port: number;
}

/** The HTTP side: routes, OpenAPI at `/openapi.json`, a page that shows it at `/docs`. */
export async function openApi(options: ApiOptions): Promise<Api> {
  const { host, port, version, store, alerts, register, clock, health, metrics, onFailure } = options;
  const { journal, quarantine } = options;
  const server = Fastify({ forceCloseConnections: true });
  server.server.maxConnections = options.maxConnections;
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  answerProblems(server, onFailure);
  refuseOtherSites(server, options.publicUrl);
  await describeApi(server, version);
  await server.register(healthRoutes(health, metrics));
  await server.register(readingsRoute(store));
  await server.register(alertsRoute(alerts, register, clock, options.told.link));
  await server.register(alertLifeRoutes(alerts, clock, options.told.link));
  const { book: silences } = options.silences;
  await server.register(alertPageRoutes({ alerts, silences, say: options.told.say, register, clock }));
  await server.register(silenceRoutes(options.silences, register, clock));
  const load = { maxIntervals: options.maxLoadIntervals, channelsOf: options.devices.channels };
  await server.register(loadRoute(store, register, clock, load));
  const { forecastHistoryDays: historyDays } = options;
  await server.register(forecastRoute(store, register, clock, { historyDays, channelsOf: load.channelsOf }));
  const { tariffs } = options;
  await server.register(
    billRoute(store, register, clock, {
      tariffs,
      historyDays,
      channelsOf: load.channelsOf,
      holds: options.holds,
    }),
  );
  await server.register(peaksRoute(options.peaks, register));
  await server.register(commandsRoute(options.commands, register));
  const limits = { ...options.limits, channelsOf: load.channelsOf };
  await server.register(limitRoutes(limits, store, register, clock));
  const containersOf = createContainerBook(store, options.waste);
  await server.register(collectionRoute(containersOf, register, clock, options.waste));
  await server.register(comfortRoutes({ store, register, clock, containersOf }, options.comfort));
  await server.register(
    importRoute({
      journal,
      clock,
      maxBytes: options.importMaxBytes,
      mostAtOnce: options.importsAtOnce,
    }),
  );
  await server.register(webhookRoutes({ journal, clock, ...options.webhooks }));
  await server.register(quarantineRoutes(quarantine, journal));
  await server.register(notificationRoutes(options.told.dead));
  await server.register(deviceRoutes(options.devices, register));
  await server.register(reprocessRoutes(options.reprocessing, register));
  try {
    await server.listen({ host, port });
  } catch (cause) {
    await server.close();
    const inUse = cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE';
    throw new KvarterError(
      'port-in-use',
      inUse
        ? `port ${port} on ${host} is in use by another process: stop it, or set http.port`
        : `cannot listen for HTTP on ${host}:${port} (${String(cause)}): set http.host and http.port`,
      { cause },
    );
  }
  const address = server.server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    [Symbol.asyncDispose]: async () => {
      await server.close();
    },
  };
}
