import type { z } from 'zod';
import type { Json, Severity } from '../domain/alert.ts';
import type { PlacedPoint, Reading } from '../domain/reading.ts';
import type { FlexibleLoad } from '../domain/register.ts';
import type { Schedule } from '../domain/schedule.ts';
import type { PeakStatus } from '../energy/guard/peak-status.ts';
import type { Span } from '../energy/tariffs/power-price.ts';
import type { Emit, RuleDefinition, RuleSettings, RuleSurroundings, Told } from './rule.ts';
import { covers, type Level, type Scope, type Subject, specificity } from './scope.ts';

/** An entry of the rule file: what one rule does in one place. */
export type RuleEntry = {
  readonly type: string;
  /** Entries of one name are one rule: for each subject the most specific of them holds. */
  readonly name: string;
  readonly scope: Scope;
  readonly enabled: boolean;
  /** As written; {@link RuleType.check} has seen them. */
  readonly parameters: Json;
  readonly severity?: Severity;
  readonly forMs?: number;
  readonly clearMs?: number;
  readonly schedule?: Schedule;
  readonly recipients?: readonly string[];
};

/** A kind of rule, whatever its parameters are. */
export type RuleType = {
  readonly type: string;
  readonly doc: string;
  readonly level: Level;
  readonly parameters: (scope: Scope) => z.ZodType;
  /** Makes the rule of all entries of one name. Throws when parameters are not what {@link parameters} takes. */
  readonly open: (entries: readonly RuleEntry[], surroundings: RuleSurroundings) => RunningRule;
};

/** A rule as the engine runs it. */
export type RunningRule = {
  readonly name: string;
  readonly type: string;
  /** What it does with the readings of a point; undefined: nothing. One object for all points of an entry. */
  readonly handlerOf: (point: PlacedPoint) => ReadingHandler | undefined;
  /** Does it ask for the hours of the point? */
  readonly seesHoursOf: (point: PlacedPoint) => boolean;
  /** How it would be told of the subject now; undefined: no entry holds for it. */
  readonly toldOf: (subject: Subject) => Told | undefined;
  /** Absent: it needs none. */
  readonly onTick?: (building: string, atMs: number, emit: Emit) => void;
  /** Absent: silence tells it nothing. */
  readonly onAway?: (building: string, span: Span) => void;
  /** The one minute of each hour in which it needs ticks; absent: all. */
  readonly tickMinute?: number;
  readonly peaks: (places?: ReadonlySet<string>) => readonly PeakStatus[];
  readonly projectedKw: (building: string, span: Span, atMs: number) => number | undefined;
  readonly maySwitch: (building: string, load: FlexibleLoad, atMs: number) => boolean;
  readonly snapshot: () => Iterable<Json>;
  readonly restore: (part: Json) => void;
};

/** To be called as `onReading(reading, settings, emit)`: a function around it would cost as much again as most rules do. */
export type ReadingHandler = {
  onReading(reading: Reading, settings: unknown, emit: Emit): void;
  readonly settings: unknown;
};

export function ruleType<P>(definition: RuleDefinition<P>): RuleType {
  const { type, doc, level, parameters } = definition;
  return {
    type,
    doc,
    level,
    parameters,
    open: (entries, surroundings) => openRule(definition, entries, surroundings),
  };
}

function openRule<P>(
  definition: RuleDefinition<P>,
  entries: readonly RuleEntry[],
  surroundings: RuleSurroundings,
): RunningRule {
  const { type, defaults } = definition;
  const name = entries[0]?.name ?? type;
  const neutral: Told = { rule: name, ...defaults };
  const settingsOf = settingsBy(definition, entries);
  const rule = definition.create({
    ...surroundings,
    settingsOf,
    toldOf: (subject) => settingsOf(subject)?.told ?? neutral,
  });
  const handlers = new Map<RuleSettings<P>, ReadingHandler>();
  return {
    name,
    type,
    handlerOf: (point) => {
      const found = settingsOf(point);
      if (found === undefined || !rule.sees(point)) return undefined;
      const known = handlers.get(found);
      if (known) return known;
      const handler: ReadingHandler = { onReading: rule.onReading, settings: found };
      handlers.set(found, handler);
      return handler;
    },
    // What a rule judges point by point is another point than the one whose hours it asks for beside it.
    seesHoursOf: (point) =>
      rule.seesHoursOf?.(point) === true && (definition.level === 'point' || settingsOf(point) !== undefined),
    toldOf: (subject) => settingsOf(subject)?.told,
    ...(rule.onTick ? { onTick: rule.onTick.bind(rule) } : {}),
    ...(rule.onAway ? { onAway: rule.onAway.bind(rule) } : {}),
    ...(rule.tickMinute === undefined ? {} : { tickMinute: rule.tickMinute }),
    peaks: (places) => rule.peaks?.(places) ?? [],
    projectedKw: (building, span, atMs) => rule.projectedKw?.(building, span, atMs),
    maySwitch: (building, load, atMs) => rule.maySwitch?.(building, load, atMs) ?? true,
    snapshot: () => rule.snapshot(),
    restore: (part) => rule.restore(part),
  };
}

/** The settings of the most specific entry that holds for a subject. */
export function settingsBy<P>(
  definition: RuleDefinition<P>,
  entries: readonly RuleEntry[],
): (subject: Subject) => RuleSettings<P> | undefined {
  const { defaults } = definition;
  const settings = entries
    .toSorted((a, b) => specificity(b.scope) - specificity(a.scope))
    .map(({ name, scope, enabled, parameters, severity, forMs, clearMs, schedule, recipients }) => ({
      scope,
      enabled,
      parameters: definition.parameters(scope).parse(parameters),
      told: {
        rule: name,
        severity: severity ?? defaults.severity,
        forMs: forMs ?? defaults.forMs,
        clearMs: clearMs ?? defaults.clearMs,
        ...(schedule === undefined ? {} : { schedule }),
        ...(recipients === undefined ? {} : { recipients }),
      },
    }));
  return (subject) => {
    const found = settings.find(({ scope }) => covers(scope, subject));
    return found?.enabled === true ? found : undefined;
  };
}
