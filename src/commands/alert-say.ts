import { lifeJsonSchema } from '../alerts/alert-json.ts';
import { KvarterError } from '../domain/errors.ts';
import { isoTime } from '../domain/time.ts';
import { alertText } from './alert-text.ts';
import { ask, openClient } from './asking.ts';
import type { Command, CommandArguments, CommandContext } from './command.ts';
import { endOption, textOption, whoOption } from './options.ts';

const options = {
  by: { type: 'string' },
  note: { type: 'string' },
  url: { type: 'string' },
  config: { type: 'string' },
  json: { type: 'boolean' },
} as const;

export const alertAcknowledge: Command = {
  usage: `kvarter alert acknowledge ID… [--by NAME] [--note TEXT] [--until TIME | --for TIME]
                          [--url URL] [--config FILE] [--json]`,
  help: `Said again, the newest holds. After its end the alert fires as before.

  --by NAME     who takes it on; default: who runs this
  --note TEXT   what is done about it
  --until TIME  so long; or --for 90min, 8h, 2d; default: until it is resolved
  --url URL     the service; default: http.port of the configuration on this machine
  --json        the alert, for machines

  kvarter alert acknowledge stale-0123456789ab --by Anna --for 8h --note "new battery on Friday"`,
  options: { ...options, until: { type: 'string' }, for: { type: 'string' } },
  files: { min: 1, max: 1000 },
  run: (context, args) => {
    const untilMs = endOption(args, context.clock());
    return sayOfEach(context, args, args.files, 'acknowledge', {
      ...(untilMs === undefined ? {} : { until: isoTime(untilMs) }),
    });
  },
};

const usage = `kvarter alert outcome ID true|false|unknown [--by NAME] [--note TEXT]
                      [--url URL] [--config FILE] [--json]`;

export const alertOutcome: Command = {
  usage,
  help: `true: something was wrong as it said; false: a false alarm; unknown: nobody could tell. Said again, the newest holds.

  --by NAME     who says so; default: who runs this
  --note TEXT   what it was
  --url URL     the service; default: http.port of the configuration on this machine
  --json        the alert, for machines

  kvarter alert outcome stale-0123456789ab false --by Anna --note "moved to another flat"`,
  options,
  files: { min: 2, max: 2 },
  run: (context, args) => {
    const [id = '', outcome = ''] = args.files;
    if (!['true', 'false', 'unknown'].includes(outcome)) {
      throw new KvarterError('usage', `${outcome}: must be true, false or unknown\nusage: ${usage}`);
    }
    return sayOfEach(context, args, [id], 'outcome', { outcome });
  },
};

async function sayOfEach(
  context: CommandContext,
  args: CommandArguments,
  ids: readonly string[],
  what: string,
  body: object,
): Promise<number> {
  const client = openClient(context, args);
  const note = textOption(args, 'note');
  const by = whoOption(context, args);
  const content = JSON.stringify({ ...body, by, ...(note === undefined ? {} : { note }) });
  for (const id of ids) {
    const path = `/api/v1/alerts/${encodeURIComponent(id)}/${what}`;
    const alert = await ask(client, { path, body: { type: 'application/json', content } }, lifeJsonSchema);
    context.print(args.values.json ? `${JSON.stringify(alert)}\n` : alertText(alert));
  }
  return 0;
}
