import { z } from 'zod';
import { parseIsoTime } from '../domain/time.ts';

/** A time in a query: ISO 8601 with offset, given on as epoch ms. A `+` that was not escaped arrives as a space. */
export const timeParameter = z
  .string()
  .meta({ format: 'date-time' })
  .transform((text, context) => {
    const atMs = parseIsoTime(text.trim().replace(/ (\d\d:?\d\d)$/, '+$1'));
    if (atMs !== undefined) return atMs;
    context.addIssue({
      code: 'custom',
      message: `${text} is not a time: write ISO 8601 with offset, such as 2026-01-15T08:00:00+01:00`,
    });
    return z.NEVER;
  });
