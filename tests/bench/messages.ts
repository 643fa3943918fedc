import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pino } from 'pino';
import type { AlertBook } from '../../src/alerts/book.ts';
import { replayFiles } from '../../src/commands/replaying.ts';
import { loadSurroundings, type Surroundings } from '../../src/commands/surroundings.ts';
import { loadConfig } from '../../src/config/config.ts';
import { holdsOf } from '../../src/config/durations.ts';
import type { Config } from '../../src/config/schema.ts';
import { openDelivery } from '../../src/delivery.ts';
import { MINUTE_MS } from '../../src/domain/interval.ts';
import { isoTime } from '../../src/domain/time.ts';
import { createAlerting } from '../../src/workers/alerting.ts';
import { kvarter } from '../support/kvarter.ts';
import { type Mail, openSmtp } from '../support/smtp.ts';
import { openTempDir } from '../support/temp-dir.ts';

/** Two ordinary weeks, then one with a gateway away by day, a frost, and all gateways without power for a night. */
const scenario = `title: A winter of 200 buildings
start: 2026-01-19
days: 21
warmupDays: 21
buildings: 200
leastSeconds: 900
weather: [{ fromDay: 16, toDay: 18, shiftC: -14 }]
random: { perBuildingYear: 0.3 }
outages:
  - { gateway: lora, of: area-1, day: 15, time: "12:00", hours: 6 }
  - { gateway: lora, day: 19, time: "01:00", hours: 7, keeps: false }
`;
const FIRST_MS = Date.parse('2026-01-19T00:00+01:00');
const STORMS_MS = Date.parse('2026-02-02T00:00+01:00');
const PETTY = 10;
/** How far time moves at once while nothing happens. */
const STEP_MS = 2 * MINUTE_MS;

const settings = (run: string, smtpPort: number) => `register:
  places: ${run}/register/places.yaml
  devices: ${run}/register/devices.csv
alerts:
  log: false
  mqtt: false
  email: { host: 127.0.0.1, port: ${smtpPort}, security: none, from: larm@example.se }
  recipients:
    - { name: everything, email: everything@example.se, language: sv }
    - { name: by-day, email: by-day@example.se, language: sv, quietHours: 22:00-06:00 }
    - { name: daily, email: daily@example.se, language: sv, quietHours: 07:05-07:00 }
    - { name: one-area, email: one-area@example.se, language: sv }
    - { name: no-peaks, email: no-peaks@example.se, language: sv }
  routes:
    - to: [everything, by-day, daily]
    - { scope: { area: area-1 }, to: one-area }
    - { scope: { rule: RULES }, to: no-peaks }
`;

/**
 * What people get of 200 buildings in three weeks: a simulated district through the rules, and each change of an alert through all of the
 * delivery to a real SMTP server, with the clock of the readings. `MESSAGE_RUN` keeps the district in a folder.
 */
