import { z } from 'zod';
import { printable } from '../domain/printable.ts';
import { isoTime } from '../domain/time.ts';
import { ask, openClient } from './asking.ts';
import type { Command } from './command.ts';
import { textOption, timeOption } from './options.ts';

const containerSchema = z.looseObject({
  device: z.string(),
  channel: z.string().optional(),
  building: z.string(),
  space: z.string().optional(),
  fraction: z.string().optional(),
  collect: z.boolean(),
  reason: z.enum(['full', 'filling', 'silent', 'lasts']),
  levelPct: z.number().nullable(),
  ratePctPerDay: z.number().nullable(),
  chance: z.number().nullable(),
  fullAtP50: z.string().nullable(),
  emptiedAt: z.string().nullable(),
  kg: z.number().nullable(),
});
type Container = z.infer<typeof containerSchema>;
const answerSchema = z.looseObject({
  before: z.string(),
  thresholdPct: z.number(),
  containers: z.array(containerSchema),
  summary: z.object({
    containers: z.number(),
    toCollect: z.number(),
    skipped: z.number(),
    skippedPct: z.number(),
    kg: z.number().nullable(),
  }),
});

export const collect: Command = {
  usage:
    'kvarter collect [--area ID] [--building ID] [--before TIME] [--all] [--url URL] [--config FILE] [--json]',
  help: `Asks the running service. A container is on the list when it is full, when the chance that it is before the round after
this one is above waste.chance, or when it has been silent for so long that nobody knows.

  --area ID       containers of an area; --building ID of a building; default: all
  --before TIME   the round after this one, ISO 8601 with offset; default: waste.roundDays from now
  --all           those that can be skipped, too
  --url URL       the service; default: http.port of the configuration on this machine
  --json          the whole answer as JSON

  kvarter collect --area norrliden --before 2026-01-22T06:00:00+01:00`,
  options: {
    area: { type: 'string' },
    building: { type: 'string' },
    before: { type: 'string' },
    all: { type: 'boolean' },
    url: { type: 'string' },
    config: { type: 'string' },
    json: { type: 'boolean' },
  },
  files: { min: 0, max: 0 },
  run: async (context, args) => {
    const query = new URLSearchParams();
    for (const name of ['area', 'building']) {
      const value = textOption(args, name);
      if (value !== undefined) query.set(name, value);
    }
    const beforeMs = timeOption(args, 'before');
    if (beforeMs !== undefined) query.set('before', isoTime(beforeMs));
    const answer = await ask(
      openClient(context, args),
      { path: `/api/v1/collection?${query}` },
      answerSchema,
    );
    if (args.values.json) {
      context.print(`${JSON.stringify(answer)}\n`);
      return 0;
    }
    const { containers, summary, before } = answer;
    for (const container of containers) {
      if (container.collect || args.values.all) context.print(`${printable(lineOf(container))}\n`);
    }
    const kg = summary.kg === null ? '' : `, ${summary.kg} kg where it is known`;
    context.print(
      `Empty ${summary.toCollect} of ${summary.containers} containers${kg}; ${summary.skipped} (${summary.skippedPct} %) last until ${before.slice(0, 16)}Z.\n`,
    );
    return 0;
  },
};

const reasons = {
  full: 'is full',
  filling: 'will be full',
  silent: 'is silent: not known',
  lasts: 'can be skipped',
} as const;

function lineOf(container: Container): string {
  const { device, channel, building, space, fraction, reason, levelPct, ratePctPerDay, chance } = container;
  const name = channel === undefined ? device : `${device} ${channel}`;
  const level = levelPct === null ? '    ' : `${String(Math.round(levelPct)).padStart(3)} %`;
  const said = [
    ratePctPerDay === null ? '' : `${ratePctPerDay.toFixed(1)} %/day`,
    chance === null || reason === 'full' ? '' : `${Math.round(chance * 100)} % likely to be full by then`,
    container.kg === null ? '' : `${container.kg} kg`,
    container.emptiedAt === null ? '' : `emptied ${container.emptiedAt.slice(0, 10)}`,
  ].filter(Boolean);
  const place = [building, space].filter(Boolean).join('/');
  return [
    place.padEnd(16),
    name.padEnd(18),
    (fraction ?? '').padEnd(9),
    level,
    reasons[reason],
    ...said,
  ].join('  ');
}
