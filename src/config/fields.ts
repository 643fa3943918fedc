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
