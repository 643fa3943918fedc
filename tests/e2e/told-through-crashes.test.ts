import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { connectAsync } from 'mqtt';
import { expect, test } from 'vitest';
import { isoTime } from '../../src/domain/time.ts';
import { startService } from '../support/service-process.ts';
import { openSmtp } from '../support/smtp.ts';
import { openTempDir } from '../support/temp-dir.ts';

const T0 = Date.UTC(2026, 0, 15);
const DEVICES = 60;
const KILLS = 2;
const device = (n: number) => `meter-${n}`;

test('kill -9 while people are told: each alert is mailed, and again only under the same id', {
  timeout: 120_000,
}, async () => {
  await using dir = await openTempDir();
  // A mail takes its time, so that each kill hits one on its way.
  await using smtp = await openSmtp({
    onMailFrom: (_address, _session, done) => void wait(20).then(() => done(null)),
  });
  const rows = Array.from({ length: DEVICES }, (_, n) => `${device(n)},kvarter,b1,,`);
  await writeFile(join(dir.path, 'devices.csv'), `device,model,building,space,role\n${rows.join('\n')}\n`);
  const file = join(dir.path, 'kvarter.yaml');
  await writeFile(
    file,
    `alerts:
  email: { host: 127.0.0.1, port: ${smtp.port}, security: none, from: larm@example.se }
  recipients: [{ name: anna, email: anna@example.se, grouped: false, messagesPerHour: 0 }]
  routes: [{ to: anna }]
`,
  );
  const environment = { KVARTER_CONFIG: file };
  const subjects = () => new Set(smtp.mails.map(({ headers }) => headers.get('subject')));
  for (let kill = 0; kill <= KILLS; kill += 1) {
    await using service = await startService(dir.path, environment);
    if (kill === 0) {
      const client = await connectAsync(`mqtt://127.0.0.1:${service.mqttPort}`);
      const low = JSON.stringify({ time: isoTime(T0), values: { batteryPct: 1 } });
      for (let n = 0; n < DEVICES; n += 1) {
        await client.publishAsync(`kvarter/${device(n)}/up`, low, { qos: 1 });
      }
      await client.endAsync(true);
    }
    const wanted = kill === KILLS ? DEVICES : Math.min(DEVICES - 5, smtp.mails.length + 10);
    await expect.poll(() => subjects().size, { timeout: 30_000, interval: 5 }).toBeGreaterThanOrEqual(wanted);
  }
  const ids = new Map(smtp.mails.map(({ headers }) => [headers.get('message-id'), headers.get('subject')]));
  expect(ids.size).toBe(DEVICES);
  expect(subjects().size).toBe(DEVICES);
});
