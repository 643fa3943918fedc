import { type AlertBook, createAlertBook } from '../alerts/book.ts';
import type { Alert, AlertChange } from '../domain/alert.ts';
import { areaOfPlace, type FlexibleLoad } from '../domain/register.ts';
import type { PeakStatus } from '../energy/guard/peak-status.ts';
import type { Span } from '../energy/tariffs/power-price.ts';
import { createHourStore } from '../rules/days/hour-store.ts';
import { createRuleEngine, type Part, type RuleEngine, ruleAndBuildingOf } from '../rules/engine.ts';
import { createGate, type Followed } from '../rules/gate.ts';
import { hasDevices, isGone } from '../rules/gone.ts';
import { isLookedAt } from '../rules/looked-at.ts';
import type { RuleSurroundings } from '../rules/rule.ts';
import { type RuleSet, ruleSetFrom } from '../rules/rule-file.ts';
import { openRules } from '../rules/rules.ts';
import { placeOf } from '../rules/scope.ts';

/** Readings and ticks in, alerts out: the rules and the book behind them, as live and replay both run them. */
export type Alerting = Pick<RuleEngine, 'onReading' | 'onTick' | 'onStart'> &
  Pick<AlertBook, 'drain'> & {
    /** How each building's running window stands against its budget. */
    readonly peaks: (places?: ReadonlySet<string>) => readonly PeakStatus[];
    /** Mean power that a building is heading for in a span, kW; undefined while nothing is known. */
    readonly projectedKw: (building: string, span: Span, atMs: number) => number | undefined;
    /** Are the rooms of the building warm enough for its load to be off? */
    readonly maySwitch: (building: string, load: FlexibleLoad, atMs: number) => boolean;
    /** The rules that hold now. */
    readonly rules: () => RuleSet;
    /**
     * Goes on with other rules; what the new ones do not ask for any more is over. In steps, of which none takes long and between
     * which no reading may come: the others hold after the last.
     */
    readonly use: (rules: RuleSet) => Iterable<void>;
    /** Parts of which none is large, to be written down before the next reading: they are no copies. */
    readonly snapshot: () => Iterable<Part>;
    /** Something new that is given all parts goes on as if nothing had happened. Throws when a part is another version's. */
    readonly restore: (part: Part) => void;
    /** The ends of alerts that were open once, and of which nothing is known any more. */
    readonly endsOfUnknown: (open: readonly Alert[]) => readonly AlertChange[];
    /** What these rules had told of these buildings is over: they begin anew there. */
    readonly beginAnew: (rules: ReadonlyMap<string, ReadonlySet<string>>) => void;
  };

export type AlertingContext = Omit<RuleSurroundings, 'hours'> & { readonly rules: RuleSet };

