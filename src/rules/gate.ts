import { z } from 'zod';
import type { Finding, Json } from '../domain/alert.ts';
import { isOrganisationPlace } from '../domain/register.ts';
import { isInForce, isQuiet, type Schedule } from '../domain/schedule.ts';
import { type LocalTime, zoneOf } from '../domain/zone.ts';
import { createBuildingStates } from './building-states.ts';
import type { FindingSink } from './engine.ts';
import { findingSchema } from './finding-schema.ts';
import { isGone } from './gone.ts';
import type { RegisterSource } from './rule.ts';

const heldSchema = z.record(
  z.string(),
  z.object({
    /** The newest that said it holds. */
    finding: findingSchema,
    /** It was let through, and not yet ended. */
    isOpen: z.boolean(),
  }),
);

/** Lets findings through when the schedule of their entry allows it. */
export type Gate = FindingSink & {
  readonly snapshot: () => Iterable<Json>;
  readonly restore: (part: Json) => void;
  /** Goes on by other schedules, from the next tick on; undefined: the rule is no more, and what is held of it is forgotten. */
  readonly follow: (toldOf: (finding: Finding) => Pick<Finding, 'schedule'> | undefined) => void;
};

/**
 * What a rule finds outside its schedule is not told; what still holds when the schedule begins is told then, and what was
 * told ends with it. In quiet hours nothing new is told, and what was told goes on. Findings without a schedule pass, and are known
 * for the day on which the rule file gives them one. What is told of a place or a device that the register has no more, or that
 * was replaced, is over at once.
 */
export function createGate(sink: FindingSink, register: RegisterSource): Gate {
  const states = createBuildingStates(heldSchema, () => ({}));
  const localAt = (atMs: number) => zoneOf(register().organisation.timeZone).local(atMs);

  const pass = ({ schedule: _, ...finding }: Finding) => sink.onFinding(finding);

  const tick = (building: string, atMs: number) => {
    const held = states.find(building);
    if (held) {
      let local: LocalTime | undefined;
      for (const [key, one] of Object.entries(held)) {
        const { schedule } = one.finding;
        if (isGone(register(), one.finding, atMs)) {
          delete held[key];
          if (one.isOpen) pass(closed(one.finding, atMs, 'register'));
          continue;
        }
        if (schedule !== undefined) local ??= localAt(atMs);
        const isOpen =
          schedule === undefined || local === undefined || mayBeTold(schedule, one.isOpen, local);
        if (isOpen === one.isOpen) continue;
        one.isOpen = isOpen;
        pass(isOpen ? { ...one.finding, atMs } : closed(one.finding, atMs, 'schedule'));
      }
    }
    sink.onTick(building, atMs);
  };
  /** Once something has been found of it. */
  let organisation: string | undefined;
  const note = (place: string) => {
    if (isOrganisationPlace(place)) organisation = place;
  };

  return {
    onFinding: (found) => {
      const { building = '', rule, subject, atMs } = found;
      const finding =
        found.holds && isGone(register(), found, atMs) ? closed(found, atMs, 'register') : found;
      const key = `${rule}|${subject}`;
      const held = states.find(building);
      const known = held?.[key];
      if (!finding.holds) {
        if (known) delete held[key];
        if (known?.isOpen !== false) sink.onFinding(finding);
        return;
      }
      const wasOpen = known?.isOpen ?? false;
      const { schedule } = finding;
      const isOpen = schedule === undefined || mayBeTold(schedule, wasOpen, localAt(atMs));
      note(building);
      const all = held ?? states.of(building);
      all[key] = { finding, isOpen };
      if (isOpen) pass(finding);
      else if (wasOpen) pass(closed(finding, atMs, 'schedule'));
    },
    onTick: (building, atMs) => {
      tick(building, atMs);
      // It has no readings of its own: its time is that of its buildings.
      if (organisation !== undefined) tick(organisation, atMs);
    },
    follow: (toldOf) => {
      for (const building of states.names()) {
        const held = states.of(building);
        for (const [key, { finding, isOpen }] of Object.entries(held)) {
          const told = toldOf(finding);
          const { schedule: _, ...rest } = finding;
          if (told === undefined) delete held[key];
          else {
            const { schedule } = told;
            held[key] = { finding: { ...rest, ...(schedule === undefined ? {} : { schedule }) }, isOpen };
          }
        }
      }
    },
    snapshot: states.snapshot,
    restore: (part) => {
      states.restore(part);
      states.names().forEach(note);
    },
  };
}

function closed(finding: Finding, atMs: number, closedBy: 'register' | 'schedule'): Finding {
  return { ...finding, atMs, holds: false, closedBy };
}

/** What was told goes on in quiet hours. */
function mayBeTold(schedule: Schedule, wasOpen: boolean, local: LocalTime): boolean {
  return isInForce(schedule, local) && (wasOpen || !isQuiet(schedule, local));
}
