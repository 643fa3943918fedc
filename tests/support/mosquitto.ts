import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openTempDir } from './temp-dir.ts';

export type MosquittoOptions = {
  /** Keep sessions and their messages on disk. */
  readonly persistence?: boolean;
  /** More lines of its configuration; `FOLDER` stands for its own folder. */
  readonly settings?: readonly string[];
  /** Files put into its folder before it starts, by name. */
  readonly files?: Readonly<Record<string, string>>;
};

export type Mosquitto = {
  readonly port: number;
  readonly url: string;
  readonly pid: () => number;
  /** Its own folder. */
  readonly folder: string;
  /** Writes what it has to its disk, as it does by itself now and then. */
  readonly save: () => Promise<void>;
  /** SIGKILL: what it has not saved is gone. */
  readonly kill: () => Promise<void>;
  /** On the same port, with the same folder. */
  readonly start: () => Promise<void>;
} & AsyncDisposable;

/** A real mosquitto on loopback with its files in a folder of its own. */
export async function startMosquitto(program: string, options: MosquittoOptions = {}): Promise<Mosquitto> {
  await using opening = new AsyncDisposableStack();
  const folder = opening.use(await openTempDir());
  const port = await freePort();
  const config = join(folder.path, 'mosquitto.conf');
  const database = join(folder.path, 'mosquitto.db');
  for (const [name, text] of Object.entries(options.files ?? {})) {
    await writeFile(join(folder.path, name), text, { mode: 0o644 });
  }
  const { persistence = false, settings = [] } = options;
  await writeFile(
    config,
    [
      `listener ${port} 127.0.0.1`,
      'allow_anonymous true',
      'max_queued_messages 0',
      `persistence ${persistence}`,
      `persistence_location ${folder.path}/`,
      // Run by root it would become another user, who may not read the folder.
      'user root',
      ...settings.map((line) => line.replaceAll('FOLDER', folder.path)),
      '',
    ].join('\n'),
  );

  let end = async (_signal: NodeJS.Signals): Promise<void> => undefined;
  let signalSave = (): void => undefined;
  let pid = 0;
  const start = async () => {
    const server = spawn(program, ['-c', config], { stdio: ['ignore', 'ignore', 'pipe'] });
    let log = '';
    server.stderr.setEncoding('utf8').on('data', (text: string) => {
      log = (log + text).slice(-4000);
    });
    const ended = once(server, 'exit');
    const isRunning = () => server.exitCode === null && server.signalCode === null;
    end = async (signal) => {
      if (!isRunning()) return;
      server.kill(signal);
      await ended;
    };
    signalSave = () => void server.kill('SIGUSR1');
    pid = server.pid ?? 0;
    await untilListening(port, () => {
      if (!isRunning()) throw new Error(`mosquitto ended with ${server.exitCode}: ${log}`);
    });
  };
  opening.defer(() => end('SIGKILL'));
  await start();
  const stack = opening.move();
  return {
    port,
    url: `mqtt://127.0.0.1:${port}`,
    folder: folder.path,
    pid: () => pid,
    save: async () => {
      const before = await written(database);
      signalSave();
      for (let tries = 0; tries < 600; tries += 1) {
        // It writes mosquitto.db.new and renames it, so what has the name is whole.
        if ((await written(database)) !== before) return;
        await wait(20);
      }
      throw new Error(`mosquitto has not written ${database}`);
    },
    kill: () => end('SIGKILL'),
    start,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Tells one written file from the next, also within one tick of the file system's clock. */
async function written(file: string): Promise<string> {
  try {
    const { ino, mtimeMs } = await stat(file);
    return `${ino} ${mtimeMs} ${(await readFile(file)).length}`;
  } catch {
    return 'none';
  }
}

async function untilListening(port: number, assertRunning: () => void): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    assertRunning();
    const socket = connect(port, '127.0.0.1');
    const listens = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    socket.destroy();
    if (listens) return;
    await wait(20);
  }
  throw new Error(`mosquitto does not listen on ${port} within 10 s`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await once(server.close(), 'close');
  return address !== null && typeof address === 'object' ? address.port : 0;
}
