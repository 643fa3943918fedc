import { z } from 'zod';

const date = z.string().regex(/^\d{4}-\d\d-\d\d$/, 'must be a date: YYYY-MM-DD');
const timeOfDay = z.string().regex(/^\d\d:\d\d(:\d\d)?$/, 'must be a local time: HH:MM');
const validPeriod = z
  .strictObject({ fromIncluding: date, toExcluding: date.nullable().optional() })
  .nullable()
  .optional();
const price = z.strictObject({
  priceExVat: z.number(),
  priceIncVat: z.number().optional(),
  currency: z.string().min(1),
});
const described = {
  id: z.string().optional(),
  name: z.string().optional(),
  description: z.string().optional(),
};

const recurringPeriod = z.strictObject({
  reference: z.string().min(1),
  frequency: z.string().optional(),
  activePeriods: z
    .array(
      z.strictObject({
        fromIncluding: timeOfDay,
        toExcluding: timeOfDay,
        calendarPatternReferences: z
          .strictObject({
            include: z.array(z.string()).default([]),
            exclude: z.array(z.string()).default([]),
          })
          .nullable()
          .optional(),
      }),
    )
    .default([]),
});
export type RecurringPeriod = z.infer<typeof recurringPeriod>;

const peakComponent = z.strictObject({
  ...described,
  reference: z.string().min(1),
  type: z.literal('peak', 'only components of the type peak are understood for power'),
  unit: z.string().optional(),
  price,
  pricedPeriod: z.enum(['P1M', 'P1Y'], 'must be P1M or P1Y').default('P1M'),
  validPeriod,
  recurringPeriods: z.array(recurringPeriod).default([]),
  peakIdentificationSettings: z.strictObject({
    peakFunction: z.string().min(1),
    peakIdentificationPeriod: z.string(),
    peakDuration: z.enum(
      ['PT15M', 'PT30M', 'PT1H', 'PT12H', 'P1D'],
      'must be PT15M, PT30M, PT1H, PT12H or P1D',
    ),
    numberOfPeaksForAverageCalculation: z.int().min(1).max(31),
  }),
});
export type PeakComponent = z.infer<typeof peakComponent>;

const calendarPattern = z.strictObject({
  ...described,
  reference: z.string().min(1),
  frequency: z.string(),
  days: z.array(z.int().min(1).max(7)).nullable().optional(),
  dates: z.array(z.string()).nullable().optional(),
});
export type CalendarPattern = z.infer<typeof calendarPattern>;

/** Fixed and energy prices do not move with a peak: they are kept as they stand, for the bill. */
const otherPrice = z.looseObject({}).nullable().optional();

/**
 * A tariff file: one tariff of the Swedish open standard Eltariff-API v1, with its calendar patterns. What the power
 * price says must be understood to the last key, because a part that is passed over would make the peak look cheaper.
 */
export const tariffFileSchema = z.object({
  tariffs: z
    .array(
      z.object({
        ...described,
        timeZone: z.string().default('Europe/Stockholm').refine(isTimeZone, 'not an IANA time zone'),
        billingPeriod: z.enum(['P1M', 'P1Y'], 'must be P1M or P1Y').default('P1M'),
        direction: z.literal('consumption', 'only consumption is understood').default('consumption'),
        validPeriod,
        fixedPrice: otherPrice,
        energyPrice: otherPrice,
        powerPrice: z
          .strictObject({
            ...described,
            costFunction: z
              .string()
              .refine(isPeakTimesPrice, 'only sum(peak(c)*price(c)) is understood')
              .default('sum(peak(c)*price(c))'),
            unit: z.string().optional(),
            components: z.array(peakComponent),
          })
          .nullable()
          .optional(),
      }),
    )
    .length(1, 'a tariff file holds one tariff'),
  calendarPatterns: z.array(calendarPattern).default([]),
});
export type TariffFile = z.infer<typeof tariffFileSchema>;

function isPeakTimesPrice(text: string): boolean {
  return ['sum(peak(c)*price(c))', 'sum(price(c)*peak(c))'].includes(text.replaceAll(/\s/g, ''));
}

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).format(0) !== '';
  } catch {
    return false;
  }
}
