import { join } from 'node:path';
import type { Logger } from 'pino';
import { openAlertStore } from './alerts/alert-store.ts';
import { logNotifier } from './alerts/log-notifier.ts';
import { mqttNotifier } from './alerts/mqtt-notifier.ts';
import type { Notifier } from './alerts/notifier.ts';
import { startOutbox } from './alerts/outbox.ts';
import { webhookNotifier } from './alerts/webhook-notifier.ts';
import { openApi } from './api/api.ts';
import type { PartHealth } from './api/health.ts';
import { createMetrics } from './api/metrics.ts';
import type { Config } from './config/config.ts';
import { problemText } from './config/problem.ts';
import { watchRegister } from './config/register-source.ts';
import { loadTariffs } from './config/tariffs.ts';
import { knowsModel } from './decode/index.ts';
import type { AlertChange } from './domain/alert.ts';
import type { Clock } from './domain/time.ts';
import { createIngest } from './ingest/ingest.ts';
import { openQuarantine } from './ingest/quarantine.ts';
import { openCheckpoints } from './journal/checkpoints.ts';
import { openFileJournal } from './journal/file-journal.ts';
import { openStateDb } from './journal/state-db.ts';
import { watchAppends } from './journal/watch-appends.ts';
import { openBroker } from './mqtt/broker.ts';
import type { PeakStatus } from './rules/peak-guard.ts';
import { openDuckdbStore } from './store/duckdb.ts';
import { openInfluxdbStore } from './store/influxdb.ts';
import type { ReadingStore } from './store/store.ts';
import { openAlerting } from './workers/alerting.ts';
import { createFrameCache } from './workers/frames.ts';
import { startHousekeeping } from './workers/housekeeping.ts';
import type { Worker } from './workers/reader.ts';
import { createRollup } from './workers/rollup.ts';
import { startRulesWorker } from './workers/rules-worker.ts';
import { startStoreWorker } from './workers/store-worker.ts';
import { startTicks } from './workers/ticks.ts';

/** The running service. Closing it stops taking in, finishes what is on its way, and leaves the rest to the next start. */
export interface App extends AsyncDisposable {
  readonly mqttPort: number;
  readonly httpPort: number;
  /** Resolves when everything acknowledged so far is stored, judged by the rules, and told. */
  settled(): Promise<void>;
  /** How each building's running hour stands against its budget. */
  peaks(): readonly PeakStatus[];
}

/** What a test or the demo puts in place of the real thing. */
export type Overrides = {
  readonly clock?: Clock;
  readonly onAlert?: (change: AlertChange) => void;
  readonly onStored?: (readings: number) => void;
};

const WEBHOOK_TIMEOUT_MS = 10_000;
const SNAPSHOT_MS = 30_000;
const MOST_RETAINED = 100_000;

/**
 * Wires the service:
 *
 * ```
 *   sensors ── MQTT ──► broker ──► journal ── fsync, PUBACK
 *                                     │ frames
 *                     ┌───────────────┴───────────────┐
 *                     ▼ decode, ingest (once a frame)  ▼
 *                store worker                     rules worker ◄── ticks, once a minute
 *           readings │ quarantine                 rules │ alert book
 *           rollup ► intervals                          ▼
 *                     ▼                           alert store ► outbox ► log, webhook, MQTT
 *              DuckDB │ InfluxDB ──► api ◄──────────────┘
 * ```
 *
 * Each part is opened after those it needs and closed before them: the stack unwinds in reverse.
 */
