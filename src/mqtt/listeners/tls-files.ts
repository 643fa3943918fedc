import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { createSecureContext, type SecureContextOptions, type TLSSocket } from 'node:tls';
import { asError, KvarterError } from '../../domain/errors.ts';

export type TlsFiles = {
  /** PEM: the server's certificate, with those between it and its authority behind it. */
  readonly certFile: string;
  readonly keyFile: string;
  /** PEM: the authorities that vouch for client certificates. Without it none is asked for. */
  readonly caFile?: string | undefined;
  /** Nobody without one. */
  readonly requireCertificate: boolean;
};

/** The files, as they go into a TLS server. Throws `config-invalid` when they cannot be read or do not fit together. */
export function readTlsFiles({ certFile, keyFile, caFile, requireCertificate }: TlsFiles) {
  const context = {
    cert: read(certFile),
    key: read(keyFile),
    ...(caFile === undefined ? {} : { ca: read(caFile) }),
    minVersion: 'TLSv1.2',
  } as const;
  try {
    createSecureContext(context);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const files = [certFile, keyFile, caFile].filter((file) => file !== undefined).join(', ');
    throw new KvarterError('config-invalid', `${files}: not a certificate with its key (${why})`, { cause });
  }
  return {
    ...context,
    requestCert: caFile !== undefined,
    // A certificate that is asked for and not needed is looked at in peerName().
    rejectUnauthorized: requireCertificate,
  };
}

export type TlsReport = {
  readonly onReload: () => void;
  readonly onRefused: (error: Error) => void;
};

/**
 * Gives the server its new certificate when a file changes; who is connected stays so. Files that do not fit together,
 * as while they are being replaced one after the other, change nothing. Polling, as the register does.
 */
export function watchTlsFiles(
  files: TlsFiles,
  server: { setSecureContext(context: SecureContextOptions): void },
  { onReload, onRefused }: TlsReport,
  intervalMs = 1000,
): Disposable {
  const reload = () => {
    try {
      server.setSecureContext(readTlsFiles(files));
      onReload();
    } catch (cause) {
      onRefused(asError(cause));
    }
  };
  const watched = [files.certFile, files.keyFile, files.caFile].filter((file) => file !== undefined);
  for (const file of watched) watchFile(file, { interval: intervalMs, persistent: false }, reload);
  return {
    [Symbol.dispose]: () => {
      for (const file of watched) unwatchFile(file, reload);
    },
  };
}

/**
 * The common name of a client's certificate; undefined when it has shown none, and an error when nobody vouches for it,
 * or it has no name that one could go by.
 */
export function peerName(socket: TLSSocket): string | Error | undefined {
  const certificate = socket.getPeerCertificate();
  // Its type says that there is always one; without one it is an empty object.
  if (Object.keys(certificate ?? {}).length === 0) return undefined;
  if (!socket.authorized) {
    return new Error(`the client's certificate is not accepted: ${String(socket.authorizationError)}`);
  }
  const name: unknown = certificate.subject?.CN;
  return typeof name === 'string' ? name : new Error("the client's certificate has not one common name");
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new KvarterError('config-invalid', `${file}: cannot be read: ${why}`, { cause });
  }
}
