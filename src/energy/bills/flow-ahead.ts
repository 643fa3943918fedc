import { HOUR_MS } from '../../domain/interval.ts';
import type { Load } from '../loads/load-file.ts';

type Flow = Pick<Load, 'm3' | 'returnC' | 'supplyC'>;

/**
 * What flows beside a power in a billing period that is known to an end: what is known of it, and from there on as much for each
 * kWh, and as warm, as it was in the mean of what is known before. Nothing where nothing is.
 */
export function flowAhead(
  { kw, spacingMs, m3, returnC, supplyC }: Load,
  {
    end,
    knownOf,
  }: {
    /** Index of the first interval that is not known. */
    readonly end: number;
    /** Of a column of the load, over the intervals of the period; NaN from the end on. */
    readonly knownOf: (values: Float64Array) => Float64Array;
  },
): (periodKw: Float64Array) => Flow {
  const kwhPerKw = spacingMs / HOUR_MS;
  /** Of the intervals of which value and weight are known. */
  const meanOf = (values: Float64Array, weightOf: (i: number) => number): number => {
    let [sum, weights] = [0, 0];
    for (let i = 0; i < Math.min(end, values.length); i += 1) {
      const [value, weight] = [values[i] ?? Number.NaN, weightOf(i)];
      if (Number.isNaN(value) || !(weight > 0)) continue;
      sum += value * weight;
      weights += weight;
    }
    return sum / weights;
  };
  const kwhOf = (i: number) => (kw[i] ?? Number.NaN) * kwhPerKw;
  const m3PerKwh = m3
    ? meanOf(
        m3.map((flowed, i) => flowed / kwhOf(i)),
        kwhOf,
      )
    : Number.NaN;
  const weightOf = Number.isNaN(m3PerKwh) ? kwhOf : (i: number) => m3?.[i] ?? Number.NaN;
  const warm = (values: Float64Array | undefined) => {
    if (!values) return undefined;
    const meanC = meanOf(values, weightOf);
    return knownOf(values).map((value) => (Number.isNaN(value) ? meanC : value));
  };
  const [flowed, returned, supplied] = [m3 && knownOf(m3), warm(returnC), warm(supplyC)];
  return (periodKw) => ({
    ...(flowed && {
      m3: flowed.map((value, i) =>
        Number.isNaN(value) ? (periodKw[i] ?? Number.NaN) * kwhPerKw * m3PerKwh : value,
      ),
    }),
    ...(returned && { returnC: returned }),
    ...(supplied && { supplyC: supplied }),
  });
}
