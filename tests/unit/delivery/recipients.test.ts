import { expect, it } from 'vitest';
import { openRecipients } from '../../../src/delivery/open-channels.ts';

const about = { language: 'sv', grouped: true } as const;
const choice = {
  recipients: [
    { ...about, name: 'mail', email: ['a@example.se'], quietHours: [[0, 60]] as [number, number][] },
    { ...about, name: 'phone', ntfy: 'https://ntfy.example/kvarter', messagesPerHour: 5 },
    { ...about, name: 'machine', webhook: 'https://machine.example/hook' },
  ],
  mailServer: {
    host: 'mail.example',
    port: 25,
    security: 'none',
    from: 'a@example.se',
    timeoutMs: 1000,
  } as const,
  webhook: { url: 'https://all.example/hook' },
  timeoutMs: 1000,
  link: undefined,
  clock: () => 0,
};

it('people get so many messages an hour, collected; machines each alert by itself, without a limit', () => {
  const opened = openRecipients(choice).map(({ channel, ...rest }) => ({ ...rest, channel: channel.kind }));
  const machine = { messagesPerHour: 0, grouped: false, channel: 'webhook' };
  expect(opened).toEqual([
    { ...about, name: 'mail', messagesPerHour: 30, hearsAll: false, quietHours: [[0, 60]], channel: 'email' },
    { ...about, name: 'phone', messagesPerHour: 5, hearsAll: false, channel: 'ntfy' },
    { ...about, ...machine, name: 'machine', hearsAll: false },
    { ...machine, language: 'en', name: 'webhook', hearsAll: true },
  ]);
  expect(openRecipients({ ...choice, webhook: {} }).map(({ name }) => name)).toEqual([
    'mail',
    'phone',
    'machine',
  ]);
});
