import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { timeText } from '../alerts/alert-json.ts';
import { DAY_MS } from '../domain/interval.ts';
import type { Register } from '../domain/register.ts';
import { type Clock, isoTime } from '../domain/time.ts';
import { type CollectionEntry, collectionOf } from '../waste/collection.ts';
import type { ContainerSettings, ContainersOf, KnownContainer } from './containers.ts';
import { problemSchema, RequestProblem } from './problem.ts';
import { timeParameter } from './times.ts';

export type CollectionSettings = ContainerSettings & {
  readonly chance: number;
  readonly roundDays: number;
  readonly silentDays: number;
};

const querySchema = z.strictObject({
  area: z.string().min(1).optional().describe('containers of an area; default: of all'),
  building: z.string().min(1).optional(),
  before: timeParameter.optional().describe('the round after this one; default: waste.roundDays from now'),
});

const optionalTime = timeText.nullable();
const containerSchema = z.object({
  device: z.string(),
  channel: z.string().optional(),
  building: z.string(),
  space: z.string().optional(),
  fraction: z.string().optional(),
  collect: z.boolean(),
  reason: z
    .enum(['full', 'filling', 'silent', 'lasts'])
    .describe('full: at or above the threshold; filling: will be; silent: not known; lasts: can be skipped'),
  at: optionalTime.describe('time of the newest level'),
  levelPct: z.number().nullable(),
  ratePctPerDay: z.number().nullable(),
  chance: z
    .number()
    .nullable()
    .describe('that it is at the threshold before the next round if it is not emptied'),
  fullAtP10: optionalTime,
  fullAtP50: optionalTime,
  fullAtP90: optionalTime,
  emptiedAt: optionalTime.describe('the first daily level after the newest emptying; null: none was seen'),
  kg: z.number().nullable().describe('in it now; null where volume or density is not known'),
});
const answerSchema = z.object({
  at: timeText,
  before: timeText,
  thresholdPct: z.number(),
  containers: z.array(containerSchema).describe('to be collected first, the most urgent first'),
  summary: z.object({
    containers: z.int(),
    toCollect: z.int(),
    skipped: z.int().describe('emptyings saved, against emptying all of them'),
    skippedPct: z.number(),
    kg: z.number().nullable().describe('to be collected, over those where it is known'),
  }),
});

/** `GET /api/v1/collection`: which containers to empty now, so that none is too full before the next round. */
export function collectionRoute(
  containersOf: ContainersOf,
  register: () => Register,
  clock: Clock,
  settings: CollectionSettings,
): FastifyPluginAsyncZod {
  return async (server) => {
    server.get(
      '/api/v1/collection',
      {
        schema: {
          summary: 'Which waste containers to empty on the next round, and which can be skipped',
          querystring: querySchema,
          response: { 200: answerSchema, 400: problemSchema, 404: problemSchema, 503: problemSchema },
        },
      },
      async ({ query }) => {
        const nowMs = clock();
        const beforeMs = query.before ?? nowMs + settings.roundDays * DAY_MS;
        if (beforeMs <= nowMs) throw new RequestProblem(400, 'before: must be later than now');
        const current = register();
        const buildings = buildingsOf(current, query);
        const all = await containersOf(current, nowMs);
        const { entries, ...summary } = collectionOf(
          all.filter(({ building }) => buildings.has(building)),
          { ...settings, nowMs, beforeMs, silentMs: settings.silentDays * DAY_MS },
        );
        return {
          at: isoTime(nowMs),
          before: isoTime(beforeMs),
          thresholdPct: settings.thresholdPct,
          containers: entries.map(jsonOf),
          summary: {
            ...summary,
            skippedPct: rounded(
              summary.containers === 0 ? 0 : (100 * summary.skipped) / summary.containers,
              1,
            ),
            kg: summary.kg === undefined ? null : rounded(summary.kg, 1),
          },
        };
      },
    );
  };
}

function buildingsOf(
  { areas, buildings }: Register,
  { area, building }: { readonly area?: string | undefined; readonly building?: string | undefined },
): ReadonlySet<string> {
  const inArea = area === undefined ? undefined : areas.find(({ id }) => id === area);
  if (area !== undefined && !inArea) throw new RequestProblem(404, `area: the register has no area ${area}`);
  if (building !== undefined && !buildings.has(building)) {
    throw new RequestProblem(404, `building: the register has no building ${building}`);
  }
  const ids = inArea?.buildings ?? [...buildings.keys()];
  return new Set(ids.filter((id) => building === undefined || id === building));
}

function jsonOf({ container, collect, reason, chance, kg }: CollectionEntry<KnownContainer>) {
  const { device, channel, building, space, fraction, newest } = container;
  const { p10, p50, p90 } = newest?.estimate.fullAtMs ?? {};
  return {
    device,
    ...(channel === undefined ? {} : { channel }),
    building,
    ...(space === undefined ? {} : { space }),
    ...(fraction === undefined ? {} : { fraction }),
    collect,
    reason,
    at: timeOf(newest?.atMs),
    levelPct: orNull(newest?.levelPct, 1),
    ratePctPerDay: orNull(newest?.estimate.ratePctPerDay, 2),
    chance: orNull(chance, 3),
    fullAtP10: timeOf(p10),
    fullAtP50: timeOf(p50),
    fullAtP90: timeOf(p90),
    emptiedAt: timeOf(newest?.estimate.emptiedAtMs),
    kg: orNull(kg, 1),
  };
}

function timeOf(atMs: number | undefined): string | null {
  return atMs === undefined ? null : isoTime(atMs);
}

function orNull(value: number | undefined, digits: number): number | null {
  return value === undefined ? null : rounded(value, digits);
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
