import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { createApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config/config.ts';
import { certificates } from '../support/certificates.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import { describeWith } from '../support/servers.ts';
import { devices, places } from '../support/service.ts';
import { connected, patience, publish, subscribeTo } from '../support/subscriber.ts';
import { openTempDir } from '../support/temp-dir.ts';

const run = promisify(execFile);

describeWith('mosquitto', 'with a mosquitto that has rules of its own, the subscriber', (program) => {
  it('logs in with the password of its file, read anew at each try', async () => {
    await using dir = await openTempDir();
    const [passwords, passwordFile] = [join(dir.path, 'passwords'), join(dir.path, 'password')];
    await run('mosquitto_passwd', ['-b', '-c', passwords, 'kvarter', 'right']);
    await using broker = await startMosquitto(program, {
      settings: ['allow_anonymous false', `password_file ${passwords}`],
    });
    await writeFile(passwordFile, 'guess\n');
    await using subscriber = subscribeTo(broker, { username: 'kvarter', passwordFile });
    await expect.poll(() => subscriber.trouble()?.message, patience).toMatch(/not authorized/i);
    expect(subscriber.connected()).toBe(false);
    await writeFile(passwordFile, 'right\n');
    await connected(subscriber);
  });

  it('says which topics the broker refuses, and takes in the others', async () => {
    // An acl_file grants every subscription and holds back at delivery; Debian's plug-in refuses.
    const plugin = globSync('/usr/lib/*/mosquitto_dynamic_security.so')[0];
    const roles = [
      { rolename: 'site', acls: [{ acltype: 'subscribePattern', topic: 'site/#', allow: true }] },
    ];
    const rights = {
      defaultACLAccess: { publishClientSend: true, publishClientReceive: true, subscribe: false },
      roles,
      groups: [{ groupname: 'all', roles: [{ rolename: 'site' }] }],
      anonymousGroup: 'all',
    };
    await using broker = await startMosquitto(program, {
      settings: [`plugin ${plugin}`, 'plugin_opt_config_file FOLDER/rights.json'],
      files: { 'rights.json': JSON.stringify(rights) },
    });
    await using subscriber = subscribeTo(broker, { topics: ['secret/x', 'site/#'] });
    await expect.poll(() => subscriber.connected(), patience).toBe(true);
    await publish(broker, ['x']);
    await expect.poll(() => subscriber.taken, patience).toEqual(['x']);
    expect(subscriber.trouble()?.message).toMatch(/refuses secret\/x/);
  });

  it('shows its certificate over TLS, and trusts only the authority of its file', async () => {
    await using dir = await openTempDir();
    const files = await certificates(dir.path);
    await using broker = await startMosquitto(program, {
      settings: [
        `cafile ${files.ca}`,
        `certfile ${files.serverCert}`,
        `keyfile ${files.serverKey}`,
        'require_certificate true',
      ],
    });
    const url = broker.url.replace('mqtt://', 'mqtts://');
    const own = { certFile: files.clientCert, keyFile: files.clientKey };
    await using subscriber = subscribeTo({ url }, { clientId: 'trusts', caFile: files.ca, ...own });
    await connected(subscriber);
    await using stranger = subscribeTo({ url }, { clientId: 'stranger', ...own });
    await expect.poll(() => stranger.trouble()?.message, patience).toMatch(/certificate/);
    await using nobody = subscribeTo({ url }, { clientId: 'nobody', caFile: files.ca });
    await expect.poll(() => nobody.problems.length, patience).toBeGreaterThan(0);
    expect([subscriber, stranger, nobody].map((one) => one.connected())).toEqual([true, false, false]);
  });

  it('is part of the service: what the broker has is stored, /health and /metrics say how it stands', async () => {
    await using dir = await openTempDir();
    await using broker = await startMosquitto(program);
    const config = join(dir.path, 'kvarter.yaml');
    await writeFile(join(dir.path, 'places.yaml'), places);
    await writeFile(join(dir.path, 'devices.csv'), devices);
    await writeFile(
      config,
      `dataDir: ${dir.path}/data
mqtt: { port: 0 }
http: { port: 0 }
register: { places: ${dir.path}/places.yaml, devices: ${dir.path}/devices.csv }
brokers:
  - { name: site, url: '${broker.url}', topics: [kvarter/+/up] }
  - { name: away, url: 'mqtt://127.0.0.1:9', topics: ['#'] }
`,
    );
    const packageDir = join(import.meta.dirname, '../..');
    const loaded = loadConfig({ cwd: packageDir, packageDir, environment: {}, file: config });
    const stored = Promise.withResolvers<void>();
    await using app = await createApp(loaded.config, pino({ level: 'silent' }), '0.0.0', {
      onStored: () => stored.resolve(),
    });
    const get = (path: string) => fetch(`http://127.0.0.1:${app.httpPort}${path}`);
    const health = async () => (await (await get('/health')).json()) as { parts: Record<string, unknown> };
    await expect
      .poll(async () => (await health()).parts, patience)
      .toMatchObject({
        'broker site': { ok: true },
        'broker away': { ok: false, detail: expect.stringMatching(/ECONNREFUSED/) },
      });
    expect(await (await get('/metrics')).text()).toMatch(
      /kvarter_broker_connected{broker="site"} 1\nkvarter_broker_connected{broker="away"} 0/,
    );
    const payload = JSON.stringify({ time: '2026-01-15T07:00:00Z', values: { activePowerW: 1200 } });
    await publish(broker, [payload], { topic: 'kvarter/el-b1/up' });
    await stored.promise;
    const answer = await get('/api/v1/readings?device=el-b1&quantity=activePowerW');
    expect(((await answer.json()) as { readings: unknown }).readings).toEqual([
      { device: 'el-b1', quantity: 'activePowerW', at: '2026-01-15T07:00:00.000Z', value: 1200 },
    ]);
  });
});
