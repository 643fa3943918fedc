import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HOUR_MS } from '../../src/domain/interval.ts';
import { isoTime } from '../../src/domain/time.ts';
import { openService, type Service } from '../support/service.ts';
import { openSmtp } from '../support/smtp.ts';
import { openTempDir } from '../support/temp-dir.ts';

const MINUTE_MS = 60_000;

const settings = (smtpPort: number) => `alerts:
  link: https://kvarter.example.se/larm/{id}
  email: { host: 127.0.0.1, port: ${smtpPort}, security: none, from: larm@example.se }
  group: { waitSeconds: 0, everyMinutes: 60 }
  recipients:
    - { name: caretaker, email: jour@example.se, language: sv }
    - { name: manager, email: chef@example.se }
  routes:
    - scope: { area: norrliden }
      to: caretaker
      escalate: [{ after: 30 min, to: manager }]
`;

async function post<T>(service: Service, path: string, body: object): Promise<T> {
  const response = await fetch(`http://127.0.0.1:${service.app.httpPort}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(response.ok, await response.clone().text()).toBe(true);
  return (await response.json()) as T;
}

test('a manager’s day: mail, acknowledgement, escalation, silence, resolution, outcome', async () => {
  await using dir = await openTempDir();
  await using smtp = await openSmtp();
  const file = join(dir.path, 'kvarter.yaml');
  await writeFile(file, settings(smtp.port));
  let nowMs = Date.parse('2026-01-15T08:00+01:00');
  await using service = await openService(dir.path, { KVARTER_CONFIG: file }, { clock: () => nowMs });
  const says = async (device: string, values: Record<string, number>) => {
    await service.publish(`kvarter/${device}/up`, JSON.stringify({ time: isoTime(nowMs), values }));
    await service.app.settled();
  };
  const passes = async (minutes: number) => {
    nowMs += minutes * MINUTE_MS;
    await service.app.settled();
  };
  const mailed = () => smtp.mails.splice(0).map(({ to, headers }) => `${to} ${headers.get('subject')}`);

  // A battery runs low: the caretaker is mailed, in Swedish, with what to do and where to look.
  await says('el-b1', { batteryPct: 5 });
  const [alert] = (await service.get('/api/v1/alerts?state=firing')).alerts;
  const id = alert?.id ?? '';
  const [first] = smtp.mails;
  expect(first?.text).toContain('el-b1 mäter 5 %; gränsen är 10 %.');
  expect(first?.text).toContain('Sedan: 2026-01-15 08:00');
  expect(first?.text).toContain(`https://kvarter.example.se/larm/${id}`);
  expect(mailed()).toEqual(['jour@example.se Varning: Batteri låg: 5 % i el-b1 (Norrlidsvägen 1)']);

  // She takes it on: nobody else is called. What comes meanwhile in the same house is collected.
  await post(service, `/api/v1/alerts/${id}/acknowledge`, { by: 'Anna', note: 'battery ordered' });
  await passes(5);
  await says('el-b1', { leaking: 1 });
  expect(mailed()).toEqual([]);
  await passes(29);
  expect(mailed(), 'the first is acknowledged').toEqual([]);
  // Of the second nobody says anything, so the manager hears of it, in English.
  await passes(2);
  expect(mailed()).toEqual([
    'chef@example.se Not acknowledged: Water runs without a pause, says the meter: el-b1 (Norrlidsvägen 1)',
  ]);
  await passes(25);
  expect(mailed()).toEqual([
    'jour@example.se Varning: Vattnet rinner utan uppehåll, säger mätaren: el-b1 (Norrlidsvägen 1)',
  ]);

  // Work goes on in the other house: what it causes is shown, and mailed to nobody.
  await post(service, '/api/v1/silences', {
    scope: { building: 'b2' },
    until: isoTime(nowMs + HOUR_MS),
    by: 'Anna',
    reason: 'the meters are exchanged',
  });
  await says('el-b2', { batteryPct: 4 });
  expect((await service.get('/api/v1/alerts?building=b2')).alerts).toMatchObject([{ heldBy: 'silence' }]);
  await passes(40);
  expect(mailed()).toEqual([]);
  await says('el-b2', { batteryPct: 99 });
  await passes(20);
  await says('el-b2', { batteryPct: 99 });
  expect(mailed(), 'who was not told of it is not told that it is over').toEqual([]);

  // The battery is changed: over, in the thread of the first mail.
  await says('el-b1', { batteryPct: 98 });
  await passes(16);
  await says('el-b1', { batteryPct: 98 });
  await passes(60);
  const [over] = smtp.mails;
  expect(over?.headers.get('in-reply-to')).toBe(first?.headers.get('message-id'));
  expect(mailed()).toEqual(['jour@example.se Över: Batteri låg: 5 % i el-b1 (Norrlidsvägen 1)']);
  await post(service, `/api/v1/alerts/${id}/outcome`, { outcome: 'true', by: 'Anna' });
  expect(await service.get(`/api/v1/alerts/${id}`)).toMatchObject({
    state: 'resolved',
    outcome: { outcome: 'true', by: 'Anna' },
  });
  expect(await service.get('/api/v1/notifications/dead')).toEqual({ notifications: [] });
});
