import type { Arena } from './arena.ts';
import { DAY_KINDS, type StepCalendar } from './calendar.ts';
import { settings } from './settings.ts';

/** What is usual at each time: exponential means by step of the week and by kind of day. Unknown is NaN. */
export type Profiles = ReturnType<typeof createProfiles>;

export function createProfiles(arena: Arena, { stepsPerDay, stepsPerWeek, kindOf }: StepCalendar) {
  const fast = createMeans(arena, stepsPerWeek, settings.fastWeekShare);
  const slow = createMeans(arena, stepsPerWeek, settings.slowWeekShare);
  const byKind = createMeans(arena, DAY_KINDS * stepsPerDay, settings.dayShare);
  const byStep = createMeans(arena, stepsPerDay, settings.dayShare);
  const anytime = createMeans(arena, 1, 1 / (settings.levelDays * stepsPerDay));
  const heating = createMeans(arena, stepsPerWeek, settings.slowWeekShare);
  const kindSlotOf = (weekSlot: number) => kindOf(weekSlot) * stepsPerDay + (weekSlot % stepsPerDay);
  return {
    level: () => anytime.at(0),
    fast: (weekSlot: number) => fast.at(weekSlot),
    /** At a step of the day. */
    byKind: (kind: number, step: number) => byKind.at(kind * stepsPerDay + step),
    /** The mean heating degrees of the weeks that the usual load is the mean of. */
    heating: (weekSlot: number) => heating.at(weekSlot),
    /** The usual load; of a time of the week that was never seen, that of the same time on other days. */
    usual: (weekSlot: number): number => {
      const mean = slow.at(weekSlot);
      if (!Number.isNaN(mean)) return mean;
      const kin = byKind.at(kindSlotOf(weekSlot));
      if (!Number.isNaN(kin)) return kin;
      const anyDay = byStep.at(weekSlot % stepsPerDay);
      return Number.isNaN(anyDay) ? anytime.at(0) : anyDay;
    },
    add: (weekSlot: number, kw: number, heatingC: number): void => {
      fast.add(weekSlot, kw);
      slow.add(weekSlot, kw);
      byKind.add(kindSlotOf(weekSlot), kw);
      byStep.add(weekSlot % stepsPerDay, kw);
      anytime.add(0, kw);
      if (!Number.isNaN(heatingC)) heating.add(weekSlot, heatingC);
    },
  };
}

/** A plain mean at first, until the newest value's share has come down to `share`. */
export function createMeans(arena: Arena, length: number, share: number) {
  const means = arena.take(length, Number.NaN);
  const counts = arena.take(length);
  return {
    at: (slot: number): number => means[slot] ?? Number.NaN,
    add: (slot: number, value: number): void => {
      const count = (counts[slot] ?? 0) + 1;
      const mean = count === 1 ? 0 : (means[slot] ?? 0);
      counts[slot] = count;
      means[slot] = mean + Math.max(share, 1 / count) * (value - mean);
    },
  };
}
