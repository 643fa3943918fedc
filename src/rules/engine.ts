import { z } from 'zod';
import type { Finding, Json } from '../domain/alert.ts';
import { MINUTE_MS } from '../domain/interval.ts';
import type { PlacedPoint, Reading } from '../domain/reading.ts';
import { createBuildingStates } from './building-states.ts';
import { foldOf, type HourStore } from './days/hour-store.ts';
import type { ReadingHandler, RunningRule } from './rule-type.ts';
import { createShared } from './shared-lists.ts';

export type RuleEngine = {
  /** Folds a reading, after the ticks of the full minutes that it moves its building's event time past. */
  readonly onReading: (reading: Reading) => void;
  /**
   * The wall clock passed `wallMs` (a journal tick): silence moves event time on as well. Live only. `steppedMs`: the
   * clock was set by so much since the tick before, which is no time that has gone by.
   */
  readonly onTick: (wallMs: number, steppedMs?: number) => void;
  /** The service has started at `wallMs`: since the newest tick before, nobody listened. */
  readonly onStart: (wallMs: number) => void;
  /**
   * Goes on with other rules from here. One that has the name and type of one before goes on with what that has learned;
   * another starts with what it sees from now on. In steps, of which none takes long: the others hold after the last.
   */
  readonly use: (rules: readonly RunningRule[], tickGraceMs: number) => Iterable<void>;
  /** Event time of a building: everything before it has been told to the rules. */
  readonly timeOf: (building: string) => number | undefined;
  /** Everything the engine and its rules have learned, as JSON in parts of which none is large. */
  readonly snapshot: () => Iterable<Part>;
  /** A new engine that is given all parts goes on as if nothing had happened. Throws when a part is another version's. */
  readonly restore: (part: Part) => void;
};

/** A part of a snapshot, and whose it is. */
export type Part = readonly [of: string, known: Json];

/** Who turns findings into alerts; it follows the same event time as the rules. */
export type FindingSink = {
  readonly onFinding: (finding: Finding) => void;
  /** The building's event time has reached a full minute; what the rules found at it has been given before. */
  readonly onTick: (building: string, atMs: number) => void;
};

export type RuleEngineOptions = {
  readonly rules: readonly RunningRule[];
  readonly sink: FindingSink;
  /** The same that the rules look at. */
  readonly hours: HourStore;
  /** How far a building's event time stays behind the wall clock while it is silent, ms. */
  readonly tickGraceMs: number;
};

/** A step of the clock is noticed within this. */
const STEP_NOTICED_MS = 1000;

/** Ticks come each minute: an absence that is not longer is nobody's. */
const AWAY_MS = MINUTE_MS;

const MINUTES = 60;

/** By minute of the hour, what is ticked in it, in the order of the rules. */
function tickersOf(rules: readonly RunningRule[]): readonly (readonly Ticker[])[] {
  return Array.from({ length: MINUTES }, (_, minute) =>
    rules.flatMap(({ onTick, tickMinute = minute }) => (onTick && tickMinute === minute ? [onTick] : [])),
  );
}
type Ticker = NonNullable<RunningRule['onTick']>;

/** What is done with the readings of a point. */
type Follower = {
  /** Its hours, where a rule looks at them, and how its readings are folded into them. */
  readonly series: ReturnType<HourStore['seriesOf']>;
  readonly fold: ReturnType<typeof foldOf>;
  /** In the order of the rules. */
  readonly handlers: readonly ReadingHandler[];
};

const clockSchema = z.object({
  /** The newest time of the building's readings. */
  watermarkMs: z.number(),
  /** When the reading that moved the watermark came in. */
  wallMs: z.number(),
  /** The next full minute that the rules have not been told of. */
  nextTickMs: z.number(),
});
type BuildingClock = z.infer<typeof clockSchema>;

const OF_RULE = 'rule ';

/** Whose a part of a snapshot is that a rule gave. */
export function partOfRule(name: string): string {
  return `${OF_RULE}${name}`;
}

/** The rule, by its name, and the building that a part is about; undefined: it is not a rule's. */
export function ruleAndBuildingOf([of, known]: Part): { rule: string; building: string } | undefined {
  const [building] = Array.isArray(known) ? known : [];
  if (!of.startsWith(OF_RULE) || typeof building !== 'string') return undefined;
  return { rule: of.slice(OF_RULE.length), building };
}

/**
 * Runs rules over event time. Each building has its own event clock, the newest time of its readings, so data that is
 * years old gives the same ticks, and the same findings, live as in a replay, and one building's wrong clock harms no
 * other. While a building is silent its event time moves on by the wall time that has gone by since its newest
 * reading came in, less the grace; readings that are not delayed more than the grace therefore always come before
 * their minute's tick, as they do in a replay.
 */
