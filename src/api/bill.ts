import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { timeText } from '../alerts/alert-json.ts';
import { type Carrier, carriers, DAY_MS, type LoadQuarter, QUARTER_MS } from '../domain/interval.ts';
import type { Register } from '../domain/register.ts';
import type { Clock } from '../domain/time.ts';
import { bill, lookBackFrom } from '../energy/bills/bill.ts';
import { costJson, periodJson } from '../energy/bills/bill-json.ts';
import { expectedBill } from '../energy/bills/expected-bill.ts';
import { type Futures, futuresAround } from '../energy/bills/futures.ts';
import { createFeed } from '../energy/forecast/feed.ts';
import type { Holds } from '../energy/loads/intervals.ts';
import type { Load } from '../energy/loads/load-file.ts';
import type { Tariff } from '../energy/tariffs/compile-tariff.ts';
import type { Span } from '../energy/tariffs/power-price.ts';
import { withSubscription } from '../energy/tariffs/subscription.ts';
import type { ReadingStore } from '../store/store.ts';
import { learnUntil } from './forecast.ts';
import { type HeatFlow, heatFlow } from './heat-flow.ts';
import { type ChannelsOf, countingIn, loadOf, mainMeters } from './main-meters.ts';
import { problemSchema, RequestProblem } from './problem.ts';
import { buildingsOf, carrierParameter, kindAndId, scopeParameter } from './scope.ts';

const querySchema = z.strictObject({
  scope: scopeParameter,
  month: z
    .string()
    .regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'must be YYYY-MM')
    .optional()
    .describe('default: the running one'),
  carrier: carrierParameter,
});

/** Before the moment, that a running period's flow is expected from. */
const FLOW_DAYS = 7;

const costSchema = z.object({ exVat: z.number(), incVat: z.number().nullable() });
const answerSchema = z.object({
  scope: z.string(),
  carrier: z.enum(carriers),
  tariff: z.string(),
  currency: z.string(),
  isOver: z.boolean().describe('false: the period is running, and the bill is as it stands now'),
  period: z.object({
    from: timeText,
    to: timeText,
    coverage: z
      .number()
      .describe('known part of the whole period, 0..1; of a running one what is to come is not known'),
    incomplete: z.boolean(),
    notes: z.array(z.string()).readonly(),
    components: z.array(
      z.object({
        reference: z.string(),
        kind: z.enum(['power', 'energy', 'fixed']),
        quantity: z.number(),
        unit: z.string(),
        price: z.number(),
        priceIncVat: z.number().nullable(),
        cost: z.number(),
        costIncVat: z.number().nullable(),
        peaks: z.array(z.object({ from: timeText, to: timeText, kw: z.number(), weightedKw: z.number() })),
      }),
    ),
    cost: costSchema,
  }),
  fixed: costSchema.optional().describe('of a running period: what it costs even if nothing more is used'),
  expected: z
    .object({ p10: costSchema, p50: costSchema, p90: costSchema })
    .optional()
    .describe(
      'of a running period: quantiles of what it will cost, by the forecast of its load and the days that were',
    ),
});

