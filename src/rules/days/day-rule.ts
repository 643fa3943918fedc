import { z } from 'zod';
import { noDays, type UsualDays, usualDaysSchema } from '../../anomaly/usual-days.ts';
import type { Said } from '../../domain/alert.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../domain/interval.ts';
import type { PlacedPoint, Role } from '../../domain/reading.ts';
import { buildingsNear, type Register } from '../../domain/register.ts';
import { isoTime } from '../../domain/time.ts';
import { type Zone, zoneOf } from '../../domain/zone.ts';
import { createBuildingStates } from '../building-states.ts';
import { isChannelGone } from '../gone.ts';
import { integer, number } from '../parameters.ts';
import type { Rule, RuleContext, RuleDefinition } from '../rule.ts';
import { subjectOf } from '../scope.ts';
import { type DayView, dayView } from './day-view.ts';
import { isFreeDay } from './free-day.ts';
import { isOutdoor } from './hour-store.ts';
import { outdoorsOf } from './outdoors.ts';

/** A night ends then, local time, … */
const NIGHT_ENDS = 5;
/** … and is judged so much later, when all that was said of it has come in. */
const WAIT_MS = 70 * MINUTE_MS;

/** What every rule that judges a building day by day may be told. */
export const dayParameters = {
  spreads: number(1, 100)
    .default(4)
    .describe('odd is what is so many spreads of ordinary days from what they say, …'),
  minDays: integer(5, 42).default(10).describe('judged once so many ordinary days are known'),
  acceptDays: integer(2, 366)
    .default(28)
    .describe('after so many odd days in a row they are what is usual, and the alert ends'),
};
/** Where only a heated house can be judged. */
export function heatedBelow(part: 'day' | 'night') {
  return number(-20, 25)
    .default(11)
    .describe(`judged while it is colder outdoors, °C in the mean of the ${part}`);
}
type DayParameters = {
  /** So many odd days in a row are told; absent: the first. */
  readonly days?: number;
  readonly acceptDays: number;
};

/** What a rule says of a subject (the building, or a space of it) on a day. */
export type DayVerdict = {
  /** A space, or a device; neither: the building itself. */
  readonly space?: string;
  readonly device?: string;
  /** Odd; or, of what was odd before, usual again. Between the two what was goes on. */
  readonly isOdd: boolean;
  readonly isUsual: boolean;
  readonly told: Said;
  /** So many days in a row are odd with this one, where it says more than its own day. */
  readonly days?: number;
  /** Odd, and nothing that this rule should tell of today. */
  readonly isOthers?: boolean;
  /** The day is an ordinary one: remember it. */
  readonly learn: () => void;
  /** Names of what was remembered that is to be forgotten when odd days have become usual. */
  readonly memories: readonly string[];
};

/** A day of which nothing is said, and nothing learned: what was told before is over. */
export const unjudged: DayVerdict = {
  isOdd: false,
  isUsual: true,
  told: { title: '', detail: '', facts: {} },
  learn: () => {},
  memories: [],
};

export type Memory = (name: string) => UsualDays;
/** What the same rule remembers by this name of other buildings, those that have anything. */
export type OthersMemory = (name: string) => readonly UsualDays[];

const buildingSchema = z.object({
  memory: z.record(z.string(), usualDaysSchema),
  /** By subject: odd days in a row, when the first of them began, and whether it was told. */
  odd: z.record(z.string(), z.object({ days: z.number(), sinceMs: z.number(), isTold: z.boolean() })),
});

type DayRule<P> = Pick<RuleDefinition<P>, 'type' | 'doc'> & {
  /** It sees by the devices of this role: where a building, or the space in question, has one of them, an alert is about that. */
  readonly seenBy?: Role;
  readonly parameters: z.ZodType<P>;
  readonly sees: (point: PlacedPoint, register: Register) => boolean;
  readonly judge: (
    view: DayView,
    memory: Memory,
    parameters: P,
    register: Register,
    others: OthersMemory,
  ) => readonly DayVerdict[];
};

/**
 * A rule that looks at a building once a day, in the early morning, at the day and the night that have ended: hourly means
 * against those of the ordinary days before. `judge` says what it makes of them; `days` odd ones in a row are told.
 */
export function dayRule<P extends DayParameters>(rule: DayRule<P>): RuleDefinition<P> {
  return {
    type: rule.type,
    doc: rule.doc,
    level: 'building',
    parameters: () => rule.parameters,
    defaults: { severity: 'warning', forMs: 0, clearMs: 0 },
    create: (context) => createDayRule(context, rule),
  };
}

