import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { problems } from './compose/check.ts';
import { type Deployment, readDeployment } from './compose/deployment.ts';

const root = join(import.meta.dirname, '../..');
const shipped = readDeployment(root);

test('what is shipped for containers fits the Compose schema, the configuration and the repository', () => {
  expect(problems(root, shipped)).toEqual([]);
});

describe('the check is awake', () => {
  const seeds: readonly [
    breach: string,
    file: keyof Deployment,
    is: string | RegExp,
    becomes: string,
    problem: string,
  ][] = [
    ['a key Compose does not know', 'compose', 'restart:', 'restarts:', 'schema: /services/kvarter'],
    [
      'a condition Compose does not know',
      'compose',
      'service_healthy',
      'healthy',
      'schema: /services/kvarter',
    ],
    [
      'a variable without a setting',
      'compose',
      'KVARTER_STORE__KIND',
      'KVARTER_STORE_KIND',
      'no such setting',
    ],
    ['a value the setting does not take', 'compose', 'KIND: influxdb', 'KIND: influx', 'KVARTER_STORE__KIND'],
    [
      'an open broker',
      'compose',
      /\s+KVARTER_MQTT__(USERNAME|PASSWORD): .*/g,
      '',
      'reachable from other machines',
    ],
    ['a port that kvarter does not hear', 'compose', '"1883:1883"', '"1883:1884"', 'port 1884'],
    ['an exposed port that kvarter does not hear', 'dockerfile', 'EXPOSE 1883', 'EXPOSE 1888', 'port 1888'],
    [
      'an address inside the container',
      'dockerfile',
      /KVARTER_HTTP__HOST=\S+/,
      'KVARTER_HTTP__HOST=127.0.0.1',
      'host 127.0.0.1',
    ],
    ['a path that is not there', 'compose', './config:', './configuration:', 'volume ./configuration'],
    ['a volume nobody declared', 'compose', '- kvarter-data:', '- kvarter:', 'volume kvarter:'],
    ['data that dies with the container', 'compose', ':/data', ':/var/data', 'data folder /data'],
    ['another organisation', 'compose', 'INIT_ORG: kvarter', 'INIT_ORG: other', 'different organisations'],
    ['another bucket', 'compose', 'INIT_BUCKET: readings', 'INIT_BUCKET: raw', 'different buckets'],
    [
      'a server that is not in the file',
      'compose',
      '//influxdb:8086',
      '//influx:8086',
      'not the service influxdb',
    ],
    ['a token for everybody', 'compose', /\$\{INFLUX_TOKEN[^}]*\}/g, 'secret', 'asked for'],
    [
      'a source that is not there',
      'dockerfile',
      'COPY src src',
      'COPY source src',
      'COPY source: no such path',
    ],
    ['a source that is shut out', 'dockerignore', '!simulators\n', '', 'COPY simulators: shut out'],
    [
      'a command that is not there',
      'dockerfile',
      'bin/kvarter.js',
      'bin/kvarter.mjs',
      'no such file in the image',
    ],
    ['a command that was not copied', 'dockerfile', 'COPY bin bin\n', '', 'no such file in the image'],
    ['root', 'dockerfile', 'USER node\n', '', 'runs as root'],
    ['a health check of something else', 'dockerfile', '/health', '/', '/health'],
  ];

  test.each(seeds)('%s', (_, file, is, becomes, problem) => {
    const broken = shipped[file].replaceAll(is instanceof RegExp ? new RegExp(is, 'g') : is, becomes);
    expect(broken, 'the seed must change something').not.toBe(shipped[file]);
    expect(problems(root, { ...shipped, [file]: broken }).join('\n')).toContain(problem);
  });
});
