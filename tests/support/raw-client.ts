import { connect as connectSocket, type Socket } from 'node:net';
import { connect, text } from '../unit/mqtt/guard-bytes.ts';

/** A client that sends the bytes it is told to, and no others. */
export type RawClient = {
  readonly socket: Socket;
  readonly heard: () => Buffer;
  readonly closed: Promise<void>;
} & AsyncDisposable;

/** Connects, and says nothing. */
export function dial(port: number): RawClient {
  const socket = connectSocket({ port, host: '127.0.0.1', noDelay: true });
  const heard: Buffer[] = [];
  socket.on('data', (chunk) => heard.push(chunk));
  socket.on('error', () => undefined);
  // Not once(): a reset, which is an ending like another here, would reject it.
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  return {
    socket,
    heard: () => Buffer.concat(heard),
    closed,
    [Symbol.asyncDispose]: async () => {
      socket.destroy();
      await closed;
    },
  };
}

/** Connects and sends a CONNECT of this client id, with a clean session. */
export function greet(
  port: number,
  clientId: string,
  options: { keepAliveSeconds?: number } = {},
): RawClient {
  const client = dial(port);
  client.socket.write(connect([text(clientId)], options));
  return client;
}
