import { z } from 'zod';
import { refusedEfficiency } from './efficiency-price.ts';
import { energyExtension, fixedExtension, powerExtension, tariffExtension } from './tariff-extensions.ts';
import {
  calendarPattern,
  componentPrice,
  described,
  monthsDuration,
  recurringPeriods,
  validPeriod,
} from './tariff-parts.ts';

const reference = z.string().min(1).default('main');
const nothing = z.null('is not understood here').optional();

const fixedComponent = z.strictObject({
  ...described,
  reference,
  type: z.enum(['fixed', 'public', 'specific'], 'must be fixed').nullish(),
  unit: z.string().nullish(),
  price: componentPrice,
  /** What the price is for: whole months or years, or days. */
  pricedPeriod: z.union([monthsDuration, z.literal('P1D').transform(() => 'day' as const)], {
    error: 'must say what the price is for: P1M, P1Y, P1D, …',
  }),
  validPeriod,
  recurringPeriods: z.array(z.never('a fixed price has no times of day')).nullish(),
  peakIdentificationSettings: nothing,
  'x-kvarter': fixedExtension.nullish(),
});
export type FixedComponent = z.infer<typeof fixedComponent>;

const energyComponent = z.strictObject({
  ...described,
  reference,
  // "variable" and "kwh" are what older files call a price that is fixed per kWh.
  type: z.enum(['fixed', 'spot', 'variable', 'kwh'], 'must be fixed or spot').nullish(),
  unit: z.enum(['kWh', 'MWh', 'm3', 'm³'], 'must be kWh, MWh or m3').nullish(),
  price: componentPrice.nullish(),
  pricedPeriod: nothing,
  spotPriceSettings: z.strictObject({ multiplier: z.number(), currency: z.string() }).nullish(),
  validPeriod,
  recurringPeriods,
  peakIdentificationSettings: nothing,
  'x-kvarter': energyExtension.nullish(),
});
export type EnergyComponent = z.infer<typeof energyComponent>;

const durationMinutes = {
  PT15M: 15,
  PT30M: 30,
  PT60M: 60,
  PT1H: 60,
  PT2H: 120,
  PT3H: 180,
  PT4H: 240,
  PT6H: 360,
  PT8H: 480,
  PT12H: 720,
  PT24H: 1440,
  P1D: 1440,
} as const;
const durationName = Object.keys(durationMinutes);

const peakDuration = z
  .string()
  .refine((text) => durationName.includes(text), `must be ${durationName.join(', ')}`)
  .transform((text) => Object.entries(durationMinutes).find(([name]) => name === text)?.[1] ?? 60);

const peakSettings = z.strictObject({
  peakFunction: z.string().min(1).default('peak(main)'),
  peakIdentificationPeriod: z.string(),
  /** Minutes. */
  peakDuration,
  numberOfPeaksForAverageCalculation: z.int().min(1).max(1000),
});

const powerComponent = z.strictObject({
  ...described,
  reference,
  type: z.enum(['peak', 'dynamic'], 'must be peak or dynamic').default('peak'),
  unit: z.enum(['kW', 'kVAr', 'kvar'], 'must be kW or kVAr').nullish(),
  price: componentPrice.nullish(),
  /** What the price per kW is for, months; without it, a billing period. */
  pricedPeriod: monthsDuration.nullish(),
  validPeriod,
  recurringPeriods,
  peakIdentificationSettings: peakSettings.nullish(),
  'x-kvarter': powerExtension.nullish(),
});
export type PowerComponent = z.infer<typeof powerComponent>;

const peakTimesPrice = ['sum(peak(c)*price(c))', 'sum(price(c)*peak(c))'];
const powerTimesPrice = ['sum(power(p)*price(p))', 'sum(price(p)*power(p))'];

const tariff = z.strictObject({
  ...described,
  product: z.string().nullish(),
  companyName: z.string().nullish(),
  companyOrgNo: z.string().nullish(),
  lastUpdated: z.string().nullish(),
  timeZone: z
    .string()
    .refine(isTimeZone, 'not an IANA time zone')
    .nullish()
    .transform((zone) => zone ?? 'Europe/Stockholm'),
  /** Months. */
  billingPeriod: monthsDuration
    .refine((months) => 12 % months === 0, 'must be P1M, P2M, P3M, P4M, P6M or P1Y')
    .nullish()
    .transform((months) => months ?? 1),
  direction: z.literal('consumption', 'only consumption is understood').nullish(),
  validPeriod,
  fixedPrice: section(fixedComponent, ['sum(price(c))']),
  energyPrice: section(energyComponent, ['sum(energy(c)*price(c))', 'sum(price(c)*energy(c))']),
  powerPrice: section(powerComponent, [...peakTimesPrice, ...powerTimesPrice]),
  /** Read as prices of flow and temperature among those of energy, see `withEfficiencyPrices`. */
  efficiencyPrice: refusedEfficiency.optional(),
  'x-kvarter': tariffExtension.nullish(),
});
export type TariffObject = z.infer<typeof tariff>;

/**
 * A tariff file: tariffs of the Swedish open standard Eltariff-API v1, with their calendar patterns. All of it must be
 * understood to the last key, because a part that is passed over would make the bill look smaller.
 */
export const tariffFileSchema = z.strictObject({
  tariffs: z.array(tariff).min(1, 'a tariff file holds one tariff or more'),
  calendarPatterns: z.array(calendarPattern).nullish(),
});
export type TariffFile = z.infer<typeof tariffFileSchema>;

function section<Component extends z.ZodType>(component: Component, costFunctions: readonly string[]) {
  return z
    .strictObject({
      ...described,
      costFunction: z
        .string()
        .refine(
          (text) => costFunctions.includes(text.replaceAll(/\s/g, '')),
          `is not understood: ${costFunctions.join(' and ')} are`,
        )
        .nullish(),
      unit: z.enum(['kWh', 'MWh', 'kW'], 'must be kWh, MWh or kW').nullish(),
      validPeriod,
      components: z.array(component),
    })
    .nullish();
}

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).format(0) !== '';
  } catch {
    return false;
  }
}
