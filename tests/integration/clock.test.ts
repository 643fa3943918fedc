import { describe, expect, it, test } from 'vitest';
import { isoTime } from '../../src/domain/time.ts';
import { openService, type Service } from '../support/service.ts';
import { openTempDir } from '../support/temp-dir.ts';

const T0 = Date.UTC(2026, 0, 15, 12);
const [MINUTE_MS, HOUR_MS] = [60_000, 3_600_000];

/** A clock that runs when the test says so, and can be set. */
function ownTime() {
  const time = { clockMs: T0, elapsedMs: 0 };
  return {
    now: () => time.clockMs,
    pass: (ms: number) => {
      time.clockMs += ms;
      time.elapsedMs += ms;
    },
    set: (byMs: number) => {
      time.clockMs += byMs;
    },
    overrides: { clock: () => time.clockMs, elapsed: () => time.elapsedMs },
  };
}

const metric = async ({ app }: Service, pattern: RegExp): Promise<number> => {
  const text = await (await fetch(`http://127.0.0.1:${app.httpPort}/metrics`)).text();
  return Number(pattern.exec(text)?.[1] ?? 0);
};
const steps = (service: Service) => metric(service, /^kvarter_clock_steps_total (\d+)/m);
const staleAlerts = async (service: Service) =>
  (await service.get('/api/v1/alerts?rule=stale')).alerts.map(({ state }) => state);

/** A reading a minute, of a device that has a clock of its own, which is right. */
async function send(service: Service, deviceMs: number): Promise<void> {
  const payload = JSON.stringify({ time: isoTime(deviceMs), values: { activePowerW: 12_000 } });
  await service.publish('kvarter/el-b1/up', payload);
}

describe('a clock that NTP sets', () => {
  it('back and forth: no reading twice, no interval lost, no device silent', async () => {
    await using dir = await openTempDir();
    const time = ownTime();
    await using service = await openService(dir.path, {}, time.overrides);
    const sent: string[] = [];
    let deviceMs = T0;
    for (const [n, byMs] of [-5 * MINUTE_MS, 5 * MINUTE_MS, 3 * HOUR_MS, -3 * HOUR_MS].entries()) {
      for (let minute = 0; minute < 15; minute += 1) {
        await send(service, deviceMs);
        sent.push(isoTime(deviceMs));
        deviceMs += MINUTE_MS;
        time.pass(MINUTE_MS);
      }
      await service.app.settled();
      time.set(byMs);
      await expect.poll(() => steps(service)).toBe(n + 1);
      await service.app.settled();
    }
    const { readings } = await service.get('/api/v1/readings?device=el-b1&limit=1000');
    expect(readings.map(({ at }) => at)).toEqual(sent);
    const { intervals } = await service.get(
      `/api/v1/load?scope=building:b1&from=${isoTime(T0)}&to=${isoTime(T0 + HOUR_MS)}&resolution=PT15M`,
    );
    expect(intervals.map(({ coverage, powerKw }) => [coverage, powerKw])).toEqual(
      Array.from({ length: 4 }, () => [1, 12]),
    );
    expect(await staleAlerts(service)).toEqual([]);
    // The same three hours of silence are told.
    time.pass(3 * HOUR_MS);
    await expect.poll(() => staleAlerts(service), { timeout: 5000 }).toEqual(['firing']);
  });

  it('back, with readings that have no time of their own: each is kept, as of its arrival', async () => {
    await using dir = await openTempDir();
    const time = ownTime();
    await using service = await openService(dir.path, {}, time.overrides);
    for (const [n, byMs] of [-90_500, 45_250, -10_000].entries()) {
      for (let i = 0; i < 5; i += 1) {
        await service.publish('kvarter/el-b1/up', `{"values":{"activePowerW":${n * 5 + i}}}`);
        time.pass(20_000);
      }
      time.set(byMs);
      await expect.poll(() => steps(service)).toBe(n + 1);
    }
    await service.app.settled();
    const { readings } = await service.get('/api/v1/readings?device=el-b1&limit=1000');
    expect(readings.map(({ value }) => value).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 15 }, (_, n) => n),
    );
  });
});

test('a device whose clock is years off: what cannot be is rejected, what may be back-fill is taken, and both are counted', async () => {
  await using dir = await openTempDir();
  const time = ownTime();
  await using service = await openService(dir.path, {}, time.overrides);
  const YEAR_MS = 365.25 * 24 * HOUR_MS;
  for (const offMs of [0, 5 * MINUTE_MS, 11 * MINUTE_MS, 3 * YEAR_MS, -11 * YEAR_MS, -T0, -3 * YEAR_MS]) {
    await send(service, T0 + offMs);
  }
  await service.app.settled();
  const { readings } = await service.get('/api/v1/readings?device=el-b1');
  expect(readings.map(({ at }) => Date.parse(at) - T0)).toEqual([-3 * YEAR_MS, 0, 5 * MINUTE_MS]);
  expect(await metric(service, /^kvarter_readings_late_total (\d+)/m)).toBe(1);
  for (const code of ['future-time', 'past-time']) {
    const pattern = new RegExp(`^kvarter_rejected_total\\{code="${code}"\\} (\\d+)`, 'm');
    expect(await metric(service, pattern), code).toBe(2);
  }
});
