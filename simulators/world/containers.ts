import { HOUR_MS } from '../../src/domain/interval.ts';
import { isoTime } from '../../src/domain/time.ts';
import type { Chance } from '../chance.ts';
import { usualHours } from '../fault-habits.ts';
import { DAY_MS } from '../local-time.ts';
import { events, type PlannedFault, type TruthEvent } from '../truth.ts';
import type { Moment } from './calendar.ts';
import type { ContainerDetails } from './container-details.ts';
import type { BuildingDetails } from './details.ts';
import { fractions } from './waste-facts.ts';

/** A container as it is now. */
export type Container = {
  readonly details: ContainerDetails;
  /** Of its volume, %; what stands on top and beside it counts on. */
  levelPct: number;
  /** Above the air around it, °C. */
  heatC: number;
  emptiedMs: number;
};

/** When bags are thrown away. */
const byHour = [
  0, 0, 0, 0, 0, 0.2, 0.9, 1.4, 1.3, 1.1, 1.1, 1.1, 1.1, 1, 1, 1.1, 1.5, 1.9, 2, 1.8, 1.4, 0.9, 0.4, 0.1,
];
/** People tidy up at the week's end; Monday first. */
const byWeekday = [1.1, 0.92, 0.88, 0.88, 0.92, 1.08, 1.22];
const schoolWeekday = [1.3, 1.35, 1.35, 1.4, 1.4, 0.1, 0.1];
/** Twice a year somebody moves, or a shop leaves its boxes. */
const BULK_PER_DAY = 1 / 180;
const MOST_PCT = 160;
const FIRE_HOURS = 2;

const kinds = ['container-nearly-full', 'container-full', 'container-overfilled'] as const;
type Happening = {
  readonly kind: (typeof kinds)[number] | 'container-bulk';
  readonly subject: string;
  readonly fromMs: number;
  readonly toMs: number | undefined;
  size: number;
};
/** Bags slump: a level that has only sunk a little is the same event. */
const SLACK_PCT = 10;

/** The containers of a building, asked every step in order. */
export function createContainers(
  building: string,
  details: BuildingDetails,
  faults: readonly PlannedFault[],
  chance: Chance,
) {
  const lorry = chance.fork('lorry');
  const bins = details.containers.map((container) =>
    createBin(container, details, faults, chance.fork(container.id)),
  );
  const open = new Map<string, Happening>();
  const past: Happening[] = [];

  /** Nearly full, full and overfilled from when the level passes until the lorry has been. */
  const note = ({ details: { id }, levelPct }: Container, atMs: number): void => {
    for (const kind of kinds) {
      const key = `${kind} ${id}`;
      const known = open.get(key);
      const limit = events[kind].size;
      if (levelPct >= limit) {
        if (known) known.size = Math.max(known.size, levelPct);
        else open.set(key, { kind, subject: id, fromMs: atMs, toMs: undefined, size: levelPct });
      } else if (known && levelPct < limit - SLACK_PCT) {
        past.push({ ...known, toMs: atMs });
        open.delete(key);
      }
    }
  };

  const noteBulk = ({ details: { id } }: Container, atMs: number, size: number): void => {
    const toMs = atMs + usualHours['container-bulk'] * HOUR_MS;
    past.push({ kind: 'container-bulk', subject: id, fromMs: atMs, toMs, size });
  };

  return {
    /** What has happened and not ended before a moment. */
    events: (fromMs: number): readonly TruthEvent[] =>
      [...past, ...open.values()]
        .filter(({ toMs }) => toMs === undefined || toMs > fromMs)
        .map(({ kind, subject, fromMs: from, toMs, size }) => ({
          kind,
          building,
          subject,
          from: isoTime(from),
          to: toMs === undefined ? null : isoTime(toMs),
          size: Math.round(size),
        })),
    containers: bins.map(({ container }) => container),
    /** Empties one now, as a collection list says. */
    empty: (id: string, atMs: number): boolean => {
      const bin = bins.find(({ container }) => container.details.id === id);
      if (bin) emptyBin(bin.container, atMs);
      return bin !== undefined;
    },
    step: (moment: Moment, stepMs: number, missed: ReadonlySet<string>, isScheduled: boolean): void => {
      for (const { container, fill } of bins) {
        const comesAt = 6.5 + 5 * lorry.at(moment.day);
        const hours = stepMs / HOUR_MS;
        const isNow = moment.hour >= comesAt && moment.hour < comesAt + hours;
        if (
          isScheduled &&
          isNow &&
          isPickup(container.details, moment) &&
          !missed.has(container.details.id)
        ) {
          emptyBin(container, moment.atMs);
        }
        const bulkPct = fill(moment, stepMs);
        if (bulkPct > 0) noteBulk(container, moment.atMs, bulkPct);
        note(container, moment.atMs);
      }
    },
  };
}

