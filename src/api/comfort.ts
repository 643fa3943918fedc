import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { timeText } from '../alerts/alert-json.ts';
import { digestLanguages, digestMeasures, digestOf, digestText } from '../comfort/digest.ts';
import { DAY_MS } from '../domain/interval.ts';
import { isoTime } from '../domain/time.ts';
import { comfortAnswer, comfortSchema, round } from './comfort-answer.ts';
import type { ComfortSettings, ComfortSources } from './comfort-sources.ts';
import { comparisons } from './comparisons.ts';
import type { Span } from './flats.ts';
import { problemSchema, RequestProblem } from './problem.ts';
import { buildingsOf, scopeParameter } from './scope.ts';
import { timeParameter } from './times.ts';

const LONGEST_DAYS = 62;

const spanSchema = {
  from: timeParameter.optional().describe('default: 7 days before `to`'),
  to: timeParameter.optional().describe('default: now'),
};
const orNone = z.number().nullable();
export const digestSchema = z.object({
  building: z.string(),
  space: z.string(),
  from: timeText,
  to: timeText,
  lines: z.array(
    z.object({
      measure: z.enum(digestMeasures),
      own: z.number(),
      median: orNone.describe(
        'of similar households, to half a degree or ten litres; null where they are too few to be nobody',
      ),
      less: orNone.describe('share of them that have less, in tenths'),
    }),
  ),
  text: z.string(),
});
const problems = { 400: problemSchema, 404: problemSchema, 503: problemSchema };

/** `GET /api/v1/comfort` for who runs the buildings, and `/api/v1/comfort/digest` for who lives in them. */
export function comfortRoutes(sources: ComfortSources, settings: ComfortSettings): FastifyPluginAsyncZod {
  const { store, register, clock } = sources;
  return async (server) => {
    server.get(
      '/api/v1/comfort',
      {
        schema: {
          summary: 'Comfort of flats: hours in the band, the coldest, and their balance',
          querystring: z.strictObject({
            scope: scopeParameter
              .optional()
              .describe('building:ID, area:ID or organisation:ID; default: all'),
            ...spanSchema,
          }),
          response: { 200: comfortSchema, ...problems },
        },
      },
      async ({ query }) => {
        const span = spanOf(query, clock());
        const current = register();
        const buildings = buildingsOf(current, query.scope);
        return comfortAnswer({ store, register: current }, { buildings, span }, settings);
      },
    );
    server.get(
      '/api/v1/comfort/digest',
      {
        schema: {
          summary:
            'The week of a household beside similar ones, which are never fewer than comfort.similarHouseholds',
          querystring: z.strictObject({
            building: z.string().min(1),
            space: z.string().min(1),
            language: z.enum(digestLanguages).default('sv'),
            ...spanSchema,
          }),
          response: { 200: digestSchema, ...problems },
        },
      },
      async ({ query }) => {
        const { building: id, space, language } = query;
        const span = spanOf(query, clock());
        const current = register();
        const building = current.buildings.get(id);
        if (!building?.spaces.some((one) => one.id === space)) {
          throw new RequestProblem(404, `space: the register has no ${space} in a building ${id}`);
        }
        const inputs = await comparisons(sources, { building, space }, span, settings);
        const lines = digestOf(inputs, settings.similarHouseholds);
        return {
          building: id,
          space,
          ...spanJson(span),
          lines: lines.map((line) => ({
            measure: line.measure,
            own: round(line.own),
            median: line.median === undefined ? null : round(line.median),
            less: line.less ?? null,
          })),
          text: digestText(lines, language, { ...span, zone: current.organisation.timeZone }),
        };
      },
    );
  };
}

function spanOf({ from, to }: { from?: number | undefined; to?: number | undefined }, nowMs: number): Span {
  const toMs = to ?? nowMs;
  const fromMs = from ?? toMs - 7 * DAY_MS;
  if (fromMs >= toMs) throw new RequestProblem(400, 'from: must be before to');
  if (toMs - fromMs > LONGEST_DAYS * DAY_MS) {
    throw new RequestProblem(400, `from: more than ${LONGEST_DAYS} days: ask for a shorter span`);
  }
  return { fromMs, toMs };
}

function spanJson({ fromMs, toMs }: Span) {
  return { from: isoTime(fromMs), to: isoTime(toMs) };
}
