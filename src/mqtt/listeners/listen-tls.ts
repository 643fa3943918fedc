import { createServer } from 'node:tls';
import { type Accept, type Listener, type ListenOptions, listen } from './listeners.ts';
import { peerName, readTlsFiles, type TlsFiles, type TlsReport, watchTlsFiles } from './tls-files.ts';

export type SecureListenOptions = ListenOptions & {
  readonly files: TlsFiles;
  readonly report: TlsReport;
  /** For the handshake, ms. */
  readonly handshakeTimeoutMs: number;
  /** A handshake that failed, or a certificate that is not accepted. */
  readonly onFailure: (address: string | undefined, message: string) => void;
};

/** MQTT over TLS. With an authority, clients may show a certificate instead of a password. */
export async function listenTls(options: SecureListenOptions, accept: Accept): Promise<Listener> {
  const { files, report, handshakeTimeoutMs, onFailure } = options;
  const server = createServer({
    ...readTlsFiles(files),
    noDelay: true,
    handshakeTimeout: handshakeTimeoutMs,
  });
  server.on('secureConnection', (socket) => {
    const address = socket.remoteAddress;
    const name = peerName(socket);
    if (name instanceof Error) {
      onFailure(address, name.message);
      socket.destroy();
      return;
    }
    accept(socket, { address, ...(name === undefined ? {} : { certificateName: name }) });
  });
  server.on('tlsClientError', ({ message }, socket) => {
    onFailure(socket.remoteAddress, message);
    // Node tells of a handshake that takes too long, and leaves it open.
    socket.destroy();
  });
  const listener = await listen(server, options);
  const watching = watchTlsFiles(files, server, report);
  return {
    ...listener,
    [Symbol.asyncDispose]: async () => {
      watching[Symbol.dispose]();
      await listener[Symbol.asyncDispose]();
    },
  };
}
