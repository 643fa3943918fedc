import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type LoadedConfig, loadConfig, variableName } from '../../../src/config/config.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { openTempDir } from '../../support/temp-dir.ts';

/** Every setting of the schema, as `mqtt.port`. */
function paths(schema: unknown, above: readonly string[] = []): string[] {
  let inner = schema;
  while (inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault || inner instanceof z.ZodOptional) {
    inner = inner.unwrap();
  }
  if (!(inner instanceof z.ZodObject)) return [above.join('.')];
  return Object.entries(inner.shape).flatMap(([key, value]) => paths(value, [...above, key]));
}

const packageDir = join(import.meta.dirname, '../../..');

async function load(yaml: string, environment: Record<string, string> = {}): Promise<LoadedConfig> {
  await using dir = await openTempDir();
  mkdirSync(join(dir.path, 'config'));
  writeFileSync(join(dir.path, 'config/kvarter.yaml'), yaml);
  return loadConfig({ cwd: dir.path, packageDir, environment });
}

const problemsOf = (yaml: string, environment?: Record<string, string>) =>
  load(yaml, environment).then(
    () => [],
    (error: Error) =>
      error.message.split('\n').map((line) => line.replace(/^.*?kvarter\.yaml/, 'kvarter.yaml')),
  );

describe('the configuration', () => {
  it('is the defaults when the file says nothing', async () => {
    const { config } = await load('');
    expect(config.mqtt).toMatchObject({ host: '127.0.0.1', port: 1883 });
    expect(config.store.kind).toBe('duckdb');
  });

  it('the shipped file holds exactly the defaults', async () => {
    const shipped = loadConfig({ cwd: packageDir, packageDir, environment: {} }).config;
    const { config } = await load('');
    const { dataDir: _a, register: _b, tariffs: _c, rules: _d, ...rest } = shipped;
    expect(config).toMatchObject(rest);
  });

  it('takes the file over the default, and the environment over the file', async () => {
    const { config } = await load('http: { port: 9000 }\nmqtt: { port: 9001 }', { KVARTER_HTTP__PORT: '0' });
    expect([config.http.port, config.mqtt.port]).toEqual([0, 9001]);
  });

  it('finds camel-case keys in the environment whatever the case', async () => {
    const { config } = await load('', {
      KVARTER_INTERVALS__POWERHOLDMINUTES: '7.5',
      KVARTER_DATADIR: '/srv/k',
    });
    expect([config.intervals.powerHoldMinutes, config.dataDir]).toEqual([7.5, '/srv/k']);
  });

  it('reports every problem at once, with line and path', async () => {
    const yaml = 'mqtt:\n  port: high\n  prot: 1\nstore:\n  kind: sqlite\n';
    const environment = { KVARTER_HTTP__PROT: '1', KVARTER_HTTP__PORT: 'x' };
    const problems = await problemsOf(yaml, environment);
    expect(problems).toHaveLength(5);
    expect(problems).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^kvarter\.yaml:2:9: mqtt\.port: /),
        expect.stringMatching(/^kvarter\.yaml:3:3: mqtt\.prot: unknown key/),
        expect.stringMatching(/^kvarter\.yaml:5:9: store\.kind: /),
        expect.stringMatching(/^environment: KVARTER_HTTP__PROT: no such setting/),
        expect.stringMatching(/^environment: KVARTER_HTTP__PORT: /),
      ]),
    );
  });

  it.each([
    ['a secret in the file', 'mqtt: { username: a, password: b }', /secret does not belong in the file/],
    ['a broker open to the network without credentials', 'mqtt: { host: 0.0.0.0 }', /reachable from other/],
    [
      'a TLS listener open to the network without credentials',
      'mqtt: { tls: { host: 0.0.0.0, port: 8883, certFile: a, keyFile: b } }',
      /mqtt\.tls\.host: 0\.0\.0\.0 is reachable/,
    ],
    [
      'a WebSocket open to the network without credentials',
      'mqtt: { websocket: { host: "::", port: 8083 } }',
      /mqtt\.websocket\.host: :: is reachable/,
    ],
    ['TLS without a certificate', 'mqtt: { tls: { port: 8883 } }', /tls\.port: TLS needs a certificate/],
    ['a certificate without its key', 'mqtt: { tls: { certFile: a } }', /certificate and key go together/],
    [
      'a certificate that is not there',
      'mqtt: { tls: { certFile: no, keyFile: no } }',
      /certFile: cannot be read/,
    ],
    ['client certificates of nobody', 'mqtt: { tls: { requireCertificate: true } }', /set caFile/],
    ['wss without a certificate', 'mqtt: { websocket: { port: 1, secure: true } }', /needs a certificate/],
    ['InfluxDB without a token', 'store: { kind: influxdb }', /needs a token/],
    ['a secret file that is not there', 'mqtt: { username: a, passwordFile: no/such }', /cannot be read/],
    ['a list instead of settings', '- a', /must be a mapping/],
    ['something that is not YAML', 'a: [', /kvarter\.yaml:1/],
    [
      'a comfortable band with nothing in it',
      'comfort: { coldC: 25 }',
      /1:19: comfort\.coldC: must be less than warmC, which is 24/,
    ],
  ])('refuses %s', async (_what, yaml, message) => {
    expect((await problemsOf(yaml)).join('\n')).toMatch(message);
  });

  it('refuses a secret file that holds none', async () => {
    expect((await problemsOf('http: { ingest: { secretFile: /dev/null } }')).join('\n')).toMatch(
      /http\.ingest\.secretFile: the secret in it is shorter than 16/,
    );
  });

  it('the shipped file shows every key, secrets only by the name of their variable', () => {
    const text = readFileSync(join(packageDir, 'config/kvarter.yaml'), 'utf8');
    const shown = (path: string) =>
      new RegExp(`\\b${path.split('.').at(-1)}:`).test(text) || text.includes(variableName(path));
    expect(paths(configSchema).filter((path) => !shown(path))).toEqual([]);
    expect(shown('mqtt.nosuchkey'), 'the check is awake').toBe(false);
  });

  it.each([
    ['a file of credentials', 'host: 0.0.0.0, credentialsFile: c.csv'],
    [
      'a file of credentials, over TLS',
      'credentialsFile: c.csv, tls: { host: "::", port: 1, certFile: F, keyFile: F }',
    ],
    [
      'required certificates',
      'tls: { host: "::", port: 1, certFile: F, keyFile: F, caFile: F, requireCertificate: true }',
    ],
    [
      'required certificates, over WebSocket',
      'websocket: { host: "::", port: 1, secure: true }, tls: { certFile: F, keyFile: F, caFile: F, requireCertificate: true }',
    ],
  ])('listens beyond loopback with %s', async (_, mqtt) => {
    const file = join(packageDir, 'package.json');
    await expect(
      load(`mqtt: { ${mqtt.replaceAll('F,', `${file},`).replaceAll('F }', `${file} }`)} }`),
    ).resolves.toBeDefined();
  });

  it('listens beyond loopback when there are credentials', async () => {
    const { config } = await load('mqtt: { host: 0.0.0.0, username: a }', { KVARTER_MQTT__PASSWORD: '123' });
    expect(config.mqtt.password).toBe('123');
  });
});
