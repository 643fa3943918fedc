import type { Carrier } from '../../domain/interval.ts';
import type { PowerPrice, Span } from '../tariffs/power-price.ts';
import { budgetOf, type Guarded } from './guarded.ts';
import { type JudgeOptions, type Risk, riskOf } from './judge.ts';
import { type Outcome, outcomesOf } from './outcome-rows.ts';
import { billedSoFar } from './outcomes.ts';
import type { ShedPlan } from './shed-plan.ts';

/** calm; watched: its day is told, and this window within its budget; atRisk: told; critical: told as likely. */
export const peakStates = ['calm', 'watched', 'atRisk', 'critical'] as const;
export type PeakState = (typeof peakStates)[number];

/** How the running window of one component of a building's tariff stands. */
export type PeakStatus = Span & {
  readonly building: string;
  readonly carrier: Carrier;
  /** Of the tariff. */
  readonly component: string;
  readonly currency: string;
  /** Event time: what the newest readings say, or the newest minute of silence. */
  readonly atMs: number;
  readonly state: PeakState;
  /** Energy of the window so far, what is unknown taken to be high, kWh, and the part of that time that is known, 0..1. */
  readonly energySoFarKwh: number;
  readonly coverage: number;
  /** Mean power of the window that is to be expected, kW: the middle, and what it comes below once, and nine times, of ten. */
  readonly projectedKw: number;
  readonly p10Kw: number;
  readonly p90Kw: number;
  /** Mean power from which the window is likely to be billed; undefined while nothing is billed then. */
  readonly budgetKw: number | undefined;
  readonly risk: Pick<Risk, 'chance' | 'costsFromKw' | 'atStake' | 'saving'>;
  readonly plan: ShedPlan;
  readonly billingPeriod: Span;
  /** What the billing period bills as it stands: windows and billed kW. */
  readonly billed: readonly (Span & { readonly billedKw: number })[];
  readonly reliability: Guarded['reliability']['bins'];
  readonly outcomes: readonly Outcome[];
};

export type StatusOptions = {
  readonly building: string;
  readonly carrier: Carrier;
  readonly atMs: number;
  readonly judging: JudgeOptions;
  readonly projection: { readonly energyKwh: number; readonly coverage: number };
  readonly planOf: (budgetKw: number, projectedKw: number) => ShedPlan;
};

/** Standard normal quantile of one in ten. */
const TENTH = 1.2816;

export function peakStatus(
  guarded: Guarded,
  price: PowerPrice,
  { building, carrier, atMs, judging, projection, planOf }: StatusOptions,
): PeakStatus {
  const { fromMs, toMs, projectedKw, reliability, day } = guarded;
  const risk = riskOf(guarded, price, atMs, judging);
  const budgetKw = budgetOf(guarded, price, judging);
  const hours = (toMs - fromMs) / 3_600_000;
  return {
    building,
    carrier,
    component: price.reference,
    currency: price.currency,
    atMs,
    fromMs,
    toMs,
    state: day === undefined ? 'calm' : !day.isAtRisk ? 'watched' : day.isEscalated ? 'critical' : 'atRisk',
    energySoFarKwh: projection.energyKwh,
    coverage: projection.coverage,
    projectedKw,
    // What has been used is used.
    p10Kw: Math.max(projectedKw - TENTH * risk.spreadKw, Math.min(projection.energyKwh / hours, projectedKw)),
    p90Kw: projectedKw + TENTH * risk.spreadKw,
    budgetKw: Number.isFinite(budgetKw) ? budgetKw : undefined,
    risk,
    plan: planOf(day?.isAtRisk ? risk.budgetKw : projectedKw, projectedKw),
    billingPeriod: price.periodAt(fromMs),
    billed: billedSoFar(guarded, price, fromMs).map(([start, billedKw]) => ({
      ...price.windowAt(start),
      billedKw,
    })),
    reliability: reliability.bins,
    outcomes: outcomesOf(guarded.outcomes),
  };
}
