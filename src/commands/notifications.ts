import { z } from 'zod';
import { KvarterError } from '../domain/errors.ts';
import { printable } from '../domain/printable.ts';
import { ask, openClient, printList } from './asking.ts';
import type { Command } from './command.ts';

const deadSchema = z.object({
  id: z.string(),
  recipient: z.string(),
  kind: z.string(),
  alerts: z.array(z.object({ id: z.string(), title: z.string(), kind: z.string() })),
  createdAt: z.string(),
  diedAt: z.string(),
  attempts: z.number(),
  error: z.string(),
});
const pageSchema = z.object({ notifications: z.array(deadSchema), next: z.string().optional() });
const retriedSchema = z.object({ notifications: z.number() });

const service = {
  url: { type: 'string' },
  config: { type: 'string' },
  json: { type: 'boolean' },
} as const;

export const notificationsDead: Command = {
  usage: 'kvarter notifications dead [--limit N] [--url URL] [--config FILE] [--json]',
  help: `The oldest first: id, time, recipient, what it tells, and why it was not taken.

  --limit N   list so many; default 100
  --url URL   the service; default: http.port of the configuration on this machine
  --json      JSON lines

  kvarter notifications dead`,
  options: { limit: { type: 'string' }, ...service },
  files: { min: 0, max: 0 },
  run: async (context, args) => {
    await printList(context, args, {
      path: '/api/v1/notifications/dead',
      page: pageSchema,
      rowsOf: ({ notifications }) => notifications,
      textOf: (row) => `${lineOf(row)}\n`,
    });
    return 0;
  },
};

export const notificationsRetry: Command = {
  usage: 'kvarter notifications retry ID… | --all [--url URL] [--config FILE] [--json]',
  help: `After a fix of the settings or of the receiver. What is not taken again is dead again after alerts.retry.giveUpHours.
Whoever knows by now that an alert is over is not told any more that it began.

  --all       all of them
  --url URL   the service; default: http.port of the configuration on this machine

  kvarter notifications retry --all`,
  options: { all: { type: 'boolean' }, ...service },
  files: { min: 0, max: Number.POSITIVE_INFINITY },
  run: async (context, args) => {
    const ids = args.files;
    if (ids.length > 0 === (args.values.all === true)) {
      throw new KvarterError('usage', 'say which: ids as kvarter notifications dead lists them, or --all');
    }
    const client = openClient(context, args);
    const content = JSON.stringify(ids.length > 0 ? { ids } : { all: true });
    const body = { type: 'application/json', content };
    const { notifications } = await ask(client, { path: '/api/v1/notifications/retry', body }, retriedSchema);
    if (args.values.json) context.print(`${JSON.stringify({ notifications })}\n`);
    else context.print(`${notifications} notifications are tried again.\n`);
    return 0;
  },
};

function lineOf({ id, diedAt, recipient, kind, alerts, error }: z.infer<typeof deadSchema>): string {
  const titles = alerts.map(({ title }) => title).join('; ');
  return `${id}  ${diedAt}  ${recipient}  ${kind}  ${printable(titles)}  ${printable(error)}`;
}