export async function benchMessages(root: string): Promise<void> {
  await using temp = await openTempDir();
  await using smtp = await openSmtp();
  const run = await simulated(process.env.MESSAGE_RUN ?? temp.path);
  const config = configOf(root, join(temp.path, 'kvarter.yaml'), settings(run, smtp.port));
  const surroundings = loadSurroundings(config);
  const drained = await alertsOf(join(run, 'readings.csv'), config, surroundings);
  const { times, alerts, savings } = await told(drained, config, surroundings, smtp.mails);
  console.log(
    `messages: ${alerts} alerts told in 21 days of ${surroundings.register.buildings.size} buildings`,
  );
  for (const [name, all] of times) console.log(`  ${name}: ${saidOf(all)}`);
  const petty = savings.filter((saving) => saving < PETTY);
  const share = sum(petty) / sum(savings);
  console.log(
    `  peaks: ${petty.length} of ${savings.length} would save less than ${PETTY} SEK, together ${(share * 100).toFixed(0)} %`,
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

/** The settings, in which one recipient hears of every rule but the peak guard. */
function configOf(root: string, file: string, text: string): Config {
  const load = () =>
    loadConfig({ cwd: root, packageDir: root, environment: { KVARTER_CONFIG: file } }).config;
  writeFileSync(file, text.replace('RULES', '[stale]'));
  const names = loadSurroundings(load()).rules.entries.map(({ name }) => name);
  const others = [...new Set(names)].filter((name) => name !== 'peak-guard');
  writeFileSync(file, text.replace('RULES', JSON.stringify(others)));
  return load();
}

type Drained = ReturnType<AlertBook['drain']> & { readonly atMs: number };

async function alertsOf(
  file: string,
  config: Config,
  surroundings: Surroundings,
): Promise<readonly Drained[]> {
  const { register, rules, tariffs } = surroundings;
  const context = { rules, holds: holdsOf(config), register: () => register, tariffs, switchesLoads: false };
  const alerting = createAlerting(context);
  const drained: Drained[] = [];
  await replayFiles([file], {
    config,
    register,
    onReading: alerting.onReading,
    onBatch: (atMs) => drained.push({ ...alerting.drain(), atMs }),
  });
  return drained;
}

/** When each recipient got a message; time goes by as the readings say. */
async function told(
  drained: readonly Drained[],
  config: Config,
  { register, rules }: Surroundings,
  mails: Mail[],
) {
  let [nowMs, alerts] = [0, 0];
  /** What each peak would have saved as it was first told. */
  const savings: number[] = [];
  const times = new Map<string, number[]>();
  await using delivery = await openDelivery({
    config,
    settings: { onChange: () => undefined },
    db: new DatabaseSync(':memory:'),
    publish: async () => undefined,
    register: () => register,
    rules: () => rules,
    clock: () => nowMs,
    trouble: () => (error) => console.log(error.message),
    log: pino({ level: 'silent' }),
    onAlert: ({ alert }) => {
      if (alert.state !== 'firing' || alert.renewed) return;
      alerts += 1;
      if (typeof alert.facts.expectedSaving === 'number') savings.push(alert.facts.expectedSaving);
    },
  });
  const settle = async () => {
    delivery.lookHeld();
    await delivery.settled();
    for (const name of mails.splice(0).flatMap(({ to }) => to))
      times.set(name, [...(times.get(name) ?? []), nowMs]);
  };
  const goTo = async (atMs: number) => {
    for (; nowMs < atMs; await settle()) nowMs = Math.min(atMs, nowMs + STEP_MS);
  };
  const notifiers = delivery.notifiers.map(({ name }) => name);
  for (const { changes, refreshed, atMs } of drained) {
    if (atMs < FIRST_MS) {
      delivery.alerts.save(changes, refreshed, []);
      nowMs = atMs;
      continue;
    }
    const inTime = changes.toSorted((a, b) => a.atMs - b.atMs);
    for (const [changedMs, together] of Map.groupBy(inTime, (change) => change.atMs)) {
      await goTo(changedMs);
      delivery.alerts.save(together, [], notifiers);
      delivery.onAlerts();
      await settle();
    }
    delivery.alerts.save([], refreshed, []);
    await goTo(atMs);
  }
  return { times, alerts, savings };
}

async function simulated(folder: string): Promise<string> {
  const run = join(folder, 'messages');
  if (existsSync(join(run, 'run.json'))) return run;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'messages.yaml'), scenario);
  const { code, stderr } = await kvarter([
    'simulate',
    '--scenario',
    join(folder, 'messages.yaml'),
    '--out',
    run,
  ]);
  if (code !== 0) throw new Error(stderr);
  return run;
}

function saidOf(times: readonly number[]): string {
  const quiet = times.filter((atMs) => atMs < STORMS_MS);
  const days = [...Map.groupBy(times, (atMs) => isoTime(atMs).slice(0, 10)).values()].map(
    (day) => day.length,
  );
  const hours = [...Map.groupBy(times, (atMs) => isoTime(atMs).slice(0, 13)).values()].map(
    (hour) => hour.length,
  );
  return `${(quiet.length / 14).toFixed(1)} a day in ordinary weeks, ${((times.length - quiet.length) / 7).toFixed(1)} in that of the storms, at most ${Math.max(...days)} a day and ${Math.max(...hours)} an hour`;
}
