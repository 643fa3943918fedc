import { QUANTILE_LEVELS } from '../forecast/bands.ts';
import type { ForecastStep } from '../forecast/forecast.ts';
import { normalQuantile } from '../normal.ts';

/** Until errors were seen: what they were about from hour to hour on homes and large buildings, and for how many pairs that counts. */
const PRIOR_PER_HOUR = 0.65;
const PRIOR_PAIRS = 50;
/** Days that are remembered, and for which one forecast is followed. */
const MEMORY_DAYS = 60;
const FOLLOWED_HOURS = 24;
const MOST_PERSISTENT = 0.95;

/** Mean score of what is beyond the outermost quantile: of the last twentieth of a normal distribution. */
const BEYOND = 2.06;
const SCORES = QUANTILE_LEVELS.map(normalQuantile);

/**
 * How strongly one forecast's errors of successive steps hang together: the correlation of the normal scores of where the load
 * came to lie between the quantiles. A forecast that was too low in an hour is so in the next: the whole day is high.
 */
export function createPersistence(hours: number) {
  const followed = Math.round(FOLLOWED_HOURS / hours);
  const kept = 1 - hours / (MEMORY_DAYS * 24);
  let forecast: readonly ForecastStep[] = [];
  let at = 0;
  let before = Number.NaN;
  let [product, square] = [PRIOR_PER_HOUR ** hours * PRIOR_PAIRS, PRIOR_PAIRS];

  /** A forecast of the steps from now on. It is followed once the last one is over. */
  const expect = (steps: readonly ForecastStep[]): void => {
    if (at < Math.min(forecast.length, followed)) return;
    forecast = steps;
    at = 0;
    before = Number.NaN;
  };

  /** A step is over; NaN is unknown. */
  const note = (kw: number): void => {
    const step = forecast[at];
    at += 1;
    const score = step ? scoreOf(step.quantiles, kw) : Number.NaN;
    if (Number.isFinite(score * before)) {
      product = kept * product + score * before;
      square = kept * square + (score ** 2 + before ** 2) / 2;
    }
    before = score;
  };

  return { expect, note, value: () => Math.min(Math.max(product / square, 0), MOST_PERSISTENT) };
}

function scoreOf(quantiles: readonly number[], kw: number): number {
  if (!Number.isFinite(kw)) return Number.NaN;
  // A load that stands still has one quantile many times over.
  const same = SCORES.filter((_, i) => quantiles[i] === kw);
  if (same.length > 0) return same.reduce((sum, score) => sum + score, 0) / same.length;
  const above = quantiles.findIndex((quantile) => kw < quantile);
  if (above < 0) return BEYOND;
  if (above === 0) return -BEYOND;
  const [low, high] = [quantiles[above - 1] ?? 0, quantiles[above] ?? 0];
  const [from, to] = [SCORES[above - 1] ?? 0, SCORES[above] ?? 0];
  return from + ((to - from) * (kw - low)) / (high - low);
}
