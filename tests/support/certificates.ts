import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** An authority, a server on 127.0.0.1 and a client that it vouches for, as PEM files; the other two make more. */
export async function certificates(folder: string) {
  const file = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => run('openssl', args);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const subject = (name: string) => ['-subj', `/CN=${name}`];
  const [ca, caKey] = [file('ca.pem'), file('ca-key.pem')];
  await openssl('req', '-x509', ...key, ...subject('test authority'), '-keyout', caKey, '-out', ca);
  const issue = async (name: string, extension: string) => {
    const [cert, certKey, request, extensions] = ['cert', 'key', 'csr', 'ext'].map((kind) =>
      file(`${name}.${kind}`),
    ) as [string, string, string, string];
    await writeFile(extensions, `${extension}\n`);
    await openssl('req', '-new', ...key.slice(0, 5), ...subject(name), '-keyout', certKey, '-out', request);
    const signed = ['-CA', ca, '-CAkey', caKey, '-CAcreateserial', '-days', '2', '-extfile', extensions];
    await openssl('x509', '-req', '-in', request, ...signed, '-out', cert);
    return [cert, certKey] as const;
  };
  const [serverCert, serverKey] = await issue('server', 'subjectAltName=IP:127.0.0.1');
  const [clientCert, clientKey] = await issue('client', 'extendedKeyUsage=clientAuth');
  const issueClient = (name: string) => issue(name, 'extendedKeyUsage=clientAuth');
  const issueServer = (name: string) => issue(name, 'subjectAltName=IP:127.0.0.1');
  return { ca, serverCert, serverKey, clientCert, clientKey, issueClient, issueServer };
}
