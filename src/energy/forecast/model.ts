import type { Arena } from './arena.ts';
import { type BandPlace, createBands } from './bands.ts';
import { DAY_KINDS, type StepCalendar } from './calendar.ts';
import { createFeatures, PRIOR_WEIGHTS, ROWS, rows } from './features.ts';
import { createLeads, HOURS_BEFORE, LEAD_GROUPS } from './leads.ts';
import { createMisses } from './misses.ts';
import { createProfiles } from './profiles.ts';
import { createReach } from './reach.ts';
import { createRecentMeans } from './recent-means.ts';
import { createRings } from './rings.ts';
import { settings } from './settings.ts';
import { createUnrest } from './unrest.ts';
import { createWeights } from './weights.ts';

/** A week before the farthest lead that is learnt from (a week), and a day. */
const RING_DAYS = 15;
/** The weights' parts of the week: so many of a day, of working and of rest days. */
const DAY_PARTS = 4;
const PARTS = 2 * DAY_PARTS;
const HOURS = 24;
/** Solving costs as much as a day of learning; after a season weights change little in four days. */
const [SOLVE_DAYS, SEASON_DAYS, LATER_SOLVE_DAYS] = [2, 90, 4];

/** What is learnt of a load, by wall steps and on the load's scale. */
export type Model = {
  /** NaN: missing; a step that the clock shows again counts as well. */
  readonly add: (wall: number, load: number, heatingC: number) => void;
  /** Writes the quantiles of a step, `lead` real steps after the last one added. What is missing last is a longer lead. */
  readonly ahead: (step: { wall: number; lead: number; heatingC: number }, quantiles: Float64Array) => void;
  /** How many loads were known so far. */
  readonly known: () => number;
  /** The steps that are remembered, oldest first; NaN is missing. */
  readonly recent: () => Iterable<{ readonly wall: number; readonly load: number }>;
};

export function createModel(arena: Arena, calendar: StepCalendar): Model {
  const { stepsPerDay, stepsPerHour, weekSlotOf, kindOf, hourOf } = calendar;
  const ringSteps = RING_DAYS * stepsPerDay;
  const profiles = createProfiles(arena, calendar);
  const rings = createRings(arena, ROWS, ringSteps);
  const means = createRecentMeans(arena, stepsPerHour);
  const misses = createMisses(arena, stepsPerHour);
  const unrest = createUnrest(arena, stepsPerHour);
  const reach = createReach(arena, stepsPerDay);
  const leads = createLeads(stepsPerHour);
  const bands = createBands(arena, LEAD_GROUPS, stepsPerHour);
  const weightOptions = {
    parts: PARTS,
    prior: PRIOR_WEIGHTS,
    priorExamples: settings.priorExamples,
    sharedExamples: settings.sharedExamples,
    // A part has its share of the steps.
    keep: Math.exp(-PARTS / (settings.memoryDays * stepsPerDay)),
  };
  const weights = Array.from({ length: LEAD_GROUPS }, () => createWeights(arena, weightOptions));
  const features = createFeatures(calendar, profiles, rings);
  const count = arena.take(1);
  const known = () => count[0] ?? 0;
  /** The last step of which the load is known, and how many real steps have passed since. */
  const lastKnown = arena.take(1, Number.NaN);
  const missing = arena.take(1);
  const place: BandPlace = { group: 0, hour: 0, isRest: false, unrest: 1, height: 0.5 };

  /** `middle`: what was forecast of the step at the origin. */
  const placeAt = (group: number, weekSlot: number, origin: number, middle: number): BandPlace => {
    place.group = group;
    place.hour = hourOf(weekSlot);
    place.isRest = kindOf(weekSlot) > 0;
    place.unrest = unrest.at(rings, origin);
    place.height = reach.heightOf(rings, origin, middle);
    return place;
  };
  const partAt = (weekSlot: number) =>
    Math.floor((hourOf(weekSlot) * DAY_PARTS) / HOURS) + (kindOf(weekSlot) > 0 ? DAY_PARTS : 0);

  /** Compares a load with what would have been said of it, once for each group of leads. */
  const learn = (wall: number, load: number, heatingC: number): void => {
    const weekSlot = weekSlotOf(wall);
    const part = partAt(weekSlot);
    const scale = means.scale();
    const target = (load - profiles.usual(weekSlot)) / scale;
    const solveDays = known() < SEASON_DAYS * stepsPerDay ? SOLVE_DAYS : LATER_SOLVE_DAYS;
    const solvesNow = known() % (solveDays * stepsPerDay);
    let [sizes, forecasts] = [0, 0];
    for (const [group, groupWeights] of weights.entries()) {
      const lead = leads.sample(group, known());
      if (known() < lead + stepsPerDay) continue;
      const x = features({ wall, origin: wall - lead, scale, heatingC });
      const error = target - groupWeights.predict(part, x);
      const at = placeAt(group, weekSlot, wall - lead, load - error * scale);
      sizes += bands.learn(at, error * scale, scale);
      forecasts += 1;
      if (group === HOURS_BEFORE) misses.add(cut(error) * scale);
      const trust = Math.min(settings.huberScales / Math.abs(error), 1);
      groupWeights.learn(part, x, { target, trust });
      if (solvesNow === group) groupWeights.solve();
    }
    if (forecasts > 0) unrest.add(sizes / forecasts);
  };

  const remember = (wall: number, load: number, heatingC: number): void => {
    const weekSlot = weekSlotOf(wall);
    const before = profiles.usual(weekSlot);
    const usual = Number.isNaN(before) ? load : before;
    means.add(load - usual, usual);
    rings.set(rows.load, wall, load);
    rings.set(rows.deviation, wall, load - usual);
    profiles.add(weekSlot, load, heatingC);
    reach.add(load, profiles.level());
    count[0] = known() + 1;
    lastKnown[0] = wall;
  };

  return {
    known,
    add: (wall, load, heatingC) => {
      const isKnown = !Number.isNaN(load);
      if (isKnown && known() > 0) learn(wall, load, heatingC);
      rings.open(wall);
      if (isKnown) remember(wall, load, heatingC);
      missing[0] = isKnown ? 0 : (missing[0] ?? 0) + 1;
      for (const kept of [means, misses, unrest, reach]) kept.keep(rings, wall);
      const step = weekSlotOf(wall) % stepsPerDay;
      for (let kind = 0; kind < DAY_KINDS; kind += 1) {
        rings.set(rows.kinds + kind, wall, profiles.byKind(kind, step));
      }
    },
    ahead: ({ wall, lead, heatingC }, quantiles) => {
      const weekSlot = weekSlotOf(wall);
      const group = leads.groupOf(lead + (missing[0] ?? 0));
      const scale = means.scale();
      const origin = lastKnown[0] ?? Number.NaN;
      const x = features({ wall, origin, scale, heatingC });
      const middle = profiles.usual(weekSlot) + (weights[group]?.predict(partAt(weekSlot), x) ?? 0) * scale;
      bands.around(placeAt(group, weekSlot, origin, middle), middle, scale, quantiles);
    },
    recent: function* () {
      for (let wall = rings.newest() - ringSteps + 1; wall <= rings.newest(); wall += 1) {
        yield { wall, load: rings.at(rows.load, wall) };
      }
    },
  };
}

function cut(scales: number): number {
  return Math.min(Math.max(scales, -settings.cutScales), settings.cutScales);
}
