import { z } from 'zod';
import {
  createEveningPeak,
  eveningPeakSchema,
  foldEvening,
  type PeakChange,
} from '../../anomaly/evening-peak.ts';
import { isoTime } from '../../domain/time.ts';
import { createMeterDayRule } from '../days/meter-day-rule.ts';
import { integer, number } from '../parameters.ts';
import type { RuleDefinition } from '../rule.ts';
import { isPvPoint } from './pv-sun.ts';

const parameters = z
  .strictObject({
    fromHour: integer(0, 23).default(15).describe('of the hours from here, local time, …'),
    toHour: integer(1, 24).default(22).describe('… to here, the highest is looked at'),
    minRiseW: number(0, 10_000_000)
      .default(5000)
      .describe('above the median of its day by at least this much more than usual, W, …'),
    spreads: number(0, 100).default(4).describe('… by so many spreads of ordinary days, …'),
    times: number(1, 100).default(1.6).describe('… and so many times as far as nine of ten known days, …'),
    days: integer(1, 28).default(2).describe('… on so many days in a row'),
    minDays: integer(3, 28).default(7).describe('judged once so many days are known'),
    acceptDays: integer(3, 366)
      .default(28)
      .describe('after so many days in a row it is what is usual, and the alert ends'),
  })
  .refine(({ fromHour, toHour }) => fromHour < toHour, {
    message: 'must be after fromHour',
    path: ['toHour'],
  });
type EveningPeakSettings = z.infer<typeof parameters>;

export const eveningPeak: RuleDefinition<EveningPeakSettings> = {
  type: 'evening-peak',
  doc: `Loads that pile up in an hour of the evening as they did not before: cars that all charge when they come home, because power
sharing or timers are lost. How far the highest hour stands above the median of its day is compared with the days before; cold
weather lifts both. Judged from the energy register of a main meter or of the chargers; what solar cells give is none.`,
  level: 'point',
  parameters: () => parameters,
  defaults: { severity: 'warning', forMs: 0, clearMs: 0 },
  create: (context) =>
    createMeterDayRule(context, {
      sees: (point) => point.quantity === 'activeEnergyWh' && !isPvPoint(context.register(), point),
      schema: eveningPeakSchema,
      create: createEveningPeak,
      onDay: (state, day, { minRiseW, ...limits }, { device, quantity }) => {
        const change = foldEvening(state, day, { ...limits, minRise: minRiseW });
        if (change === undefined) return undefined;
        if (change.is !== 'high') return { holds: false };
        const { sinceMs, hour, rate, above, usual, limit } = change;
        return {
          holds: true,
          ...wordsOf(change, device),
          facts: {
            device,
            quantity,
            since: isoTime(sinceMs),
            hour,
            valueKw: kw(rate),
            aboveKw: kw(above),
            usualKw: kw(usual),
            limitKw: kw(limit),
          },
        };
      },
    }),
};

function wordsOf({ sinceMs, hour, rate, above, usual, limit }: PeakChange, device: string) {
  return {
    title: `Load piles up in the evening: ${kw(rate)} kW from ${hour} o’clock at ${device}`,
    detail: `Since ${isoTime(sinceMs)} the highest hour is ${kw(above)} kW above the day’s median; usual is ${kw(usual)} kW, and up to ${kw(limit)} kW would be ordinary. Likely cars that all charge when they come home. First look whether the power sharing of the chargers is connected and its limit is set, then at timers.`,
  };
}

function kw(watts: number): number {
  return Math.round(watts / 100) / 10;
}
