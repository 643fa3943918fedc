import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isRecord } from '../domain/record.ts';
import { withBrokerFiles } from './broker-files.ts';
import { deliveryProblems, withDeliveryFiles } from './delivery-checks.ts';
import { type Environment, fromEnvironment } from './environment.ts';
import { mqttProblems, withMqttFiles } from './mqtt-checks.ts';
import { invalid, type Problem, parseYaml, type YamlFile, zodProblems } from './problem.ts';
import { type Config, configSchema, SHORTEST_SECRET, secretPaths } from './schema.ts';

export type { Config };

/** Where kvarter looks for things. `packageDir` holds the shipped `config/`. */
export type Places = {
  readonly cwd: string;
  readonly packageDir: string;
  readonly environment: Environment;
  /** `--config FILE`. */
  readonly file?: string;
};

export type LoadedConfig = { readonly config: Config; readonly file: string };

/**
 * Default < file < environment. Throws one `config-invalid` that lists every problem with its path.
 * Relative paths are relative to the working directory; register and tariffs are also looked for beside the file, and in
 * the package, which ships examples.
 */
export function loadConfig(places: Places): LoadedConfig {
  const file = configFile(places);
  const problems: Problem[] = [];
  const yaml = readYaml(file, problems);
  const tree = isRecord(yaml?.value) ? withoutNulls(yaml.value) : {};
  if (yaml && !isRecord(yaml.value)) problems.push({ file, message: 'must be a mapping of settings' });
  problems.push(...secretsInFile(file, tree, yaml));

  const environment = fromEnvironment(configSchema, places.environment);
  problems.push(...environment.problems);
  for (const { path, value } of environment.values) set(tree, path, value);

  const parsed = configSchema.safeParse(tree);
  if (!parsed.success) {
    const fromOutside = new Set(environment.values.map(({ path }) => path.join('.')));
    problems.push(
      ...zodProblems(file, parsed.error, yaml).map((problem) =>
        fromOutside.has(problem.path ?? '')
          ? { file: 'environment', path: variableName(problem.path ?? ''), message: problem.message }
          : problem,
      ),
    );
  }
  if (!parsed.success || problems.length > 0) throw invalid(problems);
  const config = withPaths(withSecretFiles(parsed.data, file, problems, places.cwd), places, file);
  problems.push(...crossChecks(config, file, yaml));
  if (problems.length > 0) throw invalid(problems);
  return { config, file };
}

/** The environment's name of a setting: `store.influxdb.url` → `KVARTER_STORE__INFLUXDB__URL`. */
export function variableName(path: string): string {
  return `KVARTER_${path.toUpperCase().replaceAll('.', '__')}`;
}

function configFile({ file, environment, cwd, packageDir }: Places): string {
  const named = file ?? environment.KVARTER_CONFIG;
  if (named !== undefined) return resolve(cwd, named);
  return [cwd, packageDir].map((dir) => join(dir, 'config/kvarter.yaml')).find(existsSync) ?? '';
}

function readYaml(file: string, problems: Problem[]): YamlFile | undefined {
  if (file === '') return undefined;
  try {
    const yaml = parseYaml(file, readFileSync(file, 'utf8'));
    problems.push(...yaml.problems);
    return yaml.problems.length > 0 ? undefined : yaml;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    problems.push({ file, message: `cannot be read (${why}): name another file with --config` });
    return undefined;
  }
}

function secretsInFile(
  file: string,
  tree: Record<string, unknown>,
  yaml: YamlFile | undefined,
): readonly Problem[] {
  return secretPaths
    .filter((path) => get(tree, path) !== undefined)
    .map((path) => ({
      file,
      ...yaml?.at(path),
      path: path.join('.'),
      message: `a secret does not belong in the file: set ${variableName(path.join('.'))}, or ${path.at(-1)}File to a file that holds it`,
    }));
}

