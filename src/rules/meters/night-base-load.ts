import { z } from 'zod';
import { createNightRule, isNight, NOT_A_NIGHT, nightParameters } from '../days/night-rule.ts';
import { integer, number } from '../parameters.ts';
import type { RuleDefinition } from '../rule.ts';

const parameters = z
  .strictObject({
    ...nightParameters,
    nights: integer(1, 28).default(3).describe('so many nights in a row, …'),
    together: number(0, 100)
      .default(4)
      .describe(
        '… which together are above by so many times as much as one must be: at 3 nights one and a third',
      ),
    minRiseW: number(0, 10_000_000).default(500).describe('more than usual by at least this, W, …'),
    risePct: number(0, 1000).default(4).describe('… by this share of what is usual, %, …'),
    spreads: number(0, 100).default(3).describe('… and by so many spreads of ordinary nights; …'),
    weatherSpreads: number(0, 100)
      .default(2)
      .describe('… where an outdoor thermometer is known, of ordinary nights of such weather instead;'),
    stepTimes: number(0, 100)
      .default(0.7)
      .describe('five to seven nights together by so many times that in the mean, each by 0.7 of it, …'),
    moreTimes: number(0, 100)
      .default(0.85)
      .describe('… and by so many times more than the nights before, are enough'),
  })
  .refine(isNight, NOT_A_NIGHT);
/** Of the step in the mean, what each of its nights must be. */
const STEP_EACH = 0.7;
type NightBaseLoad = z.infer<typeof parameters>;

export const nightBaseLoad: RuleDefinition<NightBaseLoad> = {
  type: 'night-base-load',
  doc: `The electric load that never goes away at night has risen against the nights before: something stays on that did not.
Some nights in a row must say so, so that a party or a holiday does not; a little more will do when it began at once and other houses do not
take more as well. Judged from the energy register of the meter.
With an outdoor thermometer in the building, its area or the organisation a night is compared with those of about its weather,
so that a heat pump in a cold night is none; a night colder than nearly all that are known is not judged, and one that is not twice as far
above as the upper quarter of the other houses is the weather.`,
  level: 'point',
  parameters: () => parameters,
  defaults: { severity: 'warning', forMs: 0, clearMs: 0 },
  create: (context) =>
    createNightRule(context, {
      quantity: 'activeEnergyWh',
      unit: 'W',
      hasWeather: true,
      limits: ({ nights, together, minRiseW, risePct, spreads, weatherSpreads, stepTimes, moreTimes }) => ({
        nights,
        together,
        minRise: minRiseW,
        risePct,
        spreads,
        weatherSpreads,
        step: { mean: stepTimes, each: stepTimes * STEP_EACH, more: moreTimes },
        reserve: 1,
        // Parties, and cars that are charged, are far above now and then.
        sure: Number.POSITIVE_INFINITY,
      }),
      texts: {
        title: 'Night base load up',
        cause: 'Likely equipment that stays on: fans, heating cables, lighting, pumps.',
        todo: 'First look at what was installed or switched by hand that day, then at timers and submeters.',
      },
    }),
};
