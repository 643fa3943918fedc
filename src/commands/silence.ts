import { z } from 'zod';
import { silenceSchema } from '../api/silence-json.ts';
import { KvarterError } from '../domain/errors.ts';
import { printable } from '../domain/printable.ts';
import { isoTime } from '../domain/time.ts';
import { ask, openClient } from './asking.ts';
import type { Command, CommandArguments } from './command.ts';
import { endOption, textOption, timeOption, whoOption } from './options.ts';

type Silence = z.infer<typeof silenceSchema>;

const scopes = ['organisation', 'area', 'building', 'space', 'device', 'role', 'quantity', 'rule'] as const;
const options = {
  url: { type: 'string' },
  config: { type: 'string' },
  json: { type: 'boolean' },
} as const;
const service = `  --url URL   the service; default: http.port of the configuration on this machine
  --json      for machines`;

export const silenceList: Command = {
  usage: 'kvarter silence list [--all] [--url URL] [--config FILE] [--json]',
  help: `  --all       those that are over too
${service}

  kvarter silence list --all`,
  options: { ...options, all: { type: 'boolean' } },
  files: { min: 0, max: 0 },
  run: async (context, args) => {
    const path = `/api/v1/silences${args.values.all ? '?all=true' : ''}`;
    const listSchema = z.object({ silences: z.array(silenceSchema) });
    const { silences } = await ask(openClient(context, args), { path }, listSchema);
    for (const silence of silences) {
      context.print(`${args.values.json ? JSON.stringify(silence) : lineOf(silence)}\n`);
    }
    return 0;
  },
};

const usage = `kvarter silence add --reason TEXT (--until TIME | --for TIME) [--from TIME] [--by NAME]
                    [--organisation ID] [--area ID] [--building ID] [--space ID] [--device ID] [--role ROLE]
                    [--quantity QUANTITY] [--rule NAME] [--url URL] [--config FILE] [--json]`;

export const silenceAdd: Command = {
  usage,
  help: `What fires meanwhile is kept and shown, as held, and told only if it still fires at the end. All that is named must fit;
several of a kind are written with commas.

  --from TIME    when it begins; default: now
  --until TIME   when it ends; or --for 90min, 8h, 2d
  --by NAME      who says so; default: who runs this
${service}

  kvarter silence add --building b1 --rule stale,flat-line --for 4h --reason "the switch is changed"`,
  options: {
    ...options,
    ...Object.fromEntries(
      [...scopes, 'from', 'until', 'for', 'by', 'reason'].map((name) => [name, { type: 'string' as const }]),
    ),
  },
  files: { min: 0, max: 0 },
  run: async (context, args) => {
    const fromMs = timeOption(args, 'from');
    const untilMs = endOption(args, fromMs ?? context.clock());
    const reason = textOption(args, 'reason');
    const scope = scopeOf(args);
    if (reason === undefined) throw missing('--reason is missing');
    if (untilMs === undefined) throw missing('--until or --for is missing');
    if (Object.keys(scope).length === 0) throw missing('say what it covers: --building, --rule, …');
    const content = JSON.stringify({
      scope,
      ...(fromMs === undefined ? {} : { from: isoTime(fromMs) }),
      until: isoTime(untilMs),
      by: whoOption(context, args),
      reason,
    });
    const request = { path: '/api/v1/silences', body: { type: 'application/json', content } };
    const silence = await ask(openClient(context, args), request, silenceSchema);
    context.print(`${args.values.json ? JSON.stringify(silence) : lineOf(silence)}\n`);
    return 0;
  },
};

export const silenceRemove: Command = {
  usage: 'kvarter silence remove ID [--url URL] [--config FILE] [--json]',
  help: `${service}

  kvarter silence remove silence-0123456789ab`,
  options,
  files: { min: 1, max: 1 },
  run: async (context, args) => {
    const path = `/api/v1/silences/${encodeURIComponent(args.files[0] ?? '')}`;
    const silence = await ask(openClient(context, args), { path, method: 'DELETE' }, silenceSchema);
    context.print(`${args.values.json ? JSON.stringify(silence) : lineOf(silence)}\n`);
    return 0;
  },
};

function missing(what: string): KvarterError {
  return new KvarterError('usage', `${what}\nusage: ${usage}`);
}

function scopeOf(args: CommandArguments): Record<string, readonly string[]> {
  return Object.fromEntries(
    scopes.flatMap((name) => {
      const text = textOption(args, name);
      return text === undefined ? [] : [[name, text.split(',').map((one) => one.trim())]];
    }),
  );
}

function lineOf({ id, state, from, until, scope, by, reason }: Silence): string {
  const what = Object.entries(scope).map(([name, some]) => `${name} ${some.join(',')}`);
  return printable(
    [id, state.padEnd(6), `${from} – ${until}`, what.join(', '), `${by}: ${reason}`].join('  '),
  );
}