function withSecretFiles(config: Config, file: string, problems: Problem[], cwd: string): Config {
  const read = (path: string, name: string | undefined, given: string | undefined): string | undefined => {
    if (given !== undefined || name === undefined) return given;
    try {
      return readFileSync(resolve(cwd, name), 'utf8').trim();
    } catch (cause) {
      problems.push({
        file,
        path,
        message: `cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      });
      return undefined;
    }
  };
  const { mqtt, http } = config;
  const alerts = withDeliveryFiles(config.alerts, file, problems, cwd);
  const { influxdb } = config.store;
  return {
    ...config,
    mqtt: {
      ...withMqttFiles(mqtt, file, problems, cwd),
      password: read('mqtt.passwordFile', mqtt.passwordFile, mqtt.password),
    },
    store: {
      ...config.store,
      influxdb: {
        ...influxdb,
        token: read('store.influxdb.tokenFile', influxdb.tokenFile, influxdb.token),
      },
    },
    http: {
      ...http,
      ingest: {
        ...http.ingest,
        secret: read('http.ingest.secretFile', http.ingest.secretFile, http.ingest.secret),
      },
    },
    brokers: withBrokerFiles(config.brokers, file, problems, cwd),
    alerts: {
      ...alerts,
      webhook: {
        ...alerts.webhook,
        secret: read('alerts.webhook.secretFile', alerts.webhook.secretFile, alerts.webhook.secret),
      },
      email: {
        ...alerts.email,
        password: read('alerts.email.passwordFile', alerts.email.passwordFile, alerts.email.password),
      },
    },
  };
}

function withPaths(config: Config, { cwd, packageDir }: Places, file: string): Config {
  const found = (path: string) =>
    [cwd, dirname(file), packageDir].map((dir) => resolve(dir, path)).find(existsSync) ?? resolve(cwd, path);
  return {
    ...config,
    dataDir: resolve(cwd, config.dataDir),
    register: { places: found(config.register.places), devices: found(config.register.devices) },
    decode: { ...config.decode, mappings: found(config.decode.mappings) },
    tariffs: found(config.tariffs),
    batteries: { ...config.batteries, prices: { ...config.batteries.prices, ...sourceIn(config, cwd) } },
    rules: found(config.rules),
    alerts: { ...config.alerts, templates: found(config.alerts.templates) },
  };
}

/** Where prices are read from: an address stands as it is. */
function sourceIn({ batteries }: Config, cwd: string): { readonly source?: string } {
  const { source } = batteries.prices;
  if (source === undefined || /^https?:\/\//i.test(source)) return {};
  return { source: resolve(cwd, source) };
}

function crossChecks(
  { mqtt, store, http, alerts }: Config,
  file: string,
  yaml: YamlFile | undefined,
): readonly Problem[] {
  const problems = [...mqttProblems(mqtt, file, variableName), ...deliveryProblems(alerts, file, yaml)];
  const { secret } = http.ingest;
  if (secret !== undefined && secret.length < SHORTEST_SECRET) {
    problems.push({
      file,
      path: 'http.ingest.secretFile',
      message: `the secret in it is shorter than ${SHORTEST_SECRET} characters: make one that nobody guesses`,
    });
  }
  if (store.kind === 'influxdb' && store.influxdb.token === undefined) {
    problems.push({
      file,
      path: 'store.influxdb.token',
      message: `InfluxDB needs a token: set ${variableName('store.influxdb.token')} or store.influxdb.tokenFile`,
    });
  }
  return problems;
}

/** A section whose keys are all commented out is null in YAML; here it is one that says nothing. */
function withoutNulls(tree: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(tree)
      .filter(([, value]) => value !== null)
      .map(([key, value]) => [key, isRecord(value) ? withoutNulls(value) : value]),
  );
}

function get(tree: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((node, key) => (isRecord(node) ? node[key] : undefined), tree);
}

function set(tree: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key, ...rest] = path;
  if (key === undefined) return;
  if (rest.length === 0) {
    tree[key] = value;
    return;
  }
  const below = tree[key];
  const inner = isRecord(below) ? below : {};
  tree[key] = inner;
  set(inner, rest, value);
}
