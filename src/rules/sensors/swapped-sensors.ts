import { z } from 'zod';
import { MAD_TO_SIGMA, median } from '../../anomaly/median.ts';
import { type Day, daysOf, learnDay } from '../../anomaly/usual-days.ts';
import { DAY_MS } from '../../domain/interval.ts';
import { type DayVerdict, dayParameters, dayRule, type Memory } from '../days/day-rule.ts';
import type { DayView } from '../days/day-view.ts';
import { integer, number } from '../parameters.ts';

const parameters = z.strictObject({
  ...dayParameters,
  difference: number(0.1, 20)
    .default(0.3)
    .describe('the difference of two rooms has changed by at least this, °C, …'),
  spreads: number(0, 100).default(2.5).describe('… by so many spreads of ordinary days, …'),
  recentDays: integer(2, 14).default(3).describe('… on each of so many days'),
  minDays: integer(5, 35).default(6).describe('judged once so many days before those are known'),
});
type SwappedSensors = z.infer<typeof parameters>;

/** A spread is no less than what sensors agree to in the mean of a day, °C. */
const LEAST_SPREAD_C = 0.05;
/** Two that were exchanged move by as much as each other; what one moves less is what the sensors themselves differ by. */
const BALANCE = 0.25;
/** What they differ by is then the other way round, but for that. */
const REVERSED = 0.7;

export const swappedSensors = dayRule({
  type: 'swapped-sensors',
  doc: `Two room sensors of a building that have been exchanged (after a change of batteries, a painter, a mistake in the register):
from one day to the next one becomes warmer and the other colder by as much, and what they differed by is reversed, while the other
rooms stay. Rooms that are equally warm cannot be told apart. Needs a third room.`,
  parameters,
  sees: ({ role, quantity }) => role === 'room' && quantity === 'airTemperatureC',
  judge,
});

function judge(view: DayView, memory: Memory, settings: SwappedSensors): readonly DayVerdict[] {
  const rooms = [...view.rooms('airTemperatureC', [24, 0])];
  if (rooms.length < 3) return [];
  const day = Math.round(view.endMs / DAY_MS);
  for (const [room, meanC] of rooms) learnDay(memory(room), meanC, [day]);
  const known = new Map(rooms.map(([room]) => [room, byDay(daysOf(memory(room)))]));
  const knownOf = (room: string) => known.get(room) ?? new Map<number, number>();
  const pairs = rooms.flatMap(([a], i) =>
    rooms.slice(i + 1).flatMap(([b]) => {
      const others = rooms.filter(([room]) => room !== a && room !== b).map(([room]) => knownOf(room));
      const found = exchanged(knownOf(a), knownOf(b), others, settings);
      return found === undefined ? [] : [{ a, b, ...found }];
    }),
  );
  return rooms.map(([room]) => {
    const own = pairs
      .filter(({ a }) => a === room)
      .toSorted((one, two) => Math.abs(two.changeC) - Math.abs(one.changeC))[0];
    return {
      space: room,
      isOdd: own !== undefined,
      isUsual: own === undefined,
      told: {
        title: `Sensors of ${room} and ${own?.b} seem to be exchanged`,
        detail: `${room} was ${inC(own?.usualC)} above ${own?.b} and is ${inC(own?.nowC)} above it for days, and each has moved by as much as the other. Likely the two sensors changed places, or their rows in the register of devices did. First read the number on both, then correct the register; what was told of either room since is about the other.`,
        facts: {
          rooms: [room, own?.b ?? ''],
          other: own?.b ?? '',
          value: round(own?.nowC),
          usual: round(own?.usualC),
          unit: '°C',
        },
      },
      over: {
        title: `${room} is as warm beside the other rooms as it used to be`,
        detail: 'Either the sensors were put back, or it has become usual.',
      },
      learn: () => {},
      memories: [],
    };
  });
}

/** What is remembered of a room: the mean of each day, °C. */
type Days = ReadonlyMap<number, number>;

function byDay(days: readonly Day[]): Days {
  return new Map(days.map(([meanC = 0, day = 0]) => [day, meanC]));
}

/** Have two rooms changed places on the newest days, as the others have it? */
function exchanged(
  ofA: Days,
  ofB: Days,
  others: readonly Days[],
  { difference, spreads, recentDays, minDays }: SwappedSensors,
): { readonly usualC: number; readonly nowC: number; readonly changeC: number } | undefined {
  const days = [...ofA].flatMap(([day, a]) => {
    const b = ofB.get(day);
    return b === undefined ? [] : [{ day, a, b, by: a - b }];
  });
  const [before, now] = [days.slice(0, -recentDays), days.slice(-recentDays)];
  if (before.length < minDays) return undefined;
  const [usualC, nowC] = [before, now].map((of) => median(of.map(({ by }) => by)));
  if (usualC === undefined || nowC === undefined) return undefined;
  const changeC = nowC - usualC;
  const spread = Math.max(
    MAD_TO_SIGMA * median(before.map(({ by }) => Math.abs(by - usualC))),
    LEAST_SPREAD_C,
  );
  if (Math.abs(changeC) < Math.max(difference, spreads * spread)) return undefined;
  if (Math.abs(nowC + usualC) > REVERSED * Math.abs(changeC)) return undefined;
  if (now.some(({ by }) => (by - usualC) / changeC < 0.5)) return undefined;
  const above = (of: typeof days, name: 'a' | 'b') =>
    median(
      of.flatMap((one) => {
        const rest = others.flatMap((room) => room.get(one.day) ?? []);
        return rest.length === 0 ? [] : [one[name] - median(rest)];
      }),
    );
  const moveA = above(now, 'a') - above(before, 'a');
  const moveB = above(now, 'b') - above(before, 'b');
  const [less, more] = [Math.abs(moveA), Math.abs(moveB)].toSorted((one, two) => one - two);
  const isOpposite = moveA * moveB < 0 && (less ?? 0) >= BALANCE * (more ?? 0);
  return isOpposite ? { usualC, nowC, changeC } : undefined;
}

function inC(value: number | undefined): string {
  return `${round(value)} °C`;
}

function round(value = 0): number {
  return Math.round(value * 10) / 10;
}
