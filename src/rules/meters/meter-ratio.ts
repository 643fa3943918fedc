import { z } from 'zod';
import {
  createLoadFactor,
  type FactorChange,
  foldFactor,
  type LoadFactor,
  loadFactorSchema,
  newestFactor,
} from '../../anomaly/load-factor.ts';
import type { Quantity } from '../../domain/quantity.ts';
import { isoTime } from '../../domain/time.ts';
import { createMeterDayRule } from '../days/meter-day-rule.ts';
import { isShared } from '../days/shared.ts';
import { integer, number } from '../parameters.ts';
import type { RuleDefinition } from '../rule.ts';
import { causeInWords, likeRatio } from './ratio-cause.ts';

const parameters = z.strictObject({
  times: number(1.1, 1000)
    .default(1.6)
    .describe('every hour draws so many times what it usually does, or one of so many parts, …'),
  calmTimes: number(1.1, 1000)
    .default(1.4)
    .describe('… or down to this where days are alike, for as many more days as it is smaller: …'),
  spreads: number(1, 100)
    .default(4)
    .describe('… so many times as far as a day commonly is from those before it, …'),
  tolerance: number(0.01, 10)
    .default(0.5)
    .describe('… and the factors of quiet and of busy hours differ by at most this share, …'),
  days: integer(1, 28).default(3).describe('… for so many days in a row, from one day to the next'),
  minDays: integer(1, 28)
    .default(2)
    .describe('judged once so many working days, or days of weekends, are known'),
  acceptDays: integer(3, 366)
    .default(28)
    .describe('after so many days in a row it is what is usual, and the alert ends'),
});
type MeterRatio = z.infer<typeof parameters>;

export const meterRatio: RuleDefinition<MeterRatio> = {
  type: 'meter-ratio',
  doc: `A meter that counts several times what it did, or a part of it, in all hours alike and from one day to the next: a ratio of
its current transformers or pulses that is wrong, a unit, or a phase that is lost; the nearest of those that are commonly mixed up is said. What is switched on adds the same to every hour, and
weather comes slowly, and to many houses at once: neither is told here. Judged from the energy register.`,
  level: 'point',
  parameters: () => parameters,
  defaults: { severity: 'warning', forMs: 0, clearMs: 0 },
  create: (context) =>
    createMeterDayRule(context, {
      sees: ({ quantity }) => quantity === 'activeEnergyWh',
      schema: loadFactorSchema,
      create: createLoadFactor,
      onDay: (state, day, limits, { device, quantity }, others) => {
        const change = foldFactor(state, day, {
          ...limits,
          isShared: (factor) => isWeather(others(), factor),
        });
        if (change === undefined) return undefined;
        if (change.is !== 'off') return { holds: false };
        return { holds: true, ...told(change, device, quantity) };
      },
    }),
};

/** So many others, and at least such a share of them, are nearly as far off in a spell of weather: those that heat with electricity. */
const WEATHER = { least: 4, share: 0.17, part: 0.75 };

function isWeather(others: readonly LoadFactor[], factor: number): boolean {
  const isFar = (part: number) => (other: LoadFactor) =>
    Math.log(newestFactor(other)) / Math.log(factor) > part;
  const { least, share, part } = WEATHER;
  return (
    isShared(others, isFar(0.5)) ||
    others.filter(isFar(part)).length >= Math.max(least, share * others.length)
  );
}

function told(
  { sinceMs, factor, low, high, days, spreads }: FactorChange,
  device: string,
  quantity: Quantity,
) {
  const like = likeRatio(factor);
  return {
    title: `${device} counts ${inDigits(factor)} times what it did`,
    detail: `Since ${isoTime(sinceMs)}, in quiet hours (${inDigits(low)} times) as in busy ones (${inDigits(high)} times); new loads would add the same to every hour. ${causeInWords(like)}`,
    facts: {
      device,
      quantity,
      since: isoTime(sinceMs),
      factor: inDigits(factor),
      quietFactor: inDigits(low),
      busyFactor: inDigits(high),
      days,
      spreads: inDigits(spreads),
      ...like,
    },
  };
}

/** A thousand times and a thousandth both have three digits. */
function inDigits(value: number): number {
  return Number(value.toPrecision(3));
}
