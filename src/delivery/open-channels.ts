import type { Clock } from '../domain/time.ts';
import type { Channel } from './channel.ts';
import { emailChannel } from './email-channel.ts';
import { ntfyChannel } from './ntfy-channel.ts';
import type { MailServer, RecipientSettings } from './settings.ts';
import { webhookChannel } from './webhook-channel.ts';

/** Somebody who is told, and how. */
export type Recipient = Pick<RecipientSettings, 'name' | 'language' | 'quietHours' | 'grouped'> & {
  readonly channel: Channel;
  /** 0 = no limit. */
  readonly messagesPerHour: number;
  /** It is told everything, whatever the routes say. */
  readonly hearsAll: boolean;
};

/** As the configuration has them, with what stands in the files that it names. */
export type RecipientsChoice = {
  readonly recipients: readonly (RecipientSettings & { readonly token?: string; readonly secret?: string })[];
  readonly mailServer: MailServer | undefined;
  readonly webhook: { readonly url?: string | undefined; readonly secret?: string | undefined };
  readonly timeoutMs: number;
  /** Address of an alert, `{id}` being its id. */
  readonly link: string | undefined;
  readonly clock: Clock;
};

const PEOPLE_PER_HOUR = 30;

export function openRecipients(choice: RecipientsChoice): Recipient[] {
  const { recipients, mailServer, webhook, timeoutMs, link, clock } = choice;
  const opened = recipients.map((settings, n): Recipient => {
    const { name, language, quietHours, grouped, email, ntfy, token, secret } = settings;
    const http = { timeoutMs, setting: `alerts.recipients.${n}` };
    const rest = {
      name,
      language,
      // A machine keeps up with whatever comes.
      messagesPerHour: settings.messagesPerHour ?? (settings.webhook === undefined ? PEOPLE_PER_HOUR : 0),
      hearsAll: false,
      ...(quietHours === undefined ? {} : { quietHours }),
    };
    if (email !== undefined && mailServer) {
      return { ...rest, grouped, channel: emailChannel(mailServer, email) };
    }
    if (ntfy !== undefined) {
      const channel = ntfyChannel({ url: ntfy, ...http, ...(token === undefined ? {} : { token }) });
      return { ...rest, grouped, channel };
    }
    const url = settings.webhook ?? '';
    const channel = webhookChannel({
      url,
      ...http,
      link,
      clock,
      ...(secret === undefined ? {} : { secret }),
    });
    // A machine wants each alert by itself.
    return { ...rest, grouped: false, channel };
  });
  if (webhook.url === undefined) return opened;
  const { url, secret } = webhook;
  const channel = webhookChannel({
    url,
    setting: 'alerts.webhook.url',
    timeoutMs,
    link,
    clock,
    ...(secret === undefined ? {} : { secret }),
  });
  return [
    ...opened,
    { name: 'webhook', language: 'en', messagesPerHour: 0, grouped: false, hearsAll: true, channel },
  ];
}
