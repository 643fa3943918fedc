import { z } from 'zod';
import { meanOf } from '../../anomaly/mean.ts';
import {
  daysOf,
  type Expectation,
  expectDay,
  keepDays,
  learnDay,
  type UsualDays,
} from '../../anomaly/usual-days.ts';
import { DAY_MS } from '../../domain/interval.ts';
import type { Register } from '../../domain/register.ts';
import {
  type DayVerdict,
  dayParameters,
  dayRule,
  heatedBelow,
  type Memory,
  type OthersMemory,
  unjudged,
} from '../days/day-rule.ts';
import type { DayView, Hours } from '../days/day-view.ts';
import { upperQuarter } from '../days/shared.ts';
import { inWords } from '../in-words.ts';
import { integer, number } from '../parameters.ts';
import { isSupplyOfRooms } from './hot-water-points.ts';

const parameters = z.strictObject({
  ...dayParameters,
  days: integer(1, 28).default(2).describe('so many odd days in a row'),
  minRoomC: number(0, 10).default(0.5).describe('… and by at least this, °C of room temperature, …'),
  minSupplyC: number(0, 50)
    .default(3)
    .describe('… or °C of the supply to the radiators, where it is measured'),
  heatingBelowC: heatedBelow('night'),
});
type HeatingCurve = z.infer<typeof parameters>;

/** Rooms are looked at by night: no sun, no cooking, windows shut. */
const NIGHT: Hours = [6, 0];
const ORDINARY = { roomC: 0.12, supplyC: 0.7, heat: 0.03 };
/** So many days in a row on which a room alone was odd are what is usual there: its sensor hangs elsewhere. */
const APART_DAYS = 14;
/** A sunny spell warms all houses: rooms are odd that are so many times as far off as the upper quarter of the other houses. */
const OF_OTHERS = 2;
/** Rooms that the sun warms take less heat and not more: the night's is against them by no more spreads than this. */
const LEAST_HEAT = -0.5;

export const heatingCurve = dayRule({
  type: 'heating-curve',
  doc: `The house as a whole is warmer or colder than it used to be in such weather: the heating curve was changed, or is wrong
since something else was. Most of the rooms with a sensor must say so (one alone is a valve or a sensor), or the temperature
of the supply to the radiators, where it is measured. Rooms must be twice as far off as those of the upper quarter of the other houses, which
sunny days warm as well. Needs an outdoor thermometer somewhere in the organisation.`,
  parameters,
  sees: (point, register) =>
    (point.role === 'room' && point.quantity === 'airTemperatureC') ||
    (point.role === 'heatMain' && point.quantity === 'heatPowerW') ||
    isSupplyOfRooms(point, register),
  judge,
});

