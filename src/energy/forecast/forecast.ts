import { createArena } from './arena.ts';
import { type BandPlace, createBands, QUANTILE_LEVELS } from './bands.ts';
import { type CalendarOptions, createStepCalendar } from './calendar.ts';
import { createFeatures, PRIOR_WEIGHTS, ROWS, rows } from './features.ts';
import { createLeads, LEAD_GROUPS } from './leads.ts';
import { createProfiles } from './profiles.ts';
import { createRecentMeans } from './recent-means.ts';
import { createRings } from './rings.ts';
import { settings } from './settings.ts';
import { createTemperature } from './temperature.ts';
import { createWeights } from './weights.ts';
import { createZeroRuns } from './zero-runs.ts';

/** Mean power of a step ahead, kW. */
export type ForecastStep = {
  readonly fromMs: number;
  readonly toMs: number;
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
  /** The expected load; of a skewed load it is not the median. */
  readonly mean: number;
  /** At `QUANTILE_LEVELS` (bands.ts), in order. */
  readonly quantiles: readonly number[];
};

/** All that a forecaster has learnt, as plain JSON: of a fixed size, some 80 kB for hours and 250 kB for quarter-hours. */
export type ForecasterSnapshot = {
  readonly version: number;
  readonly zone: string;
  readonly stepMs: number;
  readonly state: string;
};

/** Forecasts one load from its own past. It knows no clock: now is the end of the step that was added last. */
export type Forecaster = {
  /**
   * The mean power of the step that begins at `fromMs` (NaN: missing), and the outdoor temperature if it is known. Steps
   * come in order, those left out are missing. Throws `RangeError` for a step of the past or off the grid of the first.
   */
  readonly add: (fromMs: number, kw: number, temperatureC?: number) => void;
  /**
   * The steps from now on; none while no load is known. `temperaturesC`: somebody else's forecast of the outdoor
   * temperature, by step; without it, it is guessed from what was seen.
   */
  readonly forecast: (steps: number, temperaturesC?: readonly number[]) => readonly ForecastStep[];
  readonly snapshot: () => ForecasterSnapshot;
};

const VERSION = 1;
/** Longer ago than any lag: of a longer gap nothing is remembered that would tell it from this one. */
const LONGEST_GAP_DAYS = 35;
/** A week before the farthest lead that is learnt from (a week), and a day. */
const RING_DAYS = 15;

export function createForecaster(options: CalendarOptions): Forecaster {
  return openForecaster(options).forecaster;
}

/** Goes on from a snapshot; undefined when it is of another zone, step or version: learn anew. */
export function restoreForecaster(
  options: CalendarOptions,
  { version, zone, stepMs, state }: ForecasterSnapshot,
): Forecaster | undefined {
  if (version !== VERSION || zone !== options.zone || stepMs !== options.stepMs) return undefined;
  const { arena, forecaster } = openForecaster(options);
  return arena.load(state) ? forecaster : undefined;
}

