import { connect, type Socket } from 'node:net';
import { PublishPackets } from '../ingest/packets.ts';
import { createHistogram, type Histogram } from './histogram.ts';

export type PublisherOptions = {
  readonly port: number;
  readonly clients: number;
  readonly inFlight: number;
  /** Of all clients together, messages a second. */
  readonly rate: number;
  /** The time of each client's first message, epoch ms. */
  readonly fromMs: number;
  readonly topic: (client: number) => string;
};

/** Publishes at an even rate, whatever happens to the broker: it connects again, and sends again what has no PUBACK. */
export type Publisher = {
  /** Messages acknowledged, of all clients. */
  readonly acknowledged: () => number;
  readonly resent: () => number;
  /** From the sending that was acknowledged to its PUBACK. */
  readonly latencies: Histogram;
  /** No new messages; resolves with how many each client has sent, when each of them is acknowledged. */
  readonly finish: () => Promise<readonly number[]>;
};

const TICK_MS = 10;
const RECONNECT_MS = 50;
const DUP = 0x08;

export function startPublisher(options: PublisherOptions): Publisher {
  const { clients, rate } = options;
  const latencies = createHistogram();
  const lines = Array.from({ length: clients }, (_, n) => openLine(options, n, latencies));
  let last = performance.now();
  let owed = 0;
  let turn = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    // What could not be sent while the broker was away is not caught up with: the rate is a rate.
    owed = Math.min(owed + ((now - last) * rate) / 1000, rate / 10);
    last = now;
    const share = Math.floor(owed / clients);
    let rest = Math.floor(owed) - share * clients;
    owed -= Math.floor(owed);
    for (let i = 0; i < clients; i += 1) {
      turn = (turn + 1) % clients;
      lines[turn]?.send(share + (rest > 0 ? 1 : 0));
      rest -= 1;
    }
  }, TICK_MS);
  const sum = (of: (line: Line) => number) => lines.reduce((total, line) => total + of(line), 0);
  return {
    acknowledged: () => sum((line) => line.acknowledged()),
    resent: () => sum((line) => line.resent()),
    latencies,
    finish: async () => {
      clearInterval(timer);
      await Promise.all(lines.map((line) => line.finish()));
      return lines.map((line) => line.sent());
    },
  };
}

type Line = {
  readonly send: (most: number) => void;
  readonly sent: () => number;
  readonly acknowledged: () => number;
  readonly resent: () => number;
  readonly finish: () => Promise<void>;
};

/** One client with a session of its own (MQTT 3.1.1, packets written by hand). */
function openLine(
  { port, inFlight, fromMs, topic }: PublisherOptions,
  n: number,
  latencies: Histogram,
): Line {
  const packets = new PublishPackets(topic(n), fromMs);
  /** By packet id, in the order of sending. */
  const waiting = new Map<number, { readonly number: number; sentMs: number }>();
  const done = Promise.withResolvers<void>();
  let [sent, acknowledged, resent] = [0, 0, 0];
  let isEnding = false;
  let open: Socket | undefined;

  const write = (socket: Socket, numbers: readonly [packetId: number, number: number][], flags: number) => {
    if (numbers.length === 0) return;
    const bytes = Buffer.allocUnsafe(numbers.length * packets.bytes);
    numbers.forEach(([packetId, number], i) => {
      packets.write(bytes, i * packets.bytes, number, packetId);
      bytes[i * packets.bytes] = 0x32 | flags;
    });
    socket.write(bytes);
  };

  /** [MQTT-4.4.0-1], [MQTT-4.6.0-1]: again, marked as such, in the order in which they were sent first. */
  const sendAgain = (socket: Socket) => {
    const nowMs = performance.now();
    for (const each of waiting.values()) each.sentMs = nowMs;
    resent += waiting.size;
    write(
      socket,
      [...waiting].map(([packetId, { number }]) => [packetId, number]),
      DUP,
    );
  };

  const acknowledge = (packetId: number) => {
    const found = waiting.get(packetId);
    if (found === undefined) return;
    waiting.delete(packetId);
    acknowledged += 1;
    latencies.add(performance.now() - found.sentMs);
    if (isEnding && waiting.size === 0) done.resolve();
  };

  const connectAgain = () => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let rest: Buffer = Buffer.alloc(0);
    let isAccepted = false;
    socket.on('connect', () => {
      const id = Buffer.from(`soak-${n}`);
      // Clean session 0, keep-alive 60 s.
      const head = [0x10, 12 + id.length, 0, 4, ...Buffer.from('MQTT'), 4, 0, 0, 60, 0, id.length];
      socket.write(Buffer.from([...head, ...id]));
    });
    socket.on('data', (chunk: Buffer) => {
      // CONNACK and PUBACK are four bytes each, and nothing else comes.
      const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
      const whole = bytes.length - (bytes.length % 4);
      for (let at = 0; at < whole; at += 4) {
        if (isAccepted) acknowledge(bytes.readUInt16BE(at + 2));
        else if (bytes[at] === 0x20 && bytes[at + 3] === 0) {
          isAccepted = true;
          open = socket;
          sendAgain(socket);
        } else socket.destroy();
      }
      rest = bytes.subarray(whole);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (open === socket) open = undefined;
      if (!(isEnding && waiting.size === 0)) setTimeout(connectAgain, RECONNECT_MS);
    });
  };
  connectAgain();

  return {
    send: (most) => {
      if (open === undefined) return;
      const nowMs = performance.now();
      const fresh: [number, number][] = [];
      while (fresh.length < most && waiting.size < inFlight) {
        const packetId = (sent % 65_535) + 1;
        waiting.set(packetId, { number: sent, sentMs: nowMs });
        fresh.push([packetId, sent]);
        sent += 1;
      }
      write(open, fresh, 0);
    },
    sent: () => sent,
    acknowledged: () => acknowledged,
    resent: () => resent,
    finish: async () => {
      isEnding = true;
      if (waiting.size === 0) done.resolve();
      await done.promise;
      open?.end(Buffer.from([0xe0, 0]));
    },
  };
}
