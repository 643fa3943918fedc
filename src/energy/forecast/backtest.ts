import { HOUR_MS } from '../../domain/interval.ts';
import { createFeed, type FeedOptions } from './feed.ts';
import type { ForecastStep } from './forecast.ts';

export type BacktestOptions = FeedOptions & {
  /** Origins every `everyMs` from `fromMs` on, before `toMs`. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly everyMs: number;
  /** Of each forecast. */
  readonly steps: number;
};

/** What was forecast at an origin from what had ended then, and the load that came; NaN: missing, or at `toMs` or later. */
export type Origin = {
  readonly originMs: number;
  readonly steps: readonly (ForecastStep & { readonly kw: number })[];
};

export type Scores = {
  readonly origins: number;
  /** Steps that were forecast and whose load is known. */
  readonly points: number;
  /** Mean |load − p50|, kW. */
  readonly mae: number | null;
  /** Mean |load − p50| over mean |load − load 168 hours earlier|, over the steps of which both are known. */
  readonly mase: number | null;
  /** Mean of the pinball losses of p10, p50 and p90, kW. */
  readonly pinballLoss: number | null;
  /** Share of loads from p10 to p90. */
  readonly coverage: number | null;
};

const WEEK_MS = 168 * HOUR_MS;

/** Forecasts from one origin after the other, each causal. */
export function* backtest(options: BacktestOptions): Generator<Origin> {
  const { load, toMs, everyMs, steps } = options;
  const feed = createFeed(options);
  const kwAt = (atMs: number) =>
    atMs < toMs ? (load.kw[(atMs - load.fromMs) / load.spacingMs] ?? Number.NaN) : Number.NaN;
  for (let originMs = options.fromMs; originMs < toMs; originMs += everyMs) {
    feed.until(originMs);
    const ahead = feed.forecaster.forecast(steps);
    yield { originMs, steps: ahead.map((step) => ({ ...step, kw: kwAt(step.fromMs) })) };
  }
}

/** Adds up the errors of origins. */
export function createScores({ load }: Pick<FeedOptions, 'load'>) {
  let [origins, points, errors, pinball, covered] = [0, 0, 0, 0, 0];
  let [compared, weekErrors] = [0, 0];
  return {
    add: ({ steps }: Origin): void => {
      origins += 1;
      for (const { fromMs, p10, p50, p90, kw } of steps) {
        if (Number.isNaN(kw)) continue;
        const error = Math.abs(kw - p50);
        points += 1;
        errors += error;
        pinball += (loss(0.1, kw - p10) + loss(0.5, kw - p50) + loss(0.9, kw - p90)) / 3;
        if (kw >= p10 && kw <= p90) covered += 1;
        const lastWeek = load.kw[(fromMs - WEEK_MS - load.fromMs) / load.spacingMs] ?? Number.NaN;
        if (Number.isNaN(lastWeek)) continue;
        compared += error;
        weekErrors += Math.abs(kw - lastWeek);
      }
    },
    result: (): Scores => ({
      origins,
      points,
      mae: share(errors, points),
      mase: share(compared, weekErrors),
      pinballLoss: share(pinball, points),
      coverage: share(covered, points),
    }),
  };
}

/** Koenker & Bassett 1978. */
function loss(level: number, error: number): number {
  return error >= 0 ? level * error : (level - 1) * error;
}

/** Null where there is nothing to divide by. */
function share(sum: number, by: number): number | null {
  return by > 0 ? sum / by : null;
}
