import type { Carrier } from '../../domain/interval.ts';
import { areaOfPlace, type Register } from '../../domain/register.ts';
import { guardedPrices } from '../../energy/guard/guarded-prices.ts';
import { compileTariffs, type Tariff } from '../../energy/tariffs/compile-tariff.ts';
import type { PowerPrice } from '../../energy/tariffs/power-price.ts';
import { withSubscription } from '../../energy/tariffs/subscription.ts';
import type { RegisterSource, RuleSurroundings } from '../rule.ts';
import { peakPlace } from './peak-place.ts';

/** For buildings without a tariff of electricity. */
type DefaultPrice = {
  readonly carrier: Carrier;
  readonly defaultPricePerKw: number;
  readonly defaultCurrency: string;
  readonly defaultPeaks: number;
};

/** What power costs in a building, by its tariff, or as the settings say; in an area, by its tariff alone. */
export function peakPrices({
  register,
  tariffs,
}: Pick<RuleSurroundings, 'register' | 'tariffs'>): (
  place: string,
  options: DefaultPrice,
) => readonly PowerPrice[] {
  const unpriced = defaultPrices(register);
  const prices = new Map<string, readonly PowerPrice[]>();
  return (place, options) => {
    const { tariff: name = '', subscribedKw } = peakPlace(register(), place, options.carrier);
    const key = subscribedKw === undefined ? name : `${name} ${subscribedKw}`;
    const known = prices.get(key);
    if (known) return known;
    const tariff = tariffs.get(name);
    if (!tariff) return isPricedAnyway(place, options) ? unpriced(options) : [];
    const made = guardedPrices(withSubscription(tariff, subscribedKw));
    prices.set(key, made);
    return made;
  };
}

/** The tariff of a building; of one without, of electricity, as the settings say: power alone. Of an area, its own or none. */
export function tariffOf(
  { register, tariffs }: { readonly register: RegisterSource; readonly tariffs: ReadonlyMap<string, Tariff> },
  place: string,
  options: DefaultPrice,
): Tariff | undefined {
  const { tariff: name, subscribedKw } = peakPlace(register(), place, options.carrier);
  const known = tariffs.get(name ?? '');
  if (known) return withSubscription(known, subscribedKw);
  return isPricedAnyway(place, options) ? defaultTariff(options, register()) : undefined;
}

function isPricedAnyway(place: string, { carrier }: DefaultPrice): boolean {
  return areaOfPlace(place) === undefined && carrier === 'electricity';
}

/** The mean of the month's highest hours, at the settings' price; made once for each. */
function defaultPrices(register: RegisterSource): (options: DefaultPrice) => readonly PowerPrice[] {
  const made = new WeakMap<DefaultPrice, readonly PowerPrice[]>();
  return (options) => {
    const known = made.get(options);
    if (known) return known;
    const tariff = defaultTariff(options, register());
    const prices = tariff === undefined ? [] : guardedPrices(tariff);
    made.set(options, prices);
    return prices;
  };
}

function defaultTariff(options: DefaultPrice, { organisation }: Register): Tariff | undefined {
  const component = {
    reference: 'default',
    price: { priceExVat: options.defaultPricePerKw, currency: 'SEK' },
    peakIdentificationSettings: {
      peakFunction: 'peak(default)',
      peakIdentificationPeriod: 'PT1H',
      peakDuration: 'PT1H',
      numberOfPeaksForAverageCalculation: options.defaultPeaks,
    },
  };
  const { tariffs } = compileTariffs({
    tariffs: [{ timeZone: organisation.timeZone, powerPrice: { components: [component] } }],
  });
  const tariff = tariffs[0]?.tariff;
  const { defaultCurrency: currency } = options;
  return tariff && { ...tariff, currency, power: tariff.power.map((price) => ({ ...price, currency })) };
}
