import { z } from 'zod';
import type { HourSpan, Schedule, Season } from '../domain/schedule.ts';

const WEEKDAYS: readonly string[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const DAYS_IN = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** `06:00-22:00`; `22:00-06:00` runs over midnight. */
const hourSpan = z.string().transform((text, context): HourSpan => {
  const [, ...parts] = /^\s*(\d\d?):(\d\d)\s*[-–]\s*(\d\d?):(\d\d)\s*$/.exec(text) ?? [];
  const [fromHour = 99, fromMinute = 0, toHour = 99, toMinute = 0] = parts.map(Number);
  const span = [fromHour * 60 + fromMinute, toHour * 60 + toMinute] as const;
  if (fromMinute < 60 && toMinute < 60 && span.every((at) => at <= 1440) && span[0] !== span[1]) return span;
  context.addIssue({ code: 'custom', message: `${text} are no hours: write 06:00-22:00` });
  return z.NEVER;
});
export const hourSpans = z.preprocess(
  (value) => (Array.isArray(value) ? value : [value]),
  z.array(hourSpan).min(1),
);

/** `mon-fri`, `sat`, or a list of such. */
const weekdays = z.preprocess(
  (value) => (Array.isArray(value) ? value : [value]),
  z
    .array(
      z.string().transform((text, context): number[] => {
        const [from, to = from] = text
          .toLowerCase()
          .split('-')
          .map((word) => WEEKDAYS.indexOf(word.trim()));
        if (from !== undefined && to !== undefined && from >= 0 && to >= 0 && text.split('-').length <= 2) {
          return Array.from({ length: ((to - from + 7) % 7) + 1 }, (_, n) => ((from + n) % 7) + 1);
        }
        context.addIssue({
          code: 'custom',
          message: `${text} is no weekday: write ${WEEKDAYS.join(', ')} or mon-fri`,
        });
        return z.NEVER;
      }),
    )
    .min(1)
    .transform((days) => [...new Set(days.flat())].toSorted()),
);

/** `10-01`: month and day. */
const monthDay = z.string().transform((text, context) => {
  const [, month = '', day = ''] = /^\s*(\d\d?)-(\d\d?)\s*$/.exec(text) ?? [];
  if (Number(day) >= 1 && Number(day) <= (DAYS_IN[Number(month) - 1] ?? 0)) {
    return Number(month) * 100 + Number(day);
  }
  context.addIssue({ code: 'custom', message: `${text} is no day of the year: write month-day, 10-01` });
  return z.NEVER;
});

export const seasonSchema: z.ZodType<Season> = z.strictObject({ from: monthDay, to: monthDay });

export const scheduleSchema = z.strictObject({
  /** The heating season of the file, or the rest of the year. */
  season: z.enum(['heating', 'other']).exactOptional(),
  weekdays: weekdays.exactOptional(),
  hours: hourSpans.exactOptional(),
  quietHours: hourSpans.exactOptional(),
});

/** The schedule with the file's heating season in it. */
export function scheduleWith(
  { season, ...rest }: z.infer<typeof scheduleSchema>,
  heatingSeason: Season,
): Schedule {
  if (season === undefined) return rest;
  return { ...rest, season: season === 'heating' ? heatingSeason : restOfYear(heatingSeason) };
}

function restOfYear({ from, to }: Season): Season {
  const before = (at: number) =>
    at % 100 > 1 ? at - 1 : (((Math.floor(at / 100) + 10) % 12) + 1) * 100 + 31;
  const last = before(from);
  // A season that ends where it began leaves nothing: a span of one day that no year has.
  if (last === to) return { from: 1232, to: 1232 };
  // The day after the last of a month is written as its 32nd, which compares as it should.
  return { from: to + 1, to: last };
}