/** `GET /api/v1/bill`: what the tariff of a building, or of an area's load together, bills for a month, the running one included. */
export function billRoute(
  store: Pick<ReadingStore, 'load' | 'intervals' | 'samples'>,
  register: () => Register,
  clock: Clock,
  {
    tariffs,
    channelsOf,
    historyDays,
    holds,
  }: {
    readonly tariffs: ReadonlyMap<string, Tariff>;
    readonly channelsOf: ChannelsOf;
    /** Days before the running period that expectations are learned from. */
    readonly historyDays: number;
    readonly holds: Holds;
  },
): FastifyPluginAsyncZod {
  return async (server) => {
    server.get(
      '/api/v1/bill',
      {
        schema: {
          summary: 'Bill of a building, or of an area as one, by its tariff',
          description:
            'The billing period that holds the month: of electricity by `tariff` of places.yaml, of district heating by `heatTariff`. Prices and costs of components are without VAT, and stand with VAT beside. A period that is not known to the end is marked incomplete.',
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
      async ({ query: { scope, month, carrier } }) => {
        const current = register();
        const buildings = buildingsOf(current, scope);
        const { key, name = '', subscribedKw } = billedBy(current, scope, carrier);
        const plain = tariffs.get(name);
        if (kindAndId(scope)[0] === 'organisation') {
          throw new RequestProblem(400, 'scope: an organisation has no bill: ask for an area or a building');
        }
        if (!plain) {
          throw new RequestProblem(
            409,
            `scope: ${scope} has no ${key}: name one of config/tariffs in places.yaml`,
          );
        }
        const tariff = withSubscription(plain, subscribedKw);
        const nowMs = clock();
        const period = tariff.periodAt(month === undefined ? nowMs : startOf(tariff, month));
        if (period.fromMs > nowMs) throw new RequestProblem(400, `month: ${month} has not begun`);
        const isOver = period.toMs <= nowMs;
        const meters = mainMeters(current, buildings, channelsOf, carrier);
        const span = {
          fromMs: firstNeeded(tariff, period.fromMs, isOver ? 0 : historyDays),
          toMs: Math.min(period.toMs, nowMs),
        };
        const quarters = await loadOf(store, meters, span);
        const power = loadOfQuarters(quarters, span, countingIn(meters));
        // What flowed of late tells what is to be expected to.
        const flowFromMs = Math.min(period.fromMs, isOver ? period.fromMs : nowMs - FLOW_DAYS * DAY_MS);
        const load = billsFlow(tariff)
          ? await withFlow(power, (flowed) => heatFlow(store, meters, flowed, holds), flowFromMs)
          : power;
        const made = bill(tariff, load, {
          fromMs: period.fromMs,
          toMs: span.toMs,
          nowMs,
        });
        if (!made.ok) {
          const { path, message } = made.problem;
          throw new RequestProblem(409, `the tariff ${name}: ${path.map(String).join('.')}: ${message}`);
        }
        const [billed] = made.bill.periods;
        if (!billed) throw new RequestProblem(400, `month: ${month} has not begun`);
        const answer = {
          scope,
          carrier,
          tariff: name,
          currency: tariff.currency,
          isOver,
          period: periodJson(billed),
        };
        if (isOver) return answer;
        const { fixed, expected } = expectedBill(tariff, load, {
          period,
          nowMs,
          futures: await forecastOf(
            load,
            { fromMs: nowMs, toMs: period.toMs },
            current.organisation.timeZone,
          ),
        });
        return {
          ...answer,
          fixed: costJson(fixed),
          ...(expected && {
            expected: {
              p10: costJson(expected.p10),
              p50: costJson(expected.p50),
              p90: costJson(expected.p90),
            },
          }),
        };
      },
    );
  };
}

/** The tariff of a building or an area, by its name, and the power that it subscribes to; `key`: what names it in places.yaml. */
function billedBy({ areas, buildings }: Register, scope: string, carrier: Carrier) {
  const [kind, id] = kindAndId(scope);
  const place =
    kind === 'building' ? buildings.get(id) : areas.find((area) => kind === 'area' && area.id === id);
  return carrier === 'heat'
    ? { key: 'heatTariff', name: place?.heatTariff, subscribedKw: place?.subscribedHeatKw }
    : { key: 'tariff', name: place?.tariff, subscribedKw: place?.subscribedKw };
}

/** Does what flows count, or how warm it is? */
function billsFlow({ energy }: Tariff): boolean {
  return energy.some(({ unit, temperature }) => unit === 'm3' || temperature !== undefined);
}

/** The load with what flowed from a moment on. */
async function withFlow(
  load: Load,
  flowIn: (span: Span) => Promise<HeatFlow>,
  flowFromMs: number,
): Promise<Load> {
  const { fromMs, spacingMs, kw } = load;
  const first = Math.min(kw.length, Math.max(0, Math.round((flowFromMs - fromMs) / spacingMs)));
  const found = await flowIn({ fromMs: fromMs + first * spacingMs, toMs: fromMs + kw.length * spacingMs });
  const placed = (values: Float64Array) => {
    const all = new Float64Array(kw.length).fill(Number.NaN);
    all.set(values, first);
    return all;
  };
  const { m3, returnC, supplyC } = found;
  return { ...load, m3: placed(m3), returnC: placed(returnC), supplyC: placed(supplyC) };
}

function startOf({ zone }: Tariff, month: string): number {
  return zone.startOf(Number(month.slice(0, 4)), Number(month.slice(5)), 1);
}

/** Ways in which the load may go on, around what is forecast of it. */
async function forecastOf(load: Load, { fromMs: nowMs, toMs }: Span, zone: string): Promise<Futures> {
  const { fromMs, spacingMs } = load;
  const feed = createFeed({ load, zone });
  const stepMs = feed.stepAt(nowMs);
  await learnUntil(feed, { fromMs, toMs: stepMs });
  const ahead = feed.forecaster.forecast(Math.round((toMs - stepMs) / spacingMs));
  return futuresAround(ahead.map(({ mean }) => mean));
}

/** Where look-backs and expectations begin to look. */
function firstNeeded(tariff: Tariff, periodFromMs: number, learnedDays: number): number {
  return Math.min(
    lookBackFrom(tariff, periodFromMs),
    tariff.zone.dayAt(periodFromMs - learnedDays * DAY_MS).fromMs,
  );
}

/** A quarter of which a meter in scope says nothing, or less than half is known, is missing. */
function loadOfQuarters(
  quarters: readonly LoadQuarter[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  metersIn: (quarterMs: number) => number,
): Load {
  const kw = new Float64Array(Math.max(0, Math.floor((toMs - fromMs) / QUARTER_MS))).fill(Number.NaN);
  for (const quarter of quarters) {
    const i = Math.round((quarter.fromMs - fromMs) / QUARTER_MS);
    if (i < 0 || i >= kw.length) continue;
    const inScope = metersIn(quarter.fromMs);
    if (quarter.meters < inScope || quarter.coverageSum < inScope / 2) continue;
    kw[i] = quarter.powerW / 1000;
  }
  return trimmed({ fromMs, spacingMs: QUARTER_MS, kw });
}

/** From its first known interval on: what came before is not missing in look-backs, it never was. */
function trimmed(load: Load): Load {
  const first = load.kw.findIndex((kw) => !Number.isNaN(kw));
  if (first <= 0) return load;
  return { ...load, fromMs: load.fromMs + first * load.spacingMs, kw: load.kw.subarray(first) };
}
