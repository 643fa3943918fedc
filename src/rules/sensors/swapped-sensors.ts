import { z } from 'zod';
import {
  type Beside,
  type DayMeans,
  isExchange,
  jointExchange,
  splitOf,
} from '../../anomaly/changed-places.ts';
import { type Day, daysOf, keepDays, learnDay } from '../../anomaly/usual-days.ts';
import { DAY_MS } from '../../domain/interval.ts';
import type { Quantity } from '../../domain/quantity.ts';
import { type DayVerdict, dayParameters, dayRule, type Memory } from '../days/day-rule.ts';
import type { DayView, Hours } from '../days/day-view.ts';
import { integer, number } from '../parameters.ts';
import { quantityLabel } from '../quantity-label.ts';

const parameters = z.strictObject({
  ...dayParameters,
  difference: number(0.1, 20)
    .default(0.4)
    .describe('the difference of two rooms has changed by at least this, °C, …'),
  spreads: number(0, 100).default(2.5).describe('… by so many spreads of ordinary days, …'),
  recentDays: integer(2, 14)
    .default(4)
    .describe('… on each of so many days, or all but one where it is clear'),
  minDays: integer(5, 35).default(6).describe('judged once so many days before those are known'),
});
type SwappedSensors = z.infer<typeof parameters>;

const DAY: Hours = [24, 0];
const NIGHT: Hours = [6, 0];
/** So many days are remembered of a room. */
const REMEMBERED = 24;
/** Of temperature alone: each moves by a quarter of what the other does, at least. */
const BY_WARMTH = { balance: 0.25, reversed: 0.85, daysAgainst: 0 };

/**
 * What rooms are known by. Air by the nights: who sleeps where is the same from night to night, what people do by day is
 * not. `leastSpread`: what sensors agree to in such a mean, `accuracy`: what they differ by in the same air.
 */
const known = [
  { quantity: 'airTemperatureC', hours: DAY, leastSpread: 0.05, accuracy: 0.15 },
  { quantity: 'relativeHumidityPct', hours: NIGHT, leastSpread: 1, accuracy: 2.5 },
  { quantity: 'co2Ppm', hours: NIGHT, leastSpread: 15, accuracy: 50 },
] as const satisfies readonly { quantity: Quantity; hours: Hours; leastSpread: number; accuracy: number }[];
const [TEMPERATURE] = known;

export const swappedSensors = dayRule({
  type: 'swapped-sensors',
  doc: `Two room sensors of a building that have been exchanged (after a change of batteries, a painter, a mistake in the register):
from one day to the next one becomes warmer and the other colder by as much, and what they differed by is reversed, while the other
rooms stay. Humidity and CO₂ of the nights count as well, where both rooms measure them: who are equally warm may differ in who
sleeps there. Rooms that differ in nothing cannot be told apart. Needs a third room.`,
  parameters,
  sees: ({ role, quantity }) => role === 'room' && known.some((one) => one.quantity === quantity),
  judge,
});

function judge(view: DayView, memory: Memory, settings: SwappedSensors): readonly DayVerdict[] {
  const means = known.map(({ quantity, hours }) => view.rooms(quantity, hours));
  const rooms = [...(means[0]?.keys() ?? [])];
  if (rooms.length < 3) return [];
  const day = Math.round(view.endMs / DAY_MS);
  for (const room of rooms) {
    const [meanC = 0, ...rest] = means.map((of) => of.get(room) ?? 0);
    const days = memory(room);
    learnDay(days, meanC, [day, ...rest]);
    keepDays(days, daysOf(days).slice(-REMEMBERED));
  }
  const all = new Map(rooms.map((room) => [room, byQuantity(daysOf(memory(room)))]));
  const of = (room: string, at: number): DayMeans => all.get(room)?.[at] ?? new Map();
  const pairs = rooms.flatMap((a, i) =>
    rooms.slice(i + 1).flatMap((b) => {
      const others = rooms.filter((room) => room !== a && room !== b);
      const besides = known.map(({ leastSpread, accuracy }, at): Beside => {
        const rest = others.map((room) => of(room, at)).filter(({ size }) => size > 0);
        return { a: of(a, at), b: of(b, at), others: rest, leastSpread, accuracy };
      });
      const found = exchanged(besides, settings);
      return found === undefined ? [] : [{ a, b, ...found }];
    }),
  );
  return rooms.map((room) => {
    const own = pairs
      .filter(({ a }) => a === room)
      .toSorted((one, two) => two.accuracies - one.accuracies)[0];
    return {
      space: room,
      isOdd: own !== undefined,
      isUsual: own === undefined,
      told: own === undefined ? NOTHING : toldOf(room, own),
      learn: () => {},
      memories: [],
    };
  });
}

const NOTHING = { title: '', detail: '', facts: {} };

type Found = {
  readonly quantity: Quantity;
  readonly usual: number;
  readonly now: number;
  /** How much it has changed, in what sensors differ by. */
  readonly accuracies: number;
};

function toldOf(
  room: string,
  { b, quantity, usual, now }: Found & { readonly b: string },
): DayVerdict['told'] {
  const { name, unit } = quantityLabel(quantity);
  const beside = (value: number) => `${round(Math.abs(value))} ${unit} ${value < 0 ? 'below' : 'above'}`;
  return {
    title: `Sensors of ${room} and ${b} seem to be exchanged`,
    detail: `${name} of ${room} was ${beside(usual)} that of ${b} and is ${beside(now)} it now, and each has moved by as much as the other. Likely the two sensors changed places, or their rows in the register of devices did. First read the number on both, then correct the register; what was told of either room since is about the other.`,
    facts: { rooms: [room, b], other: b, quantity, value: round(now), usual: round(usual), unit },
  };
}

/** What is remembered of a room, by quantity: the mean of each day. What was not measured is remembered as 0, which none of them is. */
function byQuantity(days: readonly Day[]): DayMeans[] {
  return known.map((_, at) => {
    const column = at === 0 ? 0 : at + 1;
    return new Map(
      days.flatMap((one): [number, number][] => {
        const [value = 0, day = 0] = [one[column], one[1]];
        return value === 0 ? [] : [[day, value]];
      }),
    );
  });
}

/** Have two rooms changed places on the newest days, as the others have it? By temperature, or by all that both measure. */
function exchanged(besides: readonly Beside[], settings: SwappedSensors): Found | undefined {
  const [warmth] = besides;
  const found = (at: number, { usual, now }: { readonly usual: number; readonly now: number }): Found => {
    const { quantity, accuracy } = known[at] ?? TEMPERATURE;
    return { quantity, usual, now, accuracies: Math.abs(now - usual) / accuracy };
  };
  const split = warmth && splitOf(warmth, settings);
  if (split && isExchange(warmth, split, BY_WARMTH)) {
    const { usual, now, spread } = split;
    if (Math.abs(now - usual) >= Math.max(settings.difference, settings.spreads * spread))
      return found(0, split);
  }
  const joint = jointExchange(besides, settings);
  return joint && found(joint.quantity, joint);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
