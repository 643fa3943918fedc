import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { timeText } from '../alerts/alert-json.ts';
import { carriers, HOUR_MS, type LoadQuarter, QUARTER_MS } from '../domain/interval.ts';
import type { Register } from '../domain/register.ts';
import { type Clock, isoTime } from '../domain/time.ts';
import { loadIntervals } from '../energy/loads/load.ts';
import type { ReadingStore } from '../store/store.ts';
import { type ChannelsOf, countingIn, loadOf, mainMeters } from './main-meters.ts';
import { problemSchema, RequestProblem } from './problem.ts';
import { buildingsOf, carrierParameter, scopeParameter } from './scope.ts';
import { timeParameter } from './times.ts';

const resolutions = { PT15M: QUARTER_MS, PT1H: HOUR_MS, P1D: 24 * HOUR_MS } as const;

const querySchema = z.strictObject({
  scope: scopeParameter,
  from: timeParameter.optional().describe('default: 24 hours before `to`'),
  to: timeParameter.optional().describe('default: now'),
  resolution: z.enum(['PT15M', 'PT1H', 'P1D']).default('PT1H'),
  carrier: carrierParameter,
});

const answerSchema = z.object({
  scope: z.string(),
  resolution: z.string(),
  carrier: z.enum(carriers),
  intervals: z.array(
    z.object({
      from: timeText,
      to: timeText,
      powerKw: z.number().nullable(),
      energyKwh: z.number().nullable(),
      coverage: z.number(),
      meters: z.int(),
    }),
  ),
});

/** `GET /api/v1/load`: electricity, or heat, summed over the main meters of a building, an area or the organisation. */
export function loadRoute(
  store: Pick<ReadingStore, 'load' | 'intervals'>,
  register: () => Register,
  clock: Clock,
  { maxIntervals, channelsOf }: { readonly maxIntervals: number; readonly channelsOf: ChannelsOf },
): FastifyPluginAsyncZod {
  return async (server) => {
    server.get(
      '/api/v1/load',
      {
        schema: {
          summary: 'Aggregated load of the main meters: electricity, or district heating',
          description:
            'powerKw is the mean of the interval, summed over main meters. Missing is null, never 0; coverage says how much is known.',
          querystring: querySchema,
          response: { 200: answerSchema, 400: problemSchema, 404: problemSchema, 503: problemSchema },
        },
      },
      async ({ query }) => {
        const { scope, resolution, carrier } = query;
        const toMs = query.to ?? clock();
        const fromMs = query.from ?? toMs - 24 * HOUR_MS;
        if (fromMs >= toMs) throw new RequestProblem(400, 'from: must be before to');
        if ((toMs - fromMs) / resolutions[resolution] > maxIntervals) {
          throw new RequestProblem(
            400,
            `from: more than ${maxIntervals} intervals: ask for a shorter span or a coarser resolution`,
          );
        }
        const current = register();
        const meters = mainMeters(current, buildingsOf(current, scope), channelsOf, carrier);
        const stored = await loadOf(store, meters, {
          fromMs: Math.floor(fromMs / (24 * HOUR_MS)) * 24 * HOUR_MS - 24 * HOUR_MS,
          toMs: toMs + 24 * HOUR_MS,
        });
        const intervals = loadIntervals({
          quarters: untilNow(stored, clock()),
          metersInScope: countingIn(meters),
          fromMs,
          toMs,
          resolution,
          timeZone: current.organisation.timeZone,
        });
        return {
          scope,
          resolution,
          carrier,
          intervals: intervals.map(({ fromMs: from, toMs: to, ...rest }) => ({
            from: isoTime(from),
            to: isoTime(to),
            ...rest,
          })),
        };
      },
    );
  };
}

/** A power sample holds for a while, also into the running quarter's rest: what has not been yet is left out. */
function untilNow(quarters: readonly LoadQuarter[], nowMs: number): readonly LoadQuarter[] {
  return quarters.flatMap((quarter) => {
    const elapsed = Math.min(Math.max((nowMs - quarter.fromMs) / QUARTER_MS, 0), 1);
    const part = Math.min((elapsed * quarter.meters) / quarter.coverageSum, 1);
    if (part === 1) return [quarter];
    if (part === 0) return [];
    const { energyWh, coverageSum } = quarter;
    return [{ ...quarter, energyWh: energyWh * part, coverageSum: coverageSum * part }];
  });
}
