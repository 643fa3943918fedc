import type { Logger } from 'pino';
import { maySpeakFor } from './access/credential.ts';
import { openCredentials } from './access/credentials-source.ts';
import { openApi } from './api/api.ts';
import { createMetrics } from './api/metrics.ts';
import { openBatteries } from './batteries/open-batteries.ts';
import type { Config } from './config/config.ts';
import { agesOf, commandLimitsOf, forgottenBefore, holdsOf } from './config/durations.ts';
import { followSettings, type SettingsFile } from './config/follow-settings.ts';
import { limitsOf } from './config/limits.ts';
import { watchMappings } from './config/mappings.ts';
import { watchRegister } from './config/register-source.ts';
import { watchRules } from './config/rules.ts';
import { loadTariffs } from './config/tariffs.ts';
import { knowsModel } from './decode/index.ts';
import { followMappings } from './decode/with-mappings.ts';
import { openDelivery } from './delivery.ts';
import type { AlertChange } from './domain/alert.ts';
import type { Clock } from './domain/time.ts';
import type { PeakStatus } from './energy/guard/peak-status.ts';
import { createIngest } from './ingest/ingest.ts';
import { openQuarantine } from './ingest/quarantine.ts';
import { openIntake } from './intake.ts';
import { oldestPlace, openCheckpoints } from './journal/checkpoints.ts';
import { openStateDb } from './journal/state-db.ts';
import { openJudging } from './judging.ts';
import { ruleNames } from './rules/rule-file.ts';
import { openStore } from './store/open-store.ts';
import { keepDeviceBook } from './workers/device-book-keeper.ts';
import { openDevices } from './workers/devices.ts';
import { openFrameReaders } from './workers/frame-readers.ts';
import { startHousekeeping } from './workers/housekeeping.ts';
import { openLoadControl } from './workers/load-control/load-control.ts';
import { openReprocessing } from './workers/reprocessing.ts';
import { createRequests } from './workers/requests.ts';
import { createRollup } from './workers/rollup.ts';
import { startServiceAlerts } from './workers/service-alerts.ts';
import { startStoreWorker } from './workers/store-worker.ts';
import { createTariffTroubles } from './workers/tariff-troubles.ts';
import { startTicks } from './workers/ticks.ts';
import { createTroubleLog } from './workers/trouble-log.ts';

/** The running service. Closing it stops taking in, finishes what is on its way, and leaves the rest to the next start. */
export interface App extends AsyncDisposable {
  readonly mqttPort: number;
  readonly mqttTlsPort: number | undefined;
  readonly mqttWebsocketPort: number | undefined;
  readonly httpPort: number;
  /** Resolves when everything acknowledged so far is stored, judged by the rules, and told. */
  settled(): Promise<void>;
  /** How each building's running hour stands against its budget. */
  peaks(): readonly PeakStatus[];
}

