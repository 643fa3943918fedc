import { Socket } from 'node:net';
import { createTransport } from 'nodemailer';
import { z } from 'zod';
import { KvarterError } from '../domain/errors.ts';
import type { Channel, Outgoing } from './channel.ts';
import { escapeHtml } from './html.ts';
import type { MailServer } from './settings.ts';

/** Mails through an SMTP server (RFC 5321), text and HTML, in the threads of their alerts. */
export function emailChannel(server: MailServer, to: readonly string[]): Channel {
  const { host, port, security, username, password, ca, from, timeoutMs } = server;
  const domain = /@([^\s>]+)>?\s*$/.exec(from)?.[1] ?? 'kvarter.invalid';
  const idOf = (id: string) => `<${id}@${domain}>`;
  const options = {
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    ...(username === undefined ? {} : { auth: { user: username, pass: password ?? '' } }),
    ...(ca === undefined ? {} : { tls: { ca } }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    // Nothing that an alert says may make the mailer read a file or an address.
    disableFileAccess: true,
    disableUrlAccess: true,
  };
  return {
    kind: 'email',
    send: async (message, signal) => {
      // Its own socket, since closing the transport leaves a mail that is on its way to wait for its answer.
      const socket = new Socket();
      const transport = createTransport({ ...options, socket });
      const giveUp = () => socket.destroy(new Error('given up'));
      signal?.addEventListener('abort', giveUp, { once: true });
      try {
        const { rejected } = await transport.sendMail({
          from,
          to: [...to],
          subject: message.subject,
          text: message.text,
          html: htmlOf(message),
          messageId: idOf(message.id),
          ...threadOf(message, idOf),
          ...(message.isUrgent && !message.isOver ? { priority: 'high' as const } : {}),
          // RFC 3834: what answers by itself (out of office) is not to answer this. text/html are one body.
          headers: { 'Auto-Submitted': 'auto-generated', 'X-Kvarter-Kind': message.kind },
        });
        // One of several was refused: the others have it, so it is not sent again.
        if (rejected.length === to.length) throw refused(host, new Error(`${rejected.join(', ')} refused`));
      } catch (cause) {
        if (cause instanceof KvarterError) throw cause;
        throw failure(host, cause);
      } finally {
        signal?.removeEventListener('abort', giveUp);
        transport.close();
      }
    },
  };
}

function threadOf({ earlier }: Outgoing, idOf: (id: string) => string) {
  const [first] = earlier;
  return first === undefined
    ? {}
    : { inReplyTo: idOf(earlier.at(-1) ?? first), references: earlier.slice(-20).map(idOf) };
}

/** The same words as the text, as they stand; addresses become links. */
function htmlOf({ text }: Pick<Outgoing, 'text'>): string {
  const linked = escapeHtml(text).replace(/https?:\/\/[^\s]+/g, (url) => `<a href="${url}">${url}</a>`);
  return `<!doctype html><html><body><div style="font-family:sans-serif;white-space:pre-wrap">${linked}</div></body></html>`;
}

/** RFC 5321 section 4.2.1: 5yz to the recipient or to the content is for good; to the login it is the settings' fault. */
function failure(host: string, cause: unknown): KvarterError {
  const { responseCode, command, message } = partsOf(cause);
  const isForGood = responseCode >= 500 && (command === 'RCPT TO' || command === 'DATA');
  if (isForGood) return refused(host, cause);
  return new KvarterError(
    'notify-failed',
    `the mail server ${host} does not take a mail (${message}): check alerts.email`,
    { cause },
  );
}

function refused(host: string, cause: unknown): KvarterError {
  const { message } = partsOf(cause);
  return new KvarterError(
    'notify-refused',
    `the mail server ${host} refuses a mail for good (${message}): check the address of the recipient`,
    { cause },
  );
}

const smtpError = z.object({ responseCode: z.number().default(0), command: z.string().default('') });

function partsOf(cause: unknown) {
  const { responseCode, command } = smtpError.safeParse(cause).data ?? { responseCode: 0, command: '' };
  const message = cause instanceof Error ? (cause.message.split('\n', 1)[0] ?? '') : String(cause);
  return { message, responseCode, command };
}
