import { z } from 'zod';
import { createNightRule, isNight, NOT_A_NIGHT, nightParameters } from '../days/night-rule.ts';
import { integer, number } from '../parameters.ts';
import type { RuleDefinition } from '../rule.ts';

const parameters = z
  .strictObject({
    ...nightParameters,
    nights: integer(1, 28).default(2).describe('so many nights in a row, …'),
    together: number(0, 100)
      .default(3.5)
      .describe('… together above by so many times as much as one must be, …'),
    sureTimes: number(1, 1000).default(2.5).describe('… or one that is above by so many times as much'),
    minRiseLph: number(0, 100_000).default(30).describe('more than usual by at least this, l/h, …'),
    risePct: number(0, 1000).default(50).describe('… by this share of what is usual, %, …'),
    spreads: number(0, 100).default(5).describe('… and by so many spreads of ordinary nights'),
  })
  .refine(isNight, NOT_A_NIGHT);
type WaterAllNight = z.infer<typeof parameters>;

export const waterAllNight: RuleDefinition<WaterAllNight> = {
  type: 'water-all-night',
  doc: `Water that ran all night: the least flow of any half-hour of the night is above that of the nights before. A leak, or a
cistern that does not shut. What people draw comes and goes and does not lift it. Judged from the register of the meter.`,
  level: 'point',
  parameters: () => parameters,
  defaults: { severity: 'warning', forMs: 0, clearMs: 0 },
  create: (context) =>
    createNightRule(context, {
      quantity: 'waterVolumeL',
      unit: 'l/h',
      limits: ({ nights, together, sureTimes, minRiseLph, risePct, spreads }) => ({
        nights,
        together,
        sure: sureTimes,
        reserve: 1.5,
        minRise: minRiseLph,
        risePct,
        spreads,
      }),
      texts: {
        title: 'Water runs all night',
        cause: 'Likely a leak, a cistern or valve that does not shut, or a forgotten tap.',
        todo: 'First look at cisterns and safety valves, then shut off parts of the house at night and watch the meter.',
      },
    }),
};
