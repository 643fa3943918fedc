import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { buildingComfort, type NamedFlat } from '../comfort/building-comfort.ts';
import { digestLanguages, digestMeasures, digestOf, digestText } from '../comfort/digest.ts';
import type { Building, Register } from '../domain/register.ts';
import { isoTime } from '../domain/time.ts';
import type { ComfortSettings, ComfortSources } from './comfort-sources.ts';
import { comparisons } from './comparisons.ts';
import { comfortOf, type Flat, flatsOf, outdoorsOf, type Span } from './flats.ts';
import { problemSchema, RequestProblem } from './problem.ts';
import { timeParameter } from './times.ts';

const DAY_MS = 86_400_000;
const LONGEST_DAYS = 62;

const spanSchema = {
  from: timeParameter.optional().describe('default: 7 days before `to`'),
  to: timeParameter.optional().describe('default: now'),
};
const share = z.number().describe('of the hours, 0..1');
const orNone = z.number().nullable();
const flatSchema = z.object({
  space: z.string(),
  hours: z.int(),
  inBand: share,
  tooCold: share,
  severelyCold: share,
  tooWarm: share,
  meanC: z.number(),
  minC: z.number(),
  maxC: z.number(),
  correctedC: z.number().describe('mean at the reference outdoor temperature'),
  tooDry: orNone,
  tooDamp: orNone,
  stale: orNone.describe('share of the hours above the CO₂ limit'),
  falls: z.array(
    z.object({
      kind: z.enum(['window', 'heatingLost']),
      from: z.string(),
      to: z.string(),
      fellC: z.number(),
    }),
  ),
});
const comfortSchema = z.object({
  from: z.string(),
  to: z.string(),
  buildings: z.array(
    z.object({
      building: z.string(),
      flats: z.int(),
      inBand: share,
      medianC: z.number(),
      spreadC: z.number(),
      verdict: z
        .enum(['curveTooHigh', 'unbalanced', 'cold', 'warm', 'even'])
        .describe(
          'curveTooHigh: all are heated for the sake of one cold flat: balance it, then lower the curve',
        ),
      overheatedC: z.number(),
      coldest: z.array(flatSchema).describe('coldest first'),
    }),
  ),
});
const digestSchema = z.object({
  building: z.string(),
  space: z.string(),
  from: z.string(),
  to: z.string(),
  lines: z.array(
    z.object({
      measure: z.enum(digestMeasures),
      own: z.number(),
      median: orNone.describe('of similar households; null where they are too few to be nobody'),
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
            scope: z
              .string()
              .regex(/^(building|area|organisation):.+$/, 'must be building:ID, area:ID or organisation:ID'),
            ...spanSchema,
          }),
          response: { 200: comfortSchema, ...problems },
        },
      },
      async ({ query }) => {
        const span = spanOf(query, clock());
        const current = register();
        const flats = flatsOf(current, buildingsOf(current, query.scope));
        checkCount(flats, settings);
        const buildings = [];
        for (const [building, own] of Map.groupBy(flats, (flat) => flat.building)) {
          const known = buildingComfort(
            await namedFlats(store, current, { building, own }, span, settings),
            settings,
          );
          if (known)
            buildings.push({
              building: building.id,
              ...rounded(known),
              coldest: known.coldest.map(flatJson),
            });
        }
        return { ...spanJson(span), buildings };
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
          text: digestText(lines, language),
        };
      },
    );
  };
}

async function namedFlats(
  store: ComfortSources['store'],
  register: Register,
  { building, own }: { readonly building: Building; readonly own: readonly Flat[] },
  span: Span,
  settings: ComfortSettings,
): Promise<readonly NamedFlat[]> {
  const outdoors = await outdoorsOf(store, register, building, span);
  const { timeZone } = register.organisation;
  const named: NamedFlat[] = [];
  for (const flat of own) {
    const comfort = await comfortOf(store, { flat, outdoors, timeZone }, span, settings);
    if (comfort) named.push({ id: flat.space, comfort });
  }
  return named;
}

function checkCount(flats: readonly Flat[], { maxFlats }: ComfortSettings): void {
  if (flats.length <= maxFlats) return;
  throw new RequestProblem(400, `scope: ${flats.length} flats, more than ${maxFlats}: ask for a building`);
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

function buildingsOf({ organisation, areas, buildings }: Register, scope: string): ReadonlySet<string> {
  const [kind, id] = [scope.slice(0, scope.indexOf(':')), scope.slice(scope.indexOf(':') + 1)];
  if (kind === 'building' && buildings.has(id)) return new Set([id]);
  const area = kind === 'area' ? areas.find((one) => one.id === id) : undefined;
  if (area) return new Set(area.buildings);
  if (kind === 'organisation' && organisation.id === id) return new Set(buildings.keys());
  throw new RequestProblem(404, `scope: the register has no ${kind} ${id}`);
}

function flatJson({ id, comfort }: NamedFlat) {
  const { falls, tooDry, tooDamp, stale, ...rest } = comfort;
  return {
    space: id,
    ...rounded(rest),
    tooDry: tooDry === undefined ? null : round(tooDry),
    tooDamp: tooDamp === undefined ? null : round(tooDamp),
    stale: stale === undefined ? null : round(stale),
    falls: falls.map(({ kind, fromMs, toMs, fellC }) => ({
      kind,
      from: isoTime(fromMs),
      to: isoTime(toMs),
      fellC: round(fellC),
    })),
  };
}

function spanJson({ fromMs, toMs }: Span) {
  return { from: isoTime(fromMs), to: isoTime(toMs) };
}

function rounded<T extends object>(value: T): T;
function rounded(value: object): object {
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, typeof inner === 'number' ? round(inner) : inner]),
  );
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
