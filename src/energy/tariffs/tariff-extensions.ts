import { z } from 'zod';
import { componentPrice, monthsDuration } from './tariff-parts.ts';

const monthName = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'must be YYYY-MM');

/** Energy of a month is that of a normal year's: corrected for how cold it was. */
const degreeDays = z.strictObject({
  /** Of a normal year, January first. */
  normal: z.array(z.number().positive()).length(12),
  /** Of the months that were: `"2025-01": 540`. */
  actual: z.record(monthName, z.number().positive()),
  /** The part of the energy that goes with the cold, 0..1; the rest is hot water. */
  share: z.number().min(0).max(1).default(1),
});
export type DegreeDays = z.infer<typeof degreeDays>;

/**
 * What a power component says under `x-kvarter`, where Eltariff-API has no word for it. All of it is optional; what does not
 * go together is refused when the tariff is compiled.
 */
export const powerExtension = z.strictObject({
  /**
   * The period costs what the first step that holds the billed power says: its `price`, and `perKw` for each kW; the last may
   * have no `upToKw`.
   */
  steps: z
    .array(
      z.strictObject({
        upToKw: z.number().positive().nullish(),
        price: componentPrice.optional(),
        perKw: componentPrice.optional(),
      }),
    )
    .min(1)
    .optional(),
  /** Each kW costs the `perKw` of the step that it lies in, not all of them that of the highest. */
  blocks: z
    .literal(true, 'must be true: leave it out where all kW cost what the highest step says')
    .optional(),
  /** Candidates come from this span, which ends with the billing period: `P12M`, `P2Y`. */
  lookBack: monthsDuration.optional(),
  /** Each candidate counts as at least this, kW. With one candidate a month: a floor per month. */
  floorKw: z.number().nonnegative().optional(),
  /** Windows of these calendar months only, 1..12. */
  months: z.array(z.int().min(1).max(12)).min(1).optional(),
  /** The price is paid for a subscribed power, and maybe another for what exceeds it. */
  subscribed: z
    .strictObject({
      /** Without it the subscription is taken to be the billed power of the period. */
      kw: z.number().positive().optional(),
      /** Per kW of excess, for the same `pricedPeriod`; without it an excess costs nothing. */
      excessPrice: componentPrice.optional(),
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
      degreeDays: degreeDays.optional(),
    })
    .optional(),
  /** What the energy of twelve months lacks to the power times these hours is priced on top. */
  shortUse: z
    .strictObject({
      hours: z.number().positive(),
      /** Of each kWh that lacks, for the same `pricedPeriod`. */
      perKwh: componentPrice,
      degreeDays: degreeDays.optional(),
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

const degrees = z.number().min(-50).max(200, 'must be a temperature, °C');

/** A reference that follows the supply: °C of the supply and of the reference, in between in proportion. */
const bySupply = z.strictObject({ bySupplyC: z.array(z.tuple([degrees, degrees])).min(2) });

/**
 * The price is one per degree: times the energy (or flow) and the difference of the period's mean temperature to a reference.
 * Where the mean is lower, that is a bonus.
 */
const temperatureExtension = z
  .strictObject({
    /** That of the return, of the supply, or what lies between them. */
    of: z.enum(['return', 'supply', 'cooling'], 'must be return, supply or cooling').default('return'),
    /** °C; or that of each month, as networks tell it afterwards: `{"2025-01": 43.2}`; or by the supply. */
    referenceC: z.union([degrees, z.record(monthName, degrees), bySupply], {
      error:
        'must be a temperature in °C, one for each month: {"2025-01": 43.2}, or by the supply: {"bySupplyC": [[60, 39], [72, 30]]}',
    }),
    /** A difference below this counts as this, and one above `mostDifferenceC` as that. */
    leastDifferenceC: z.number().optional(),
    mostDifferenceC: z.number().optional(),
  })
  .refine(
    ({ leastDifferenceC: least, mostDifferenceC: most }) =>
      least === undefined || most === undefined || least < most,
    { path: ['mostDifferenceC'], error: 'must be higher than leastDifferenceC' },
  );
export type TemperatureExtension = z.infer<typeof temperatureExtension>;

/** Under `x-kvarter` of an energy component. */
export const energyExtension = z.strictObject({
  /** Not energy but the volume of flow is priced: the load's column `m3`. */
  flow: z.literal(true).optional(),
  temperature: temperatureExtension.optional(),
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
  /** A year's price is shared out by the days of each billing period, not in equal parts. */
  yearByDays: z.literal(true, 'must be true: leave it out where each month costs a twelfth').optional(),
  /** Where the prices stand, and as of when. */
  source: z.string().optional(),
  asOf: z.string().optional(),
});
