import { createServer, type Server } from 'node:net';
import type { Duplex } from 'node:stream';
import { KvarterError } from '../domain/errors.ts';

/** Who is at the other end of a connection. */
export type Peer = {
  /** IP address; undefined when it was gone before anybody asked. */
  readonly address: string | undefined;
  /** The common name of its certificate, when an authority that the listener trusts vouches for it. */
  readonly certificateName?: string;
};

/** Takes in a connection: what it sends are MQTT's bytes, whatever carries them. */
export type Accept = (stream: Duplex, peer: Peer) => void;

/** Stops listening when it is disposed; resolves once its connections are closed, which is for their owner to do. */
export type Listener = { readonly port: number } & AsyncDisposable;

export type ListenOptions = {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  /** More are closed on arrival, before a socket is made of them … */
  readonly maxConnections: number;
  /** … which is told here. */
  readonly onDrop: (address: string | undefined) => void;
};

export async function listenTcp(options: ListenOptions, accept: Accept): Promise<Listener> {
  const server = createServer({ noDelay: true }, (socket) =>
    accept(socket, { address: socket.remoteAddress }),
  );
  server.maxConnections = options.maxConnections;
  server.on('drop', (peer) => options.onDrop(peer?.remoteAddress));
  const port = await listen(server, options);
  return {
    port,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

function listen(server: Server, { host, port }: ListenOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why =
        cause.code === 'EADDRINUSE'
          ? `port ${port} on ${host} is in use by another process: stop it, or set mqtt.port`
          : `cannot listen for MQTT on ${host}:${port} (${cause.message}): set mqtt.host and mqtt.port`;
      reject(new KvarterError('port-in-use', why, { cause }));
    });
    server.listen({ host, port }, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
