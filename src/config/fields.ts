import { z } from 'zod';

/** A number; text is read as one, because the environment has only text. */
export const number = (min: number, max: number) =>
  z.preprocess(
    (value) => (typeof value === 'string' && value.trim() !== '' ? Number(value) : value),
    z.number().min(min).max(max),
  );
export const integer = (min: number, max: number) => number(min, max).pipe(z.int());
export const flag = z.preprocess(
  (value) => (value === 'true' ? true : value === 'false' ? false : value),
  z.boolean(),
);
export const path = z.string().min(1);
export const port = integer(0, 65_535);

/** `07:00`, as a minute of the local day. */
export const timeOfDay = z.string().transform((text, context): number => {
  const [, hour = '99', minute = '0'] = /^\s*(\d\d?):(\d\d)\s*$/.exec(text) ?? [];
  if (Number(hour) < 24 && Number(minute) < 60) return Number(hour) * 60 + Number(minute);
  context.addIssue({ code: 'custom', message: `${text} is no time of the day: write 07:00` });
  return z.NEVER;
});
