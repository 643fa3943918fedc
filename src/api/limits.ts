import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { timeText } from '../alerts/alert-json.ts';
import { HOUR_MS } from '../domain/interval.ts';
import type { Limit } from '../domain/limit.ts';
import type { LoadCommand } from '../domain/load-command.ts';
import type { Register } from '../domain/register.ts';
import { type Clock, isoTime } from '../domain/time.ts';
import { loadIntervals } from '../energy/loads/load.ts';
import type { ReadingStore } from '../store/store.ts';
import { effectFields, effectOf, effectSpan } from './limit-effect.ts';
import { type ChannelsOf, countingIn, loadOf, mainMeters } from './main-meters.ts';
import { problemSchema, RequestProblem } from './problem.ts';
import { timeParameter } from './times.ts';

/** Limits of one answer. */
const PAGE = 1000;

const power = z.number().min(0).max(1e9);
const newLimitSchema = z
  .strictObject({
    area: z.string().min(1),
    from: timeParameter.optional().describe('absent, or past: from now on'),
    to: timeParameter,
    kW: power
      .optional()
      .describe('the most that its buildings together may draw, mean of a clock quarter-hour'),
    kw: power.optional().describe('the same'),
    by: z.string().trim().min(1).max(200).describe('who asks for it'),
  })
  .refine(({ kW, kw }) => (kW === undefined) !== (kw === undefined), {
    path: ['kW'],
    error: 'must be given (as kW or kw, once)',
  });

const limitSchema = z
  .object({
    id: z.string(),
    area: z.string(),
    from: timeText,
    to: timeText,
    kW: z.number(),
    by: z.string(),
    createdAt: timeText,
    withdrawnAt: timeText.optional(),
    state: z.enum(['coming', 'active', 'over', 'withdrawn']),
  })
  .meta({ id: 'Limit' });

const effectSchema = limitSchema.extend(effectFields).meta({ id: 'LimitEffect' });

export type LimitRoutes = {
  readonly book: {
    readonly add: (limit: Omit<Limit, 'id' | 'createdAtMs' | 'withdrawnAtMs'>) => Limit;
    readonly find: (id: string) => Limit | undefined;
    readonly list: (asked: {
      readonly area?: string;
      readonly after?: Limit;
      readonly limit: number;
    }) => readonly Limit[];
    readonly open: () => number;
    readonly withdraw: (id: string) => void;
    readonly look: () => void;
  };
  /** Running or to come, at once; and the longest, hours. */
  readonly mostOpen: number;
  readonly maxHours: number;
  readonly commandsOf: (cause: string) => readonly LoadCommand[];
  readonly channelsOf: ChannelsOf;
};

