import type { Container } from './container.ts';
import {
  countGain,
  createGainCounts,
  GAIN_STEPS,
  type GainCounts,
  passShares,
  tailOf,
} from './gain-shares.ts';
import { settings } from './settings.ts';

/** What a day brings a container, by weekday, learned from it and, while it is new, from its group and all others. */
export interface Gains {
  /** Counts a day's gain, % points, that ended on a weekday (0 … 6). */
  add(
    container: Container,
    gain: { levelPct: number; gainPct: number; weekday: number; weight: number },
  ): void;
  /** Chance of a gain of at least k steps in a day that ends on the weekday; without one, of any day. */
  tail(container: Container, weekday?: number): Float64Array;
}

const PRIOR = new Float64Array(GAIN_STEPS).fill(settings.priorPassShare);

export function createGains(): Gains {
  const shared = createSlots();
  const groups = new Map<string, GainCounts>();
  const own = new Map<Container, Slots>();
  return {
    add: (container, { weekday, ...gain }) => {
      const slots = own.get(container) ?? createSlots();
      own.set(container, slots);
      const { group } = container;
      const ofGroup = group === undefined ? undefined : (groups.get(group) ?? createGainCounts());
      if (group !== undefined && ofGroup) groups.set(group, ofGroup);
      for (const [counts, forget] of [
        [shared.all, 0],
        [ofGroup, 0],
        [shared.days[weekday], 0],
        [slots.all, settings.forget],
        [slots.days[weekday], settings.forget],
      ] as const) {
        if (counts) countGain(counts, { ...gain, forget });
      }
    },
    tail: (container, weekday) => {
      const slots = own.get(container);
      const all = passShares(shared.all, PRIOR, settings.gainStrength);
      const ofGroup = container.group === undefined ? undefined : groups.get(container.group);
      const alike = ofGroup ? passShares(ofGroup, all, settings.gainSlotStrength) : all;
      const ownAll = slots ? passShares(slots.all, alike, settings.gainContainerStrength) : alike;
      const sharedDay = weekday === undefined ? undefined : shared.days[weekday];
      if (weekday === undefined || !sharedDay) return tailOf(ownAll);
      const day = passShares(sharedDay, all, settings.gainSlotStrength);
      // The weekday moves a container's days as it moves all containers', until its own are known.
      const expected = ownAll.map((share, step) => oddsTimes(share, day[step] ?? share, all[step] ?? share));
      const ownDay = slots?.days[weekday];
      return tailOf(ownDay ? passShares(ownDay, expected, settings.gainContainerStrength) : expected);
    },
  };
}

type Slots = { readonly all: GainCounts; readonly days: readonly GainCounts[] };

function createSlots(): Slots {
  return { all: createGainCounts(), days: Array.from({ length: 7 }, createGainCounts) };
}

/** The odds of `share`, times how much the odds of `to` are those of `from`; as a share. */
function oddsTimes(share: number, to: number, from: number): number {
  const odds = (share / (1 - share)) * (to / (1 - to)) * ((1 - from) / from);
  return Number.isFinite(odds) ? Math.min(Math.max(odds / (1 + odds), 0.001), 0.999) : share;
}
