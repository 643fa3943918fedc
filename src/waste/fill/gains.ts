import type { Container } from './container.ts';
import {
  countGain,
  createGainCounts,
  GAIN_STEPS,
  type GainCounts,
  passShares,
  writeTail,
} from './gain-shares.ts';
import { settings } from './settings.ts';

/** What a day brings a container, by weekday, learned from it and, while it is new, from its group and all others. */
export interface Gains {
  /** Counts a day's gain, % points, that ended on a weekday (0 … 6). */
  add(
    container: Container,
    gain: { levelPct: number; gainPct: number; weekday: number; weight: number },
  ): void;
  /** They hold until the next call, which writes to the same arrays. */
  tails(container: Container): Tails;
}

/** Chance of a gain of at least k steps in a day. */
export type Tails = {
  /** By the weekday on which the day ends. */
  readonly ofWeekday: readonly Float64Array[];
  readonly ofAnyDay: Float64Array;
};

const PRIOR = new Float64Array(GAIN_STEPS).fill(settings.priorPassShare);
const WEEKDAYS = 7;

export function createGains(): Gains {
  const shared = createSlots();
  const groups = new Map<string, GainCounts>();
  const own = new Map<Container, Slots>();
  const tails = {
    ofWeekday: Array.from({ length: WEEKDAYS }, () => new Float64Array(GAIN_STEPS + 1)),
    ofAnyDay: new Float64Array(GAIN_STEPS + 1),
  };
  const [all, alike, ownAll, day, expected, ownDay] = [room(), room(), room(), room(), room(), room()];
  return {
    add: (container, { weekday, ...gain }) => {
      const slots = own.get(container) ?? createSlots();
      own.set(container, slots);
      const { group } = container;
      const ofGroup = group === undefined ? undefined : (groups.get(group) ?? createGainCounts());
      if (group !== undefined && ofGroup) groups.set(group, ofGroup);
      for (const counts of [shared.all, ofGroup, shared.days[weekday]]) {
        if (counts) countGain(counts, gain, 0);
      }
      for (const counts of [slots.all, slots.days[weekday]]) {
        if (counts) countGain(counts, gain, settings.forget);
      }
    },
    tails: (container) => {
      const slots = own.get(container);
      const ofGroup = container.group === undefined ? undefined : groups.get(container.group);
      passShares(shared.all, { expected: PRIOR, strength: settings.gainStrength }, all);
      const like = ofGroup
        ? passShares(ofGroup, { expected: all, strength: settings.gainSlotStrength }, alike)
        : all;
      const strength = settings.gainContainerStrength;
      const anyDay = slots ? passShares(slots.all, { expected: like, strength }, ownAll) : like;
      writeTail(anyDay, tails.ofAnyDay);
      for (let weekday = 0; weekday < WEEKDAYS; weekday += 1) {
        const tail = tails.ofWeekday[weekday];
        const sharedDay = shared.days[weekday];
        const slot = slots?.days[weekday];
        if (!tail || !sharedDay) continue;
        passShares(sharedDay, { expected: all, strength: settings.gainSlotStrength }, day);
        // The weekday moves a container's days as it moves all containers', until its own are known.
        moveOdds(anyDay, { to: day, from: all }, expected);
        writeTail(slot ? passShares(slot, { expected, strength }, ownDay) : expected, tail);
      }
      return tails;
    },
  };
}

type Slots = { readonly all: GainCounts; readonly days: readonly GainCounts[] };

function createSlots(): Slots {
  return { all: createGainCounts(), days: Array.from({ length: WEEKDAYS }, createGainCounts) };
}

function room(): Float64Array {
  return new Float64Array(GAIN_STEPS);
}

/** The odds of each share, times how much the odds of `to` are those of `from`; as shares, written to `into`. */
function moveOdds(
  shares: Float64Array,
  { to, from }: { readonly to: Float64Array; readonly from: Float64Array },
  into: Float64Array,
): void {
  for (let step = 0; step < GAIN_STEPS; step += 1) {
    const share = shares[step] ?? 0;
    const toShare = to[step] ?? share;
    const fromShare = from[step] ?? share;
    const odds = (share / (1 - share)) * (toShare / (1 - toShare)) * ((1 - fromShare) / fromShare);
    into[step] = Number.isFinite(odds) ? Math.min(Math.max(odds / (1 + odds), 0.001), 0.999) : share;
  }
}
