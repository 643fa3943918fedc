import { z } from 'zod';
import { printable } from '../domain/printable.ts';
import { printList } from './asking.ts';
import type { Command } from './command.ts';

const deviceSchema = z.object({
  device: z.string(),
  title: z.string().optional(),
  packets: z.number(),
  firstSeenAt: z.string().optional(),
  lastSeenAt: z.string().optional(),
  format: z.string().optional(),
  models: z.array(z.string()),
  channels: z.array(z.string()),
  values: z.array(
    z.object({
      quantity: z.string(),
      channel: z.string().optional(),
      at: z.string().optional(),
      value: z.number(),
    }),
  ),
  row: z.string(),
});
const pageSchema = z.object({ devices: z.array(deviceSchema), next: z.string().optional() });
type Device = z.infer<typeof deviceSchema>;

const MOST_VALUES = 12;

export const deviceUnknown: Command = {
  usage: 'kvarter device unknown [--limit N] [--url URL] [--config FILE] [--json]',
  help: `Nothing that they send is lost: it is in the quarantine until they are registered. The last line of each is its row for
devices.csv, in which the building is to be filled in; kvarter device adopt writes it, and takes in what came before.

  --limit N   so many; default 100
  --url URL   the service; default: http.port of the configuration on this machine
  --json      JSON lines

  kvarter device unknown --limit 1000`,
  options: {
    limit: { type: 'string' },
    url: { type: 'string' },
    config: { type: 'string' },
    json: { type: 'boolean' },
  },
  files: { min: 0, max: 0 },
  run: async (context, args) => {
    const shown = await printList(context, args, {
      path: '/api/v1/devices/unknown',
      page: pageSchema,
      rowsOf: ({ devices }) => devices,
      textOf,
    });
    if (shown === 0 && !args.values.json) context.print('Every device that has spoken is registered.\n');
    return 0;
  },
};

function textOf({ device, packets, firstSeenAt, lastSeenAt, format, models, ...rest }: Device): string {
  const { title, channels, values, row } = rest;
  const said = values.slice(0, MOST_VALUES).map(({ quantity, channel, value }) => {
    return `${quantity}${channel === undefined ? '' : `[${channel}]`} ${value}`;
  });
  const more = values.length > MOST_VALUES ? `, and ${values.length - MOST_VALUES} more` : '';
  const lines = [
    device,
    ...(title === undefined ? [] : [`  is      ${title}`]),
    firstSeenAt === undefined
      ? '  seen    never: its gateway tells about it'
      : `  seen    ${firstSeenAt} to ${lastSeenAt}, ${packets} packets`,
    `  format  ${format ?? 'unknown'}, model ${models.join(' or ') || 'unknown'}`,
    ...(channels.length > 0 ? [`  lacks   rows for the channels ${channels.join(', ')}`] : []),
    `  says    ${said.join(', ') || 'nothing that can be read without its model'}${more}`,
    `  row     ${row}`,
  ];
  return `${lines.map(printable).join('\n')}\n`;
}
