import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePorts } from './ports.ts';
import { openTempDir } from './temp-dir.ts';

export type Influxd = {
  readonly url: string;
  /** Of the process as it runs now. */
  readonly pid: number;
  /** Ends it; what it had stored stays. */
  readonly stop: (signal: NodeJS.Signals) => Promise<void>;
  /** On the same port again, unless it runs; resolves when it answers. */
  readonly start: () => Promise<void>;
} & AsyncDisposable;

/** A real InfluxDB 1.8 on loopback with its files in a folder of its own, and the databases of kvarter. */
export async function startInfluxd(program: string): Promise<Influxd> {
  await using opening = new AsyncDisposableStack();
  const folder = opening.use(await openTempDir());
  const [httpPort, rpcPort] = await freePorts(2);
  const url = `http://127.0.0.1:${httpPort}`;
  const config = join(folder.path, 'influxdb.conf');
  await writeFile(
    config,
    `reporting-disabled = true
bind-address = "127.0.0.1:${rpcPort}"
[meta]
dir = "${folder.path}/meta"
[data]
dir = "${folder.path}/data"
wal-dir = "${folder.path}/wal"
index-version = "tsi1"
[monitor]
store-enabled = false
[http]
enabled = true
bind-address = "127.0.0.1:${httpPort}"
flux-enabled = true
log-enabled = false
`,
  );
  let pid = 0;
  let isRunning = false;
  let stop: Influxd['stop'] = async () => undefined;
  const start = async () => {
    if (isRunning) return;
    isRunning = true;
    const server = spawn(program, ['-config', config], { stdio: ['ignore', 'ignore', 'pipe'] });
    pid = server.pid ?? 0;
    let log = '';
    server.stderr.setEncoding('utf8').on('data', (text: string) => {
      log = (log + text).slice(-4000);
    });
    const ended = once(server, 'exit');
    stop = async (signal) => {
      if (server.exitCode !== null || server.signalCode !== null) return;
      server.kill(signal);
      await ended;
      isRunning = false;
    };
    await untilHealthy(url, () => {
      if (server.exitCode !== null) throw new Error(`influxd ended with ${server.exitCode}: ${log}`);
    });
  };
  opening.defer(() => stop('SIGTERM'));
  await start();
  for (const name of ['readings', 'intervals']) await createDatabase(url, name);
  const stack = opening.move();
  return {
    url,
    get pid() {
      return pid;
    },
    start,
    stop: (signal) => stop(signal),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

export async function createDatabase(url: string, name: string): Promise<void> {
  const answer = await fetch(`${url}/query`, {
    method: 'POST',
    body: new URLSearchParams({ q: `CREATE DATABASE ${name}` }),
  });
  if (!answer.ok) throw new Error(`influxd does not create ${name}: ${answer.status} ${await answer.text()}`);
}

async function untilHealthy(url: string, assertRunning: () => void): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    assertRunning();
    const healthy = await fetch(`${url}/health`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (healthy) return;
    await wait(50);
  }
  throw new Error(`influxd does not answer at ${url} within 30 s`);
}
