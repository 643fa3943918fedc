import { z } from 'zod';
import type { Json } from '../domain/alert.ts';
import { type Quantity, quantities } from '../domain/quantity.ts';
import { factLabel, quantityLabel } from './quantity-label.ts';

// What parameters of rules are made of. A name ends in its unit; what is in the unit of a quantity may be written with it.

export const number = (min: number, max: number) => z.number().min(min).max(max);
export const integer = (min: number, max: number) => z.int().min(min).max(max);
export const minutes = () => number(0, 525_600);

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const TIMES = '90 s, 30 min, 2 h or 1 d';

/** `30 min`, `90s`, `2 h`, `1d`, or 0; given on in milliseconds. */
export function duration(maxMs = 366 * 86_400_000) {
  const time = z.union([z.string(), z.number()], { error: `must be a time: write ${TIMES}` });
  return time.transform((text, context) => {
    const [, value = '', unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/.exec(String(text)) ?? [];
    const ms = Number(value || Number.NaN) * (UNIT_MS[unit] ?? (Number(value) === 0 ? 1 : Number.NaN));
    if (ms >= 0 && ms <= maxMs) return ms;
    context.addIssue({
      code: 'custom',
      message: `${text} is no time of up to ${Math.floor(maxMs / 86_400_000)} days: write ${TIMES}`,
    });
    return z.NEVER;
  });
}

/** Larger units that people write, as so many of kvarter's own. */
const SCALES: Readonly<Record<string, readonly [unit: string, times: number]>> = {
  kW: ['W', 1000],
  MW: ['W', 1e6],
  kWh: ['Wh', 1000],
  MWh: ['Wh', 1e6],
  'm³': ['l', 1000],
  m3: ['l', 1000],
  K: ['°C', 1],
  C: ['°C', 1],
  'm³/h': ['l/h', 1000],
};

/**
 * Parameters whose name ends in a unit, with that unit (or a larger one) written behind the number, as numbers: of
 * `coldC: 20 °C`, `minRiseW: 0.5 kW`, `windowMinutes: 12 h`. What is in another unit is given to `refuse`; the rest stays.
 */
export function withoutUnits(
  parameters: Readonly<Record<string, Json>>,
  refuse: (name: string, message: string) => void,
): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, given]): [string, Json] => {
      const [, digits = '', suffix = ''] = AMOUNT.exec(typeof given === 'string' ? given : '') ?? [];
      const { unit } = factLabel(`${name.charAt(0).toUpperCase()}${name.slice(1)}`);
      if (digits === '' || suffix === '' || unit === '') return [name, given];
      const times = timesIn(unit, suffix);
      if (times === undefined) refuse(name, `${String(given)}: ${name} is in ${unit}`);
      // What is added up in floating point shows digits that nobody wrote.
      return [name, times === undefined ? given : Number((Number(digits) * times).toPrecision(12))];
    }),
  );
}

const AMOUNT = /^\s*(-?\d+(?:\.\d+)?)\s*(\S*)\s*$/;

/** How often a unit is in another one; undefined when it is of something else. */
function timesIn(unit: string, given: string): number | undefined {
  const [ms, eachMs] = [UNIT_MS[given], UNIT_MS[unit]];
  if (ms !== undefined && eachMs !== undefined) return ms / eachMs;
  const [base, times] = SCALES[given] ?? [given, 1];
  return base === unit ? times : undefined;
}

/** A value that its quantity can have, in the quantity's unit: `15`, or `15 °C`. */
export function limitIn(quantity: readonly Quantity[] | undefined): z.ZodType<number> {
  return amount(quantity, (name) => ({ ...quantities[name], of: name }));
}

/** A difference between two values of a quantity, or a spread: `0.5`, or `0.5 °C`. */
export function differenceIn(quantity: readonly Quantity[] | undefined): z.ZodType<number> {
  return amount(quantity, (name) => {
    const { min, max } = quantities[name];
    return { min: 0, max: max - min, of: `a difference of ${name}` };
  });
}

function amount(
  named: readonly Quantity[] | undefined,
  boundsOf: (quantity: Quantity) => { readonly min: number; readonly max: number; readonly of: string },
): z.ZodType<number> {
  return z.union([z.number(), z.string()]).transform((given, context) => {
    const refuse = (message: string) => {
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    };
    if (named === undefined) return refuse('name the quantity in the scope: this is in its unit');
    const [, digits = '', suffix = ''] = AMOUNT.exec(String(given)) ?? [];
    for (const quantity of named) {
      const { unit } = quantityLabel(quantity);
      const [base, times] = SCALES[suffix] ?? [suffix === '' ? unit : suffix, 1];
      const value = digits === '' ? Number.NaN : Number(digits) * times;
      if (Number.isNaN(value)) return refuse(`${given} is not a number of ${unit || 'its unit'}`);
      if (base !== unit) return refuse(`${given}: ${quantity} is in ${unit || 'no unit'}`);
      const { min, max, of } = boundsOf(quantity);
      if (value < min || value > max) {
        return refuse(`${given} is impossible: ${of} is between ${min} and ${max} ${unit}`.trimEnd());
      }
    }
    const [, times] = SCALES[suffix] ?? ['', 1];
    return Number(digits) * times;
  });
}
