import { z } from 'zod';

/** Is there such a day in the calendar? 2025-02-30 is none. */
export function isDate(text: string): boolean {
  const atMs = Date.parse(`${text}T00:00:00Z`);
  return Number.isFinite(atMs) && new Date(atMs).toISOString().startsWith(text);
}

/** A date; published files write it as a moment, too, at midnight. */
const date = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d(T00:00(:00(\.0+)?)?(Z|[+-]\d\d:\d\d)?)?$/, 'must be a date: YYYY-MM-DD')
  .transform((text) => text.slice(0, 10))
  .refine(isDate, 'is no day of the calendar');

/** `[fromIncluding, toExcluding)`; each may be open. */
export const validPeriod = z
  .strictObject({ fromIncluding: date.nullish(), toExcluding: date.nullish() })
  .refine(({ fromIncluding: from, toExcluding: to }) => !from || !to || from < to, {
    path: ['toExcluding'],
    error: 'must be after fromIncluding: it is the first day on which this no longer holds',
  })
  .nullish();
export type ValidPeriod = z.infer<typeof validPeriod>;

/** Published files write numbers as text, too. */
const amount = z
  .union(
    [
      z.number(),
      z
        .string()
        .regex(/^-?\d+(\.\d+)?$/)
        .transform(Number),
    ],
    'must be a number, with a decimal point',
  )
  .refine((price) => Math.abs(price) <= 1e9, 'is no price: it must be at most 1000000000');

/** As a share: prices that are farther apart are not of one thing; what is little is rounded. */
const MOST_VAT = 1;
const ROUNDED = 0.01;

/** Published without VAT, with it, or both; one of them is enough where the VAT is known (`tariff-money.ts`). */
export const componentPrice = z
  .strictObject({
    priceExVat: amount.nullish(),
    priceIncVat: amount.nullish(),
    currency: z.string().regex(/^[A-Z]{3}$/, 'must be a currency of three letters, such as SEK'),
  })
  .superRefine(({ priceExVat, priceIncVat }, context) => {
    const isGiven = typeof priceExVat === 'number';
    if (typeof priceIncVat !== 'number') {
      if (!isGiven) context.addIssue({ code: 'custom', path: ['priceExVat'], message: 'is missing' });
    } else if (isGiven && Math.abs(priceIncVat) < Math.abs(priceExVat) - 1e-9) {
      context.addIssue({ code: 'custom', message: 'priceIncVat is less than priceExVat' });
    } else if (isGiven && Math.abs(priceIncVat - priceExVat) > Math.abs(priceExVat) * MOST_VAT + ROUNDED) {
      const message = 'priceIncVat is not priceExVat with VAT: they are too far apart';
      context.addIssue({ code: 'custom', message });
    }
  });
export type ComponentPrice = z.infer<typeof componentPrice>;

export const described = {
  id: z.string().nullish(),
  name: z.string().nullish(),
  description: z.string().nullish(),
  url: z.string().nullish(),
};

/** A span of whole months: `P1M`, `P3M`, `P1Y`; given on as a number of months. */
export const monthsDuration = z
  .string()
  .regex(/^P(\d+Y)?(\d+M)?$/, 'must be whole months or years, such as P1M or P1Y')
  .transform((text, context) => {
    const months = Number(/(\d+)Y/.exec(text)?.[1] ?? 0) * 12 + Number(/(\d+)M/.exec(text)?.[1] ?? 0);
    if (months >= 1 && months <= 120) return months;
    context.addIssue({ code: 'custom', message: 'must be from P1M to P10Y' });
    return z.NEVER;
  });

const timeOfDay = z
  .string()
  .regex(/^(?:([01]\d|2[0-3]):(00|15|30|45)|24:00)(:00)?$/, 'must be a local time on a quarter-hour: HH:MM');

const references = z.array(z.string()).nullish();

const recurringPeriod = z.strictObject({
  reference: z.string().min(1).default('main'),
  frequency: z.literal('P1D', 'only P1D is understood').nullish(),
  activePeriods: z
    .array(
      z.strictObject({
        fromIncluding: timeOfDay,
        toExcluding: timeOfDay,
        calendarPatternReferences: z.strictObject({ include: references, exclude: references }).nullish(),
      }),
    )
    .max(50, 'more than 50 are not understood')
    .nullish(),
});
export type RecurringPeriod = z.infer<typeof recurringPeriod>;
export const recurringPeriods = z.array(recurringPeriod).nullish();

export const calendarPattern = z
  .strictObject({
    id: z.string().nullish(),
    name: z.string().nullish(),
    description: z.string().nullish(),
    reference: z.string().min(1).optional(),
    frequency: z.enum(['P1D', 'P1W', 'P1Y'], 'only P1D, P1W and P1Y are understood').nullish(),
    days: z.array(z.int().min(1).max(7)).nullish(),
    dates: z
      .array(
        z
          .string()
          .regex(/^(\d{4}-|--)?\d\d-\d\d(T00:00(:00)?Z?)?$/, 'must be a date: YYYY-MM-DD or --MM-DD')
          // Of every year: the day that only some have is one, too.
          .refine((text) => isDate(text.replace(/T.*$/, '').replace(/^(--)?(?=\d\d-\d\d$)/, '2024-')), {
            error: 'is no day of the calendar',
          }),
      )
      .nullish(),
  })
  // Older files call the reference a name.
  .transform(({ reference, name, ...rest }) => ({ ...rest, reference: reference ?? name ?? '' }));
export type CalendarPattern = z.infer<typeof calendarPattern>;
