import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export type Mail = {
  readonly to: readonly string[];
  readonly isEncrypted: boolean;
  readonly user: string | undefined;
  /** By lower-case name, unfolded and RFC 2047 decoded. */
  readonly headers: ReadonlyMap<string, string>;
  /** Of text/plain and text/html, decoded. */
  readonly text: string;
  readonly html: string;
};

/** A real SMTP server on loopback that keeps what it takes. `refuse`: a reply for a recipient, or for the content. */
export async function openSmtp(
  options: SMTPServerOptions & {
    readonly refuse?: () => { code: number; at: 'RCPT' | 'DATA' } | undefined;
  } = {},
) {
  const { refuse = () => undefined, ...rest } = options;
  const mails: Mail[] = [];
  const failure = (code: number) => Object.assign(new Error(`refused with ${code}`), { responseCode: code });
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: rest.key === undefined ? ['STARTTLS'] : [],
    logger: false,
    onRcptTo: (_address, _session, done) => {
      const answer = refuse();
      done(answer?.at === 'RCPT' ? failure(answer.code) : null);
    },
    onData: (stream, session, done) => {
      void text(stream).then((raw) => {
        const answer = refuse();
        if (answer?.at === 'DATA') return done(failure(answer.code));
        mails.push({
          to: session.envelope.rcptTo.map(({ address }) => address),
          isEncrypted: session.secure,
          user: session.user === undefined ? undefined : String(session.user),
          ...parseMail(raw),
        });
        done(null);
      });
    },
    ...rest,
  });
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  return {
    mails,
    port: (server.server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () => new Promise<void>((closed) => server.close(() => closed())),
  };
}

function parseMail(raw: string): Pick<Mail, 'headers' | 'text' | 'html'> {
  const [headers, body] = partsOf(raw);
  const boundary = /boundary="([^"]+)"/.exec(headers.get('content-type') ?? '')?.[1] ?? '';
  const parts = body.split(`--${boundary}`).map((part) => partsOf(part.replace(/^\r\n/, '')));
  const of = (type: string) => {
    const [about, content = ''] = parts.find(([part]) => part.get('content-type')?.startsWith(type)) ?? [];
    const encoding = about?.get('content-transfer-encoding');
    if (encoding === 'base64') return Buffer.from(content, 'base64').toString();
    if (encoding !== 'quoted-printable') return content.replaceAll('\r\n', '\n');
    const bytes = content
      .replace(/=\r\n/g, '')
      .replace(/=([0-9A-F]{2})/g, (_all, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
    return Buffer.from(bytes, 'latin1').toString().replaceAll('\r\n', '\n');
  };
  return { headers, text: of('text/plain'), html: of('text/html') };
}

function partsOf(raw: string): [ReadonlyMap<string, string>, string] {
  const end = raw.indexOf('\r\n\r\n');
  const lines = raw
    .slice(0, end)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  const headers = lines.map((line): [string, string] => {
    const at = line.indexOf(':');
    return [line.slice(0, at).toLowerCase(), decodeWords(line.slice(at + 1).trim())];
  });
  return [new Map(headers), raw.slice(end + 4)];
}

function decodeWords(text: string): string {
  return text.replace(/\?=\s+=\?/g, '?==?').replace(/=\?UTF-8\?([BQ])\?([^?]*)\?=/gi, (_all, how, word) =>
    how.toUpperCase() === 'B'
      ? Buffer.from(word, 'base64').toString()
      : Buffer.from(
          word
            .replaceAll('_', ' ')
            .replace(/=([0-9A-F]{2})/gi, (__: string, hex: string) =>
              String.fromCharCode(Number.parseInt(hex, 16)),
            ),
          'latin1',
        ).toString(),
  );
}
