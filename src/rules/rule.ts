import type { z } from 'zod';
import type { Finding, Json, Severity } from '../domain/alert.ts';
import type { PlacedPoint, Reading } from '../domain/reading.ts';
import type { FlexibleLoad, Register } from '../domain/register.ts';
import type { PeakStatus } from '../energy/guard/peak-status.ts';
import type { Holds } from '../energy/loads/intervals.ts';
import type { Tariff } from '../energy/tariffs/compile-tariff.ts';
import type { Span } from '../energy/tariffs/power-price.ts';
import type { KnownHours } from './days/hour-store.ts';
import type { Level, Scope, Subject } from './scope.ts';

/**
 * A kind of rule: one file, one definition, one line in `definitions.ts`. What it does where stands in
 * `config/rules.yaml`, as entries that name its type.
 */
export type RuleDefinition<P> = {
  readonly type: string;
  /** What it tells, and when, for people who write `config/rules.yaml`. */
  readonly doc: string;
  /** What it judges one by one; its scope may name no more than that. */
  readonly level: Level;
  /**
   * What an entry may set, with defaults; names end in their units. `scope`: of the entry, because limits are in the unit
   * of its quantity.
   */
  readonly parameters: (scope: Scope) => z.ZodType<P>;
  /** Where the entry does not say so itself. */
  readonly defaults: { readonly severity: Severity; readonly forMs: number; readonly clearMs: number };
  readonly create: (context: RuleContext<P>) => Rule<P>;
};

/** What an entry of the rule file says for a subject. */
export type RuleSettings<P> = {
  readonly parameters: P;
  /** Spread this into each finding. */
  readonly told: Told;
};

export type Told = Pick<Finding, 'rule' | 'severity' | 'forMs' | 'clearMs' | 'schedule' | 'recipients'>;

/** What rules may look up. Functions, because the register is reloaded while they run. */
export type RuleSurroundings = {
  readonly register: RegisterSource;
  readonly holds: Holds;
  readonly tariffs: ReadonlyMap<string, Pick<Tariff, 'power'>>;
  /** Loads that the register lets kvarter switch obey (`loadControl: on`). Else it is not known what is off, as of all others. */
  readonly switchesLoads?: boolean;
  /** Of the points that a rule {@link Rule.seesHoursOf}. */
  readonly hours: KnownHours;
};

export type RuleContext<P> = RuleSurroundings & {
  /** By the most specific entry; undefined when none holds for the subject. For ticks: a reading comes with its own. */
  readonly settingsOf: (subject: Subject) => RuleSettings<P> | undefined;
  /** For the end of what was told, which no entry may hold for any more. */
  readonly toldOf: (subject: Subject) => Told;
};

/**
 * A rule folds the readings of a building over event time and says what it finds. It never reads a clock, a file or
 * the store, so the same readings give the same findings: live, in a replay, after a restart.
 *
 * The engine calls `onReading` in the order of the journal, and `onTick` for each full minute of the building's event
 * time, before the first reading that is later. State is kept per building, so that a building can move to another worker.
 */
export interface Rule<P> {
  /** Does it look at the point at all? Asked once for each point, not for each reading. */
  sees(point: PlacedPoint): boolean;
  /** Does it look at the hours of the point? They are kept once for all rules: {@link RuleSurroundings.hours}. */
  seesHoursOf?(point: PlacedPoint): boolean;
  onReading(reading: Reading, settings: RuleSettings<P>, emit: Emit): void;
  /** `atMs` is a multiple of 60,000. Absent: silence tells it nothing. */
  onTick?(building: string, atMs: number, emit: Emit): void;
  /** In this span of the building's event time kvarter itself was away: who was not heard in it need not have been silent. */
  onAway?(building: string, span: Span): void;
  /** The one minute of each hour (of UTC) in which it ticks; absent: all. There are six ticks for each reading. */
  readonly tickMinute?: number;
  /**
   * Everything the rule has learned, as JSON in parts of which none is large, to be written down before the next reading. A new
   * rule that is given all of them goes on as if nothing had happened.
   */
  snapshot(): Iterable<Json>;
  restore(part: Json): void;
  /** How the running window of each building, or of these places only, stands against its budget, from the rule that guards it. */
  peaks?(places?: ReadonlySet<string>): readonly PeakStatus[];
  /** Mean power that a building is heading for in a span, kW, from the rule that guards it; undefined while nothing is known. */
  projectedKw?(building: string, span: Span, atMs: number): number | undefined;
  /** Are the rooms of the building warm enough for its load to be off? */
  maySwitch?(building: string, load: FlexibleLoad, atMs: number): boolean;
}

export type Emit = (finding: Finding) => void;

/** What rules may look up. A function, because the register is reloaded while they run. */
export type RegisterSource = () => Register;