/** What a test or the demo puts in place of the real thing, and where the settings came from. */
export type Overrides = {
  readonly clock?: Clock;
  /** Time that has gone by, ms; what the clock says beyond it is a step of the clock. Default: the clock, if that is given. */
  readonly elapsed?: Clock;
  readonly onAlert?: (change: AlertChange) => void;
  readonly onStored?: (readings: number) => void;
  /** Read again when it changes, for whom alerts are told to; absent: they stay as they are. */
  readonly settings?: SettingsFile;
};

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
 *                     ▼                           alert store ► outbox ► log, MQTT, desk ► mail, …
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
  const { clock = Date.now, elapsed = overrides.clock ?? (() => performance.now()) } = overrides;
  await using stack = new AsyncDisposableStack();
  const metrics = createMetrics();
  const { trouble, dead, death, health, stepped } = createTroubleLog(log, metrics);

  const tariffs = loadTariffs(config.tariffs);
  const mappings = stack.use(watchMappings(config.decode.mappings, { isTaken: knowsModel }, log));
  const formats = followMappings(mappings.current);
  const known = { tariffNames: new Set(tariffs.keys()), knowsModel: formats.knowsModel };
  const register = stack.use(watchRegister(config.register, known, log));

  const settings = stack.use(followSettings(config, overrides.settings, log));
  const rules = stack.use(watchRules(config.rules, { ...settings, register: register.current }, log));

  const credentials = stack.use(openCredentials(config.mqtt, log));
  const state = stack.use(openStateDb(config.dataDir));
  const { db } = state;
  const checkpoints = openCheckpoints(db);
  const quarantine = openQuarantine(db, { maxRows: config.ingest.quarantineRows });
  const intake = await openIntake({ config, log, clock, credentials, trouble });
  const { journal, broker, subscribers } = stack.use(intake);
  const store = stack.use(await openStore(config.store, config.dataDir));

  const delivery = await openDelivery({
    config,
    settings,
    log,
    db,
    publish: broker.publish,
    register: register.current,
    rules: rules.current,
    clock,
    trouble,
    onAlert: overrides.onAlert,
  });
  const { alerts, silences, notifiers, onAlerts } = stack.use(delivery);

  const loads = stack.use(
    openLoadControl({
      db,
      mode: config.loadControl,
      ...commandLimitsOf(config),
      register: register.current,
      publish: broker.publish,
      clock,
      log,
    }),
  );

  const holds = holdsOf(config);
  const decoder = createIngest({
    register: register.current,
    decoder: formats.current,
    ...agesOf(config),
    onAnswer: loads.onAnswer,
    ...(credentials && {
      maySpeakFor: (sender, device) => maySpeakFor(credentials.current(), sender, device),
    }),
  });
  const readers = openFrameReaders({
    ingest: decoder,
    checkpoints,
    maxBytes: config.decode.memoryMb * 1024 ** 2,
    onRequest: createRequests({ publish: broker.publish, answer: subscribers.answer, clock, log }),
  });
  const judging = stack.use(
    await openJudging({
      state,
      journal,
      reader: readers.rules,
      rules: rules.current,
      register: register.current,
      holds,
      tariffs,
      switchesLoads: config.loadControl === 'on',
      delivery,
      loads,
      clock,
      log,
      trouble,
      dead,
    }),
  );
  const { worker: rulesWorker, limits: loadLimits, peaks } = judging;
  const heard = stack.use(keepDeviceBook(db, register.current, trouble('devices')));
  const storeWorker = stack.use(
    startStoreWorker({
      journal,
      ...readers.store,
      store,
      rollup: createRollup({ store, holds }),
      quarantine,
      batchReadings: config.store.batchReadings,
      onFrame: (frame) => {
        metrics.frame(frame);
        heard.observe(frame);
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
  const again = { ...storeWorker, journal, ingest: decoder, memory: readers.memoryOfOld, clock };
  const reprocessing = stack.use(openReprocessing({ ...again, onTrouble: trouble('reprocessing') }));
  const devices = stack.use(
    openDevices({ ...again, db, register, formats, quarantine, heard, onTrouble: trouble('devices') }),
  );

  const batteries = stack.use(
    openBatteries({ config, store, register, tariffs, devices, loads, clock, log }),
  );
  const workers = { store: storeWorker, rules: rulesWorker };
  const counted = { broker, subscribers, journal, quarantine, delivery, decoder, readers, workers, alerts };
  metrics.watch({ limits: limitsOf(config), ...counted });
  const api = stack.use(
    await openApi({
      ...config.http,
      told: delivery,
      waste: config.waste,
      comfort: config.comfort,
      version,
      store,
      alerts,
      silences: {
        book: silences,
        rules: () => ruleNames(rules.current()),
        ...config.alerts.silences,
        onChange: delivery.lookHeld,
      },
      register: register.current,
      tariffs,
      peaks,
      commands: { mode: config.loadControl, list: loads.list, batteries: batteries.states },
      limits: {
        book: loadLimits,
        mostOpen: config.loadCommands.maxLimits,
        maxHours: config.loadCommands.maxLimitHours,
        commandsOf: loads.ofCause,
      },
      clock,
      journal,
      quarantine,
      reprocessing,
      webhooks: { secret: config.http.ingest.secret, maxBytes: config.http.ingest.maxKb * 1024 },
      devices,
      importMaxBytes: config.http.importMaxMb * 1024 * 1024,
      holds,
      health: async () => ({
        journal: journal.health(),
        store: health('store', storeWorker),
        rules: health('rules', rulesWorker),
        ...subscribers.health(),
      }),
      metrics: metrics.registry,
      onFailure: (error) => log.error({ err: error }, 'an API request failed'),
    }),
  );
  stack.use(startTicks({ journal, clock, elapsed, onStep: stepped, onTrouble: trouble('journal') }));
  stack.use(
    startHousekeeping({
      journal,
      oldest: () => oldestPlace([checkpoints.oldest(['store', 'rules']), broker.journalPlace()]),
      keepHours: config.journal.keepHours,
      pruneAlerts: () => {
        const keptFromMs = clock() - config.loadCommands.keepDays * 86_400_000;
        loads.prune(keptFromMs);
        loadLimits.prune(keptFromMs);
        delivery.prune();
      },
      pruneStore: () => store.forget(forgottenBefore(config, clock())),
      onTrouble: trouble('housekeeping'),
    }),
  );
  stack.use(
    startServiceAlerts({
      settings: config.alerts.service,
      maxQuarantineRows: config.ingest.quarantineRows,
      journal,
      readers: workers,
      death,
      brokers: subscribers.health,
      files: { register, mappings, 'rule file': rules, credentials, recipients: settings },
      others: [loads.troubles, loadLimits.troubles, createTariffTroubles(register.current, tariffs, clock)],
      quarantine,
      alerts,
      notifiers,
      onAlerts,
      clock,
      elapsed,
      onTrouble: trouble('alerts'),
    }),
  );

  const running = stack.move();
  return {
    mqttPort: broker.port,
    mqttTlsPort: broker.tlsPort,
    mqttWebsocketPort: broker.websocketPort,
    httpPort: api.port,
    peaks,
    settled: async () => {
      await Promise.all([storeWorker.settled(), rulesWorker.settled()]);
      await delivery.settled();
      await loads.settled();
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
