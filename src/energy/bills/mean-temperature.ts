import type { TemperatureDifference } from '../tariffs/temperature.ts';
import type { Beside } from './bill-sums.ts';

/** What a billing period's temperature comes to. */
export type MeanTemperature = {
  /** °C; NaN where nothing is known of it. */
  readonly meanC: number;
  /** Of the supply, in the same way, where the tariff goes by it. */
  readonly supplyC: number;
  /** Shares of the energy of which the temperature is known, and of which what flowed is not: 0..1. */
  readonly knownShare: number;
  readonly flowlessShare: number;
};

/**
 * The mean that heat meters and price lists have: the temperature of each interval counts by what flowed through, and by its
 * energy as far as that is not known.
 */
export function createMeanTemperature({ of, isBySupply }: TemperatureDifference) {
  const flowed = { m3: 0, kwh: 0, m3C: [0, 0] };
  const flowless = { kwh: 0, kwhC: [0, 0] };
  let unknownKwh = 0;
  const addTo = (sums: number[], weight: number, temperatures: readonly number[]) => {
    for (const [i, atC] of temperatures.entries()) sums[i] = (sums[i] ?? 0) + weight * atC;
  };
  return {
    add: (kwh: number, { m3, returnC, supplyC }: Beside): void => {
      const atC = of === 'return' ? returnC : of === 'supply' ? supplyC : supplyC - returnC;
      const temperatures = [atC, isBySupply ? supplyC : 0];
      if (temperatures.some(Number.isNaN)) unknownKwh += kwh;
      else if (Number.isNaN(m3)) {
        flowless.kwh += kwh;
        addTo(flowless.kwhC, kwh, temperatures);
      } else {
        flowed.m3 += m3;
        flowed.kwh += kwh;
        addTo(flowed.m3C, m3, temperatures);
      }
    },
    mean: (): MeanTemperature => {
      const knownKwh = flowed.kwh + flowless.kwh;
      const [meanC = Number.NaN, supplyC = Number.NaN] = flowed.m3C.map((m3C, i) => {
        const flowedKwhC = flowed.m3 > 0 ? (flowed.kwh * m3C) / flowed.m3 : 0;
        return (flowedKwhC + (flowless.kwhC[i] ?? 0)) / knownKwh;
      });
      return {
        meanC,
        supplyC,
        knownShare: knownKwh + unknownKwh > 0 ? knownKwh / (knownKwh + unknownKwh) : 1,
        flowlessShare: knownKwh > 0 ? flowless.kwh / knownKwh : 0,
      };
    },
  };
}
