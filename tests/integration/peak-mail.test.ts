import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../src/domain/interval.ts';
import { isoTime } from '../../src/domain/time.ts';
import { openService } from '../support/service.ts';
import { type Mail, openSmtp } from '../support/smtp.ts';
import { openTempDir } from '../support/temp-dir.ts';

const settings = (smtpPort: number) => `alerts:
  email: { host: 127.0.0.1, port: ${smtpPort}, security: none, from: larm@example.se }
  group: { waitSeconds: 0, everyMinutes: 60 }
  recipients:
    - { name: caretaker, email: jour@example.se, language: sv }
    - { name: manager, email: chef@example.se, quietHours: 15:00-22:00 }
  routes:
    - { scope: { rule: peak-guard }, to: caretaker }
    - { scope: { rule: peak-guard, severity: critical }, to: manager }
`;

/** Midnight in Kalmar, a Thursday. */
const T0 = Date.parse('2026-01-15T00:00+01:00');
const EVENING_MS = T0 + (3 * 24 + 17) * HOUR_MS;
const STEP_MS = 5 * MINUTE_MS;

/** Three days with high hours in the morning and in the evening; the fourth evening is half as high again. */
function kwAt(atMs: number): number {
  if (atMs >= EVENING_MS) return 120;
  return [7, 8, 17].includes(Math.floor((atMs - T0) / HOUR_MS) % 24) ? 80 : 40;
}

test('a peak that is likely to be billed is told at once to who was told that it may be, and to who hears of such only', async () => {
  await using dir = await openTempDir();
  await using smtp = await openSmtp();
  const file = join(dir.path, 'kvarter.yaml');
  await writeFile(file, settings(smtp.port));
  let nowMs = EVENING_MS;
  await using service = await openService(dir.path, { KVARTER_CONFIG: file }, { clock: () => nowMs });
  const say = (fromMs: number, toMs: number) => {
    const times = Array.from({ length: (toMs - fromMs) / STEP_MS }, (_, n) => fromMs + n * STEP_MS);
    const readings = times.map((atMs) => ({
      time: isoTime(atMs),
      values: { activePowerW: kwAt(atMs) * 1000 },
    }));
    return service.publish('kvarter/el-b1/up', JSON.stringify(readings));
  };
  await say(T0, EVENING_MS);
  await service.app.settled();
  smtp.mails.splice(0);
  const mails: ({ readonly minute: number } & Mail)[] = [];
  for (; nowMs < EVENING_MS + HOUR_MS; nowMs += STEP_MS) {
    await say(nowMs, nowMs + STEP_MS);
    await service.app.settled();
    const minute = (nowMs - EVENING_MS) / MINUTE_MS;
    mails.push(...smtp.mails.splice(0).map((mail) => ({ minute, ...mail })));
  }
  expect(
    mails.map(({ minute, to, headers }) => `${minute} ${to} ${headers.get('subject')?.split(':')[0]}`),
  ).toEqual(['10 jour@example.se Varning', '15 jour@example.se Kritiskt', '15 chef@example.se Critical']);
  expect(mails.map(({ text }) => /allvarligare nu än det var: Varning/.test(text))).toEqual([
    false,
    true,
    false,
  ]);
  const [alert] = (await service.get('/api/v1/alerts?rule=peak-guard')).alerts;
  expect(alert).toMatchObject({
    severity: 'critical',
    renewed: { from: 'warning', at: isoTime(EVENING_MS + 15 * MINUTE_MS) },
  });
});
