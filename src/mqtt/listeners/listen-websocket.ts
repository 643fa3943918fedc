import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { createWebSocketStream, type WebSocket, WebSocketServer } from 'ws';
import type { SecureListenOptions } from './listen-tls.ts';
import { type Accept, type Listener, type ListenOptions, listen } from './listeners.ts';
import { peerName, readTlsFiles, watchTlsFiles } from './tls-files.ts';

export type WebSocketListenOptions = ListenOptions &
  Pick<SecureListenOptions, 'handshakeTimeoutMs' | 'onFailure'> & {
    readonly path: string;
    /** Web pages that may connect, as `https://example.se`; `*` = any. Clients that are no browsers have no origin. */
    readonly origins: readonly string[];
    /** The longest WebSocket message, bytes: it is held until it is whole. */
    readonly maxMessageBytes: number;
    /** With TLS. */
    readonly secure: Pick<SecureListenOptions, 'files' | 'report'> | undefined;
  };

const SUBPROTOCOL = 'mqtt';
const CHECK_MS = 1000;
const CLOSE_MS = 2000;

/** MQTT over WebSocket, section 6 of MQTT 3.1.1; with `secure`, over TLS. */
export async function listenWebSocket(options: WebSocketListenOptions, accept: Accept): Promise<Listener> {
  const { secure, handshakeTimeoutMs, maxMessageBytes, onFailure } = options;
  const times = {
    headersTimeout: handshakeTimeoutMs,
    requestTimeout: handshakeTimeoutMs,
    connectionsCheckingInterval: CHECK_MS,
  };
  const [server, watching] = secure ? secureServer(secure, times) : [createHttpServer(times), undefined];
  server.on('tlsClientError', (error: Error, socket: TLSSocket) =>
    onFailure(socket.remoteAddress, error.message),
  );
  server.on('request', (_request, response) => {
    response.writeHead(426, { upgrade: 'websocket', connection: 'close' });
    response.end('MQTT over WebSocket is spoken here.\n');
  });
  const settings = {
    noServer: true,
    clientTracking: false,
    maxPayload: maxMessageBytes,
    // Sensors' messages are too short to gain by it, and it costs memory for each connection.
    perMessageDeflate: false,
    // Not among its types yet.
    closeTimeout: CLOSE_MS,
    // [MQTT-6.0.0-4]
    handleProtocols: () => SUBPROTOCOL,
  };
  const webSockets = new WebSocketServer(settings);
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const address = request.socket.remoteAddress;
    socket.on('error', () => undefined);
    const name = request.socket instanceof TLSSocket ? peerName(request.socket) : undefined;
    const [status, why] =
      refusal(request, options) ?? (name instanceof Error ? ['403 Forbidden', name.message] : []);
    if (status !== undefined || name instanceof Error) {
      onFailure(address, why ?? '');
      socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`, () =>
        socket.destroy(),
      );
      return;
    }
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      const peer = { address, ...(name === undefined ? {} : { certificateName: name }) };
      accept(streamOf(webSocket), peer);
    });
  });
  const listener = await listen(server, options);
  return {
    ...listener,
    [Symbol.asyncDispose]: async () => {
      watching?.[Symbol.dispose]();
      await listener[Symbol.asyncDispose]();
    },
  };
}

function secureServer(
  { files, report }: Pick<SecureListenOptions, 'files' | 'report'>,
  times: { readonly headersTimeout: number },
) {
  const server = createHttpsServer({
    ...readTlsFiles(files),
    ...times,
    handshakeTimeout: times.headersTimeout,
  });
  return [server, watchTlsFiles(files, server, report)] as const;
}

/** Why a request does not become a connection: the status, and what is wrong. */
function refusal(
  { url = '', headers }: IncomingMessage,
  { path, origins }: WebSocketListenOptions,
): readonly [status: string, why: string] | undefined {
  if (url.split('?')[0] !== path) return ['404 Not Found', `no MQTT at ${url}`];
  // [MQTT-6.0.0-3]
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  if (!offered.includes(SUBPROTOCOL)) {
    return ['400 Bad Request', '[MQTT-6.0.0-3] the subprotocol mqtt is not among those offered'];
  }
  const { origin } = headers;
  if (origin !== undefined && !origins.includes(origin) && !origins.includes('*')) {
    // A browser lets any page connect to any address: also one out there to a broker on this machine.
    return ['403 Forbidden', `pages of ${origin} may not connect: mqtt.websocket.origins does not name it`];
  }
  return undefined;
}

/** The bytes of the messages: where one ends means nothing [MQTT-6.0.0-2]. */
function streamOf(webSocket: WebSocket): Duplex {
  let stream: Duplex | undefined;
  // Before the stream's own listener, which takes text as well.
  webSocket.on('message', (_data, isBinary) => {
    if (!isBinary) stream?.destroy(new Error('[MQTT-6.0.0-1] a data frame that is not binary'));
  });
  stream = createWebSocketStream(webSocket);
  return stream;
}
