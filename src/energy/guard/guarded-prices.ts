import type { Tariff } from '../tariffs/compile-tariff.ts';
import { excessKw, freeExcessKw, type PowerPrice } from '../tariffs/power-price.ts';

/**
 * What the guard can follow of a tariff, each under a name of its own. A subscribed power is paid whatever a window brings, its
 * excess is not: where another component bills the same windows, one alert says what both cost. Nothing exceeds a subscription
 * that is not known.
 */
export function guardedPrices({ power }: Pick<Tariff, 'power'>): readonly PowerPrice[] {
  const open = power.filter(({ subscribed }) => !subscribed);
  const excesses = power.flatMap(excessOf);
  const alone = excesses.filter((one) => !open.some(({ windowsKey }) => windowsKey === one.windowsKey));
  return [...open.map((price) => withExcess(price, excesses)), ...alone].map((price) => ({
    ...price,
    reference: price.key,
  }));
}

function withExcess(price: PowerPrice, excesses: readonly PowerPrice[]): PowerPrice {
  const same = excesses.filter(({ windowsKey }) => windowsKey === price.windowsKey);
  if (same.length === 0) return price;
  return {
    ...price,
    costOf: (billedKw) => same.reduce((sum, { costOf }) => sum + costOf(billedKw), price.costOf(billedKw)),
  };
}

/** So little below where the excess is billed that it is not. */
const JUST_BELOW = 1 - 1e-9;

/** The price of what exceeds a subscription: each window counts as at least that from which it is billed. */
function excessOf(price: PowerPrice): readonly PowerPrice[] {
  const { subscribed, floorKw } = price;
  if (subscribed?.kw === undefined || !subscribed.excessPrice) return [];
  const { kw, excessPrice } = subscribed;
  const fromKw = kw + freeExcessKw(subscribed, kw);
  return [
    {
      ...price,
      steps: [],
      floorKw: Math.max(floorKw, fromKw * JUST_BELOW),
      costOf: (billedKw) => excessKw(billedKw, subscribed, kw) * excessPrice.exVat,
    },
  ];
}
