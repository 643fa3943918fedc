import type { Tariff } from './compile-tariff.ts';
import { costOfPeriod } from './power-price.ts';

/** The tariff of a customer who subscribes to so much power, kW, where the tariff bills one; undefined: as the tariff says. */
export function withSubscription<Of extends Pick<Tariff, 'power'>>(
  tariff: Of,
  subscribedKw: number | undefined,
): Of {
  if (subscribedKw === undefined) return tariff;
  const power = tariff.power.map((price) => {
    if (!price.subscribed) return price;
    const subscribed = { ...price.subscribed, kw: subscribedKw };
    return { ...price, subscribed, costOf: costOfPeriod({ ...price, subscribed }) };
  });
  return { ...tariff, power };
}
