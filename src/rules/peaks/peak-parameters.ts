import { z } from 'zod';
import { carriers } from '../../domain/interval.ts';
import { scaleLimits } from '../../energy/loads/scale.ts';
import { integer, number } from '../parameters.ts';

export const peakParameters = z.strictObject({
  carrier: z
    .enum(carriers)
    .default('electricity')
    .describe('whose peaks: of electricity by the tariff of a building, of heat by its heatTariff'),
  chance: number(0, 1)
    .default(0.1025)
    .describe('a day is told when a window of it has at least this chance of ending among the billed ones …'),
  alsoPct: number(0, 100).default(30).describe('… and a further window of a told day from this share of it'),
  saving: number(0, 1e9)
    .default(200)
    .describe(
      'and whatever its chance, when keeping it down saves this much in the mean and a load can be shed (kronor; under a tariff in EUR a tenth of it)',
    ),
  leastSaving: number(0, 1e9)
    .default(0)
    .describe('a day is not told while keeping its window down saves less than this in the mean (kronor)'),
  pettySaving: number(0, 1e9)
    .default(10)
    .describe('a day whose windows save less than this each, in the mean, is only information (kronor)'),
  escalateChance: number(0, 1)
    .default(0.4)
    .describe('until a window has this chance, it is told as a warning at most'),
  halfLifeDays: number(0.5, 90).default(5).describe('of what earlier days say of the days to come'),
  leadMinutes: number(0, 60)
    .default(10)
    .describe(
      "the alert must come this long before an hour's end to be of use; of a quarter-hour a fifth of it, of a day as much longer",
    ),
  settleMinutes: number(0, 60)
    .default(10)
    .describe(
      'nothing is said of an hour before it is this old; of shorter windows this and paceMinutes are as much shorter, of longer ones longer',
    ),
  paceMinutes: number(1, 60)
    .default(15)
    .describe('the rest of the window is taken to go on like the newest minutes'),
  earlyMarginPct: number(0, 100)
    .default(30)
    .describe(
      'earlier than 1.5 leads before the end it must pass the budget by this much per hour that is left',
    ),
  hysteresisPct: number(0, 100)
    .default(3)
    .describe('a window is within its budget again when the projection is this much below it'),
  scaleTimes: number(2, 1e6)
    .default(scaleLimits.electricity.times)
    .describe(
      'a reading beyond so many times the highest load of its meter in the newest five weeks is a wrong unit or ratio, and left out: it is no peak, and switches nothing off; …',
    ),
  scaleKw: number(0.1, 1e6)
    .default(scaleLimits.electricity.leastKw)
    .describe('… that load counts as at least this, kW; …'),
  scaleDays: number(1, 366)
    .default(scaleLimits.electricity.acceptDays)
    .describe('… what goes on like that for so many days is believed'),
  defaultPricePerKw: number(0, 1e6)
    .default(50)
    .describe('for buildings without a tariff: price per billed kW and month …'),
  defaultCurrency: z.string().min(1).default('SEK'),
  defaultPeaks: integer(1, 31).default(3).describe('… and how many hours are averaged'),
});
export type PeakGuard = z.infer<typeof peakParameters>;
