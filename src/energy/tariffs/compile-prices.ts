import type { Compiling } from './compiling.ts';
import type { Money } from './power-price.ts';
import type { EnergyComponent, FixedComponent } from './tariff.ts';
import type { MoneyWith } from './tariff-money.ts';
import { checkReference, type TemperatureDifference, temperatureDifference } from './temperature.ts';
import type { Timing } from './timing.ts';

/** A price per billing period, which does not move with the load. */
export type FixedPrice = {
  readonly reference: string;
  /** Of a whole billing period; of one day when `perDay`. */
  readonly price: Money;
  readonly perDay: boolean;
  readonly timing: Timing;
};

/** A price per kWh (or m³), by the clock. */
export type EnergyPrice = {
  readonly reference: string;
  readonly path: readonly PropertyKey[];
  readonly unit: 'kWh' | 'm3';
  /** Per unit; on top of the spot price where there is one. */
  readonly price: Money;
  /** The price is one per degree that the period's mean temperature is off. */
  readonly temperature: TemperatureDifference | undefined;
  /** The spot price counts this many times; undefined: it does not count. */
  readonly spotMultiplier: number | undefined;
  readonly timing: Timing;
};

/** Does a tariff bill a spot price, which a list has to say? */
export function billsSpot({ energy }: { readonly energy: readonly EnergyPrice[] }): boolean {
  return energy.some(({ spotMultiplier }) => spotMultiplier !== undefined);
}

export function fixedPrice(
  component: FixedComponent,
  timing: Timing,
  billingMonths: number,
  money: MoneyWith,
): FixedPrice {
  const { reference, price, pricedPeriod } = component;
  if (pricedPeriod === 'day') return { reference, price: money(price), perDay: true, timing };
  return { reference, price: money(price, billingMonths / pricedPeriod), perDay: false, timing };
}

export function energyPrice(
  component: EnergyComponent,
  context: {
    readonly path: readonly PropertyKey[];
    readonly timing: Timing;
    readonly money: MoneyWith;
    readonly unit: string | null | undefined;
    readonly billingMonths: number;
    readonly compiling: Compiling;
  },
): EnergyPrice | undefined {
  const { path, timing, money, compiling } = context;
  const { reference, price, spotPriceSettings } = component;
  const isSpot = component.type === 'spot';
  const unit = component.unit ?? context.unit ?? 'kWh';
  const isFlow = unit === 'm3' || unit === 'm³';
  if (isSpot && !spotPriceSettings) {
    compiling.wrong([...path, 'spotPriceSettings'], 'a spot price needs its multiplier');
    return undefined;
  }
  if (!isSpot && !price) {
    compiling.wrong([...path, 'price'], 'is missing');
    return undefined;
  }
  const temperature = component['x-kvarter']?.temperature;
  if (temperature && isSpot) {
    compiling.wrong([...path, 'x-kvarter', 'temperature'], 'does not go together with a spot price');
  }
  if (temperature) checkReference(temperature, [...path, 'x-kvarter', 'temperature', 'referenceC'], context);
  if (isFlow !== (component['x-kvarter']?.flow === true)) {
    compiling.wrong(
      [...path, 'unit'],
      'a price per m3 is one of flow, and the other way around: x-kvarter.flow',
    );
  }
  const perUnit = unit === 'MWh' ? 1 / 1000 : 1;
  return {
    reference,
    path: compiling.placeOf(path),
    unit: isFlow ? 'm3' : 'kWh',
    price: price ? money(price, perUnit) : { exVat: 0, incVat: 0 },
    temperature: temperature && temperatureDifference(temperature),
    spotMultiplier: isSpot ? spotPriceSettings?.multiplier : undefined,
    timing,
  };
}
