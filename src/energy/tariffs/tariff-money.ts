import { type Compiling, sectionNames } from './compiling.ts';
import type { Money } from './power-price.ts';
import type { TariffObject } from './tariff.ts';
import type { ComponentPrice } from './tariff-parts.ts';

/** Value added tax where the tariff gives no price with it. */
const NORDIC_VAT: Readonly<Record<string, number>> = { SEK: 0.25, NOK: 0.25, DKK: 0.25 };

/** A price times a factor, with VAT added where the tariff only gives it without, and taken off where only with. */
export type MoneyWith = (price: ComponentPrice, factor?: number) => Money;

export function moneyWith(vat: number | undefined): MoneyWith {
  return ({ priceExVat, priceIncVat }, factor = 1) => {
    // Neither can be missing when the other is: `moneyOf` tells of a price whose VAT is not known.
    const exVat = priceExVat ?? (priceIncVat ?? 0) / (1 + (vat ?? 0));
    const withVat = priceIncVat ?? (vat === undefined ? undefined : exVat * (1 + vat));
    return { exVat: exVat * factor, incVat: withVat === undefined ? undefined : withVat * factor };
  };
}

/** Currency and VAT of all prices; a price in another currency is a problem. */
export function moneyOf(tariff: TariffObject, root: readonly PropertyKey[], { wrong }: Compiling) {
  const prices = allPrices(tariff);
  const currency = mostOften(prices.map(({ price }) => price.currency)) ?? 'SEK';
  for (const { path, price } of prices) {
    if (price.currency !== currency) {
      wrong([...root, ...path, 'currency'], `is ${price.currency}, other prices are in ${currency}`);
    }
  }
  const rates = new Set(
    prices.flatMap(({ price: { priceExVat, priceIncVat } }) =>
      typeof priceIncVat === 'number' && typeof priceExVat === 'number' && priceExVat !== 0
        ? [Math.round((priceIncVat / priceExVat - 1) * 1000) / 1000]
        : [],
    ),
  );
  const [rate] = rates;
  const said = tariff['x-kvarter']?.vatPct;
  const vat = said !== undefined ? said / 100 : rates.size === 1 ? rate : NORDIC_VAT[currency];
  for (const { path, price } of prices) {
    if (vat === undefined && typeof price.priceExVat !== 'number') {
      wrong(
        [...root, ...path, 'priceExVat'],
        'is missing, and the VAT in priceIncVat is not known: give it, or x-kvarter.vatPct of the tariff',
      );
    }
  }
  return { currency, vat };
}

/** The first of those that are there most often. */
function mostOften(names: readonly string[]): string | undefined {
  const [most] = [...Map.groupBy(names, (name) => name).values()].toSorted((a, b) => b.length - a.length);
  return most?.[0];
}

function allPrices(tariff: TariffObject) {
  const prices: { path: readonly PropertyKey[]; price: ComponentPrice }[] = [];
  for (const name of sectionNames) {
    for (const [c, component] of (tariff[name]?.components ?? []).entries()) {
      const path = [name, 'components', c];
      if (component.price) prices.push({ path: [...path, 'price'], price: component.price });
      const extension = component['x-kvarter'];
      if (!extension) continue;
      const steps = 'steps' in extension ? (extension.steps ?? []) : [];
      for (const [s, step] of steps.entries()) {
        for (const key of ['price', 'perKw'] as const) {
          const price = step[key];
          if (price) prices.push({ path: [...path, 'x-kvarter', 'steps', s, key], price });
        }
      }
      const lacking = 'shortUse' in extension ? extension.shortUse?.perKwh : undefined;
      if (lacking) prices.push({ path: [...path, 'x-kvarter', 'shortUse', 'perKwh'], price: lacking });
      const excess = 'subscribed' in extension ? extension.subscribed?.excessPrice : undefined;
      if (excess) prices.push({ path: [...path, 'x-kvarter', 'subscribed', 'excessPrice'], price: excess });
    }
  }
  return prices;
}
