/** A logistic regression that is learned row by row and knows how sure it is of each weight. */
export interface OnlineLogistic {
  /** Probability of a 1, with the uncertainty of the weights averaged in. */
  predict(features: Float64Array): number;
  /** Learns what was the case, with a weight in (0, 1]. */
  learn(features: Float64Array, outcome: { readonly isOne: boolean; readonly weight: number }): void;
  /** A copy of the weights. */
  weights(): Float64Array;
}

export type OnlineLogisticOptions = {
  /** What the weights are taken for before anything was seen. */
  readonly mean: Float64Array;
  /** Variance of each weight around that. */
  readonly variance: number;
};

/**
 * Bayesian logistic regression by one Newton step per row on the Gaussian posterior (Spiegelhalter & Lauritzen 1990);
 * the prediction averages over it by MacKay's probit approximation (1992). A step costs the square of the features.
 */
export function createOnlineLogistic({ mean, variance }: OnlineLogisticOptions): OnlineLogistic {
  const size = mean.length;
  const weights = Float64Array.from(mean);
  const covariance = Array.from({ length: size }, (_, at) => {
    const row = new Float64Array(size);
    row[at] = variance;
    return row;
  });
  const spread = new Float64Array(size);
  const none = new Float64Array(size);

  /** The score, its variance, and (in `spread`) the covariance of each weight with it. */
  const look = (features: Float64Array): { score: number; scoreVariance: number } => {
    spread.fill(0);
    let score = 0;
    let waiting = -1;
    for (let i = 0; i < size; i += 1) {
      const feature = features[i] ?? 0;
      if (feature === 0) continue;
      score += (weights[i] ?? 0) * feature;
      if (waiting < 0) waiting = i;
      else {
        // Two rows at a time: going through `spread` costs as much as the products.
        addRows(covariance[waiting] ?? none, features[waiting] ?? 0, covariance[i] ?? none, feature, spread);
        waiting = -1;
      }
    }
    if (waiting >= 0) addRows(covariance[waiting] ?? none, features[waiting] ?? 0, none, 0, spread);
    let scoreVariance = 0;
    for (let i = 0; i < size; i += 1) scoreVariance += (spread[i] ?? 0) * (features[i] ?? 0);
    return { score, scoreVariance: Math.max(scoreVariance, 0) };
  };

  return {
    weights: () => Float64Array.from(weights),
    predict: (features) => {
      const { score, scoreVariance } = look(features);
      return sigmoid(score / Math.sqrt(1 + (Math.PI * scoreVariance) / 8));
    },
    learn: (features, { isOne, weight }) => {
      const { score, scoreVariance } = look(features);
      const chance = sigmoid(score);
      const curvature = weight * chance * (1 - chance);
      const shrink = 1 / (1 + curvature * scoreVariance);
      for (let i = 0; i < size; i += 1) {
        const row = covariance[i];
        const along = spread[i] ?? 0;
        weights[i] = (weights[i] ?? 0) + along * weight * ((isOne ? 1 : 0) - chance) * shrink;
        const less = along * curvature * shrink;
        if (less === 0 || !row) continue;
        for (let j = 0; j < size; j += 1) row[j] = (row[j] ?? 0) - less * (spread[j] ?? 0);
      }
    },
  };
}

function addRows(
  first: Float64Array,
  times: number,
  second: Float64Array,
  secondTimes: number,
  into: Float64Array,
): void {
  for (let j = 0; j < into.length; j += 1) {
    into[j] = (into[j] ?? 0) + (first[j] ?? 0) * times + (second[j] ?? 0) * secondTimes;
  }
}

function sigmoid(score: number): number {
  return 1 / (1 + Math.exp(-score));
}

/** Log odds of a probability, kept away from the ends. */
export function logOdds(probability: number): number {
  const p = Math.min(Math.max(probability, 0.003), 0.995);
  return Math.log(p / (1 - p));
}
