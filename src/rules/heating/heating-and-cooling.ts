import { z } from 'zod';
import { degreesBelow } from '../../anomaly/degree-days.ts';
import { median } from '../../anomaly/median.ts';
import { expectDay, learnDay } from '../../anomaly/usual-days.ts';
import { type DayVerdict, dayParameters, dayRule, type Memory } from '../days/day-rule.ts';
import type { DayView, Hours } from '../days/day-view.ts';
import { inWords } from '../in-words.ts';
import { integer, number } from '../parameters.ts';

const parameters = z.strictObject({
  ...dayParameters,
  days: integer(1, 28).default(2).describe('so many odd days in a row'),
  minRiseW: number(0, 10_000_000).default(500).describe('… and by at least this, W of electricity by night'),
  supportSpreads: number(0, 100)
    .default(2.5)
    .describe('the heat must be up, or the rooms colder, by so many spreads'),
  coolingBelowC: number(-20, 30)
    .default(10)
    .describe('what is cooled while it is colder than this outdoors is told, °C'),
  minCoolingW: number(0, 10_000_000)
    .default(1000)
    .describe('from this mean power on a cooling meter counts, W'),
});
type HeatingAndCooling = z.infer<typeof parameters>;

const NIGHT: Hours = [6, 0];
const DAY: Hours = [24, 0];
/** The least of so many hours of the night: what never goes away. */
const LEAST = 3;
const ROOM_SPREAD_C = 0.12;

export const heatingAndCooling = dayRule({
  type: 'heating-and-cooling',
  doc: `The house is heated and cooled at once. Where the cold is metered: cooling while the house is heated and it is cold
outdoors. Else by what shows of it: more electricity by night than the nights before (compressor, fans), together with more
heat than such weather needs, or rooms that are colder though they are heated. Needs an outdoor thermometer.`,
  parameters,
  sees: ({ role, quantity }) =>
    (role === 'room' && quantity === 'airTemperatureC') ||
    (role === 'heatMain' && quantity === 'heatPowerW') ||
    quantity === 'coolingEnergyWh' ||
    (role === 'electricityMain' && quantity === 'activePowerW'),
  judge,
});

function judge(view: DayView, memory: Memory, settings: HeatingAndCooling): readonly DayVerdict[] {
  const [nightC, dayC] = [view.outdoorC([8, 0]), view.outdoorC([32, 8])];
  if (nightC === undefined || dayC === undefined) return [];
  const outdoor = [degreesBelow(nightC), degreesBelow(dayC)];
  const heatW = view.mean('heatMain', 'heatPowerW', DAY);
  const coolingW =
    (view.mean('submeter', 'coolingEnergyWh', DAY) ?? 0) +
    (view.mean('heatMain', 'coolingEnergyWh', DAY) ?? 0);
  const baseW = view.lowest('electricityMain', 'activePowerW', NIGHT, LEAST);
  const rooms = [...view.rooms('airTemperatureC', NIGHT)];
  const { minDays } = settings;
  const expect = (name: string, value: number | undefined, minSpread: number) =>
    value === undefined ? undefined : expectDay(memory(name), value, outdoor, { minDays, minSpread });
  const learn = () => {
    if (baseW !== undefined) learnDay(memory('base'), baseW, outdoor);
    if (heatW !== undefined) learnDay(memory('heat'), heatW, outdoor);
    for (const [space, valueC] of rooms) learnDay(memory(`room ${space}`), valueC, outdoor);
  };
  const isMetered =
    nightC < settings.coolingBelowC && coolingW >= settings.minCoolingW && (heatW ?? 0) > coolingW / 10;
  const base = expect('base', baseW, Math.max(0.03 * Math.abs(baseW ?? 0), 50));
  const heat = expect('heat', heatW, 0.03 * (heatW ?? 0));
  const roomZ = median(
    rooms.flatMap(([space, valueC]) => expect(`room ${space}`, valueC, ROOM_SPREAD_C)?.z ?? []),
  );
  if (base === undefined && !isMetered) {
    learn();
    return [];
  }
  const riseW = baseW === undefined || base === undefined ? 0 : baseW - base.expected;
  const isUp = base !== undefined && base.z >= settings.spreads && riseW >= settings.minRiseW;
  const heatZ = heat?.z ?? 0;
  const isHeated = (heatW ?? 0) > 0 && outdoor[0] !== 0;
  const isSupported = isHeated && (heatZ >= settings.supportSpreads || -roomZ >= settings.supportSpreads);
  const cold =
    Number.isFinite(roomZ) && roomZ < 0
      ? ', and the rooms are colder than they used to be in such weather'
      : '';
  const cause = isMetered
    ? `${inWords(coolingW, 'W')} of cooling and ${inWords(heatW ?? 0, 'W')} of heat at ${inWords(nightC, '°C')} outdoors.`
    : `${inWords(baseW ?? 0, 'W')} of electricity by night, usual are ${inWords(base?.expected ?? 0, 'W')}; ${inWords(heatW ?? 0, 'W')} of heat, usual are ${inWords(heat?.expected ?? 0, 'W')} at ${inWords(nightC, '°C')} outdoors${cold}.`;
  return [
    {
      isOdd: isMetered || (isUp && isSupported),
      isUsual: !isMetered && (base?.z ?? 0) < settings.spreads / 2,
      told: {
        title: `Heating and cooling at once: ${isMetered ? `${inWords(coolingW, 'W')} of cooling` : `${inWords(riseW, 'W')} more electricity by night`} while the house is heated`,
        detail: `${cause} First look at the set-points of the ventilation (cooling must start some degrees above where heating ends), then whether a cooling valve leaks or a controller stands on manual.`,
        facts: {
          unit: 'W',
          value: Math.round(isMetered ? coolingW : (baseW ?? 0)),
          usual: Math.round(isMetered ? 0 : (base?.expected ?? 0)),
          heatW: Math.round(heatW ?? 0),
          heatUsualW: Math.round(heat?.expected ?? 0),
          outdoorC: Math.round(nightC * 10) / 10,
          spreads: Math.round((base?.z ?? 0) * 10) / 10,
        },
      },
      learn,
      memories: ['base', 'heat', ...rooms.map(([space]) => `room ${space}`)],
    },
  ];
}
