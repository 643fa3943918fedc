import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openService } from '../support/service.ts';
import { openTempDir } from '../support/temp-dir.ts';

const QUARTER_MS = 15 * 60_000;

test('what was imported is forecast, by building and with the outdoor thermometer', async () => {
  await using dir = await openTempDir();
  await using service = await openService(dir.path);
  await appendFile(join(dir.path, 'devices.csv'), 'air,kvarter,b1,,outdoor\n');
  const isKnown = async () => (await service.get('/api/v1/devices/air')).status !== 404;
  await expect.poll(isKnown, { timeout: 10_000 }).toBe(true);
  const nowMs = Math.floor(Date.now() / QUARTER_MS) * QUARTER_MS;
  const lines = Array.from({ length: 4 * 24 * 10 }, (_, i) => {
    const time = new Date(nowMs - i * QUARTER_MS).toISOString();
    return `${time},el-b1,activePowerW,8000\n${time},air,outdoorTemperatureC,4\n`;
  });
  const answer = await fetch(`http://127.0.0.1:${service.app.httpPort}/api/v1/import`, {
    method: 'POST',
    headers: { 'content-type': 'text/csv' },
    body: `time,device,quantity,value\n${lines.join('')}`,
  });
  expect(answer.ok).toBe(true);
  await service.app.settled();
  type Forecast = { withTemperature: boolean; knownHours: number; forecast: { p10: number; p90: number }[] };
  const said = await service.get<Forecast>('/api/v1/forecast?scope=building:b1&hours=48');
  expect([said.withTemperature, said.forecast.length]).toEqual([true, 48]);
  expect(said.knownHours).toBeGreaterThan(230);
  // A constant load is still a guess after ten days.
  for (const { p10, p90 } of said.forecast) expect(p10 > 7.5 && p90 < 8.5).toBe(true);
  expect(await service.get('/api/v1/forecast?scope=building:b2')).toMatchObject({ status: 409 });
});
