import { DAY_MS } from '../../domain/interval.ts';
import { anyScale, isOutOfScale, SCALE_LENGTH } from '../loads/scale.ts';
import { createArena } from './arena.ts';
import { meanOf, QUANTILE_LEVELS } from './bands.ts';
import { type CalendarOptions, createStepCalendar } from './calendar.ts';
import { createLoadScale } from './load-scale.ts';
import { createModel } from './model.ts';
import { createTemperature } from './temperature.ts';
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

/** All that a forecaster has learnt, as plain JSON: of a fixed size, some 205 kB for hours and 405 kB for quarter-hours. */
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

const VERSION = 5;
/** Longer ago than any lag: of a longer gap nothing is remembered that would tell it from this one. */
const LONGEST_GAP_DAYS = 35;

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
  const { stepsPerDay, stepsPerHour, wallOf, weekSlotOf, hourOf } = calendar;
  const scale = createLoadScale(arena);
  const model = createModel(arena, calendar);
  const temperature = createTemperature(arena, stepsPerHour);
  const zeroRuns = createZeroRuns(arena, stepsPerDay);
  const known = arena.take(SCALE_LENGTH);
  const next = arena.take(1, Number.NaN);

  function* recentKw() {
    for (const { load } of model.recent()) yield scale.kwOf(load);
  }
  /** The first negative load makes it a net load: what is remembered is learnt anew on its own scale. */
  const becomeNet = (): void => {
    const recent = [...model.recent()].map(({ wall, load }) => ({ wall, kw: scale.kwOf(load) }));
    arena.reset();
    scale.becomeNet();
    for (const { wall, kw } of recent) model.add(wall, scale.of(kw), Number.NaN);
  };

  const addStep = (fromMs: number, kw: number, temperatureC: number): void => {
    // A wrong unit or decimal point would be learnt from for months.
    const isOut = !Number.isNaN(kw) && isOutOfScale(known, fromMs, kw, anyScale);
    if (kw < 0 && !isOut && !scale.isNet()) becomeNet();
    const wall = wallOf(fromMs);
    temperature.add(hourOf(weekSlotOf(wall)), temperatureC);
    const isMissing = isOut || zeroRuns.isDoubted(kw, recentKw);
    model.add(wall, isMissing ? Number.NaN : scale.of(kw), temperature.heatingC());
    next[0] = fromMs + stepMs;
  };

  const add = (fromMs: number, kw: number, temperatureC = Number.NaN): void => {
    const expected = next[0] ?? Number.NaN;
    if (fromMs < expected || (fromMs - expected) % stepMs > 0) {
      throw new RangeError(
        `a step at ${fromMs} after those up to ${expected}: steps of ${stepMs} ms in order`,
      );
    }
    const from = Math.max(expected, fromMs - LONGEST_GAP_DAYS * DAY_MS);
    for (let missing = from; missing < fromMs; missing += stepMs) addStep(missing, Number.NaN, Number.NaN);
    addStep(fromMs, kw, temperatureC);
  };

  const forecast = (steps: number, temperaturesC: readonly number[] = []): readonly ForecastStep[] => {
    if (model.known() === 0) return [];
    const heatingAt = temperature.ahead();
    const scaled = new Float64Array(QUANTILE_LEVELS.length);
    return Array.from({ length: steps }, (_, i) => {
      const fromMs = (next[0] ?? 0) + i * stepMs;
      const wall = wallOf(fromMs);
      const heatingC = heatingAt(hourOf(weekSlotOf(wall)), i + 1, temperaturesC[i]);
      model.ahead({ wall, lead: i + 1, heatingC }, scaled);
      const quantiles = Array.from(scaled, scale.kwOf);
      const mean = meanOf(quantiles);
      const [, p10 = mean, , p50 = mean, , p90 = mean] = quantiles;
      return { fromMs, toMs: fromMs + stepMs, p10, p50, p90, mean, quantiles };
    });
  };

  const snapshot = () => ({ version: VERSION, zone, stepMs, state: arena.save() });
  return { arena, forecaster: { add, forecast, snapshot } };
}
