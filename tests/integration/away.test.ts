import { expect, it } from 'vitest';
import { isoTime } from '../../src/domain/time.ts';
import { openService, type Service } from '../support/service.ts';
import { openTempDir } from '../support/temp-dir.ts';

const T0 = Date.UTC(2026, 0, 15, 12);
const [MINUTE_MS, HOUR_MS] = [60_000, 3_600_000];

const staleAlerts = async (service: Service) =>
  (await service.get('/api/v1/alerts?rule=stale')).alerts.map(
    ({ facts, state }) => `${facts.channel} ${state}`,
  );

it('a service that was away takes no device for silent that it could not hear, and tells one that stays silent', async () => {
  await using dir = await openTempDir();
  let nowMs = T0;
  const clock = () => nowMs;
  const say = (service: Service, channel: string) => {
    const packet = { time: isoTime(nowMs), channel, values: { activePowerW: 12_000 } };
    return service.publish('kvarter/el-b1/up', JSON.stringify(packet));
  };
  {
    await using service = await openService(dir.path, {}, { clock });
    for (let minute = 0; minute < 15; minute += 1) {
      for (const channel of ['1', '2']) await say(service, channel);
      nowMs += MINUTE_MS;
    }
    await service.app.settled();
  }
  nowMs += 3 * HOUR_MS;
  await using service = await openService(dir.path, {}, { clock });
  // The first of them speaks, and moves its building's time past three hours in which nobody was heard.
  await say(service, '1');
  nowMs += 2 * MINUTE_MS;
  await say(service, '1');
  await service.app.settled();
  expect(await staleAlerts(service)).toEqual([]);
  for (let minute = 0; minute < 10; minute += 1) {
    nowMs += MINUTE_MS;
    await say(service, '1');
  }
  await service.app.settled();
  expect(await staleAlerts(service)).toEqual(['2 firing']);
});
