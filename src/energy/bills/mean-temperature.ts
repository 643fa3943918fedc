import type { TemperatureDifference } from '../tariffs/compile-prices.ts';
import type { Beside } from './bill-sums.ts';

/** What a billing period's temperature comes to. */
export type MeanTemperature = {
  /** °C; NaN where nothing is known of it. */
  readonly meanC: number;
  /** Shares of the energy of which the temperature is known, and of which what flowed is not: 0..1. */
  readonly knownShare: number;
  readonly flowlessShare: number;
};

/**
 * The mean that heat meters and price lists have: the temperature of each interval counts by what flowed through, and by its
 * energy as far as that is not known.
 */
export function createMeanTemperature({ of }: TemperatureDifference) {
  const flowed = { m3: 0, m3C: 0, kwh: 0 };
  const flowless = { kwh: 0, kwhC: 0 };
  let unknownKwh = 0;
  return {
    add: (kwh: number, { m3, returnC, supplyC }: Beside): void => {
      const atC = of === 'return' ? returnC : of === 'supply' ? supplyC : supplyC - returnC;
      if (Number.isNaN(atC)) unknownKwh += kwh;
      else if (Number.isNaN(m3)) {
        flowless.kwh += kwh;
        flowless.kwhC += kwh * atC;
      } else {
        flowed.m3 += m3;
        flowed.m3C += m3 * atC;
        flowed.kwh += kwh;
      }
    },
    mean: (): MeanTemperature => {
      const knownKwh = flowed.kwh + flowless.kwh;
      const flowedKwhC = flowed.m3 > 0 ? (flowed.kwh * flowed.m3C) / flowed.m3 : 0;
      return {
        meanC: (flowedKwhC + flowless.kwhC) / knownKwh,
        knownShare: knownKwh + unknownKwh > 0 ? knownKwh / (knownKwh + unknownKwh) : 1,
        flowlessShare: knownKwh > 0 ? flowless.kwh / knownKwh : 0,
      };
    },
  };
}