function emptyBin(container: Container, atMs: number): void {
  container.levelPct = 0;
  container.emptiedMs = atMs;
}

/** Is it a day on which the lorry comes to this container? Weeks begin on Monday and are counted from 1970-01-05. */
export function isPickup(
  { pickupWeekdays, everyWeeks }: ContainerDetails,
  { day, weekday }: Moment,
): boolean {
  return pickupWeekdays.includes(weekday) && Math.floor((day - 4) / 7) % everyWeeks === 0;
}

function createBin(
  container: ContainerDetails,
  { kind, persons }: BuildingDetails,
  faults: readonly PlannedFault[],
  chance: Chance,
) {
  const fraction = fractions.find(({ name }) => name === container.fraction) ?? fractions[0];
  const residents = kind === 'school' ? persons / 5 : persons;
  const weekly = container.share * residents * fraction.litresPerPersonAndWeek * (0.85 + 0.3 * chance.at(1));
  const bags = chance.fork('bags');
  const sizes = chance.fork('sizes');
  const moods = chance.fork('moods');
  const bulk = chance.fork('bulk');
  const bagPct = (100 * fraction.bagL) / container.volumeL;
  const own = faults.filter(({ subject }) => subject === container.id);
  const now: Container = { details: container, levelPct: 0, heatC: 0, emptiedMs: 0 };
  let [mood, moodDay] = [1, Number.NaN];

  /** Gives what came in at once that nobody planned, %. */
  const fill = (moment: Moment, stepMs: number): number => {
    let bulkPct = 0;
    const { atMs, day, hour, weekday, wasteFactor, isSchoolDay, atHome } = moment;
    const step = Math.floor(atMs / stepMs);
    const weekdays = kind === 'school' ? schoolWeekday : byWeekday;
    const busy = kind === 'school' ? (isSchoolDay ? 1 : 0.05) : wasteFactor * (0.5 + 0.5 * atHome);
    if (moodDay !== day) mood = 1 + 0.25 * moods.normal(day) + 0.12 * moods.wave(atMs, 21 * DAY_MS);
    moodDay = day;
    const litresPerDay = (weekly / 7) * (weekdays[weekday - 1] ?? 1) * busy * Math.max(mood, 0.2);
    const often = (byHour[Math.floor(hour)] ?? 0) * (stepMs / DAY_MS);
    const count = bags.count(step, (litresPerDay / fraction.bagL) * often);
    if (count > 0) now.levelPct += count * bagPct * (0.7 + 0.6 * sizes.at(step));
    // Bags slump and are pressed under more of them.
    if (hour < stepMs / HOUR_MS) {
      now.levelPct *= 0.985;
      if (bulk.at(day) < BULK_PER_DAY) bulkPct = 12 + 25 * bulk.at(-day);
      now.levelPct += bulkPct;
    }
    now.heatC *= Math.exp(-stepMs / HOUR_MS);
    for (const { kind: what, fromMs, toMs, size } of own) {
      if (what === 'container-bulk' && atMs <= fromMs && fromMs < atMs + stepMs) now.levelPct += size;
      if (
        what === 'container-fire' &&
        fromMs < atMs + stepMs &&
        atMs < Math.min(toMs, fromMs + FIRE_HOURS * HOUR_MS)
      ) {
        now.heatC += (size - now.heatC) * 0.5;
        now.levelPct = Math.max(now.levelPct - (30 * stepMs) / HOUR_MS, 3);
      }
    }
    now.levelPct = Math.min(now.levelPct, MOST_PCT);
    return bulkPct;
  };
  return { container: now, fill };
}