function openForecaster(options: CalendarOptions) {
  const { stepMs, zone } = options;
  const arena = createArena();
  const calendar = createStepCalendar(options);
  const { stepsPerDay, stepsPerHour, wallOf, weekSlotOf, kindSlotOf } = calendar;
  const profiles = createProfiles(arena, calendar);
  const rings = createRings(arena, ROWS, RING_DAYS * stepsPerDay);
  const means = createRecentMeans(arena, stepsPerHour);
  const temperature = createTemperature(arena, stepsPerHour);
  const zeroRuns = createZeroRuns(arena, stepsPerDay);
  const leads = createLeads(stepsPerHour);
  const bands = createBands(arena, LEAD_GROUPS);
  const keep = Math.exp(-1 / (settings.memoryDays * stepsPerDay));
  const weights = Array.from({ length: LEAD_GROUPS }, () =>
    createWeights(arena, { prior: PRIOR_WEIGHTS, priorExamples: settings.priorSteps, keep }),
  );
  const features = createFeatures({ calendar, profiles, rings });
  const next = arena.take(1, Number.NaN);
  const known = arena.take(1);
  const place: BandPlace = { group: 0, hour: 0, isRest: false };

  const placeOf = (group: number, weekSlot: number): BandPlace => {
    place.group = group;
    place.hour = Math.floor((weekSlot % stepsPerDay) / stepsPerHour);
    place.isRest = kindSlotOf(weekSlot) >= stepsPerDay;
    return place;
  };

  /** Compares the load with what would have been said of it, once for each group of leads. */
  const learn = (wall: number, weekSlot: number, kw: number): void => {
    const scale = means.scale();
    const usual = profiles.usual(weekSlot);
    const count = known[0] ?? 0;
    for (const [group, groupWeights] of weights.entries()) {
      const lead = leads.sample(group, count);
      if (count < lead + stepsPerDay) continue;
      const x = features(wall, wall - lead, scale, temperature.heatingC());
      const target = (kw - usual) / scale;
      const error = target - groupWeights.predict(x);
      bands.learn(placeOf(group, weekSlot), error * scale, scale);
      groupWeights.learn(x, target, Math.min(settings.huberScales / Math.abs(error), 1));
      if (count % stepsPerDay === group) groupWeights.solve();
    }
  };

  const addStep = (fromMs: number, kw: number, temperatureC: number): void => {
    const wall = wallOf(fromMs);
    const weekSlot = weekSlotOf(wall);
    next[0] = fromMs + stepMs;
    temperature.add(Math.floor((weekSlot % stepsPerDay) / stepsPerHour), temperatureC);
    const isKnown = !Number.isNaN(kw) && !zeroRuns.isDoubted(kw, () => rings.rowOf(rows.load));
    if (isKnown && (known[0] ?? 0) > 0) learn(wall, weekSlot, kw);
    rings.open(wall);
    if (isKnown) {
      known[0] = (known[0] ?? 0) + 1;
      const before = profiles.usual(weekSlot);
      const usual = Number.isNaN(before) ? kw : before;
      means.add(kw - usual, usual);
      rings.set(rows.load, wall, kw);
      rings.set(rows.deviation, wall, kw - usual);
      profiles.add(weekSlot, kw, temperature.heatingC());
    }
    means.keep(rings, wall);
    const step = weekSlot % stepsPerDay;
    for (let kind = 0; rows.kinds + kind < ROWS; kind += 1) {
      rings.set(rows.kinds + kind, wall, profiles.byKind(kind * stepsPerDay + step));
    }
  };

  const add = (fromMs: number, kw: number, temperatureC = Number.NaN): void => {
    const expected = next[0] ?? Number.NaN;
    if (fromMs < expected || (fromMs - expected) % stepMs > 0) {
      throw new RangeError(
        `a step at ${fromMs} after those up to ${expected}: steps of ${stepMs} ms in order`,
      );
    }
    const from = Math.max(expected, fromMs - LONGEST_GAP_DAYS * stepsPerDay * stepMs);
    for (let missing = from; missing < fromMs; missing += stepMs) addStep(missing, Number.NaN, Number.NaN);
    addStep(fromMs, kw, temperatureC);
  };

  const forecast = (steps: number, temperaturesC: readonly number[] = []): readonly ForecastStep[] => {
    if (known[0] === 0) return [];
    const scale = means.scale();
    const origin = rings.newest();
    const heatingAt = temperature.ahead();
    const quantiles = new Float64Array(QUANTILE_LEVELS.length);
    return Array.from({ length: steps }, (_, i) => {
      const fromMs = (next[0] ?? 0) + i * stepMs;
      const wall = wallOf(fromMs);
      const weekSlot = weekSlotOf(wall);
      const hour = Math.floor((weekSlot % stepsPerDay) / stepsPerHour);
      const group = leads.groupOf(i + 1);
      const x = features(wall, origin, scale, heatingAt(hour, i + 1, temperaturesC[i]));
      const mean = profiles.usual(weekSlot) + (weights[group]?.predict(x) ?? 0) * scale;
      bands.around(placeOf(group, weekSlot), mean, scale, quantiles);
      const [, p10 = mean, , p50 = mean, , p90 = mean] = quantiles;
      return { fromMs, toMs: fromMs + stepMs, p10, p50, p90, mean, quantiles: [...quantiles] };
    });
  };

  const snapshot = () => ({ version: VERSION, zone, stepMs, state: arena.save() });
  return { arena, forecaster: { add, forecast, snapshot } };
}
