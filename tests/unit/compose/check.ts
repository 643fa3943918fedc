import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { type Config, loadConfig } from '../../../src/config/config.ts';
import {
  type Compose,
  copied,
  type Deployment,
  environmentOf,
  existsIn,
  imageEnvironment,
  instructions,
  parseCompose,
  reachesBuild,
} from './deployment.ts';

/** Everything in the Compose file and the Dockerfile that would fail, or answer to nobody, when it is started. */
export function problems(root: string, deployment: Deployment): readonly string[] {
  const schema = schemaProblems(root, parse(deployment.compose));
  if (schema.length > 0) return schema;
  const compose = parseCompose(deployment.compose);
  const environment = {
    ...imageEnvironment(deployment.dockerfile),
    ...environmentOf(compose.services.kvarter),
  };
  const image = imageProblems(root, deployment);
  const volumes = volumeProblems(root, compose, environment.KVARTER_DATADIR ?? '');
  try {
    const { config } = loadConfig({ cwd: root, packageDir: root, environment });
    return [
      ...image,
      ...volumes,
      ...portProblems(compose, deployment, config),
      ...influxProblems(compose, config),
    ];
  } catch (error) {
    return [...image, ...volumes, `the container's configuration: ${error}`];
  }
}

function schemaProblems(root: string, compose: unknown): readonly string[] {
  const schema = JSON.parse(readFileSync(join(root, 'tests/fixtures/compose-spec.json'), 'utf8'));
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  const validate = ajv.compile(withoutIds(schema));
  validate(compose);
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `schema: ${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

function portProblems(compose: Compose, { dockerfile }: Deployment, config: Config): readonly string[] {
  const listening = [config.mqtt.port, config.http.port].map(String);
  const exposed = instructions(dockerfile)
    .filter(({ name }) => name === 'EXPOSE')
    .flatMap(({ rest }) => rest.split(/\s+/));
  const published = (compose.services.kvarter?.ports ?? []).map((port) => port.split(':').at(-1) ?? '');
  const unheard = [...exposed, ...published].filter((port) => !listening.includes(port));
  const unreachable = listening.filter((port) => !exposed.includes(port) || !published.includes(port));
  const loopback = [config.mqtt.host, config.http.host].filter((host) => /^(127\.|localhost|::1)/.test(host));
  return [
    ...unheard.map((port) => `port ${port}: kvarter does not listen on it`),
    ...unreachable.map((port) => `port ${port}: kvarter listens on it, but it is not exposed and published`),
    ...loopback.map((host) => `host ${host}: nobody outside the container reaches it`),
  ];
}

function volumeProblems(root: string, compose: Compose, dataDir: string): readonly string[] {
  const declared = Object.keys(compose.volumes ?? {});
  const mounts = Object.values(compose.services).flatMap((service) => service.volumes ?? []);
  const missing = mounts
    .map((mount) => mount.split(':')[0] ?? '')
    .filter((source) => (source.startsWith('.') ? !existsIn(root, source) : !declared.includes(source)));
  const unused = declared.filter((name) => !mounts.some((mount) => mount.startsWith(`${name}:`)));
  const keepsData = (compose.services.kvarter?.volumes ?? []).some(
    (mount) => mount.split(':')[1] === dataDir,
  );
  return [
    ...missing.map((source) => `volume ${source}: neither declared nor a path in the repository`),
    ...unused.map((name) => `volume ${name}: nobody mounts it`),
    ...(keepsData ? [] : [`data folder ${dataDir}: no volume keeps it`]),
  ];
}

function influxProblems(compose: Compose, { store }: Config): readonly string[] {
  const influx = environmentOf(compose.services.influxdb);
  const url = new URL(store.influxdb.url);
  const pairs = [
    ['organisation', store.influxdb.org, influx.DOCKER_INFLUXDB_INIT_ORG],
    ['bucket', store.influxdb.bucket, influx.DOCKER_INFLUXDB_INIT_BUCKET],
    ['token', store.influxdb.token, influx.DOCKER_INFLUXDB_INIT_ADMIN_TOKEN],
  ];
  const wanted = compose.services.influxdb?.environment?.DOCKER_INFLUXDB_INIT_ADMIN_TOKEN ?? '';
  return [
    ...(store.kind === 'influxdb' ? [] : ['store: InfluxDB is started and not used']),
    ...(url.host === 'influxdb:8086' ? [] : [`store: ${url.href} is not the service influxdb`]),
    ...pairs
      .filter(([, ours, theirs]) => ours !== theirs)
      .map(([what]) => `store: the two know different ${what}s`),
    ...(/^\$\{\w+:\?[^}]+\}$/.test(wanted)
      ? []
      : ['store: the token must be asked for, and have no default']),
  ];
}

function imageProblems(root: string, { dockerfile, dockerignore }: Deployment): readonly string[] {
  const sources = copied(dockerfile);
  const missing = sources.filter(({ source }) => !existsIn(root, source));
  const shutOut = sources.filter(({ source }) => !reachesBuild(dockerignore, source));
  const command = instructions(dockerfile).find(({ name }) => name === 'CMD')?.rest ?? '[]';
  const [program, ...words] = JSON.parse(command) as string[];
  const file = words.find((word) => !word.startsWith('-')) ?? '';
  const isThere = existsIn(root, file) && sources.some(({ target }) => file.startsWith(`${target}/`));
  const user = instructions(dockerfile).findLast(({ name }) => name === 'USER')?.rest ?? 'root';
  return [
    ...missing.map(({ source }) => `Dockerfile: COPY ${source}: no such path`),
    ...shutOut.map(({ source }) => `Dockerfile: COPY ${source}: shut out by .dockerignore`),
    ...(program === 'node' && isThere ? [] : [`Dockerfile: CMD ${command}: no such file in the image`]),
    ...(user === 'root' ? ['Dockerfile: runs as root'] : []),
    ...(dockerfile.includes('/health') ? [] : ['Dockerfile: the health check does not ask /health']),
  ];
}

/** Its `id`s are draft 4's, which ajv refuses; without them `#/definitions/…` is looked up where it stands. */
function withoutIds(schema: unknown): Record<string, unknown> {
  return JSON.parse(JSON.stringify(schema), (key, value) =>
    key === '$schema' || (key === 'id' && typeof value === 'string') ? undefined : value,
  );
}