export function createRuleEngine({ sink, hours, ...options }: RuleEngineOptions): RuleEngine {
  let { rules, tickGraceMs } = options;
  /** In the order of their first reading; ticks visit them in this order. */
  const clocks = createBuildingStates<BuildingClock>(clockSchema, () => ({
    watermarkMs: Number.MIN_SAFE_INTEGER,
    wallMs: 0,
    nextTickMs: 0,
  }));
  /** Wall time of the newest tick. */
  let tickedMs = 0;
  const emit = sink.onFinding;
  /** Worked out once, and again when the register has a new object for the point. */
  let followers = new WeakMap<PlacedPoint, Follower>();
  let sharedHandlers = createShared<ReadingHandler>();

  const followerOf = (point: PlacedPoint): Follower => {
    const known = followers.get(point);
    if (known) return known;
    const series = rules.some((rule) => rule.seesHoursOf(point)) ? hours.seriesOf(point) : undefined;
    const handlers = sharedHandlers(rules.flatMap((rule) => rule.handlerOf(point) ?? []));
    const made = { series, fold: foldOf(point), handlers };
    followers.set(point, made);
    return made;
  };

  let ticking = tickersOf(rules);
  /** Ticks all full minutes before `eventMs`. */
  const advance = (building: string, clock: BuildingClock, eventMs: number) => {
    while (clock.nextTickMs < eventMs) {
      const minute = (clock.nextTickMs / MINUTE_MS) % MINUTES;
      for (const onTick of ticking.at(minute) ?? []) onTick(building, clock.nextTickMs, emit);
      sink.onTick(building, clock.nextTickMs);
      clock.nextTickMs += MINUTE_MS;
    }
  };

  return {
    onReading: (reading) => {
      const { building } = reading.point;
      let clock = clocks.find(building);
      if (clock === undefined) {
        clock = clocks.of(building);
        clock.nextTickMs = Math.ceil(reading.atMs / MINUTE_MS) * MINUTE_MS;
      }
      if (reading.atMs > clock.watermarkMs) {
        advance(building, clock, reading.atMs);
        clock.watermarkMs = reading.atMs;
        clock.wallMs = reading.receivedAtMs;
      }
      const { series, fold, handlers } = followerOf(reading.point);
      if (series) fold(series, reading.atMs, reading.value);
      for (const { onReading, settings } of handlers) onReading(reading, settings, emit);
    },
    onTick: (wallMs, steppedMs = 0) => {
      tickedMs = wallMs;
      for (const building of clocks.names()) {
        const clock = clocks.of(building);
        // What came in the last moment may have come after the step.
        if (Math.abs(wallMs - clock.wallMs) > STEP_NOTICED_MS) clock.wallMs += steppedMs;
        advance(building, clock, clock.watermarkMs + (wallMs - clock.wallMs) - tickGraceMs);
      }
    },
    onStart: (wallMs) => {
      // The clock was set back meanwhile: nobody knows for how long.
      if (wallMs <= tickedMs) return;
      for (const building of clocks.names()) {
        const { watermarkMs, wallMs: heardMs } = clocks.of(building);
        const span = {
          fromMs: watermarkMs + Math.max(tickedMs - heardMs, 0),
          toMs: watermarkMs + wallMs - heardMs,
        };
        if (span.toMs - span.fromMs < AWAY_MS) continue;
        for (const rule of rules) rule.onAway?.(building, span);
      }
      tickedMs = wallMs;
    },
    *use(next, graceMs) {
      for (const rule of next) {
        const before = rules.find(({ name, type }) => name === rule.name && type === rule.type);
        for (const part of before?.snapshot() ?? []) yield rule.restore(part);
      }
      rules = next;
      ticking = tickersOf(next);
      tickGraceMs = graceMs;
      followers = new WeakMap();
      sharedHandlers = createShared();
    },
    timeOf: (building) => clocks.find(building)?.watermarkMs,
    *snapshot() {
      yield ['tickedMs', tickedMs];
      for (const part of clocks.snapshot()) yield ['clocks', part];
      for (const part of hours.snapshot()) yield ['hours', part];
      for (const rule of rules) {
        for (const part of rule.snapshot()) yield [partOfRule(rule.name), part];
      }
    },
    restore: ([of, known]) => {
      if (of === 'tickedMs') tickedMs = z.number().parse(known);
      else if (of === 'clocks') clocks.restore(known);
      else if (of === 'hours') hours.restore(known);
      else rules.find(({ name }) => partOfRule(name) === of)?.restore(known);
    },
  };
}
