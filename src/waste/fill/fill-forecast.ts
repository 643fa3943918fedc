import { type Chances, createChances, type Place, placeOf, plainWeekday, type WeekdayOf } from './chances.ts';
import { type Container, createContainer, DAY_MS, type Level, noteLevel } from './container.ts';
import { FEATURE_NAMES, featuresOf } from './features.ts';
import { meanGainPct, stepsBetween } from './gain-shares.ts';
import { createGains } from './gains.ts';
import { createOnlineLogistic, type OnlineLogistic } from './online-logistic.ts';
import { createOutcomes, type Outcomes } from './outcomes.ts';
import { createPassages, daysUntil, type Passage, passedWithin } from './passage.ts';
import { priorWeights } from './prior-weights.ts';
import { settings } from './settings.ts';

export type FillForecastOptions = {
  /** A container is over at or above this, %. */
  readonly thresholdPct: number;
  /** Spans that are asked about, ms. */
  readonly withinMs: readonly number[];
  /** Default: the plain weekday. A calendar may take holidays for Sundays. */
  readonly weekdayOf?: WeekdayOf;
  /** What the weights are taken for at first, instead of `priorWeights()`, and their variance. */
  readonly prior?: { readonly mean: Float64Array; readonly variance: number };
};

export type FillEstimate = {
  /** What a day brings it, % points. */
  readonly ratePctPerDay: number;
  /**
   * Chance that it is read at or above the threshold within each span (its end included), emptied as it usually is; 1
   * where it is there already. A longer span has no smaller chance.
   */
  readonly overChances: readonly number[];
  readonly fullAtMs: FullAt;
  /** Chance that it has reached the threshold after 1, 2, … days if nobody empties it; none where it is there already. */
  readonly passage: Passage;
  /** Time of the first reading after the newest emptying, epoch ms; undefined: none was seen. */
  readonly emptiedAtMs: number | undefined;
};

/** When it reaches the threshold if nobody empties it, epoch ms; undefined: not within `settings.horizonDays`. */
export type FullAt = {
  readonly p10: number | undefined;
  readonly p50: number | undefined;
  readonly p90: number | undefined;
};

/** Learns how containers fill, and says of each reading what will come, from it and what came before it only. */
export interface FillForecast {
  /**
   * Readings come in order of time, those of one container each later than the one before. `group`: containers of the same
   * kind (their fraction), which are more alike than others; said with the first reading.
   */
  next(container: string, level: Level, group?: string): FillEstimate;
  /** What the weights of each span are now: to start others from. */
  weights(): readonly Float64Array[];
}

type Question = { readonly place: Place; readonly features: Float64Array };
type Span = {
  readonly spanMs: number;
  readonly chances: Chances;
  readonly regression: OnlineLogistic;
  readonly outcomes: Outcomes<Question>;
};

/**
 * Containers that are read together learn from each other: each table and each weight starts from what holds for all.
 * The chances of a span come from a regression on how often containers passed the limit from the same level, trend, age
 * and weekday, and on how they grow in a day.
 */