function judge(
  view: DayView,
  memory: Memory,
  settings: HeatingCurve,
  _: Register,
  others: OthersMemory,
): readonly DayVerdict[] {
  const [nightC, dayC] = [view.outdoorC([8, 0]), view.outdoorC([32, 8])];
  if (nightC === undefined || dayC === undefined) return [];
  // When nothing is heated, no curve holds.
  if (nightC > settings.heatingBelowC) return [unjudged];
  const outdoor = [nightC, dayC];
  const supplyC = view.mean('submeter', 'supplyTemperatureC', NIGHT);
  const heatW = view.mean('heatMain', 'heatPowerW', NIGHT);
  const expect = (name: string, valueC: number, minSpread: number) =>
    expectDay(memory(name), valueC, outdoor, { minDays: settings.minDays, minSpread });
  const rooms = [...view.rooms('airTemperatureC', NIGHT)].map(([space, valueC]) => {
    const name = `room ${space}`;
    return { name, valueC, found: expect(name, valueC, ORDINARY.roomC) };
  });
  type Room = (typeof rooms)[number];
  /** A sensor that drifts or is off is not what its room usually is: for weeks nothing could be said of it. */
  const learnRoom = ({ name, valueC, found }: Room) => {
    const apart = memory(`apart ${name}`);
    if (Math.abs(found?.z ?? 0) < settings.spreads) {
      keepDays(apart, []);
      learnDay(memory(name), valueC, outdoor);
      return;
    }
    learnDay(apart, valueC, outdoor);
    if (daysOf(apart).length < APART_DAYS) return;
    keepDays(memory(name), daysOf(apart));
    keepDays(apart, []);
  };
  const learn = () => {
    for (const room of rooms) learnRoom(room);
    if (supplyC !== undefined) learnDay(memory('supply'), supplyC, outdoor);
    if (heatW !== undefined) learnDay(memory('heat'), heatW, outdoor);
  };
  const heat = heatW === undefined ? undefined : expect('heat', heatW, ORDINARY.heat * Math.abs(heatW));
  const judged = rooms.flatMap(({ valueC, found }) => (found ? [{ valueC, ...found }] : []));
  const supply = supplyC === undefined ? undefined : expect('supply', supplyC, ORDINARY.supplyC);
  if (judged.length < 2 && supply === undefined) {
    learn();
    return [];
  }
  const most = mostSay(judged);
  const day = Math.floor(view.endMs / DAY_MS);
  if (most !== undefined) keepDays(memory('all'), [[Math.round(most.z * 10) / 10, day]]);
  const byRooms =
    most !== undefined &&
    Math.abs(most.z) >= settings.spreads &&
    Math.abs(most.riseC) >= settings.minRoomC &&
    (heat === undefined || heat.z * Math.sign(most.z) >= LEAST_HEAT) &&
    Math.abs(most.z) >= OF_OTHERS * ofOthers(others('all'), day, Math.sign(most.z));
  const supplyRiseC = supply === undefined || supplyC === undefined ? 0 : supplyC - supply.expected;
  const bySupply =
    supply !== undefined &&
    Math.abs(supply.z) >= settings.spreads &&
    Math.abs(supplyRiseC) >= settings.minSupplyC;
  const riseC = byRooms ? most.riseC : supplyRiseC;
  const isWarm = riseC > 0;
  const [what, usual] = byRooms
    ? [most.valueC, most.valueC - most.riseC]
    : [supplyC ?? 0, supply?.expected ?? 0];
  const place = byRooms ? 'rooms' : 'supply to the radiators';
  return [
    {
      isOdd: byRooms || bySupply,
      isUsual:
        Math.abs(most?.z ?? 0) < settings.spreads / 2 && Math.abs(supply?.z ?? 0) < settings.spreads / 2,
      told: {
        title: `Heating curve too ${isWarm ? 'high' : 'low'}: ${place} at ${inWords(what, '°C')} instead of ${inWords(usual, '°C')}`,
        detail: `at ${inWords(nightC, '°C')} outdoors the ${place} used to be at ${inWords(usual, '°C')} by night and are at ${inWords(what, '°C')}. ${
          isWarm
            ? 'Each degree too much costs about 5 % of the heat. First look whether somebody changed the curve or its parallel shift, then at the outdoor sensor (sun, snow, a loose wire) and the shunt valve.'
            : 'First look whether the curve was lowered, then at the pump, the shunt valve, the outdoor sensor and the delivery of heat.'
        }`,
        facts: {
          unit: '°C',
          value: Math.round(what * 10) / 10,
          usual: Math.round(usual * 10) / 10,
          outdoorC: Math.round(nightC * 10) / 10,
          rooms: judged.length,
          spreads: Math.round(Math.abs(byRooms ? most.z : (supply?.z ?? 0)) * 10) / 10,
        },
      },
      learn,
      memories: [...rooms.map(({ name }) => name), 'supply', 'heat'],
    },
  ];
}

/** How far off, in spreads, the upper quarter of the other houses is in the same direction: in this night, or the one before of those not looked at yet. */
function ofOthers(others: readonly UsualDays[], day: number, sign: number): number {
  return upperQuarter(
    others.flatMap((one) => daysOf(one).flatMap(([z = 0, of = 0]) => (of >= day - 1 ? [z * sign] : []))),
  );
}

/**
 * What more than half of the rooms agree on: of two both, of three two, of four three. Or their mean, when that says more and they say
 * half as much of it by themselves: what is common to all is seen before it is in each.
 */
function mostSay(rooms: readonly (Expectation & { readonly valueC: number })[]) {
  if (rooms.length < 2) return undefined;
  const sorted = rooms.toSorted((a, b) => a.z - b.z);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  const found = low !== undefined && low.z > 0 ? low : high !== undefined && high.z < 0 ? high : undefined;
  if (found === undefined) return undefined;
  const { z, valueC, expected } = found;
  const mean = {
    z: meanOf(rooms.map((room) => room.z)),
    valueC: meanOf(rooms.map((room) => room.valueC)),
    riseC: meanOf(rooms.map((room) => room.valueC - room.expected)),
  };
  return mean.z / z > 1 && mean.z / z < 2 ? mean : { z, valueC, riseC: valueC - expected };
}
