import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { connectAsync } from 'mqtt';
import { loginOf } from '../credentials.ts';
import type { Answer } from './broker-process.ts';
import { streamOf } from './streams.ts';

type State = Extract<Answer, { kind: 'state' }>;

export type SocketReport = {
  readonly states: readonly State[];
  /** PUBACKs that the streams were answered with. */
  readonly acknowledged: number;
  /** Messages of the client beside them: how many were acknowledged, and which came back to it. */
  readonly served: number;
  readonly returned: readonly string[];
  /** What that client heard and had not published. */
  readonly strange: readonly string[];
};

/** A connection on which nothing comes for so long has been answered, ms. */
const QUIET_MS = 100;
/** For the first answer, which half a CONNECT never gets, ms. */
const PATIENCE_MS = 500;

/** A broker in its own process, under streams from many connections at once, with a well-behaved client beside them. */
export async function fuzzSockets(
  dir: string,
  options: { readonly seed: string; readonly streams: number; readonly atOnce: number },
): Promise<SocketReport> {
  const { seed, streams, atOnce } = options;
  const child = fork(join(import.meta.dirname, 'broker-process.ts'), [dir], {
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  try {
    const { port } = await answered(child, 'open');
    const bystander = await openBystander(port);
    const states: State[] = [await stateOf(child)];
    let next = 0;
    let acknowledged = 0;
    const attack = async (until: number) => {
      while (next < until) {
        const number = next++;
        const pubacks = await send(port, streamOf(seed, number), number);
        acknowledged += pubacks;
        if (child.exitCode !== null || child.signalCode !== null) {
          throw new Error(`the broker has ended at about stream ${number} of seed ${seed}`);
        }
      }
    };
    // Compared between the quarters: what has grown by the first is what a busy broker needs.
    for (let quarter = 1; quarter <= 4; quarter++) {
      const until = Math.round((streams * quarter) / 4);
      await Promise.all(Array.from({ length: atOnce }, () => attack(until)));
      states.push(await settledState(child));
    }
    const heard = await bystander.end();
    return { states, acknowledged, ...heard };
  } finally {
    if (child.connected) child.disconnect();
    await ended;
  }
}

async function answered<K extends Answer['kind']>(
  child: ChildProcess,
  kind: K,
): Promise<Extract<Answer, { kind: K }>> {
  const is = (answer: Answer): answer is Extract<Answer, { kind: K }> => answer.kind === kind;
  const isOver = once(child, 'exit').then(() => undefined);
  for (;;) {
    const [answer] = (await Promise.race([once(child, 'message'), isOver])) ?? [];
    if (answer === undefined) throw new Error('the broker has ended');
    if (is(answer)) return answer;
  }
}

function stateOf(child: ChildProcess): Promise<State> {
  const state = answered(child, 'state');
  child.send('state');
  return state;
}

/** Once the connections of the streams are gone. */
async function settledState(child: ChildProcess): Promise<State> {
  for (let tries = 0; ; tries++) {
    const state = await stateOf(child);
    if (state.connections <= 1 || tries === 100) return state;
    await after(50);
  }
}

/** Publishes one QoS 1 message after the other, and reads them. */
async function openBystander(port: number) {
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { ...loginOf('bystander'), clientId: 'by' });
  const returned: string[] = [];
  const strange: string[] = [];
  client.on('message', (topic, payload) => {
    const text = payload.toString();
    if (topic === 'kvarter/bystander/a' && text.startsWith('served ')) returned.push(text);
    else strange.push(`${topic}: ${text}`);
  });
  await client.subscribeAsync('kvarter/bystander/#', { qos: 1 });
  let served = 0;
  let isEnding = false;
  const serving = (async () => {
    while (!isEnding) {
      await client.publishAsync('kvarter/bystander/a', `served ${served}`, { qos: 1 });
      served += 1;
      await after(1);
    }
  })();
  return {
    end: async () => {
      isEnding = true;
      await serving;
      while (returned.length < served && client.connected) await after(20);
      await client.endAsync();
      return { served, returned, strange };
    },
  };
}

/** Sends a stream on a connection of its own; gives the number of PUBACKs that came. */
async function send(port: number, chunks: readonly Buffer[], number: number): Promise<number> {
  const socket = connectSocket({ port, host: '127.0.0.1', noDelay: true });
  const heard: Buffer[] = [];
  socket.on('data', (chunk) => heard.push(chunk));
  socket.on('error', () => undefined);
  const closed = once(socket, 'close').catch(() => undefined);
  for (const chunk of chunks) {
    socket.write(chunk);
    if (chunks.length < 20) await new Promise(setImmediate);
  }
  // Some end at once. The others first hear what there is to hear, and then some of them break off.
  if (number % 8 > 0) {
    const begun = new Promise((resolve) => socket.once('data', resolve));
    await Promise.race([closed, begun, after(PATIENCE_MS)]);
    for (let before = -1; !socket.closed && heard.length > before; ) {
      before = heard.length;
      await Promise.race([closed, after(QUIET_MS)]);
    }
  }
  if (number % 5 === 0) socket.resetAndDestroy();
  else socket.end();
  await closed;
  return countPubacks(Buffer.concat(heard));
}

function countPubacks(bytes: Buffer): number {
  let count = 0;
  for (let at = 0; at < bytes.length; ) {
    let end = at + 1;
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[end++] ?? 0;
      length |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    if (bytes[at] === 0x40) count += 1;
    at = end + length;
  }
  return count;
}