export function createFillForecast({
  thresholdPct,
  withinMs,
  weekdayOf = plainWeekday,
  prior,
}: FillForecastOptions): FillForecast {
  const containers = new Map<string, Container>();
  const gains = createGains();
  const passageOf = createPassages();
  const days = createOutcomes<undefined>({ spanMs: DAY_MS, thresholdPct: Number.POSITIVE_INFINITY });
  const start = prior ?? { mean: priorWeights(), variance: settings.weightVariance };
  const spans: readonly Span[] = withinMs.map((spanMs) => ({
    spanMs,
    chances: createChances(),
    regression: createOnlineLogistic(start),
    outcomes: createOutcomes<Question>({ spanMs, thresholdPct }),
  }));

  // Of questions that are answered: two for each row would be most of what there is to collect as garbage.
  const spare: Float64Array[] = [];
  const room = () => new Float64Array(FEATURE_NAMES.length);

  const learn = (container: Container, level: Level): void => {
    for (const { level: from, end, isEmptied, weight } of days.answer(container, level)) {
      if (isEmptied) continue;
      const gainPct = (end.levelPct - from.levelPct) / Math.max((end.atMs - from.atMs) / DAY_MS, 1);
      gains.add(container, { levelPct: from.levelPct, gainPct, weekday: weekdayOf(end.wallMs), weight });
      const before = container.gainPctPerDay ?? gainPct;
      container.gainPctPerDay = before + settings.recentShare * weight * (Math.max(gainPct, 0) - before);
    }
    for (const { chances, regression, outcomes } of spans) {
      for (const { asked, isOver, weight } of outcomes.answer(container, level)) {
        regression.learn(asked.features, { isOne: isOver, weight });
        spare.push(asked.features);
        chances.learn(container, asked.place, { isOver, weight });
      }
    }
  };

  const ask = (
    { spanMs, chances, regression, outcomes }: Span,
    { container, level, passage, inDay, gainPct }: Asking,
  ): number => {
    // Between two readings nothing can be seen: a shorter span has its share of the pause.
    const reachMs = Math.max(spanMs, container.usualPauseMs);
    const place = placeOf(container, level, { spanMs: reachMs, thresholdPct, weekdayOf });
    const known = { table: chances.of(container, place), recently: chances.recently(container) };
    const grown = { inDay, inSpan: passedWithin(passage, reachMs / DAY_MS), gainPct };
    const features = featuresOf({ container, level, place }, known, grown, spare.pop() ?? room());
    outcomes.ask(container, level, { place, features });
    return 1 - (1 - regression.predict(features)) ** (spanMs / reachMs);
  };

  return {
    weights: () => spans.map(({ regression }) => regression.weights()),
    next: (name, read, group) => {
      const level = { ...read, levelPct: Math.min(Math.max(read.levelPct, 0), 100) };
      const container = containers.get(name) ?? createContainer(name, group);
      containers.set(name, container);
      noteLevel(container, level, thresholdPct);
      learn(container, level);
      if (level.levelPct < 100) days.ask(container, level, undefined);

      const { ofWeekday, ofAnyDay } = gains.tails(container);
      const { emptiedAtMs } = container;
      const ratePctPerDay = ofWeekday.reduce((sum, tail) => sum + meanGainPct(tail), 0) / ofWeekday.length;
      if (level.levelPct >= thresholdPct) {
        const now = level.atMs;
        return {
          ratePctPerDay,
          overChances: spans.map(() => 1),
          fullAtMs: { p10: now, p50: now, p90: now },
          passage: [],
          emptiedAtMs,
        };
      }
      const tailOfDay = (day: number) => ofWeekday[weekdayOf(level.wallMs + (day + 1) * DAY_MS)] ?? ofAnyDay;
      const missing = stepsBetween(level.levelPct, thresholdPct);
      const passage = passageOf(missing, tailOfDay);
      const asking: Asking = {
        container,
        level,
        passage,
        inDay: ofAnyDay[missing] ?? 0,
        gainPct: meanGainPct(tailOfDay(0)),
      };
      const chances = spans.map((span) => ask(span, asking));
      const overChances = spans.map(({ spanMs }) =>
        Math.max(...chances.filter((_, at) => (withinMs[at] ?? 0) <= spanMs)),
      );
      return { ratePctPerDay, overChances, fullAtMs: fullAt(passage, level.atMs), passage, emptiedAtMs };
    },
  };
}

type Asking = {
  readonly container: Container;
  readonly level: Level;
  readonly passage: Passage;
  readonly inDay: number;
  readonly gainPct: number;
};

function fullAt(passage: Passage, fromMs: number): FullAt {
  const at = (share: number) => {
    const days = daysUntil(passage, share);
    return days === undefined ? undefined : Math.round(fromMs + days * DAY_MS);
  };
  return { p10: at(0.1), p50: at(0.5), p90: at(0.9) };
}