export function createAlerting({ rules: first, ...context }: AlertingContext): Alerting {
  const { register } = context;
  const hours = createHourStore();
  const surroundings = { ...context, hours };
  let ruleSet = first;
  let running = openRules(ruleSet, surroundings);
  const book = createAlertBook();
  book.useFlapping(ruleSet.flapping);
  const gate = createGate({
    sink: book,
    register,
    isLookedAt: (finding, atMs) => {
      const rule = ruleOf(finding);
      return rule !== undefined && isLookedAt(rule, register(), finding, atMs);
    },
  });
  const engine = createRuleEngine({ rules: running, sink: gate, hours, tickGraceMs: ruleSet.tickGraceMs });

  const ruleOf = ({ rule }: Pick<Alert, 'rule'>) => running.find(({ name }) => name === rule);
  /** Event time of a building; of an area, or the organisation, the newest of its buildings. */
  const timeOf = (place: string): number => {
    if (hasDevices(place)) return engine.timeOf(place) ?? 0;
    const area = register().areas.find(({ id }) => id === areaOfPlace(place));
    const within = area?.buildings ?? [...register().buildings.keys()];
    return Math.max(0, ...within.map(timeOf));
  };

  function* use(next: RuleSet): Iterable<void> {
    const before = running;
    const opened = openRules(next, surroundings);
    yield* engine.use(opened, next.tickGraceMs);
    ruleSet = next;
    book.useFlapping(next.flapping);
    running = opened;
    const followed = (about: About): Followed => {
      const rule = ruleOf(about);
      const same = before.find(({ name, type }) => name === rule?.name && type === rule.type);
      if (!rule || !same) return 'forget';
      const place = placeOf(register(), about);
      const [was, told] = [same.toldOf(place), rule.toldOf(place)];
      if (told === undefined) return 'not now';
      const { schedule, severity: to } = told;
      const isOther = was !== undefined && was.severity !== to;
      return { ...(schedule && { schedule }), ...(isOther && { graded: { from: was.severity, to } }) };
    };
    gate.follow(followed, timeOf);
    book.end((alert) => typeof followed(alert) === 'string', timeOf, 'rules');
  }

  return {
    onReading: engine.onReading,
    onTick: engine.onTick,
    onStart: engine.onStart,
    drain: book.drain,
    peaks: (places) => running.flatMap((rule) => rule.peaks(places)),
    projectedKw: (building, span, atMs) => {
      for (const rule of running) {
        const kw = rule.projectedKw(building, span, atMs);
        if (kw !== undefined) return kw;
      }
      return undefined;
    },
    maySwitch: (building, load, atMs) => running.every((rule) => rule.maySwitch(building, load, atMs)),
    rules: () => ruleSet,
    use,
    *snapshot() {
      // First: what was learned was learned by the rules of then; others hold from the moment on at which they are given.
      yield ['rules', ruleSet.source];
      yield* engine.snapshot();
      for (const part of gate.snapshot()) yield ['gate', part];
      for (const part of book.snapshot()) yield ['book', part];
    },
    restore: (part) => {
      const [of, known] = part;
      if (of === 'rules') Array.from(use(ruleSetFrom(known)));
      else if (of === 'gate') gate.restore(known);
      else if (of === 'book') book.restore(known);
      else engine.restore(part);
    },
    endsOfUnknown: (open) =>
      open.flatMap((alert) => {
        if (book.knows(alert)) return [];
        const { building = '', startsAtMs, firedAtMs = startsAtMs } = alert;
        const atMs = Math.max(timeOf(building), firedAtMs);
        const closedBy = isGone(register(), alert, atMs) ? 'register' : 'restart';
        return { alert: { ...alert, state: 'resolved', endsAtMs: atMs, closedBy }, atMs };
      }),
    beginAnew: (rules) => {
      const isNew = ({ rule, building = '' }: About) => rules.get(rule)?.has(building) === true;
      gate.follow((finding) => (isNew(finding) ? 'forget' : finding), timeOf);
      book.end(isNew, timeOf, 'restart');
    },
  };
}

type About = Pick<Alert, 'rule' | 'building' | 'space' | 'device' | 'quantity'>;

/** What of a snapshot is another version's: what a rule has learned of buildings, or (without a rule) so much that all is lost. */
export type Lost = { readonly rule?: string; readonly buildings: readonly string[]; readonly error: unknown };

/**
 * Goes on from a snapshot. A rule that cannot use what it has learned of a building learns that anew, and what it had told
 * there is over; where anything else cannot be used all rules begin anew, and what is open is for who calls to end.
 */
export async function openAlerting(
  context: AlertingContext,
  snapshot: AsyncIterable<Part> | Iterable<Part>,
  onLost: (lost: Lost) => void,
): Promise<Alerting> {
  const alerting = createAlerting(context);
  const anew = new Map<string, Set<string>>();
  const errors = new Map<string, unknown>();
  const restore = (part: Part) => {
    try {
      alerting.restore(part);
    } catch (error) {
      const of = ruleAndBuildingOf(part);
      if (of === undefined) throw error;
      anew.set(of.rule, (anew.get(of.rule) ?? new Set()).add(of.building));
      errors.set(of.rule, error);
    }
  };
  try {
    for await (const part of snapshot) restore(part);
  } catch (error) {
    onLost({ buildings: [], error });
    return createAlerting(context);
  }
  alerting.beginAnew(anew);
  for (const [rule, buildings] of anew) onLost({ rule, buildings: [...buildings], error: errors.get(rule) });
  return alerting;
}