export async function createApp(
  config: Config,
  log: Logger,
  version: string,
  overrides: Overrides = {},
): Promise<App> {
  const clock = overrides.clock ?? Date.now;
  await using stack = new AsyncDisposableStack();
  const metrics = createMetrics();
  const trouble = (part: string) => (error: Error, retryInMs: number) => {
    metrics.troubles(part);
    log.warn({ part, retryInMs, error: error.message }, `${part} is in trouble and tries again`);
  };
  const deaths = new Map<string, Error>();
  const dead = (part: string) => (error: Error) => {
    deaths.set(part, error);
    log.error(
      { part, err: error },
      `${part} has stopped; what is taken in waits in the journal for a restart`,
    );
  };

  const tariffs = loadTariffs(config.tariffs);
  const register = stack.use(
    watchRegister(
      config.register,
      { tariffNames: new Set(tariffs.keys()), knowsModel },
      {
        onReload: ({ buildings, devices }, warnings) => {
          log.info({ buildings: buildings.size, devices: devices.size }, 'the building register is read');
          for (const warning of warnings) log.warn(problemText(warning));
        },
        onRefused: (problems) =>
          log.error({ problems: problems.map(problemText) }, 'the register is wrong; the one before stays'),
      },
    ),
  );

  const { db } = stack.use(openStateDb(config.dataDir));
  const checkpoints = openCheckpoints(db);
  const quarantine = openQuarantine(db, { maxRows: config.ingest.quarantineRows });
  const alerts = openAlertStore(db, { keepDays: config.alerts.keepDays });
  const journal = stack.use(
    await openFileJournal({
      dir: join(config.dataDir, 'journal'),
      segmentBytes: config.journal.segmentMb * 1024 * 1024,
      onCut: (cut) =>
        log.warn({ ...cut }, 'the newest journal file ended in an unfinished write and was cut'),
    }),
  );
  const intake = watchAppends(journal);
  const store = stack.use(await openStore(config));

  const broker = stack.use(
    await openBroker({
      host: config.mqtt.host,
      port: config.mqtt.port,
      ...credentialsOf(config),
      maxConnections: config.mqtt.maxConnections,
      journal: intake,
      clock,
      onProblem: ({ client, message }) => log.debug({ client, message }, 'an MQTT connection ended badly'),
    }),
  );

  const notifiers: Notifier[] = [];
  if (config.alerts.log) notifiers.push(logNotifier((fields, message) => log.info(fields, message)));
  if (config.alerts.mqtt) {
    const mqtt = mqttNotifier(broker.publish);
    notifiers.push(mqtt);
    // The embedded broker forgets its retained messages when it ends: what is open is put back.
    for (const alert of alerts.list({ state: 'firing', limit: MOST_RETAINED })) {
      await mqtt.notify({ alert, atMs: alert.firedAtMs ?? alert.startsAtMs });
    }
  }
  const { url, secret } = config.alerts.webhook;
  if (url !== undefined) {
    notifiers.push(
      webhookNotifier({
        url,
        ...(secret === undefined ? {} : { secret }),
        timeoutMs: WEBHOOK_TIMEOUT_MS,
      }),
    );
  }
  const { onAlert } = overrides;
  if (onAlert) notifiers.push({ name: 'observer', notify: async (change) => onAlert(change) });
  const outbox = stack.use(
    startOutbox({
      db,
      notifiers,
      onTrouble: ({ notifier, error, retryInMs }) =>
        trouble(`notifier ${notifier}`)(error instanceof Error ? error : new Error(String(error)), retryInMs),
    }),
  );

  const holds = {
    powerHoldMs: config.intervals.powerHoldMinutes * 60_000,
    registerGapMs: config.intervals.registerGapMinutes * 60_000,
  };
  const ingest = createFrameCache(
    createIngest({
      register: register.current,
      maxFutureMs: config.ingest.maxFutureMinutes * 60_000,
      maxPastMs: config.ingest.maxPastDays * 86_400_000,
    }),
  );
  const notifierNames = notifiers.map(({ name }) => name);
  const rulesPlace = checkpoints.load('rules');
  const alerting = openAlerting(
    { options: config.rules, holds, register: register.current, tariffs },
    rulesPlace?.snapshot,
    (error) => {
      log.warn({ err: error }, 'the rules cannot use what an earlier version has learned and start afresh');
      alerts.closeOpen(clock(), notifierNames);
    },
  );
  const rulesWorker = stack.use(
    startRulesWorker({
      db,
      journal,
      from: rulesPlace?.cursor,
      ingest,
      alerting,
      alerts,
      notifiers: notifierNames,
      onAlerts: outbox.kick,
      save: (cursor, snapshot) => checkpoints.save('rules', cursor, snapshot),
      snapshotMs: SNAPSHOT_MS,
      now: Date.now,
      onTrouble: trouble('rules'),
      onDead: dead('rules'),
    }),
  );
  const storeWorker = stack.use(
    startStoreWorker({
      journal,
      from: checkpoints.load('store')?.cursor,
      ingest,
      store,
      rollup: createRollup({ store, holds }),
      quarantine,
      batchReadings: config.store.batchReadings,
      onFinished: (cursor) => checkpoints.save('store', cursor),
      onFrame: (frame) => {
        metrics.packets.inc(frame.records);
        for (const { code } of frame.rejects) metrics.rejected(code, 1);
      },
      onStored: (readings, refused) => {
        metrics.stored.inc(readings);
        if (refused > 0) metrics.rejected('refused-by-store', refused);
        overrides.onStored?.(readings);
      },
      onTrouble: trouble('store'),
      onDead: dead('store'),
    }),
  );

  const part = (name: string, worker: Worker) => healthOf(deaths.get(name) ?? worker.trouble());
  metrics.watch({
    mqttConnections: broker.connections,
    journalBytes: journal.sizeBytes,
    quarantineRows: quarantine.rows,
    quarantineForgotten: quarantine.forgotten,
    outboxWaiting: outbox.waiting,
    alerts: alerts.counts,
  });
  const api = stack.use(
    await openApi({
      host: config.http.host,
      port: config.http.port,
      version,
      store,
      alerts,
      register: register.current,
      clock,
      health: async () => ({
        journal: healthOf(intake.failure()),
        store: part('store', storeWorker),
        rules: part('rules', rulesWorker),
      }),
      metrics: metrics.registry,
      onFailure: (error) => log.error({ err: error }, 'an API request failed'),
    }),
  );
  stack.use(startTicks(intake, clock, trouble('journal')));
  stack.use(
    startHousekeeping({
      journal,
      oldest: checkpoints.oldest,
      keepHours: config.journal.keepHours,
      pruneAlerts: () => alerts.prune(clock()),
    }),
  );

  const running = stack.move();
  return {
    mqttPort: broker.port,
    httpPort: api.port,
    peaks: alerting.peaks,
    settled: async () => {
      await Promise.all([storeWorker.settled(), rulesWorker.settled()]);
      await outbox.settled();
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function healthOf(error: Error | undefined): PartHealth {
  return error ? { ok: false, detail: error.message } : { ok: true };
}

function openStore({ store, dataDir }: Config): Promise<ReadingStore> {
  if (store.kind === 'influxdb') {
    const { url, token = '', org, bucket, intervalsBucket, timeoutMs } = store.influxdb;
    return openInfluxdbStore({ url, token, org, bucket, intervalsBucket, timeoutMs });
  }
  return openDuckdbStore({ path: join(dataDir, 'readings.duckdb'), ...store.duckdb });
}

function credentialsOf({ mqtt: { username, password } }: Config) {
  return username === undefined || password === undefined ? {} : { credentials: { username, password } };
}
