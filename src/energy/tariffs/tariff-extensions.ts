import { z } from 'zod';
import { componentPrice, monthsDuration } from './tariff-parts.ts';

/**
 * What a power component says under `x-kvarter`, where Eltariff-API has no word for it. All of it is optional; what does not
 * go together is refused when the tariff is compiled.
 */
export const powerExtension = z.strictObject({
  /** The period costs the price of the first step that holds the billed power; the last may have no `upToKw`. */
  steps: z
    .array(z.strictObject({ upToKw: z.number().positive().nullish(), price: componentPrice }))
    .min(1)
    .optional(),
  /** Candidates come from this span, which ends with the billing period: `P12M`, `P2Y`. */
  lookBack: monthsDuration.optional(),
  /** Each candidate counts as at least this, kW. With one candidate a month: a floor per month. */
  floorKw: z.number().nonnegative().optional(),
  /** Windows of these calendar months only, 1..12. */
  months: z.array(z.int().min(1).max(12)).min(1).optional(),
  /** The price is paid for a subscribed power, and another for what exceeds it. */
  subscribed: z
    .strictObject({
      /** Without it the subscription is taken to be the billed power of the period. */
      kw: z.number().positive().optional(),
      /** Per kW of excess, for the same `pricedPeriod`. */
      excessPrice: componentPrice,
      /** An excess is free while it is below this share of the subscription, and at most so many kW. */
      free: z
        .strictObject({ belowPct: z.number().nonnegative(), atMostKw: z.number().nonnegative().optional() })
        .optional(),
    })
    .optional(),
  /** Billed kW = energy of the last twelve months / hours, each month corrected for how cold it was. */
  categoryNumber: z
    .strictObject({
      hours: z.number().positive(),
      degreeDays: z
        .strictObject({
          /** Of a normal year, January first. */
          normal: z.array(z.number().positive()).length(12),
          /** Of the months that were: `"2025-01": 540`. */
          actual: z.record(
            z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'must be YYYY-MM'),
            z.number().positive(),
          ),
          /** The part of the energy that goes with the cold, 0..1; the rest is hot water. */
          share: z.number().min(0).max(1).default(1),
        })
        .optional(),
    })
    .optional(),
  /** Billed kVAr = the highest hourly mean of the period, beyond this share of the highest active power. */
  reactive: z
    .strictObject({
      freeShareOfActive: z.number().min(0).max(1, 'must be a share of at most 1: 0.5 is half').default(0),
    })
    .optional(),
});
export type PowerExtension = z.infer<typeof powerExtension>;

/** Under `x-kvarter` of an energy component. */
export const energyExtension = z.strictObject({
  /** Not energy but the volume of flow is priced: the load's column `m3`. */
  flow: z.literal(true).optional(),
  months: z.array(z.int().min(1).max(12)).min(1).optional(),
});

/** Under `x-kvarter` of a fixed component. */
export const fixedExtension = z.strictObject({
  months: z.array(z.int().min(1).max(12)).min(1).optional(),
});

/** Under `x-kvarter` of the tariff. */
export const tariffExtension = z.strictObject({
  /** Of prices whose `priceIncVat` is not given, per cent. */
  vatPct: z.number().min(0).max(100).optional(),
  /** Where the prices stand, and as of when. */
  source: z.string().optional(),
  asOf: z.string().optional(),
});
