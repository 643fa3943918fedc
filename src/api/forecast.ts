import { setImmediate } from 'node:timers/promises';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { timeText } from '../alerts/alert-json.ts';
import { carriers, DAY_MS, HOUR_MS, QUARTER_MS } from '../domain/interval.ts';
import type { Register } from '../domain/register.ts';
import { type Clock, isoTime } from '../domain/time.ts';
import { createFeed, type Feed } from '../energy/forecast/feed.ts';
import { knownKw, loadIntervals } from '../energy/loads/load.ts';
import type { Span } from '../energy/tariffs/power-price.ts';
import type { ReadingStore } from '../store/store.ts';
import { type ChannelsOf, countingIn, loadOf, mainMeters } from './main-meters.ts';
import { outdoorOf } from './outdoor.ts';
import { problemSchema, RequestProblem } from './problem.ts';
import { buildingsOf, carrierParameter, scopeParameter } from './scope.ts';

const MOST_HOURS = 720;
/** Less says nothing of the hours of a day. */
const LEAST_KNOWN_HOURS = 24;
/** Learnt at once; between, other requests have their turn. */
const AT_ONCE_MS = 20 * DAY_MS;

const resolutions = { PT15M: QUARTER_MS, PT1H: HOUR_MS } as const;

const querySchema = z.strictObject({
  scope: scopeParameter,
  hours: z.coerce.number().int().min(1).max(MOST_HOURS).default(48).describe('how far ahead'),
  resolution: z.enum(['PT15M', 'PT1H']).default('PT1H'),
  carrier: carrierParameter,
});

const kw = (what: string) => z.number().describe(`kW: ${what}`);
const answerSchema = z.object({
  scope: z.string(),
  resolution: z.string(),
  carrier: z.enum(carriers),
  at: timeText.describe('start of the running interval: nothing later was learnt from'),
  knownHours: z.number().describe('of the load that was learnt from'),
  withTemperature: z.boolean().describe('whether an outdoor thermometer of the register was read'),
  forecast: z.array(
    z.object({
      from: timeText,
      to: timeText,
      p10: kw('one in ten comes below'),
      p50: kw('half come below'),
      p90: kw('one in ten comes above'),
    }),
  ),
});

export type ForecastRouteOptions = { readonly historyDays: number; readonly channelsOf: ChannelsOf };

/** `GET /api/v1/forecast`: the load ahead of a building, an area or the organisation, learnt from its stored intervals. */
export function forecastRoute(
  store: Pick<ReadingStore, 'load' | 'intervals' | 'means'>,
  register: () => Register,
  clock: Clock,
  { historyDays, channelsOf }: ForecastRouteOptions,
): FastifyPluginAsyncZod {
  return async (server) => {
    server.get(
      '/api/v1/forecast',
      {
        schema: {
          summary: 'Forecast of the load, with quantiles: electricity, or district heating',
          description:
            'Of the main meters, summed, from the running interval on. Intervals of which less than nine tenths are known are missing, never low. 409 while too little is known.',
          querystring: querySchema,
          response: {
            200: answerSchema,
            400: problemSchema,
            404: problemSchema,
            409: problemSchema,
            503: problemSchema,
          },
        },
      },
      async ({ query: { scope, hours, resolution, carrier } }) => {
        const current = register();
        const buildings = buildingsOf(current, scope);
        const stepMs = resolutions[resolution];
        const toMs = Math.floor(clock() / stepMs) * stepMs;
        const span = { fromMs: Math.floor(toMs / DAY_MS) * DAY_MS - historyDays * DAY_MS, toMs };
        const meters = mainMeters(current, buildings, channelsOf, carrier);
        const { timeZone: zone } = current.organisation;
        const steps = loadIntervals({
          quarters: await loadOf(store, meters, span),
          metersInScope: countingIn(meters),
          ...span,
          resolution,
          timeZone: zone,
        });
        const kw = Float64Array.from(steps, knownKw);
        const first = kw.findIndex(Number.isFinite);
        const knownHours = (kw.filter(Number.isFinite).length * stepMs) / HOUR_MS;
        if (first < 0 || knownHours < LEAST_KNOWN_HOURS) {
          throw new RequestProblem(
            409,
            `scope: of the last ${historyDays} days ${knownHours} hours of ${scope} are known, a forecast needs ${LEAST_KNOWN_HOURS}: ask again later, or import history`,
          );
        }
        const fromMs = steps[first]?.fromMs ?? toMs;
        const load = { fromMs, spacingMs: stepMs, kw: kw.subarray(first) };
        const weather = await outdoorOf(
          store,
          { register: current, buildings, channelsOf },
          { fromMs, toMs },
        );
        const feed = createFeed({ load, weather, zone });
        await learnUntil(feed, { fromMs, toMs });
        const forecast = feed.forecaster.forecast((hours * HOUR_MS) / stepMs);
        return {
          scope,
          resolution,
          carrier,
          at: isoTime(toMs),
          knownHours,
          withTemperature: weather !== undefined,
          forecast: forecast.map(({ fromMs: from, toMs: to, p10, p50, p90 }) => ({
            from: isoTime(from),
            to: isoTime(to),
            p10: rounded(p10),
            p50: rounded(p50),
            p90: rounded(p90),
          })),
        };
      },
    );
  };
}

/** Leads a feed to a moment, and lets others have their turn on the way. */
export async function learnUntil(feed: Feed, { fromMs, toMs }: Span): Promise<void> {
  for (let untilMs = fromMs; untilMs < toMs; ) {
    untilMs = Math.min(untilMs + AT_ONCE_MS, toMs);
    feed.until(untilMs);
    await setImmediate();
  }
}

function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6 + 0;
}