/** `/api/v1/limits`: an energy company asks an area to stay below a power for a while, and sees what came of it. */
export function limitRoutes(
  { book, mostOpen, maxHours, commandsOf, channelsOf }: LimitRoutes,
  store: Pick<ReadingStore, 'load' | 'intervals'>,
  register: () => Register,
  clock: Clock,
): FastifyPluginAsyncZod {
  const found = (id: string): Limit => {
    const limit = book.find(id);
    if (limit) return limit;
    throw new RequestProblem(404, `there is no limit ${id}: GET /api/v1/limits lists them`);
  };
  /** Throws a 404 for one that the register does not have. */
  const areaOf = (id: string) => {
    const area = register().areas.find((one) => one.id === id);
    if (area) return area;
    throw new RequestProblem(404, `area: the register has no area ${id}`);
  };
  return async (server) => {
    server.post(
      '/api/v1/limits',
      {
        schema: {
          summary: 'Ask an area to stay below a power for a while',
          description:
            'Divided over its buildings by cost: the cheapest flexible loads are switched off first, where loadControl is on and the register allows it.',
          body: newLimitSchema,
          response: { 201: limitSchema, 400: problemSchema, 404: problemSchema, 409: problemSchema },
        },
      },
      async ({ body: { area, from, to, kW, kw = kW ?? 0, by } }, reply) => {
        const nowMs = clock();
        const fromMs = Math.max(from ?? nowMs, nowMs);
        areaOf(area);
        if (to <= fromMs) {
          throw new RequestProblem(400, 'to: must be after from, and in the future');
        }
        if (to - fromMs > maxHours * HOUR_MS) {
          throw new RequestProblem(
            400,
            `to: is more than ${maxHours} hours after from (loadCommands.maxLimitHours)`,
          );
        }
        if (book.open() >= mostOpen) {
          throw new RequestProblem(
            409,
            `there are ${mostOpen} limits already (loadCommands.maxLimits): withdraw one`,
          );
        }
        const limit = book.add({ area, fromMs, toMs: to, kw, by });
        book.look();
        return reply.code(201).send(limitJson(limit, nowMs));
      },
    );
    server.get(
      '/api/v1/limits',
      {
        schema: {
          summary: 'Limits that areas were asked to keep to, the newest first',
          querystring: z.strictObject({
            area: z.string().min(1).optional(),
            next: z.string().optional().describe('the `next` of the answer before, for the page behind it'),
          }),
          response: {
            200: z.object({ limits: z.array(limitSchema), next: z.string().optional() }),
            400: problemSchema,
            404: problemSchema,
          },
        },
      },
      async ({ query: { area, next } }) => {
        const after = next === undefined ? undefined : book.find(next);
        if (next !== undefined && !after) {
          throw new RequestProblem(
            400,
            'next: is not the `next` of an answer; leave it out to begin at the first page',
          );
        }
        const found = book.list({ limit: PAGE + 1, ...(area && { area }), ...(after && { after }) });
        if (area !== undefined && found.length === 0) areaOf(area);
        const page = found.slice(0, PAGE);
        const last = page.at(-1);
        return {
          limits: page.map((limit) => limitJson(limit, clock())),
          ...(found.length > PAGE && last ? { next: last.id } : {}),
        };
      },
    );
    server.get(
      '/api/v1/limits/:id',
      {
        schema: {
          summary: 'A limit, and what came of it by quarter-hours and buildings',
          params: z.object({ id: z.string() }),
          response: { 200: effectSchema, 404: problemSchema, 503: problemSchema },
        },
      },
      async ({ params: { id } }) => {
        const limit = found(id);
        const nowMs = clock();
        const current = register();
        const area = current.areas.find((one) => one.id === limit.area);
        const meters = mainMeters(current, new Set(area?.buildings ?? []), channelsOf);
        const span = effectSpan(limit, nowMs);
        const steps =
          span.toMs <= span.fromMs
            ? []
            : loadIntervals({
                quarters: await loadOf(store, meters, span),
                metersInScope: countingIn(meters),
                ...span,
                resolution: 'PT15M',
                timeZone: current.organisation.timeZone,
              });
        return { ...limitJson(limit, nowMs), ...effectOf(limit, steps, commandsOf(id)) };
      },
    );
    server.delete(
      '/api/v1/limits/:id',
      {
        schema: {
          summary: 'Withdraw a limit: nothing more is switched off for it',
          description: 'Loads that are off come back at the end that they were told.',
          params: z.object({ id: z.string() }),
          response: { 200: limitSchema, 404: problemSchema },
        },
      },
      async ({ params: { id } }) => {
        book.withdraw(found(id).id);
        return limitJson(found(id), clock());
      },
    );
  };
}

function limitJson({ id, area, fromMs, toMs, kw, by, createdAtMs, withdrawnAtMs }: Limit, nowMs: number) {
  return {
    id,
    area,
    from: isoTime(fromMs),
    to: isoTime(toMs),
    kW: kw,
    by,
    createdAt: isoTime(createdAtMs),
    ...(withdrawnAtMs === undefined ? {} : { withdrawnAt: isoTime(withdrawnAtMs) }),
    state:
      withdrawnAtMs !== undefined
        ? ('withdrawn' as const)
        : nowMs < fromMs
          ? ('coming' as const)
          : nowMs < toMs
            ? ('active' as const)
            : ('over' as const),
  };
}
