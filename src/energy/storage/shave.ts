import { HOUR_MS } from '../../domain/interval.ts';
import { bill, lookBackPeriods, type PriceList } from '../bills/bill.ts';
import { billsSpot } from '../tariffs/compile-prices.ts';
import type { Tariff } from '../tariffs/compile-tariff.ts';
import type { Span } from '../tariffs/power-price.ts';
import { planWithForesight, type StoragePlan } from './foresight.ts';
import { createGuardPolicy } from './guard-policy.ts';
import { createLevelPolicy } from './level-policy.ts';
import type { LinearSolver } from './linear-program.ts';
import { type MarketPrices, storagePrices } from './prices.ts';
import { type Policy, simulate } from './simulate.ts';
import { type ChargedCars, chargeAtOnce, type ShaveSite, type StoreKind, staysOf } from './site-stays.ts';
import { termsOver } from './span-terms.ts';
import type { Stays } from './stays.ts';

export type PolicyName = 'mpc' | 'guard';

export type ShaveInput = {
  readonly tariff: Tariff;
  readonly site: ShaveSite;
  /** Net load, history first: kW, NaN is missing. */
  readonly load: { readonly fromMs: number; readonly spacingMs: number; readonly kw: Float64Array };
  /** What is simulated: whole steps of the load. */
  readonly span: Span;
  readonly market?: MarketPrices;
  readonly policy: PolicyName;
  /** How far the plan looks ahead, ms. */
  readonly horizonMs: number;
  readonly solve: LinearSolver;
  readonly onProgress?: (progress: ShaveProgress) => void;
};

/** How far it is: steps of the past are learnt from, then those of the span are simulated, then the best plan is looked for. */
export type ShaveProgress = {
  readonly doing: 'learning' | 'simulating' | 'foresight';
  /** Steps that are over, and steps in all; of `foresight`, which tells nothing before it is over, all are. */
  readonly done: number;
  readonly of: number;
};

/** What one way of running the site costs, excluding VAT. */
export type CourseCost = {
  readonly cost: number;
  readonly energyCost: number;
  readonly peakCost: number;
  readonly fixedCost: number;
  readonly periods: readonly {
    readonly fromMs: number;
    readonly toMs: number;
    /** How much of it is simulated and has a load: 0..1. It is billed whole all the same, as `bill()` does. */
    readonly coverage: number;
    readonly cost: number;
    readonly billed: readonly { readonly reference: string; readonly kw: number }[];
  }[];
  /** Energy beyond the limits of the connection, kWh. */
  readonly overImportKwh: number;
  readonly overExportKwh: number;
};

export type Shaved = {
  readonly currency: string;
  readonly fromMs: number;
  readonly stepMs: number;
  readonly netKw: Float64Array;
  readonly plan: StoragePlan;
  /** With no battery, or with cars that are charged as soon as they come. */
  readonly without: CourseCost;
  readonly shaved: CourseCost;
  readonly foresight: CourseCost;
  /** Was it proven that nobody could do better, or was the search stopped by its time limit? */
  readonly isForesightProven: boolean;
  readonly saving: number;
  readonly foresightSaving: number;
  /** Saving of the saving that is possible; undefined where nothing can be saved. */
  readonly capturedShare: number | undefined;
  readonly store: StoreKind;
  /** Where cars are the store. */
  readonly cars: ChargedCars | undefined;
};

/** What a policy learns from: of a look-back it must know the peaks. */
const HISTORY_MS = 120 * 24 * HOUR_MS;
const MONTH_MS = 31 * 24 * HOUR_MS;

/**
 * Simulates a store by a policy that knows the past alone, and compares it with none and with the best that somebody
 * could do who knew the future. Each is judged by the same bill. Throws `RangeError` that says what cannot be done.
 */
