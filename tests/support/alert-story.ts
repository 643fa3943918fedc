import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isoTime } from '../../src/domain/time.ts';
import { openChromium } from './chromium.ts';
import { openPassingProxy } from './passing-proxy.ts';
import { openService } from './service.ts';
import { openSmtp } from './smtp.ts';
import { openTempDir } from './temp-dir.ts';

const START_MS = Date.parse('2026-01-15T08:00+01:00');
const MINUTE_MS = 60_000;
const settings = (smtpPort: number, publicUrl: string) => `http: { publicUrl: '${publicUrl}' }
alerts:
  email: { host: 127.0.0.1, port: ${smtpPort}, security: none, from: larm@example.se }
  group: { waitSeconds: 0, everyMinutes: 60 }
  recipients: [{ name: caretaker, email: jour@example.se, language: sv }]
  routes: [{ to: caretaker }]
`;

/** A service behind a proxy, a battery that is low in it, the mail about that, and a browser. `files`: a register other than usual. */
export async function openAlertStory(
  program: string,
  files: Partial<Record<'places.yaml' | 'devices.csv', string>> = {},
) {
  await using opening = new AsyncDisposableStack();
  const dir = opening.use(await openTempDir());
  for (const [name, content] of Object.entries(files)) await writeFile(join(dir.path, name), content);
  const smtp = opening.use(await openSmtp());
  let innerPort = 0;
  const proxy = opening.use(await openPassingProxy('/drift', () => innerPort));
  const browser = opening.use(await openChromium(program));
  const file = join(dir.path, 'kvarter.yaml');
  await writeFile(file, settings(smtp.port, `http://127.0.0.1:${proxy.port}/drift`));
  let nowMs = START_MS;
  const service = opening.use(await openService(dir.path, { KVARTER_CONFIG: file }, { clock: () => nowMs }));
  innerPort = service.app.httpPort;
  const publish = (values: Record<string, number>, device = 'el-b1') =>
    service.publish(`kvarter/${device}/up`, JSON.stringify({ time: isoTime(nowMs), values }));
  const says = async (...said: Parameters<typeof publish>) => {
    await publish(...said);
    await service.app.settled();
  };
  await says({ batteryPct: 5 });
  const link = /http:\S+\/alerts\/[^\s<"]+/.exec(smtp.mails[0]?.text ?? '')?.[0] ?? '';
  const running = opening.move();
  return {
    service,
    browser,
    link,
    id: decodeURIComponent(link.split('/').at(-1) ?? ''),
    publish,
    /** Publishes, and waits for what comes of it. */
    says,
    passes: async (minutes: number) => {
      nowMs += minutes * MINUTE_MS;
      await service.app.settled();
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
