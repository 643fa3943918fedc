import { accessSync, constants, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type MailServer, type RecipientSettings, unknownRecipients } from '../delivery/settings.ts';
import { invalid, type Problem, type YamlFile } from './problem.ts';
import type { Config } from './schema.ts';

type Alerts = Config['alerts'];

/** What of the settings of `alerts` does not go together. */
export function deliveryProblems(
  alerts: Alerts,
  file: string,
  yaml: YamlFile | undefined,
): readonly Problem[] {
  const { recipients, email, link } = alerts;
  const at = (path: readonly (string | number)[], message: string): Problem => {
    const whole = ['alerts', ...path];
    return { file, ...yaml?.at(whole), path: whole.join('.'), message };
  };
  const problems = unknownRecipients(alerts).map(({ path, message }) => at(path, message));
  const mailed = recipients.findIndex((recipient) => recipient.email !== undefined);
  if (mailed >= 0 && email.host === undefined) {
    problems.push(at(['recipients', mailed, 'email'], 'mail needs a server: set alerts.email.host'));
  }
  if (mailed >= 0 && email.from === undefined) {
    problems.push(at(['recipients', mailed, 'email'], 'mail needs a sender: set alerts.email.from'));
  }
  if (email.username !== undefined && email.password === undefined) {
    problems.push(
      at(
        ['email', 'username'],
        'needs a password: set KVARTER_ALERTS__EMAIL__PASSWORD or alerts.email.passwordFile',
      ),
    );
  }
  if (email.username !== undefined && email.security === 'none' && !isLoopback(email.host ?? '')) {
    problems.push(at(['email', 'security'], 'a password is not sent unencrypted: use starttls or tls'));
  }
  if (link !== undefined && !link.includes('{id}')) {
    problems.push(at(['link'], 'must hold {id}, which the alert’s id is put in place of'));
  }
  return problems;
}

const recipientFiles = ['tokenFile', 'secretFile'] as const;

/** The settings with whole paths of files; what cannot be read is a problem of the configuration. */
export function withDeliveryFiles(alerts: Alerts, file: string, problems: Problem[], cwd: string): Alerts {
  const whole = (name: string, path: string): string => {
    const found = resolve(cwd, name);
    try {
      accessSync(found, constants.R_OK);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      problems.push({ file, path: `alerts.${path}`, message: `cannot be read: ${why}` });
    }
    return found;
  };
  const { caFile, ...email } = alerts.email;
  return {
    ...alerts,
    email: { ...email, ...(caFile === undefined ? {} : { caFile: whole(caFile, 'email.caFile') }) },
    recipients: alerts.recipients.map((recipient, n) => {
      const found = { ...recipient };
      for (const key of recipientFiles) {
        const name = recipient[key];
        if (name !== undefined) found[key] = whole(name, `recipients.${n}.${key}`);
      }
      return found;
    }),
  };
}

/** The recipients with what stands in their files, and the mail server. Throws `config-invalid`. */
export function deliverySecrets(alerts: Alerts): {
  readonly recipients: readonly (RecipientSettings & { readonly token?: string; readonly secret?: string })[];
  readonly mailServer: MailServer | undefined;
} {
  const problems: Problem[] = [];
  const read = (name: string | undefined, path: string): string | undefined => {
    if (name === undefined) return undefined;
    try {
      return readFileSync(name, 'utf8').trim();
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      problems.push({ file: name, path, message: `cannot be read: ${why}` });
      return undefined;
    }
  };
  const recipients = alerts.recipients.map((recipient, n) => {
    const token = read(recipient.tokenFile, `alerts.recipients.${n}.tokenFile`);
    const secret = read(recipient.secretFile, `alerts.recipients.${n}.secretFile`);
    return {
      ...recipient,
      ...(token === undefined ? {} : { token }),
      ...(secret === undefined ? {} : { secret }),
    };
  });
  const { host, from, port, security, username, password, caFile } = alerts.email;
  const ca = read(caFile, 'alerts.email.caFile');
  if (problems.length > 0) throw invalid(problems);
  if (host === undefined || from === undefined) return { recipients, mailServer: undefined };
  return {
    recipients,
    mailServer: {
      host,
      port,
      security,
      from,
      timeoutMs: alerts.timeoutSeconds * 1000,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(ca === undefined ? {} : { ca }),
    },
  };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