export function shave(input: ShaveInput): Shaved {
  const { tariff, load, span } = input;
  const stepMs = load.spacingMs;
  const first = Math.round((span.fromMs - load.fromMs) / stepMs);
  const netKw = load.kw.slice(first, Math.round((span.toMs - load.fromMs) / stepMs));
  const prices = storagePrices(tariff, stepMs, input.market);
  const [buy, sell] = [new Float64Array(netKw.length), new Float64Array(netKw.length)];
  for (let t = 0; t < netKw.length; t += 1) {
    const price = prices.at(span.fromMs + t * stepMs);
    if (!Number.isFinite(price.buy) || !Number.isFinite(price.sell)) {
      throw new RangeError(
        `the list of prices has none at ${new Date(span.fromMs + t * stepMs).toISOString()}`,
      );
    }
    [buy[t], sell[t]] = [price.buy, price.sell];
  }
  const judge = judgeOf(input, { netKw, sell });
  const { stays, store, cars } = staysOf(input.site, load, span);
  const course = { fromMs: span.fromMs, stepMs, netKw };
  const without = judge(
    cars ? simulate(stays, course, chargeAtOnce).powerKw : new Float64Array(netKw.length),
  );
  const policy = policyOf(input, stays);
  const lookBackMs = lookBackPeriods(tariff) * tariff.billingMonths * MONTH_MS;
  const from = Math.max(first - Math.round(Math.max(HISTORY_MS, lookBackMs) / stepMs), 0);
  const { onProgress = () => undefined } = input;
  for (let i = from; i < first; i += 1) {
    policy.learn(load.fromMs + i * stepMs, load.kw[i] ?? Number.NaN);
    onProgress({ doing: 'learning', done: i + 1 - from, of: first - from });
  }
  const of = netKw.length;
  const plan = simulate(stays, course, policy, (step) =>
    onProgress({ doing: 'simulating', done: step + 1, of }),
  );
  onProgress({ doing: 'foresight', done: of, of });
  const shaved = judge(plan.powerKw);
  const terms = termsOver(tariff, load, span);
  const best = planWithForesight(
    stays,
    { ...course, hours: stepMs / HOUR_MS, buy, sell },
    terms,
    input.solve,
  );
  const foresight = judge(best.powerKw);
  const saving = without.cost - shaved.cost;
  const foresightSaving = without.cost - foresight.cost;
  return {
    currency: tariff.currency,
    fromMs: span.fromMs,
    stepMs,
    netKw,
    plan,
    without,
    shaved,
    foresight,
    isForesightProven: best.isProven,
    saving,
    foresightSaving,
    capturedShare: foresightSaving > 0.005 ? saving / foresightSaving : undefined,
    store,
    cars,
  };
}

function policyOf(input: ShaveInput, stays: Stays): Policy {
  const { tariff, site, span, load, policy, horizonMs, market } = input;
  const stepMs = load.spacingMs;
  if (policy === 'guard') {
    if (!('battery' in site)) throw new RangeError('the policy guard is for a battery alone');
    return createGuardPolicy(site, tariff, { stepMs, endMs: span.toMs });
  }
  return createLevelPolicy({
    stays,
    tariff,
    stepMs,
    market,
    horizonMs,
    endMs: span.toMs,
    startMs: span.fromMs,
  });
}

/** Bills a course of the store. Import is billed by the tariff; what is sold, and a market price on top, is added. */
function judgeOf(
  { tariff, load, span, site, market }: ShaveInput,
  { netKw, sell }: { readonly netKw: Float64Array; readonly sell: Float64Array },
) {
  const { spacingMs } = load;
  const hours = spacingMs / HOUR_MS;
  const first = Math.round((span.fromMs - load.fromMs) / spacingMs);
  const hasSpot = billsSpot(tariff);
  const base = load.kw.map((kw) => Math.max(kw, 0));
  const spot: PriceList | undefined = market?.buy;
  const tops = storagePrices(tariff, spacingMs, market);
  return (powerKw: Float64Array): CourseCost => {
    const kw = base.slice(0, first + netKw.length);
    let [extra, overImportKwh, overExportKwh] = [0, 0, 0];
    for (let t = 0; t < netKw.length; t += 1) {
      const grid = (netKw[t] ?? Number.NaN) + (powerKw[t] ?? 0);
      kw[first + t] = Math.max(grid, 0);
      if (Number.isNaN(grid)) continue;
      const atMs = span.fromMs + t * spacingMs;
      if (grid < 0) extra += grid * hours * (sell[t] ?? 0);
      else if (market && !hasSpot) extra += grid * hours * (tops.at(atMs).buy - tariff.energyPriceAt(atMs));
      overImportKwh += Math.max(grid - site.importLimitKw, 0) * hours;
      overExportKwh += Math.max(-grid - site.exportLimitKw, 0) * hours;
    }
    const billed = bill(
      tariff,
      { fromMs: load.fromMs, spacingMs, kw },
      {
        ...span,
        ...(hasSpot && spot && { spot }),
        outside: 'nearestYear',
      },
    );
    if (!billed.ok)
      throw new RangeError(`${billed.problem.path.map(String).join('.')}: ${billed.problem.message}`);
    const lines = billed.bill.periods.flatMap((period) => period.lines);
    const sum = (kind: string) =>
      lines.reduce((total, line) => (line.kind === kind ? total + line.cost.exVat : total), 0);
    return {
      cost: billed.bill.cost.exVat + extra,
      energyCost: sum('energy') + extra,
      peakCost: sum('power'),
      fixedCost: sum('fixed'),
      periods: billed.bill.periods.map(({ fromMs, toMs, coverage, cost, lines: own }) => ({
        fromMs,
        toMs,
        coverage,
        cost: cost.exVat,
        billed: own.flatMap(({ kind, unit, reference, quantity }) =>
          kind === 'power' && unit === 'kW' ? [{ reference, kw: quantity }] : [],
        ),
      })),
      overImportKwh,
      overExportKwh,
    };
  };
}
