import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { PublishPackets } from './packets.ts';

/** What to send, as JSON in the first argument. */
export type Load = {
  readonly port: number;
  readonly clients: number;
  readonly inFlight: number;
  /** Of each client. */
  readonly messages: number;
  /** The time of each client's first message, epoch ms. */
  readonly fromMs: number;
};

/** What came of it, as a line of JSON on stdout. */
export type LoadResult = {
  /** When the first message left, epoch ms. */
  readonly startedAtMs: number;
  /** From then to the last PUBACK. */
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
};

// A process of its own, so that what it costs is not the broker's. Clients publish as fast as they are acknowledged.

const load: Load = JSON.parse(process.argv[2] ?? '');
const latencies = new Float64Array(load.clients * load.messages);
let measured = 0;

const sockets = await Promise.all(Array.from({ length: load.clients }, (_, n) => openClient(n)));
const startedAtMs = Date.now();
const fromMs = performance.now();
await Promise.all(sockets.map((socket, n) => publishAll(socket, n)));
const seconds = (performance.now() - fromMs) / 1000;
for (const socket of sockets) socket.end(Buffer.from([0xe0, 0]));
latencies.sort();
const quantile = (share: number) => latencies[Math.floor(share * (latencies.length - 1))] ?? 0;
const result: LoadResult = { startedAtMs, seconds, p50Ms: quantile(0.5), p99Ms: quantile(0.99) };
console.log(JSON.stringify(result));

async function openClient(n: number): Promise<Socket> {
  const socket = connect({ port: load.port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  const id = Buffer.from(`bench-${n}`);
  socket.write(
    Buffer.from([0x10, 12 + id.length, 0, 4, ...Buffer.from('MQTT'), 4, 2, 0, 60, 0, id.length, ...id]),
  );
  const [connack] = await once(socket, 'data');
  if (connack[3] !== 0) throw new Error(`refused with ${connack[3]}`);
  return socket;
}

function publishAll(socket: Socket, n: number): Promise<void> {
  const packets = new PublishPackets(`kvarter/d${String(n).padStart(3, '0')}/up`, load.fromMs);
  const sentMs = new Float64Array(65_536);
  let [sent, acknowledged] = [0, 0];
  const send = (most: number): void => {
    const count = Math.min(most, load.messages - sent);
    if (count === 0) return;
    const bytes = Buffer.allocUnsafe(count * packets.bytes);
    const nowMs = performance.now();
    for (let at = 0; at < bytes.length; at += packets.bytes, sent += 1) {
      const packetId = (sent % 65_535) + 1;
      sentMs[packetId] = nowMs;
      packets.write(bytes, at, sent, packetId);
    }
    socket.write(bytes);
  };
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    const whole = bytes.length - (bytes.length % 4);
    const nowMs = performance.now();
    for (let at = 0; at < whole; at += 4) {
      if (bytes[at] !== 0x40) reject(new Error(`not a PUBACK: ${bytes[at]}`));
      latencies[measured] = nowMs - (sentMs[((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)] ?? 0);
      measured += 1;
    }
    rest = bytes.subarray(whole);
    acknowledged += whole / 4;
    if (acknowledged < load.messages) return send(whole / 4);
    socket.removeAllListeners('close');
    resolve();
  });
  socket.on('error', reject);
  socket.on('close', () => reject(new Error(`closed after ${acknowledged} of ${load.messages}`)));
  send(load.inFlight);
  return promise;
}
