import { z } from 'zod';
import { lifeJsonSchema } from '../alerts/alert-json.ts';
import { isoTime } from '../domain/time.ts';
import { alertLine, alertText } from './alert-text.ts';
import { ask, openClient, printList } from './asking.ts';
import type { Command } from './command.ts';
import { textOption, timeOption } from './options.ts';

const pageSchema = z.object({ alerts: z.array(lifeJsonSchema), next: z.string().optional() });
const options = {
  url: { type: 'string' },
  config: { type: 'string' },
  json: { type: 'boolean' },
} as const;

export const alertList: Command = {
  usage: `kvarter alert list [--state STATE,…] [--building ID] [--scope SCOPE] [--rule NAME] [--severity SEVERITY,…]
                   [--since TIME] [--order ORDER] [--limit N] [--url URL] [--config FILE] [--json]`,
  help: `  --state STATE     pending, firing, acknowledged, resolved; default: firing and acknowledged. all: every one
  --severity S      info, warning, critical
  --scope SCOPE     building:ID, area:ID or organisation:ID
  --since TIME      those that began then or later
  --order ORDER     newest (the default) or gravest first
  --limit N         so many; default 100
  --url URL         the service; default: http.port of the configuration on this machine
  --json            JSON lines

  kvarter alert list --building b1 --state all`,
  options: {
    ...options,
    state: { type: 'string' },
    building: { type: 'string' },
    scope: { type: 'string' },
    order: { type: 'string' },
    rule: { type: 'string' },
    severity: { type: 'string' },
    since: { type: 'string' },
    limit: { type: 'string' },
  },
  files: { min: 0, max: 0 },
  run: async (context, args) => {
    const since = timeOption(args, 'since');
    const states = textOption(args, 'state') ?? 'firing,acknowledged';
    const query = new URLSearchParams();
    if (states !== 'all') for (const state of listed(states)) query.append('state', state);
    for (const one of listed(textOption(args, 'severity') ?? '')) query.append('severity', one);
    if (since !== undefined) query.set('since', isoTime(since));
    for (const name of ['building', 'scope', 'rule', 'order']) {
      const text = textOption(args, name);
      if (text !== undefined) query.set(name, text);
    }
    await printList(context, args, {
      path: '/api/v1/alerts',
      query,
      page: pageSchema,
      rowsOf: ({ alerts }) => alerts,
      textOf: (alert) => `${alertLine(alert)}\n`,
    });
    return 0;
  },
};

export const alertShow: Command = {
  usage: 'kvarter alert show ID [--url URL] [--config FILE] [--json]',
  help: `  --url URL   the service; default: http.port of the configuration on this machine
  --json      for machines

  kvarter alert show stale-0123456789ab`,
  options,
  files: { min: 1, max: 1 },
  run: async (context, args) => {
    const path = `/api/v1/alerts/${encodeURIComponent(args.files[0] ?? '')}`;
    const alert = await ask(openClient(context, args), { path }, lifeJsonSchema);
    context.print(args.values.json ? `${JSON.stringify(alert)}\n` : alertText(alert));
    return 0;
  },
};

function listed(text: string): readonly string[] {
  return text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}
