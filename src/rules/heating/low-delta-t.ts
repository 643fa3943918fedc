import { z } from 'zod';
import { expectDay, learnDay } from '../../anomaly/usual-days.ts';
import {
  type DayVerdict,
  dayParameters,
  dayRule,
  heatedBelow,
  type Memory,
  unjudged,
} from '../days/day-rule.ts';
import type { DayView, Hours } from '../days/day-view.ts';
import { inWords } from '../in-words.ts';
import { integer, limitIn, number } from '../parameters.ts';

const parameters = z.strictObject({
  ...dayParameters,
  days: integer(1, 28).default(3).describe('so many such days in a row'),
  minDeltaC: number(0, 100)
    .default(20)
    .describe('the water of the district must be cooled by at least this, °C, …'),
  minFallC: number(0, 100)
    .default(8)
    .describe('… and at most so much less than it used to be in such weather, °C'),
  minPowerW: limitIn(['heatPowerW'])
    .prefault(2000)
    .describe('judged while the mean heat of the day is at least this, W'),
  heatingBelowC: heatedBelow('day'),
});
type LowDeltaT = z.infer<typeof parameters>;

const DAY: Hours = [24, 0];
const ORDINARY_C = 1;
const WATER_WH_PER_L = 1.163;

export const lowDeltaT = dayRule({
  type: 'low-delta-t',
  seenBy: 'heatMain',
  doc: `District heating comes back too warm: its water is cooled by less than minDeltaC over the day, weighted by flow, or by
clearly less than it used to be in such weather. It costs where the return is billed, and flow that others lack. In summer,
when only the circulation of hot water takes heat, the return is warm by nature: judged while the house is heated.`,
  parameters,
  sees: ({ role, quantity }) =>
    role === 'heatMain' &&
    (quantity === 'heatPowerW' ||
      quantity === 'flowLph' ||
      quantity === 'supplyTemperatureC' ||
      quantity === 'returnTemperatureC'),
  judge,
});

function judge(view: DayView, memory: Memory, settings: LowDeltaT): readonly DayVerdict[] {
  const outdoorC = view.outdoorC(DAY);
  const heatW = view.mean('heatMain', 'heatPowerW', DAY);
  const flowLph = view.mean('heatMain', 'flowLph', DAY);
  const supplyC = view.mean('heatMain', 'supplyTemperatureC', DAY);
  const returnC = view.mean('heatMain', 'returnTemperatureC', DAY);
  if (heatW === undefined || flowLph === undefined || flowLph <= 0) return [];
  const isHeated = outdoorC === undefined || outdoorC <= settings.heatingBelowC;
  if (!isHeated || heatW < settings.minPowerW) return [unjudged];
  // Heat over flow weights by flow; the sensors’ own difference bounds it from below when the meter bills in coarse steps.
  const deltaC = heatW / flowLph / WATER_WH_PER_L;
  const drivers = [outdoorC ?? 0];
  const days = memory('delta');
  const usual = expectDay(days, deltaC, drivers, { minDays: settings.minDays, minSpread: ORDINARY_C });
  const fallC = usual === undefined ? 0 : usual.expected - deltaC;
  const hasFallen = usual !== undefined && -usual.z >= settings.spreads && fallC >= settings.minFallC;
  const isLow = deltaC < settings.minDeltaC;
  const temperatures =
    supplyC === undefined || returnC === undefined
      ? ''
      : ` (supply ${inWords(supplyC, '°C')}, return ${inWords(returnC, '°C')})`;
  const bound = isLow
    ? `at least ${settings.minDeltaC} °C are wanted`
    : `usual are ${inWords(usual?.expected ?? 0, 'K')} in such weather`;
  return [
    {
      isOdd: isLow || hasFallen,
      isUsual: deltaC >= settings.minDeltaC && (usual === undefined || fallC < settings.minFallC / 2),
      told: {
        title: `Low cooling of district heating: ${inWords(deltaC, 'K')}, ${bound}`,
        detail: `${inWords(heatW, 'W')} of heat at ${inWords(flowLph, 'l/h')} in the mean of the day${temperatures}. First look for a bypass or a valve that stands open, then whether the control valve of the hot water hunts or leaks, whether radiators are balanced, and whether the heat exchanger is fouled.`,
        facts: {
          unit: 'K',
          value: Math.round(deltaC * 10) / 10,
          limit: settings.minDeltaC,
          ...(usual === undefined ? {} : { usual: Math.round(usual.expected * 10) / 10 }),
          heatW: Math.round(heatW),
          flowLph: Math.round(flowLph),
          ...(returnC === undefined ? {} : { returnC: Math.round(returnC * 10) / 10 }),
          ...(outdoorC === undefined ? {} : { outdoorC: Math.round(outdoorC * 10) / 10 }),
        },
      },
      learn: () => learnDay(days, deltaC, drivers),
      memories: ['delta'],
    },
  ];
}
