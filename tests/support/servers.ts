import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, test } from 'vitest';

/** How to get each server or client program that tests use but npm does not bring. */
const servers = {
  influxd: 'CGO_ENABLED=0 go install github.com/influxdata/influxdb/cmd/influxd@v1.8.10',
  mosquitto: 'apt-get install mosquitto',
  mosquitto_pub: 'apt-get install mosquitto-clients',
  mosquitto_sub: 'apt-get install mosquitto-clients',
  chromium: 'apt-get install chromium',
  // For the bench alone: with its custom build tags it needs a few packages only.
  telegraf:
    'go build -tags custom,inputs.mqtt_consumer,outputs.influxdb_v2,parsers.json_v2 github.com/influxdata/telegraf/cmd/telegraf, within a module that requires it',
} as const;
export type ServerName = keyof typeof servers;

/** Where the program is: on the PATH, where Go installs, or where Debian puts daemons. */
export function findServer(name: ServerName): string | undefined {
  return folders()
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

/**
 * A suite that needs a real server. Without it: a skip that says by name what was not checked; with `CI` set, a failing
 * test, because a machine that is there to check everything must not skip.
 *
 * @param suite gets the path of the program
 */
export function describeWith(server: ServerName, title: string, suite: (program: string) => void): void {
  const program = findServer(server);
  if (program !== undefined) {
    describe(title, () => suite(program));
    return;
  }
  const missing = `${title}: NOT CHECKED, because ${server} is missing (${servers[server]})`;
  if (process.env.CI) {
    describe(title, () => {
      test(`needs ${server}`, () => {
        throw new Error(missing);
      });
    });
    return;
  }
  console.warn(missing);
  describe.skip(`${title} (${server} is missing)`, () => suite(''));
}

function folders(): string[] {
  const path = process.env.PATH?.split(delimiter) ?? [];
  const { GOBIN } = process.env;
  return [...path, ...(GOBIN ? [GOBIN] : []), ...goBin(), join(homedir(), 'go', 'bin'), '/usr/sbin'];
}

function goBin(): string[] {
  try {
    const answer = execFileSync('go', ['env', 'GOPATH'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return answer
      .trim()
      .split(delimiter)
      .filter((path) => path !== '')
      .map((path) => join(path, 'bin'));
  } catch {
    return [];
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
