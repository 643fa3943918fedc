import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { emailChannel } from '../../src/delivery/email-channel.ts';
import type { MailServer } from '../../src/delivery/settings.ts';
import { certificates } from '../support/certificates.ts';
import { openSmtp } from '../support/smtp.ts';
import { openTempDir } from '../support/temp-dir.ts';
import { news, outgoing } from '../unit/delivery/news.ts';

const server = (port: number, over: Partial<MailServer> = {}): MailServer => ({
  host: '127.0.0.1',
  port,
  security: 'none',
  from: 'Kvarter <larm@kvarter.example.se>',
  timeoutMs: 5000,
  ...over,
});
const to = ['jour@example.se'];

it('mails text and HTML, says that a machine wrote it, and keeps the id when it is sent again', async () => {
  await using smtp = await openSmtp();
  const channel = emailChannel(server(smtp.port), to);
  const message = outgoing([news('new')]);
  await channel.send(message);
  await channel.send(message);
  const [first, second] = smtp.mails;
  expect(first?.to).toEqual(to);
  expect(first?.headers.get('subject')).toBe(message.subject);
  expect(first?.headers.get('message-id')).toBe('<m1@kvarter.example.se>');
  expect(second?.headers.get('message-id')).toBe('<m1@kvarter.example.se>');
  expect(first?.headers.get('auto-submitted')).toBe('auto-generated');
  expect(first?.headers.has('in-reply-to')).toBe(false);
  expect(first?.text.trim()).toBe(message.text.trim());
  expect(first?.html).toContain('&#60;Open&#62; a window.');
  expect(first?.html).toContain('<a href="https://kvarter.example.se/a?b=1&#38;c=2">');
});

it('puts what follows into the thread of the alert', async () => {
  await using smtp = await openSmtp();
  const channel = emailChannel(server(smtp.port), to);
  await channel.send(outgoing([news('resolved')], { id: 'm3', earlier: ['m1', 'm2'] }));
  const { headers } = smtp.mails[0]!;
  expect(headers.get('in-reply-to')).toBe('<m2@kvarter.example.se>');
  expect(headers.get('references')).toBe('<m1@kvarter.example.se> <m2@kvarter.example.se>');
});

it('is marked as important while something urgent goes on', async () => {
  await using smtp = await openSmtp();
  const channel = emailChannel(server(smtp.port), to);
  await channel.send(outgoing([news('new')], { isUrgent: true }));
  await channel.send(outgoing([news('resolved')], { isUrgent: true, isOver: true }));
  expect(smtp.mails.map(({ headers }) => headers.get('importance'))).toEqual(['High', undefined]);
});

it('lets no title write a header', async () => {
  await using smtp = await openSmtp();
  const subject = 'Hot\r\nBcc: thief@example.se';
  await emailChannel(server(smtp.port), to).send(outgoing([news('new')], { subject }));
  expect(smtp.mails[0]!.to).toEqual(to);
  expect(smtp.mails[0]!.headers.has('bcc')).toBe(false);
});

it.each(['starttls', 'tls'] as const)('logs in by a password, encrypted: %s', async (security) => {
  await using dir = await openTempDir();
  const files = await certificates(dir.path);
  const [key, cert, ca] = await Promise.all(
    [files.serverKey, files.serverCert, files.ca].map((file) => readFile(file, 'utf8')),
  );
  await using smtp = await openSmtp({
    key: key!,
    cert: cert!,
    secure: security === 'tls',
    authOptional: false,
    onAuth: ({ username, password }, _session, done) =>
      password === 'hemligt' ? done(null, { user: username }) : done(new Error('no')),
  });
  const login = { security, username: 'kvarter', password: 'hemligt' } as const;
  await emailChannel(server(smtp.port, { ...login, ca: ca! }), to).send(outgoing([news('new')]));
  expect(smtp.mails).toMatchObject([{ isEncrypted: true, user: 'kvarter' }]);

  const strange = emailChannel(server(smtp.port, login), to).send(outgoing([news('new')]));
  await expect(strange, 'a certificate of nobody known').rejects.toMatchObject({ code: 'notify-failed' });
  const wrong = emailChannel(server(smtp.port, { ...login, ca: ca!, password: 'fel' }), to);
  const refusal = wrong.send(outgoing([news('new')]));
  await expect(refusal, 'a wrong password may be mended').rejects.toMatchObject({ code: 'notify-failed' });
  await expect(refusal).rejects.not.toThrow(/fel/);
});

it('sends nothing unencrypted where encryption is asked for', async () => {
  await using smtp = await openSmtp();
  const channel = emailChannel(server(smtp.port, { security: 'starttls' }), to);
  await expect(channel.send(outgoing([news('new')]))).rejects.toMatchObject({ code: 'notify-failed' });
  expect(smtp.mails).toEqual([]);
});

it.each([
  ['the recipient for good', { code: 550, at: 'RCPT' }, 'notify-refused'],
  ['the content for good', { code: 554, at: 'DATA' }, 'notify-refused'],
  ['it for now', { code: 451, at: 'RCPT' }, 'notify-failed'],
  ['the content for now', { code: 452, at: 'DATA' }, 'notify-failed'],
] as const)('tells when the server refuses %s', async (_what, answer, code) => {
  await using smtp = await openSmtp({ refuse: () => answer });
  const failure = emailChannel(server(smtp.port), to).send(outgoing([news('new')]));
  await expect(failure).rejects.toMatchObject({ code });
});

it('gives a mail up at once when it is asked to, whatever the server is waiting for', async () => {
  const asked = Promise.withResolvers<void>();
  // Takes the mail, and never says so.
  await using smtp = await openSmtp({ onData: (stream) => void stream.resume().on('end', asked.resolve) });
  const giveUp = new AbortController();
  const sent = emailChannel(server(smtp.port, { timeoutMs: 60_000 }), to).send(
    outgoing([news('new')]),
    giveUp.signal,
  );
  await asked.promise;
  giveUp.abort();
  await expect(sent).rejects.toMatchObject({ code: 'notify-failed' });
});

it('fails when there is no server, or none that answers', async () => {
  let port = 0;
  {
    await using smtp = await openSmtp();
    port = smtp.port;
  }
  const failure = emailChannel(server(port), to).send(outgoing([news('new')]));
  await expect(failure).rejects.toMatchObject({ code: 'notify-failed' });
});
