import type { StepCalendar } from './calendar.ts';
import type { Profiles } from './profiles.ts';
import type { Rings } from './rings.ts';
import { settings } from './settings.ts';

/** Rows of what is remembered by step. The last three are the profile by kind of day, as it was then. */
export const rows = {
  load: 0,
  deviation: 1,
  lastDay: 2,
  lastHours: 3,
  lastStep: 4,
  lastWeek: 5,
  kinds: 6,
} as const;
export const ROWS = 9;

/** The weight of each feature before anything is learnt. */
export const PRIOR_WEIGHTS = [0, 0.1, 0.1, 0.1, 0.1, 0.1, 0, 0, 0, 0, 0] as const;

export type FeatureSources = {
  readonly calendar: StepCalendar;
  readonly profiles: Profiles;
  readonly rings: Rings;
};

/**
 * What speaks for a deviation from the usual load at a step, in units of `scale`; what is unknown says 0. `origin` is the
 * last step that is known: of a past origin nothing later is used, so what is learnt from it is what was to be learnt.
 */
export function createFeatures({ calendar, profiles, rings }: FeatureSources) {
  const { stepsPerDay, stepsPerWeek, stepsPerHour, weekSlotOf, kindSlotOf } = calendar;
  const fadeHours = 1 / (settings.fadeLastHours * stepsPerHour);
  const fadeStep = 1 / (settings.fadeLastStepHours * stepsPerHour);
  const out = new Float64Array(PRIOR_WEIGHTS.length);
  return (wall: number, origin: number, scale: number, heatingC: number): Float64Array => {
    const slot = weekSlotOf(wall);
    const kindSlot = kindSlotOf(slot);
    const kind = Math.floor(kindSlot / stepsPerDay);
    const usual = profiles.usual(slot);
    const lead = wall - origin;
    // The same time on the last day, and in the last week, that is known.
    const dayBefore = wall - Math.max(Math.ceil(lead / stepsPerDay), 1) * stepsPerDay;
    const weekBefore = wall - Math.max(Math.ceil(lead / stepsPerWeek), 1) * stepsPerWeek;
    const isSameKind = Math.floor(kindSlotOf(weekSlotOf(dayBefore)) / stepsPerDay) === kind;
    const dayDeviation = known(rings.at(rows.deviation, dayBefore) / scale);
    out[0] = 1;
    out[1] = known((profiles.fast(slot) - usual) / scale);
    out[2] = known((rings.at(rows.kinds + kind, dayBefore) - usual) / scale);
    out[3] = known((rings.at(rows.load, weekBefore) - usual) / scale);
    out[4] = isSameKind ? dayDeviation : 0;
    out[5] = isSameKind ? 0 : dayDeviation;
    out[6] = known(rings.at(rows.lastDay, origin) / scale);
    out[7] = known(rings.at(rows.lastHours, origin) / scale) * Math.exp((1 - lead) * fadeHours);
    out[8] = known(rings.at(rows.lastStep, origin) / scale) * Math.exp((1 - lead) * fadeStep);
    out[9] = known(rings.at(rows.lastWeek, origin) / scale);
    out[10] = known(heatingC - profiles.heating(slot));
    return out;
  };
}

function known(value: number): number {
  return Number.isNaN(value) ? 0 : value;
}