function createDayRule<P extends DayParameters>(
  context: RuleContext<P>,
  { sees, seenBy, judge }: DayRule<P>,
): Rule<P> {
  const { register, settingsOf, hours } = context;
  const states = createBuildingStates(buildingSchema, () => ({ memory: {}, odd: {} }));

  const othersOf = (building: string) => {
    const of = (names: readonly string[]) => names.filter((name) => name !== building).map(hours.of);
    return [() => of(buildingsNear(register(), building)), () => of(hours.buildings())];
  };

  const memoryOfOthers =
    (building: string): OthersMemory =>
    (name) =>
      states.others(building).flatMap(({ memory }) => memory[name] ?? []);

  return {
    sees: () => false,
    seesHoursOf: (point) => isOutdoor(point) || sees(point, register()),
    onReading: () => {},
    tickMinute: (WAIT_MS % HOUR_MS) / MINUTE_MS,
    onTick: (building, atMs, emit) => {
      const endMs = atMs - WAIT_MS;
      const zone = zoneOf(register().organisation.timeZone);
      const local = zone.local(endMs);
      // In a zone of half hours the night ends half an hour later: hours are those of UTC.
      if (Math.floor(local.minuteOfDay / 60) !== NIGHT_ENDS) return;
      const settings = settingsOf(subjectOf(register(), building));
      if (settings === undefined) return;
      const { parameters, told } = settings;
      const state = states.of(building);
      const memory: Memory = (name) => {
        state.memory[name] ??= noDays();
        return state.memory[name];
      };
      const view = dayView(hours.of(building), {
        outdoors: outdoorsOf(context, building, endMs),
        others: othersOf(building),
        isGone: (key) => isPointGone(register(), building, key, endMs),
        endMs,
        isFree: isFreeDay(register().organisation.timeZone, endMs - DAY_MS / 2),
        weekday: local.weekday,
      });
      for (const verdict of judge(view, memory, parameters, register(), memoryOfOthers(building))) {
        const { space, device, isOdd, isUsual, isOthers = false, days = 1 } = verdict;
        const part = space ?? device;
        const subject = part === undefined ? building : `${building}/${part}`;
        state.odd[subject] ??= { days: 0, sinceMs: 0, isTold: false };
        const odd = state.odd[subject];
        const about = () => ({
          ...told,
          subject,
          building,
          ...(space === undefined ? {} : { space }),
          ...deviceOf(device ?? (seenBy && theOnly(register(), seenBy, { building, space }))),
          atMs,
        });
        const end = () => {
          if (odd.isTold) emit({ ...about(), holds: false });
          Object.assign(odd, { days: 0, isTold: false });
        };
        if (isOdd || (odd.isTold && !isUsual)) {
          if (odd.days === 0) odd.sinceMs = daysBefore(zone, endMs, days);
          odd.days = Math.max(odd.days + 1, days);
          if (odd.days >= parameters.acceptDays) {
            for (const name of verdict.memories) delete state.memory[name];
            end();
          } else if (!odd.isTold && !isOthers && odd.days >= (parameters.days ?? 1)) {
            odd.isTold = true;
            const { title, detail, facts } = verdict.told;
            const since = isoTime(odd.sinceMs);
            emit({
              ...about(),
              title,
              detail: `Since ${since}: ${detail}`,
              holds: true,
              facts: { since, days: odd.days, ...facts },
            });
          }
          continue;
        }
        end();
        verdict.learn();
      }
    },
    snapshot: states.snapshot,
    restore: states.restore,
  };
}

/** By the key of the point, `device|quantity|channel`. */
function isPointGone(register: Register, building: string, key: string, atMs: number): boolean {
  const [device = key, , channel = ''] = key.split('|');
  return isChannelGone(register, { building, device, channel: channel || undefined }, atMs);
}

function deviceOf(device: string | undefined): { readonly device?: string } {
  return device === undefined ? {} : { device };
}

/** The device of a role in a place, when it is one alone. */
function theOnly(
  { devices }: Register,
  role: Role,
  place: { readonly building: string; readonly space: string | undefined },
): string | undefined {
  const found = [...devices.values()].flatMap((rows) =>
    rows.some(
      (row) =>
        row.role === role &&
        row.building === place.building &&
        (place.space === undefined || row.space === place.space),
    )
      ? (rows[0]?.id ?? [])
      : [],
  );
  return found.length === 1 ? found[0] : undefined;
}

/** The same time of the wall clock, some days before. */
function daysBefore(zone: Zone, atMs: number, days: number): number {
  const { year, month, day, minuteOfDay } = zone.local(atMs);
  return zone.fromWall(Date.UTC(year, month - 1, day - days, 0, minuteOfDay), atMs);
}
