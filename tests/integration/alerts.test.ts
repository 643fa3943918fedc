import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { replay } from '../../src/commands/replay.ts';
import { HOUR_MS } from '../../src/domain/interval.ts';
import { isoTime } from '../../src/domain/time.ts';
import { openService, type Service } from '../support/service.ts';
import { openTempDir } from '../support/temp-dir.ts';

/** Midnight in Kalmar. Three quiet days with peaks, the third of which is one of the highest, then an evening that passes them. */
const T0 = Date.parse('2026-01-13T00:00+01:00');
const DAYS = 3;
const day = (peaks: Record<number, number>) => Array.from({ length: 24 }, (_, hour) => peaks[hour] ?? 30);
const hoursKw = [
  ...day({ 7: 70, 8: 65 }),
  ...day({ 7: 68 }),
  ...day({ 7: 66, 18: 90 }),
  ...day({ 17: 110 }).slice(0, 19),
];
const peakHour = isoTime(T0 + (DAYS * 24 + 17) * HOUR_MS);
const readings = hoursKw.flatMap((kw, hour) =>
  Array.from({ length: 12 }, (_, step) => ({
    time: isoTime(T0 + hour * HOUR_MS + step * 300_000),
    watt: kw * 1000,
  })),
);

const payload = (some: readonly { time: string; watt: number }[]) =>
  JSON.stringify(some.map(({ time, watt }) => ({ time, values: { activePowerW: watt } })));

async function send(service: Service, some: typeof readings): Promise<void> {
  for (let at = 0; at < some.length; at += 50) {
    await service.publish('kvarter/el-b1/up', payload(some.slice(at, at + 50)));
  }
  await service.app.settled();
}

test('a peak is told before its hour ends: in the API, retained on MQTT, and to a signed webhook', async () => {
  await using dir = await openTempDir();
  const posted: { state: string; id: string; signature: string | undefined }[] = [];
  const receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const signature = request.headers['kvarter-signature'];
      posted.push({ ...JSON.parse(body), signature: typeof signature === 'string' ? signature : undefined });
      response.end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const address = receiver.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const environment = {
    KVARTER_ALERTS__WEBHOOK__URL: `http://127.0.0.1:${port}/hook`,
    KVARTER_ALERTS__WEBHOOK__SECRET: 'secret',
  };
  const beforeTheEnd = readings.filter(({ time }) => Date.parse(time) < Date.parse(peakHour) + 50 * 60_000);
  let id = '';
  {
    await using service = await openService(dir.path, environment);
    await send(service, beforeTheEnd);
    const { alerts } = await service.get('/api/v1/alerts?state=firing&building=b1&rule=peak-guard');
    expect(alerts).toHaveLength(1);
    const [alert] = alerts;
    id = alert?.id ?? '';
    expect(alert?.facts).toMatchObject({
      windowFrom: peakHour,
      windowTo: isoTime(Date.parse(peakHour) + HOUR_MS),
      shed: [{ load: 'hp', powerKw: 18 }],
    });
    expect(Number(alert?.facts.projectedKw)).toBeGreaterThan(Number(alert?.facts.budgetKw));
    expect(posted.filter((post) => post.id === id).map(({ state }) => state)).toEqual(['firing']);
    expect(posted[0]?.signature).toMatch(/^sha256=[0-9a-f]{64}$/);
  }
  // Started again, the broker shows what is open to whoever comes, and takes it away when it is over.
  await using service = await openService(dir.path, environment);
  const client = await service.connect();
  const heard: string[] = [];
  client.on('message', (topic, body) => {
    heard.push(`${topic} ${body.length === 0 ? 'gone' : JSON.parse(body.toString()).state}`);
  });
  await client.subscribeAsync('kvarter/alerts/#', { qos: 1 });
  await expect.poll(() => heard).toEqual([`kvarter/alerts/b1/${id} firing`]);
  await send(service, readings.slice(beforeTheEnd.length));
  // The day is watched for three hours more.
  const later = Array.from({ length: 16 }, (_, quarter) => ({
    time: isoTime(Date.parse(peakHour) + HOUR_MS + quarter * 15 * 60_000),
    watt: 10_000,
  }));
  await send(service, later);
  await expect
    .poll(() => heard.slice(1))
    .toEqual([`kvarter/alerts/b1/${id} resolved`, `kvarter/alerts/b1/${id} gone`]);
  receiver.closeAllConnections();
  receiver.close();
});

test('only kvarter itself publishes alerts', async () => {
  await using dir = await openTempDir();
  await using service = await openService(dir.path);
  const client = await service.connect();
  const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
  client.publish('kvarter/alerts/b1/fake', '{}', { qos: 1, retain: true });
  await closed;
  const listener = await service.connect();
  const heard: string[] = [];
  listener.on('message', (topic) => heard.push(topic));
  await listener.subscribeAsync('kvarter/alerts/#');
  await service.publish('kvarter/el-b1/up', payload(readings.slice(0, 1)));
  await service.app.settled();
  expect(heard).toEqual([]);
});

test('the same readings give the same alerts live and in a replay', async () => {
  await using dir = await openTempDir();
  const live: object[] = [];
  await using service = await openService(dir.path, {}, { onAlert: (change) => live.push(change) });
  await send(service, readings);
  const file = join(dir.path, 'readings.csv');
  const lines = readings.map(({ time, watt }) => `${time},el-b1,activePowerW,${watt}`);
  await writeFile(file, `time,device,quantity,value\n${lines.join('\n')}\n`);
  let printed = '';
  const root = join(import.meta.dirname, '../..');
  await replay.run(
    {
      places: {
        cwd: root,
        packageDir: root,
        environment: {
          KVARTER_REGISTER__PLACES: join(dir.path, 'places.yaml'),
          KVARTER_REGISTER__DEVICES: join(dir.path, 'devices.csv'),
        },
      },
      version: '0',
      clock: Date.now,
      print: (text) => {
        printed += text;
      },
      complain: () => undefined,
      taken: async () => {},
      inputChunks: async function* () {},
      terminal: undefined,
      stop: new AbortController().signal,
    },
    { values: {}, files: [file] },
  );
  const replayed = printed
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ state }) => state !== 'pending');
  expect(replayed.length).toBeGreaterThan(2);
  expect(replayed.map(({ id, state, at }) => [id, state, at])).toEqual(
    (live as { alert: { id: string; state: string }; atMs: number }[]).map(({ alert, atMs }) => [
      alert.id,
      alert.state,
      isoTime(atMs),
    ]),
  );
});
