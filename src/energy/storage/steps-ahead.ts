import { HOUR_MS } from '../../domain/interval.ts';
import type { ForecastStep } from '../forecast/forecast.ts';
import { createPersistence } from './persistence.ts';
import { plannerSettings as settings } from './planner-settings.ts';
import { pricesAhead, type StoragePrices } from './prices.ts';
import type { Stay, Stays } from './stays.ts';
import type { StepsAhead } from './stored-value.ts';
import { transitionsOf } from './transitions.ts';

export type TimedSteps = StepsAhead & {
  readonly fromMs: number;
  /** What is planned for; they end when it does. */
  readonly stay: Stay;
  /** Mean of the load in these steps, behind own power, kW. */
  readonly expectedKw: number;
};

/** As much as levels need. */
export type PricedSteps = Pick<TimedSteps, 'fromMs' | 'buy'>;

export type OutlookOptions = {
  readonly stepMs: number;
  readonly prices: StoragePrices;
  readonly horizonMs: number;
  readonly stays: Stays;
  readonly forecast: (steps: number) => readonly ForecastStep[];
  /** Is a stepped price planned for? The errors of successive hours are taken for independent of each other then. */
  readonly isStepped: boolean;
};

/** What may come, from a forecast and the highest loads of the last weeks. */
export function createOutlook({ stepMs, prices, horizonMs, stays, forecast, isStepped }: OutlookOptions) {
  const hours = stepMs / HOUR_MS;
  const perDay = Math.max(Math.round(24 / hours), 1);
  const recent: number[] = [];
  const persistence = createPersistence(hours);
  const tailWeights = settings.tails.map(({ weight }) => weight * (isStepped ? settings.steppedTails : 1));
  const inTails = tailWeights.reduce((sum, weight) => sum + weight, 0);
  const weights = [...settings.weights.map((weight) => weight * (1 - inTails)), ...tailWeights];

  const note = (netKw: number): void => {
    persistence.note(netKw);
    recent.push(Number.isFinite(netKw) ? netKw : 0);
    if (recent.length > settings.tailDays * perDay) recent.shift();
  };

  /** The highest load of the last weeks within some hours of each step's time of day. */
  const tail = (steps: readonly ForecastStep[], aroundHours: number): Float64Array => {
    const around = Math.round(aroundHours / hours);
    const highest = Float64Array.from({ length: perDay }, (_, ahead) => {
      let top = Number.NEGATIVE_INFINITY;
      for (let at = recent.length + ahead - perDay; at >= 0; at -= perDay) {
        const to = Math.min(at + around, recent.length - 1);
        for (let i = Math.max(at - around, 0); i <= to; i += 1) top = Math.max(top, recent[i] ?? 0);
      }
      return top;
    });
    return Float64Array.from(steps, ({ quantiles }, t) =>
      Math.max(highest[t % perDay] ?? 0, quantiles.at(-1) ?? 0),
    );
  };

  /** The steps from a moment on, which is now; undefined while no store is there, or nothing can be said of them. */
  const at = (fromMs: number): TimedSteps | undefined => {
    const stay = stays.at(fromMs);
    if (!stay) return undefined;
    const mostMs = Math.min(settings.planHours * HOUR_MS, horizonMs, stay.toMs - fromMs);
    const count = Math.max(Math.round(mostMs / stepMs), 1);
    const steps = forecast(count);
    if (steps[0]?.fromMs !== fromMs) return undefined;
    persistence.expect(steps);
    return {
      fromMs,
      stay,
      hours,
      expectedKw: steps.reduce((sum, { mean }) => sum + Math.max(mean, 0), 0) / steps.length,
      outcomesKw: [
        ...settings.outcomes.map((o) => Float64Array.from(steps, ({ quantiles }) => quantiles[o] ?? 0)),
        ...settings.tails.map((one) => tail(steps, one.hours)),
      ],
      transitions: transitionsOf(weights, isStepped ? 0 : persistence.value()),
      limits: stays.limitsAhead?.(fromMs, count),
      leastKwh: stays.leastAhead?.(fromMs, count),
      ...pricesAhead(prices, fromMs, stepMs, count),
    };
  };

  /** The highest load of the last weeks, kW; undefined while none is known. */
  const topKw = (): number | undefined => (recent.length > 0 ? Math.max(...recent) : undefined);
  return { note, at, topKw };
}
