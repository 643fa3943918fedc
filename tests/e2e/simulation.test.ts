import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { KindScore } from '../../simulators/score/score.ts';
import { events, physicalFaults, sensorFaults } from '../../simulators/truth.ts';
import { kvarter } from '../support/kvarter.ts';
import { startService } from '../support/service-process.ts';
import { openTempDir } from '../support/temp-dir.ts';

/**
 * What the shipped rules find of the scenario `every-fault`, kind by kind: the least recall, and a rule that finds it.
 */
const finds: Readonly<Record<string, readonly [recall: number, rule: string]>> = {
  'base-load-shifted': [1, 'night-base-load'],
  'billed-peak': [0.5, 'peak-guard'],
  'circulation-pump-stopped': [1, 'circulation-stopped'],
  'container-bulk': [1, 'container-trouble'],
  'container-fire': [1, 'container-trouble'],
  'container-full': [1, 'container-full'],
  'container-nearly-full': [1, 'container-full'],
  'container-overfilled': [1, 'container-trouble'],
  'container-round-missed': [1, 'container-trouble'],
  'container-tilted': [1, 'device-status'],
  drift: [1, 'sensor-drift'],
  'ev-charging-on-peak': [1, 'evening-peak'],
  'heating-curve-wrong': [1, 'heating-curve'],
  'hot-water-cold': [1, 'circulation-stopped'],
  missing: [1, 'stale'],
  'night-setback-failing': [1, 'night-setback'],
  offset: [1, 'sensor-drift'],
  'pv-string-failing': [1, 'pv-output'],
  'radiator-valve-stuck-closed': [1, 'radiator-valve'],
  'radiator-valve-stuck-open': [1, 'radiator-valve'],
  'register-reset': [1, 'register-back'],
  'register-roll-over': [1, 'register-back'],
  'reversed-ct': [1, 'reversed-ct'],
  'sensor-fouled': [1, 'container-trouble'],
  'simultaneous-heating-cooling': [1, 'heating-and-cooling'],
  spike: [1, 'spike'],
  'stuck-value': [1, 'flat-line'],
  'swapped-sensors': [1, 'swapped-sensors'],
  'ventilation-all-night': [1, 'ventilation-all-night'],
  'water-leak': [1, 'water-all-night'],
  'wrong-ct-ratio': [1, 'meter-ratio'],
};

test('every kind of fault is simulated, written down, and scored, and those that a rule is for are found', async () => {
  await using dir = await openTempDir();
  const inRun = (name: string) => join(dir.path, name);
  expect((await kvarter(['simulate', '--scenario', 'every-fault', '--out', dir.path, '--json'])).stderr).toBe(
    '',
  );
  const replayed = await kvarter(['replay', '--config', inRun('kvarter.yaml'), inRun('readings.csv')]);
  expect(replayed.code).toBe(0);
  await writeFile(inRun('alerts.ndjson'), replayed.stdout);
  const files = ['--truth', inRun('truth.ndjson'), '--alerts', inRun('alerts.ndjson')];
  const scored = await kvarter(['score', ...files, '--json']);
  expect(scored.stderr).toBe('');

  const kinds: readonly KindScore[] = JSON.parse(scored.stdout).kinds;
  // Invented buildings have no heat tariff: tests/unit/commands/simulate.test.ts has one that does.
  const all = [
    ...Object.keys(physicalFaults),
    ...Object.keys(sensorFaults),
    ...Object.keys(events).filter((kind) => kind !== 'billed-heat-peak'),
  ];
  expect(kinds.map(({ kind }) => kind).toSorted()).toEqual(all.toSorted());
  expect(Object.keys(finds).toSorted()).toEqual(all.toSorted());
  for (const { kind, recall, rules } of kinds) {
    const [least, rule] = finds[kind] ?? [];
    if (least === undefined) continue;
    expect(recall, kind).toBeGreaterThanOrEqual(least);
    expect(rules, kind).toContain(rule);
  }
});

test('every kind of fault is sent to the service over MQTT, written down as true, and scored with its alerts', async () => {
  await using dir = await openTempDir();
  const buildings = ['--buildings', '6'];
  expect((await kvarter(['simulate', ...buildings, '--write-register', dir.path])).code).toBe(0);
  await using service = await startService(dir.path);
  const run = join(dir.path, 'run');
  const broker = `mqtt://127.0.0.1:${service.mqttPort}`;
  const words = ['--scenario', 'everything-for-a-year', ...buildings, '--days', '5', '--speed', 'max'];
  const sent = await kvarter(['simulate', ...words, '--broker', broker, '--out', run, '--json']);
  expect(sent.stderr).toBe('');
  expect(sent.code).toBe(0);
  const last = JSON.parse(sent.stdout.trim().split('\n').at(-1) ?? '');
  expect(last.acknowledged).toBe(last.sent);

  // What is acknowledged is read by the rules a moment later: the newest is in when nothing more comes.
  const alertsFile = join(run, 'alerts.json');
  let before = -1;
  await expect
    .poll(
      async () => {
        const answer = await service.get<{ alerts: unknown[] }>('/api/v1/alerts?limit=1000');
        await writeFile(alertsFile, JSON.stringify(answer));
        const isSame = answer.alerts.length > 0 && answer.alerts.length === before;
        before = answer.alerts.length;
        return isSame;
      },
      { timeout: 60_000, interval: 1000 },
    )
    .toBe(true);
  const scored = await kvarter([
    'score',
    '--truth',
    join(run, 'truth.ndjson'),
    '--alerts',
    alertsFile,
    '--json',
  ]);
  expect(scored.stderr).toBe('');
  const { buildings: watched, kinds, rules } = JSON.parse(scored.stdout);
  expect(watched).toBe(6);
  const named = kinds.map(({ kind }: { kind: string }) => kind);
  expect(named).toEqual(
    expect.arrayContaining([...Object.keys(physicalFaults), ...Object.keys(sensorFaults)]),
  );
  expect(rules.map(({ rule }: { rule: string }) => rule)).toContain('stale');
  expect(kinds.find(({ kind }: { kind: string }) => kind === 'missing').found).toBeGreaterThan(0);
});

test.each(['chirpstack', 'p1'])(
  'a load of numbered %s messages is found again, each once',
  async (format) => {
    await using dir = await openTempDir();
    const words = ['--devices', '300', '--rate', '400', '--format', format];
    expect((await kvarter(['load', ...words, '--register-out', dir.path])).code).toBe(0);
    await using service = await startService(dir.path);
    const places = [
      ...['--broker', `mqtt://127.0.0.1:${service.mqttPort}`],
      ...['--url', `http://127.0.0.1:${service.httpPort}`],
    ];
    const checked = await kvarter(['load', ...words, '--seconds', '2', ...places, '--json']);
    expect(checked.stderr).toBe('');
    expect(checked.code).toBe(0);
    expect(JSON.parse(checked.stdout.trim().split('\n').at(-1) ?? '')).toEqual({
      sent: 800,
      acknowledged: 800,
      lost: 0,
      duplicate: 0,
      wrong: 0,
    });
  },
);

test('a broker that is not there ends a simulation with one sentence, and what was sent', async () => {
  const { code, stderr } = await kvarter([
    'simulate',
    '--broker',
    'mqtt://127.0.0.1:1',
    // In a day there is something to send at once; of the running second there may be nothing.
    '--days',
    '1',
    '--speed',
    'max',
    '--patience',
    '0.2',
    '--seconds',
    '20',
  ]);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /cannot be reached \(.*ECONNREFUSED.*\).*; 0 packets were sent and acknowledged, \d+ more wait for it\n$/,
  );
});
