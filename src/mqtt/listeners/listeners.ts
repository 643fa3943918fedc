import { createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { KvarterError } from '../../domain/errors.ts';

/** Who is at the other end of a connection. */
export type Peer = {
  /** IP address; undefined when it was gone before anybody asked. */
  readonly address: string | undefined;
  /** The common name of its certificate, when an authority that the listener trusts vouches for it. */
  readonly certificateName?: string;
};

/** Takes in a connection: what it sends are MQTT's bytes, whatever carries them. */
export type Accept = (stream: Duplex, peer: Peer) => void;

/**
 * The connections that were accepted are for their owner to close, between the two: disposing closes those that are
 * still about to become one, and resolves once all are closed.
 */
export interface Listener extends AsyncDisposable {
  readonly port: number;
  /** No more connections. */
  stop(): void;
}

export type ListenOptions = {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  /** The setting that names them, for who has to change it: `mqtt`, `mqtt.tls`, … */
  readonly setting: string;
  /** More are closed on arrival, before a socket is made of them … */
  readonly maxConnections: number;
  /** … which is told here. */
  readonly onDrop: (address: string | undefined) => void;
};

export function listenTcp(options: ListenOptions, accept: Accept): Promise<Listener> {
  const server = createServer({ noDelay: true }, (socket) =>
    accept(socket, { address: socket.remoteAddress }),
  );
  return listen(server, options);
}

/** Starts a server of whatever speaks on top of TCP. */
export async function listen(server: Server, options: ListenOptions): Promise<Listener> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.maxConnections = options.maxConnections;
  server.on('drop', (peer) => options.onDrop(peer?.remoteAddress));
  const port = await bind(server, options);
  let closed: Promise<void> | undefined;
  const stop = () => {
    closed ??= new Promise((resolve) => server.close(() => resolve()));
    return closed;
  };
  return {
    port,
    stop: () => void stop(),
    [Symbol.asyncDispose]: async () => {
      const ended = stop();
      // In a handshake, or half a request.
      for (const socket of sockets) socket.destroy();
      await ended;
    },
  };
}

function bind(server: Server, { host, port, setting }: ListenOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why =
        cause.code === 'EADDRINUSE'
          ? `port ${port} on ${host} is in use by another process: stop it, or set ${setting}.port`
          : `cannot listen for MQTT on ${host}:${port} (${cause.message}): set ${setting}.host and ${setting}.port`;
      reject(new KvarterError('port-in-use', why, { cause }));
    });
    server.listen({ host, port }, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
