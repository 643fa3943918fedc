import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { timeText } from '../alerts/alert-json.ts';
import { carriers } from '../domain/interval.ts';
import { areaPlaceId, type Register } from '../domain/register.ts';
import { isoTime } from '../domain/time.ts';
import type { Outcome } from '../energy/guard/outcome-rows.ts';
import { type PeakStatus, peakStates } from '../energy/guard/peak-status.ts';
import { shedJson } from '../energy/guard/shed-json.ts';
import type { Span } from '../energy/tariffs/power-price.ts';
import { problemSchema } from './problem.ts';
import { buildingsOf, scopeParameter } from './scope.ts';

const querySchema = z.strictObject({ scope: scopeParameter.optional().describe('default: all buildings') });

const kw = z.number().describe('kW');
const money = z.number().describe('in the currency of the tariff, without VAT');
const chance = z.number().describe('0..1');
const spanFields = { from: timeText, to: timeText };

const peakSchema = z.object({
  building: z.string().describe('or area:ID, of an area that is billed as one'),
  carrier: z.enum(carriers),
  component: z.string().describe('of the tariff'),
  currency: z.string(),
  at: timeText.describe('what the readings until then say'),
  state: z
    .enum(peakStates)
    .describe(
      'calm; watched: its day is told, this window is within its budget; atRisk: told; critical: likely',
    ),
  window: z.object(spanFields),
  energySoFarKwh: z.number().describe('what is unknown of it is taken to be high'),
  coverage: z.number().describe('known part of the window so far, 0..1'),
  projectedKw: z
    .object({ p10: kw, p50: kw, p90: kw })
    .describe('mean power of the whole window, as it is heading'),
  budgetKw: kw.nullable().describe('from which it is likely to be billed; null while nothing is billed'),
  billedFromKw: kw.describe('billed power from which it costs something as the bill stands now'),
  chance: chance.describe('that the window ends among the billed ones'),
  atStake: money.describe('what it adds to the bill as it stands now'),
  expectedSaving: money.describe('what keeping it to its budget saves in the mean'),
  actBy: timeText.nullable().describe('the last moment at which switching these loads off is enough'),
  shed: z
    .array(
      z.object({
        load: z.string(),
        name: z.string(),
        powerKw: kw,
        minutes: z.number(),
        automatic: z.boolean(),
      }),
    )
    .describe('the cheapest loads that keep it to its budget; empty when there is nothing to do'),
  shedIsEnough: z.boolean(),
  billingPeriod: z.object(spanFields),
  billed: z
    .array(z.object({ ...spanFields, billedKw: kw }))
    .describe('what the billing period bills as it stands, the highest first'),
  reliability: z
    .array(z.object({ from: chance, to: chance, told: z.int(), said: chance, cameTrue: chance }))
    .describe(
      'of the windows that were told with a chance in [from, to): what was said in the mean, and became true',
    ),
  outcomes: z
    .array(
      z.object({
        ...spanFields,
        toldAt: timeText,
        chance,
        projectedKw: kw,
        budgetKw: kw,
        meanKw: kw.nullable().describe('null until it is over'),
        billed: z.boolean().nullable().describe('null until its billing period is over'),
        saved: money
          .nullable()
          .describe(
            'what ending below its budget saved in the mean, whatever lowered it; null when it did not',
          ),
      }),
    )
    .describe('of windows that were told, the newest first'),
});

/** `GET /api/v1/peaks`: the running window of each building against its budget, and what became of what was told. */
export function peaksRoute(
  peaks: (places: ReadonlySet<string>) => readonly PeakStatus[],
  register: () => Register,
): FastifyPluginAsyncZod {
  return async (server) => {
    server.get(
      '/api/v1/peaks',
      {
        schema: {
          summary: 'How the running window of each building stands against its budget',
          description:
            'One entry for each power price of the building’s tariff that bills windows. A building of which nothing was heard yet has none.',
          querystring: querySchema,
          response: {
            200: z.object({ peaks: z.array(peakSchema) }),
            400: problemSchema,
            404: problemSchema,
            503: problemSchema,
          },
        },
      },
      async ({ query: { scope } }) => {
        const found: PeakStatus[] = [];
        for await (const places of inTurn(placesOf(register(), scope))) found.push(...peaks(places));
        return {
          peaks: found
            .toSorted((a, b) => compared(a.building, b.building) || compared(a.component, b.component))
            .map(peakJson),
        };
      },
    );
  };
}

/** Each takes a plan for its loads: who publishes does not wait for a thousand of them. */
const AT_ONCE = 50;

async function* inTurn(places: readonly string[]): AsyncGenerator<ReadonlySet<string>> {
  for (let from = 0; from < places.length; from += AT_ONCE) {
    yield new Set(places.slice(from, from + AT_ONCE));
    await nextTurn();
  }
}

/** The buildings of a scope; and an area that is billed as one, or all of them. */
function placesOf(register: Register, scope: string | undefined): readonly string[] {
  const areas = scope === undefined ? register.areas.map(({ id }) => areaPlaceId(id)) : [scope];
  return [...buildingsOf(register, scope), ...areas];
}

function peakJson(status: PeakStatus): z.infer<typeof peakSchema> {
  const { risk, plan } = status;
  return {
    building: status.building,
    carrier: status.carrier,
    component: status.component,
    currency: status.currency,
    at: isoTime(status.atMs),
    state: status.state,
    window: spanJson(status),
    energySoFarKwh: rounded(status.energySoFarKwh),
    coverage: rounded(status.coverage),
    projectedKw: {
      p10: rounded(status.p10Kw),
      p50: rounded(status.projectedKw),
      p90: rounded(status.p90Kw),
    },
    budgetKw: status.budgetKw === undefined ? null : rounded(status.budgetKw),
    billedFromKw: rounded(risk.costsFromKw),
    chance: rounded(risk.chance),
    atStake: rounded(risk.atStake),
    expectedSaving: rounded(risk.saving),
    actBy: plan.actByMs === undefined ? null : isoTime(plan.actByMs),
    shed: plan.sheds.map(shedJson),
    shedIsEnough: plan.isEnough,
    billingPeriod: spanJson(status.billingPeriod),
    billed: status.billed.map((window) => ({ ...spanJson(window), billedKw: rounded(window.billedKw) })),
    reliability: status.reliability.flatMap(([told, said, billed], bin) =>
      told === 0
        ? []
        : [
            {
              from: bin / status.reliability.length,
              to: (bin + 1) / status.reliability.length,
              told,
              said: rounded(said / told),
              cameTrue: rounded(billed / told),
            },
          ],
    ),
    outcomes: status.outcomes.toReversed().map(outcomeJson),
  };
}

function outcomeJson(outcome: Outcome) {
  const { toldAtMs, chance: said, projectedKw, budgetKw, meanKw, isBilled, saved } = outcome;
  return {
    ...spanJson(outcome),
    toldAt: isoTime(toldAtMs),
    chance: rounded(said),
    projectedKw: rounded(projectedKw),
    budgetKw: rounded(budgetKw),
    meanKw: meanKw === undefined ? null : rounded(meanKw),
    billed: isBilled ?? null,
    saved: saved === undefined ? null : rounded(saved),
  };
}

function spanJson({ fromMs, toMs }: Span) {
  return { from: isoTime(fromMs), to: isoTime(toMs) };
}

function compared(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000 + 0;
}
