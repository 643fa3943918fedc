import type { EnergyPrice } from '../tariffs/compile-prices.ts';
import type { Context } from './bill-context.ts';
import { type BillLine, lineOf, percent } from './bill-line.ts';
import type { MeanTemperature } from './mean-temperature.ts';

/** Lines of energy, flow, and temperatures. */
export function energyLines(context: Context): readonly BillLine[] {
  const { tariff, share, sums, note } = context;
  return tariff.energy.flatMap((priced, e) => {
    const { reference, unit, price, spotMultiplier, timing } = priced;
    if (share(timing).days === 0) return [];
    if (unit === 'm3' && !sums.hasFlow) {
      if (sums.knownMs > 0)
        note(
          `${reference}: the flow (m3) is not known, so it is not in the bill`,
          priced.temperature !== undefined,
        );
      return [];
    }
    if (unit === 'm3' && sums.flowlessMs > 0) {
      const missing = percent(Math.min(1, sums.flowlessMs / sums.knownMs));
      note(
        `${reference}: the flow (m3) of ${missing} of the load is not known: the bill may be too small`,
        true,
      );
    }
    const quantity = sums.quantities[e] ?? 0;
    if (priced.temperature) return temperatureLine(context, priced, { quantity, mean: sums.temperatures[e] });
    if (isOfHundredths(price.exVat, tariff.currency) && unit === 'kWh') {
      note(
        `${reference}: ${price.exVat} ${tariff.currency} per kWh is a lot: prices are not in hundredths`,
        false,
      );
    }
    if (spotMultiplier === undefined) return [lineOf({ reference, kind: 'energy', quantity, unit, price })];
    const spot = quantity > 0 ? ((sums.spotCosts[e] ?? 0) * spotMultiplier) / quantity : 0;
    const withVat = tariff.vat === undefined ? undefined : spot * (1 + tariff.vat);
    const total = {
      exVat: price.exVat + spot,
      incVat: price.incVat === undefined || withVat === undefined ? undefined : price.incVat + withVat,
    };
    return [lineOf({ reference, kind: 'energy', quantity, unit, price: total })];
  });
}

/** Price lists are in öre, øre and cents, tariff files are not. */
const MOST_PER_KWH: Readonly<Record<string, number>> = { SEK: 10, NOK: 10, DKK: 10, EUR: 1 };

function isOfHundredths(perKwh: number, currency: string): boolean {
  return perKwh > (MOST_PER_KWH[currency] ?? Number.POSITIVE_INFINITY);
}

/** As they are called in words, and in a load. */
const NAMES = {
  return: 'return temperature (return_c)',
  supply: 'supply temperature (supply_c)',
  both: 'supply and return temperature (supply_c, return_c)',
} as const;

/** The price of a degree times the energy (or flow) and the difference of the period's mean: a bonus is less than nothing. */
function temperatureLine(
  { tariff, period, note }: Context,
  { reference, unit, price, temperature }: EnergyPrice,
  { quantity, mean }: { readonly quantity: number; readonly mean: MeanTemperature | undefined },
): readonly BillLine[] {
  if (!temperature || !mean || quantity === 0) return [];
  const needsBoth = temperature.of === 'cooling' || (temperature.of === 'return' && temperature.isBySupply);
  const what = `the ${NAMES[needsBoth ? 'both' : temperature.of === 'supply' ? 'supply' : 'return']}`;
  if (mean.knownShare === 0) {
    note(`${reference}: ${what} is not known, so it is not in the bill, which may be too small`, true);
    return [];
  }
  if (mean.knownShare < 1) {
    note(
      `${reference}: ${what} of ${percent(1 - mean.knownShare)} of the energy is not known: the bill may be too small`,
      true,
    );
  }
  if (mean.flowlessShare > 0) {
    note(
      `${reference}: the mean temperature counts ${percent(mean.flowlessShare)} of the energy by kWh, because its flow (m3) is not known`,
      false,
    );
  }
  const { year, month } = tariff.zone.local(period.fromMs);
  const name = `${year}-${String(month).padStart(2, '0')}`;
  const differenceC = temperature.differenceC(mean, name);
  if (differenceC === undefined) {
    note(
      `${reference}: there is no x-kvarter.temperature.referenceC of ${name}, so it is not in the bill, which may be too small`,
      true,
    );
    return [];
  }
  return [lineOf({ reference, kind: 'energy', quantity: quantity * differenceC, unit: `${unit}·°C`, price })];
}
