import type { StepCalendar } from './calendar.ts';
import type { Profiles } from './profiles.ts';
import type { Rings } from './rings.ts';
import { settings } from './settings.ts';

/** Rows of what is remembered by step. Three, from `kinds` on, are the profile of each kind of day, as it was then. */
export const rows = {
  load: 0,
  deviation: 1,
  lastDay: 2,
  lastHours: 3,
  lastStep: 4,
  lastWeek: 5,
  kinds: 6,
  unrest: 9,
  highest: 10,
  lowest: 11,
  lastMiss: 12,
  lastMisses: 13,
} as const;
export const ROWS = 14;

/** The weight of each feature before anything is learnt. */
export const PRIOR_WEIGHTS = [
  0, 0.05, 0.3, 0.1, 0.06, 0.1, 0.05, 0.08, 0.2, 0.05, -0.1, 0.08, 0.15, 0.15, 0.15, 0.1, 0.01, 0, 0,
] as const;

/** A step to be forecast, from the last step that is known. */
export type Ahead = {
  readonly wall: number;
  readonly origin: number;
  /** What a feature is measured in: the mean size of a deviation. */
  readonly scale: number;
  readonly heatingC: number;
};

const MOST_SHAPE = 3;
/** What happens once in a blue moon must not rule the weights for ever. */
const MOST_SCALES = 12;

/**
 * What speaks for a deviation from the usual load at a step, in units of the scale; what is unknown says 0. Of an origin
 * in the past nothing later is used: what is learnt from it is what could have been known.
 */
export function createFeatures(calendar: StepCalendar, profiles: Profiles, rings: Rings) {
  const { stepsPerDay, stepsPerWeek, stepsPerHour, weekSlotOf, kindOf } = calendar;
  const fadeHours = 1 / (settings.fadeLastHours * stepsPerHour);
  const fadeStep = 1 / (settings.fadeLastStepHours * stepsPerHour);
  const out = new Float64Array(PRIOR_WEIGHTS.length);

  /** The usual load of a step as it was at the origin: one that came since has changed it. */
  const usualThen = (wall: number, origin: number): number => {
    const load = wall > origin ? rings.at(rows.load, wall) : Number.NaN;
    return Number.isNaN(load) ? profiles.usual(weekSlotOf(wall)) : load - rings.at(rows.deviation, wall);
  };
  /** A row a step before and after a step; where the one after was not known yet, `insteadOf` it. */
  const beside = (
    row: number,
    wall: number,
    origin: number,
    insteadOf: (after: number) => number,
  ): number => {
    const after = wall + 1;
    return (rings.at(row, wall - 1) + (after <= origin ? rings.at(row, after) : insteadOf(after))) / 2;
  };

  return ({ wall, origin, scale, heatingC }: Ahead): Float64Array => {
    const slot = weekSlotOf(wall);
    const kindRow = rows.kinds + kindOf(slot);
    const usual = profiles.usual(slot);
    // The hour that the clock shows twice may lie before the origin.
    const lead = Math.max(wall - origin, 1);
    // The same time on the last day, and in the last week, that is known.
    const dayBefore = wall - Math.ceil(lead / stepsPerDay) * stepsPerDay;
    const weekBefore = wall - Math.ceil(lead / stepsPerWeek) * stepsPerWeek;
    const isSameKind = kindOf(weekSlotOf(dayBefore)) === kindOf(slot);
    const dayDeviation = known(rings.at(rows.deviation, dayBefore) / scale);
    const lastDay = known(rings.at(rows.lastDay, origin) / scale);
    const lastWeek = known(rings.at(rows.lastWeek, origin) / scale);
    const level = Math.max(Math.abs(profiles.level()), 2 * scale);
    const shape = Math.min(Math.max(usual / level, 0), MOST_SHAPE) - 1;
    out[0] = 1;
    out[1] = known((profiles.fast(slot) - usual) / scale);
    out[2] = known((rings.at(kindRow, dayBefore) - usual) / scale);
    out[3] = known((rings.at(rows.load, weekBefore) - usual) / scale);
    out[4] = isSameKind ? dayDeviation : 0;
    out[5] = isSameKind ? 0 : dayDeviation;
    out[6] = known(rings.at(rows.deviation, dayBefore - stepsPerDay) / scale);
    out[7] = known(beside(rows.deviation, dayBefore, origin, () => 0) / scale);
    out[8] = lastDay;
    out[9] = lastDay * shape;
    out[10] = lastWeek;
    out[11] = lastWeek * shape;
    const [hoursLeft, stepLeft] = [Math.exp((1 - lead) * fadeHours), Math.exp((1 - lead) * fadeStep)];
    out[12] = known(rings.at(rows.lastHours, origin) / scale) * hoursLeft;
    out[13] = known(rings.at(rows.lastStep, origin) / scale) * stepLeft;
    // A profile is noisy where it has seen little: the steps beside smooth it.
    const around = usualThen(wall - 1, origin) + usualThen(wall + 1, origin);
    out[14] = known((around / 2 - usual) / scale);
    const dayEarlier = (after: number) => rings.at(kindRow, after - stepsPerDay);
    out[15] = known((beside(kindRow, dayBefore, origin, dayEarlier) - usual) / scale);
    out[16] = known(heatingC - profiles.heating(slot));
    out[17] = known(rings.at(rows.lastMiss, origin) / scale) * stepLeft;
    out[18] = known(rings.at(rows.lastMisses, origin) / scale) * hoursLeft;
    return out;
  };
}

function known(value: number): number {
  return Number.isNaN(value) ? 0 : Math.min(Math.max(value, -MOST_SCALES), MOST_SCALES);
}
