import { listenTls } from './listen-tls.ts';
import { listenWebSocket } from './listen-websocket.ts';
import { type Accept, type Listener, listenTcp } from './listeners.ts';
import type { TlsFiles } from './tls-files.ts';

/** Where the broker listens; plain data. */
export type ListenSettings = {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  readonly maxConnections: number;
  /** Certificates, and with a port a listener for MQTT over TLS. */
  readonly tls?: TlsFiles & { readonly host: string; readonly port?: number | undefined };
  readonly websocket?: {
    readonly host: string;
    readonly port: number;
    readonly path: string;
    readonly origins: readonly string[];
    /** Over TLS, with the certificates of `tls`. */
    readonly secure: boolean;
  };
};

export type ListenContext = {
  /** From the connection to the end of its handshake. */
  readonly handshakeTimeoutMs: number;
  /** Of a WebSocket, which may hold several packets. */
  readonly maxMessageBytes: number;
  readonly onDrop: (address: string | undefined) => void;
  /** A connection that did not become one: a failed handshake, a wrong path. */
  readonly onFailure: (address: string | undefined, message: string) => void;
  /** New certificates are in use, or are wrong. */
  readonly onCertificates: (refused: Error | undefined) => void;
};

export type Ports = {
  readonly port: number;
  readonly tlsPort?: number;
  readonly websocketPort?: number;
};

/** All listeners side by side; what comes in through any of them is the same to the broker. */
export async function openListeners(
  { host, port, maxConnections, tls, websocket }: ListenSettings,
  context: ListenContext,
  accept: Accept,
): Promise<{ readonly ports: Ports } & Omit<Listener, 'port'>> {
  await using opening = new AsyncDisposableStack();
  const common = { ...context, maxConnections };
  const secure = tls && {
    files: tls,
    report: { onReload: () => context.onCertificates(undefined), onRefused: context.onCertificates },
  };
  const listeners = [opening.use(await listenTcp({ ...common, host, port, setting: 'mqtt' }, accept))];
  let [tlsPort, websocketPort]: (number | undefined)[] = [];
  if (tls?.port !== undefined && secure) {
    const at = { ...common, ...secure, host: tls.host, port: tls.port, setting: 'mqtt.tls' };
    const listener = opening.use(await listenTls(at, accept));
    listeners.push(listener);
    tlsPort = listener.port;
  }
  if (websocket) {
    const certificates = websocket.secure ? secure : undefined;
    const at = { ...common, ...websocket, secure: certificates, setting: 'mqtt.websocket' };
    const listener = opening.use(await listenWebSocket(at, accept));
    listeners.push(listener);
    websocketPort = listener.port;
  }
  const running = opening.move();
  return {
    ports: {
      port: listeners[0]?.port ?? port,
      ...(tlsPort === undefined ? {} : { tlsPort }),
      ...(websocketPort === undefined ? {} : { websocketPort }),
    },
    stop: () => {
      for (const listener of listeners) listener.stop();
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
