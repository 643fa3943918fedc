import { importBilling, jumpAfter } from './peak-term.ts';
import { plannerSettings as settings } from './planner-settings.ts';
import type { ImportLevel } from './power-search.ts';
import type { PricedSteps } from './steps-ahead.ts';
import type { Aim, PeaksBeside, TrackedRule } from './tracked-rules.ts';

/**
 * Of a stepped price: how high one peak may be while the step that the level is on is kept, if all others are as high as the
 * level, or as high as those that are paid (`beside`). A kW above the level makes the others' room less; a kW above this loses
 * the step, all of it within the distance of two neighbouring levels. Undefined where the price has no steps.
 */
export function stepLimit(
  { price, cost, stepAt, billsAt }: TrackedRule,
  { levelKw }: Aim,
  { fromMs, buy }: PricedSteps,
  stepMs: number,
  beside: PeaksBeside = () => [],
): ImportLevel | undefined {
  if (cost.kind !== 'steps' || !Number.isFinite(levelKw)) return undefined;
  const held = new Array<number>(price.meanOf).fill(levelKw);
  const limitOf = (group: number): { readonly billedKw: number; readonly perKw: number } => {
    const highest = [...held, ...beside(group)].sort((a, b) => b - a).slice(0, price.meanOf);
    const all = highest.reduce((sum, kw) => sum + kw, 0);
    const others = all - (highest.at(-1) ?? 0);
    const s = cost.steps.findIndex(({ upToKw }) => all / price.meanOf <= upToKw + 1e-6);
    const [step, next] = [cost.steps[s], cost.steps[s + 1]];
    if (!step || !next) return { billedKw: Number.POSITIVE_INFINITY, perKw: 0 };
    return {
      billedKw: Math.max(price.meanOf * step.upToKw - others, levelKw),
      perKw: jumpAfter(step, next) / (step.upToKw * (settings.levelRatio - 1)),
    };
  };
  const [allowedKw, perKw] = [new Float64Array(buy.length), new Float64Array(buy.length)];
  let [group, limit] = [Number.NaN, { billedKw: Number.POSITIVE_INFINITY, perKw: 0 }];
  for (let t = 0; t < buy.length; t += 1) {
    const atMs = fromMs + t * stepMs;
    const step = stepAt(atMs);
    if (step.group !== group) [group, limit] = [step.group, limitOf(step.group)];
    const share = stepMs / Math.max(step.window.toMs - step.window.fromMs, stepMs);
    allowedKw[t] = importBilling(step.pieces, limit.billedKw);
    perKw[t] = step.pieces.length > 0 ? limit.perKw * billsAt(atMs) * share : 0;
  }
  return { allowedKw, perKw };
}
