import { z } from 'zod';
import { KvarterError } from '../domain/errors.ts';
import { printable } from '../domain/printable.ts';
import { ask, openClient, printList } from './asking.ts';
import type { Command, CommandArguments, CommandContext } from './command.ts';
import { textOption } from './options.ts';
import type { ServiceClient, ServiceRequest } from './service-client.ts';

const rowSchema = z.object({
  id: z.number(),
  receivedAt: z.string(),
  code: z.string(),
  detail: z.string(),
  device: z.string().optional(),
  topic: z.string(),
  sender: z.string().optional(),
  payload: z.string().optional(),
  payloadHex: z.string(),
});
const pageSchema = z.object({ rows: z.array(rowSchema), next: z.string().optional() });
const countsSchema = z.object({
  rows: z.number(),
  forgotten: z.number(),
  codes: z.array(z.object({ code: z.string(), says: z.string(), rows: z.number(), newestAt: z.string() })),
});
const replayedSchema = z.object({ packets: z.number(), rows: z.number() });
const discardedSchema = z.object({ rows: z.number() });

const usage = `kvarter quarantine list | counts | show ID | replay [ID…] | discard [ID…]
                   [--code CODE] [--device ID] [--all] [--limit N] [--url URL] [--config FILE] [--json]`;

export const quarantine: Command = {
  usage,
  help: `  list        rejected packets, the oldest first: id, time, reason, device, topic
  counts      how many there are of each reason
  show ID     one of them, with its bytes
  replay      takes them in again, as of when they came: after a fix of the register or an update
  discard     forgets them

  --code CODE --device ID   those only
  --all       replay or discard everything
  --limit N   list so many; default 100
  --url URL   the service; default: http.port of the configuration on this machine
  --json      JSON lines

  kvarter quarantine replay --code unknown-device`,
  options: {
    code: { type: 'string' },
    device: { type: 'string' },
    all: { type: 'boolean' },
    limit: { type: 'string' },
    url: { type: 'string' },
    config: { type: 'string' },
    json: { type: 'boolean' },
  },
  files: { min: 1, max: Number.POSITIVE_INFINITY },
  run: async (context, args) => {
    const [name = '', ...ids] = args.files;
    const action = actions[name];
    if (!action)
      throw new KvarterError('usage', `quarantine ${name}: there is no such action\nusage: ${usage}`);
    const client = openClient(context, args);
    await action({ context, args, client, ids: ids.map(idOf) });
    return 0;
  },
};

type Call = {
  readonly context: CommandContext;
  readonly args: CommandArguments;
  readonly client: ServiceClient;
  readonly ids: readonly number[];
};

const actions: Readonly<Record<string, (call: Call) => Promise<void>>> = {
  list: async ({ context, args }) => {
    await printList(context, args, {
      path: '/api/v1/quarantine',
      query: new URLSearchParams(filterOf(args)),
      page: pageSchema,
      rowsOf: ({ rows }) => rows,
      textOf: (row) => `${lineOf(row)}\n`,
    });
  },
  counts: async ({ context, args, client }) => {
    const counts = await ask(client, { path: '/api/v1/quarantine/counts' }, countsSchema);
    if (args.values.json) return context.print(`${JSON.stringify(counts)}\n`);
    for (const { code, says, rows, newestAt } of counts.codes) {
      context.print(`${String(rows).padStart(8)}  ${code.padEnd(18)} ${newestAt}  ${says}\n`);
    }
    context.print(
      `${String(counts.rows).padStart(8)}  in all, ${counts.forgotten} forgotten since the start\n`,
    );
  },
  show: async ({ context, args, client, ids }) => {
    if (ids.length === 0) throw new KvarterError('usage', `usage: kvarter quarantine show ID`);
    for (const id of ids) {
      const row = await ask(client, { path: `/api/v1/quarantine/${id}` }, rowSchema);
      context.print(args.values.json ? `${JSON.stringify(row)}\n` : `${lineOf(row)}\n${bytesOf(row)}`);
    }
  },
  replay: async ({ context, args, client, ids }) => {
    const path = '/api/v1/quarantine/replay';
    const { packets, rows } = await ask(client, { path, body: selectionOf(args, ids) }, replayedSchema);
    if (args.values.json) return context.print(`${JSON.stringify({ packets, rows })}\n`);
    context.print(
      `${packets} packets of ${rows} rows are taken in again; what is rejected again is new in the list.\n`,
    );
  },
  discard: async ({ context, args, client, ids }) => {
    const path = '/api/v1/quarantine/discard';
    const { rows } = await ask(client, { path, body: selectionOf(args, ids) }, discardedSchema);
    context.print(args.values.json ? `${JSON.stringify({ rows })}\n` : `${rows} rows are discarded.\n`);
  },
};

function filterOf(args: CommandArguments): Record<string, string> {
  const [code, device] = [textOption(args, 'code'), textOption(args, 'device')];
  return { ...(code === undefined ? {} : { code }), ...(device === undefined ? {} : { device }) };
}

function selectionOf(args: CommandArguments, ids: readonly number[]): NonNullable<ServiceRequest['body']> {
  const selection = {
    ...filterOf(args),
    ...(ids.length === 0 ? {} : { ids }),
    ...(args.values.all ? { all: true } : {}),
  };
  if (Object.keys(selection).length === 0) {
    throw new KvarterError('usage', 'say which: ids, --code CODE, --device ID, or --all');
  }
  return { type: 'application/json', content: JSON.stringify(selection) };
}

function idOf(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new KvarterError('usage', `${text} is not the id of a row: kvarter quarantine list shows them`);
}

type Row = z.infer<typeof rowSchema>;

function lineOf({ id, receivedAt, code, device, topic, detail }: Row): string {
  return `${String(id).padStart(6)}  ${receivedAt}  ${code.padEnd(18)} ${device ?? '-'}  ${printable(topic)}  ${printable(detail)}`;
}

function bytesOf({ payload, payloadHex }: Row): string {
  const hex = payloadHex.replace(/(..)(?!$)/g, '$1 ').replace(/(.{96})/g, '$1\n        ');
  return `${payload === undefined ? '' : `  text  ${printable(payload)}\n`}  hex   ${hex}\n`;
}
