import type { Tariff } from '../tariffs/compile-tariff.ts';
import { excessKw, type PowerPrice } from '../tariffs/power-price.ts';

/**
 * What the guard can follow of a tariff, each under a name of its own. A subscribed power is paid whatever a window brings, its
 * excess is not: where another component bills the same windows, one alert says what both cost. Of a subscription that is not
 * known nothing can exceed it.
 */
export function guardedPrices(
  { power }: Pick<Tariff, 'power'>,
  subscribedKw?: number,
): readonly PowerPrice[] {
  const open = power.filter(({ subscribed }) => !subscribed);
  const excesses = power.flatMap((price) => excessOf(price, subscribedKw));
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

/** The price of what exceeds a subscription: windows within it, and within what is free above it, are billed as nothing. */
function excessOf(price: PowerPrice, subscribedKw: number | undefined): readonly PowerPrice[] {
  const { subscribed, floorKw } = price;
  const kw = subscribedKw ?? subscribed?.kw;
  if (!subscribed || kw === undefined) return [];
  const { freeShare, freeKw, excessPrice } = subscribed;
  const fromKw = kw + Math.min(freeShare * kw, freeKw);
  return [
    {
      ...price,
      pricePerKw: excessPrice.exVat,
      floorKw: Math.max(floorKw, kw),
      billedKw: (meanKw, window) => {
        const billedKw = price.billedKw(meanKw, window);
        return billedKw > fromKw ? billedKw : 0;
      },
      costOf: (billedKw) => excessKw(billedKw, subscribed, kw) * excessPrice.exVat,
    },
  ];
}
