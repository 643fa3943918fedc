import { connect as connectSocket } from 'node:net';
import { setTimeout as after } from 'node:timers/promises';
import { expect } from 'vitest';
import { chunksOf, connect, packet, text } from '../unit/mqtt/guard-bytes.ts';

export type Qos = 0 | 1 | 2;
type Message = {
  readonly qos?: Qos;
  readonly id?: number;
  readonly retain?: boolean;
  readonly dup?: boolean;
  readonly payload?: string;
};

export const two = (number: number) => [number >> 8, number & 0xff];
export const publish = (
  topic: string | readonly number[],
  { qos = 0, id = 1, retain = false, dup = false, payload = 'x' }: Message = {},
) =>
  packet(
    0x30 | (dup ? 8 : 0) | (qos << 1) | (retain ? 1 : 0),
    text(topic),
    qos > 0 ? two(id) : [],
    Buffer.from(payload),
  );
export const puback = (id: number) => packet(0x40, two(id));
export const pubrec = (id: number) => packet(0x50, two(id));
export const pubrel = (id: number) => packet(0x62, two(id));
export const pubcomp = (id: number) => packet(0x70, two(id));
export const subscribe = (id: number, ...filters: readonly (readonly [string, Qos])[]) =>
  packet(0x82, two(id), ...filters.flatMap(([filter, qos]) => [text(filter), [qos]]));
export const suback = (id: number, ...codes: readonly number[]) => packet(0x90, two(id), codes);
export const unsubscribe = (id: number, ...filters: readonly string[]) =>
  packet(0xa2, two(id), ...filters.map((filter) => text(filter)));
export const unsuback = (id: number) => packet(0xb0, two(id));
export const connack = (returnCode = 0, sessionPresent: 0 | 1 = 0) =>
  packet(0x20, [sessionPresent, returnCode]);
export const pingreq = packet(0xc0);
export const pingresp = packet(0xd0);
export const disconnect = packet(0xe0);

/** A client that says and hears bytes, and nothing by itself. */
export type Peer = {
  readonly send: (...packets: readonly Buffer[]) => void;
  /** Sends a byte at a time. */
  readonly trickle: (bytes: Buffer) => Promise<void>;
  /** Waits for these packets, which must be the next, and nothing else before them. */
  readonly hears: (...packets: readonly Buffer[]) => Promise<void>;
  /** The next packet, whatever it is. */
  readonly next: () => Promise<Buffer>;
  /** Nothing has come that was not waited for, and the connection lives. */
  readonly isQuiet: () => Promise<void>;
  /** The other end closes, and has said nothing more. */
  readonly isClosed: () => Promise<void>;
  readonly stopReading: () => void;
  /** Goes away without a DISCONNECT. */
  readonly vanish: () => Promise<void>;
  /** Goes away with a DISCONNECT. */
  readonly leave: () => Promise<void>;
} & Disposable;

export function dial(port: number): Peer {
  const socket = connectSocket({ port, host: '127.0.0.1', noDelay: true });
  let heard = Buffer.alloc(0);
  let wake = () => {};
  let isOver = false;
  socket.on('data', (chunk) => {
    heard = Buffer.concat([heard, chunk]);
    wake();
  });
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      isOver = true;
      wake();
      resolve();
    });
  });
  const until = async (holds: () => boolean) => {
    const end = performance.now() + 5000;
    while (!holds() && !isOver && performance.now() < end) {
      await Promise.race([
        new Promise<void>((resolve) => {
          wake = resolve;
        }),
        after(200),
      ]);
    }
  };
  const take = (length: number) => {
    const taken = heard.subarray(0, length);
    heard = heard.subarray(length);
    return taken;
  };
  const hears = async (...packets: readonly Buffer[]) => {
    const wanted = Buffer.concat(packets);
    await until(() => heard.length >= wanted.length);
    expect(take(wanted.length).toString('hex')).toBe(wanted.toString('hex'));
  };
  const send = (...packets: readonly Buffer[]) => {
    socket.write(Buffer.concat(packets));
  };
  return {
    send,
    trickle: async (bytes) => {
      for (const byte of chunksOf(bytes, [1])) {
        socket.write(byte);
        await new Promise(setImmediate);
      }
    },
    hears,
    next: async () => {
      await until(() => heard.length >= 2 && heard.length >= 2 + (heard[1] ?? 0));
      return take(2 + (heard[1] ?? 0));
    },
    isQuiet: async () => {
      send(pingreq);
      await hears(pingresp);
    },
    isClosed: async () => {
      await closed;
      expect(heard.toString('hex')).toBe('');
    },
    stopReading: () => socket.pause(),
    vanish: async () => {
      socket.destroy();
      await closed;
    },
    leave: async () => {
      socket.end(disconnect);
      await closed;
    },
    [Symbol.dispose]: () => socket.destroy(),
  };
}

/** A client of this id that is connected: with a clean session, or one that is kept. */
export async function connected(
  port: number,
  id: string,
  { kept = false, present = 0 }: { kept?: boolean; present?: 0 | 1 } = {},
): Promise<Peer> {
  const peer = dial(port);
  peer.send(connect([text(id)], { flags: kept ? 0 : 2 }));
  await peer.hears(connack(0, present));
  return peer;
}

/** A client that is connected and has subscribed. */
export async function subscribed(
  port: number,
  id: string,
  filters: readonly (readonly [string, Qos])[],
  options: { kept?: boolean; present?: 0 | 1 } = {},
): Promise<Peer> {
  const peer = await connected(port, id, options);
  peer.send(subscribe(99, ...filters));
  await peer.hears(suback(99, ...filters.map(([, qos]) => qos)));
  return peer;
}
