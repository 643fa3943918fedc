import { z } from 'zod';
import type { Finding, Json, Severity } from '../domain/alert.ts';
import { DAY_MS, HOUR_MS } from '../domain/interval.ts';
import { areaOfPlace, type Register } from '../domain/register.ts';
import { isInForce, isQuiet, type Schedule } from '../domain/schedule.ts';
import { type LocalTime, zoneOf } from '../domain/zone.ts';
import { createBuildingStates } from './building-states.ts';
import type { FindingSink } from './engine.ts';
import { findingSchema } from './finding-schema.ts';
import { hasDevices, isGone } from './gone.ts';
import type { RegisterSource } from './rule.ts';

const heldOneSchema = z.object({
  /** The newest that said it holds. */
  finding: findingSchema,
  /** It was let through, and not yet ended. */
  isOpen: z.boolean(),
  /** Its rule did not look at what it is about when it was found, so that it need not do so later. */
  isBeside: z.boolean().exactOptional(),
  /** Since when nobody asks for it. */
  leftMs: z.number().exactOptional(),
  /** It is asked for again, and told then. */
  backMs: z.number().exactOptional(),
});
type Held = z.infer<typeof heldOneSchema>;
const heldSchema = z.record(z.string(), heldOneSchema);

/** A rule that looks again at what it found tells by then that it is over, if it is. */
const BACK_MS = HOUR_MS;
/** What is not in the register for so long is forgotten. */
const FORGOTTEN_MS = 7 * DAY_MS;

/** Lets findings through when the schedule of their entry allows it. */
export type Gate = FindingSink & {
  readonly snapshot: () => Iterable<Json>;
  readonly restore: (part: Json) => void;
  /** Goes on by other rules, from the next tick on. `atMsOf`: event time of a building. */
  readonly follow: (next: (finding: Finding) => Followed, atMsOf: (building: string) => number) => void;
};

/**
 * How it is told from now on (`graded`: when its severity is another one than before); not for now, because none of the rule's entries asks
 * for it; or the rule is no more, or knows nothing of it.
 */
export type Followed = (Pick<Finding, 'schedule'> & { readonly graded?: Graded }) | 'not now' | 'forget';
type Graded = { readonly from: Severity; readonly to: Severity };

export type GateOptions = {
  readonly sink: FindingSink;
  readonly register: RegisterSource;
  /** Does the rule look at what it has found, as the register is now? */
  readonly isLookedAt: (finding: Finding, atMs: number) => boolean;
};

/**
 * What a rule finds outside its schedule is not told; what still holds when the schedule begins is told then, and what was
 * told ends with it. In quiet hours nothing new is told, and what was told goes on. Findings without a schedule pass, and are known
 * for the day on which the rule file gives them one. What is told of a place or a device that the register has no more, that
 * was replaced, or that the rule does not look at any more as the register has it now, is over at once. Rules tell what changed: so
 * what holds is told again when its device is back, or its rule is asked again.
 */
export function createGate({ sink, register, isLookedAt }: GateOptions): Gate {
  const states = createBuildingStates(heldSchema, () => ({}));
  const localAt = (atMs: number) => zoneOf(register().organisation.timeZone).local(atMs);
  /** Worked out once for a register. */
  let looked = new WeakMap<Held, { readonly by: Register; readonly is: boolean }>();
  const looksAt = (one: Held, atMs: number): boolean => {
    const known = looked.get(one);
    if (known?.by === register()) return known.is;
    const is = isLookedAt(one.finding, atMs);
    looked.set(one, { by: register(), is });
    return is;
  };

  const pass = ({ schedule: _, ...finding }: Finding) => sink.onFinding(finding);
  const close = (one: Held, atMs: number, closedBy: 'register' | 'schedule') => {
    if (one.isOpen) pass({ ...one.finding, atMs, holds: false, closedBy });
    one.isOpen = false;
  };

  /** Is it asked for: is what it is about there, does its rule look at it, and has it done so for long enough? */
  const isAsked = (one: Held, atMs: number): boolean => {
    const isLeft = isGone(register(), one.finding, atMs) || (one.isBeside !== true && !looksAt(one, atMs));
    if (isLeft) {
      close(one, atMs, 'register');
      one.leftMs ??= atMs;
      delete one.backMs;
      return false;
    }
    if (one.leftMs === undefined) return true;
    one.backMs ??= atMs + BACK_MS;
    if (atMs < one.backMs) return false;
    delete one.leftMs;
    delete one.backMs;
    return true;
  };

  const tick = (building: string, atMs: number) => {
    const held = states.find(building);
    if (held) {
      let local: LocalTime | undefined;
      for (const [key, one] of Object.entries(held)) {
        const { schedule } = one.finding;
        if (!isAsked(one, atMs)) {
          const isOld = atMs - (one.leftMs ?? atMs) > FORGOTTEN_MS;
          if (isOld && isGone(register(), one.finding, atMs)) delete held[key];
          continue;
        }
        if (schedule !== undefined) local ??= localAt(atMs);
        const isOpen =
          schedule === undefined || local === undefined || mayBeTold(schedule, one.isOpen, local);
        if (isOpen === one.isOpen) continue;
        if (isOpen) pass({ ...one.finding, atMs });
        else close(one, atMs, 'schedule');
        one.isOpen = isOpen;
      }
    }
    sink.onTick(building, atMs);
  };
  /** Places without readings of their own of which something has been found: their time is that of their buildings. */
  const around = new Set<string>();
  const note = (place: string) => {
    if (!hasDevices(place)) around.add(place);
  };
  const isAround = (place: string, building: string) => {
    const area = areaOfPlace(place);
    if (area === undefined || isGone(register(), { building: place }, 0)) return true;
    return register().buildings.get(building)?.area === area;
  };

  return {
    onFinding: (found) => {
      const { building = '', rule, subject, atMs } = found;
      const key = `${rule}|${subject}`;
      const held = states.find(building);
      const known = held?.[key];
      if (!found.holds) {
        if (known) delete held[key];
        if (known?.isOpen !== false) sink.onFinding(found);
        return;
      }
      note(building);
      const all = held ?? states.of(building);
      const one: Held = known ?? { finding: found, isOpen: false };
      all[key] = one;
      one.finding = found;
      if (known === undefined && !looksAt(one, atMs)) one.isBeside = true;
      if (!isAsked(one, atMs)) return;
      const { schedule } = found;
      if (schedule !== undefined && !mayBeTold(schedule, one.isOpen, localAt(atMs))) {
        close(one, atMs, 'schedule');
        return;
      }
      one.isOpen = true;
      pass(found);
    },
    onTick: (building, atMs) => {
      tick(building, atMs);
      for (const place of around) if (isAround(place, building)) tick(place, atMs);
    },
    follow: (next, atMsOf) => {
      looked = new WeakMap();
      for (const building of states.names()) {
        const held = states.of(building);
        for (const [key, one] of Object.entries(held)) {
          const told = next(one.finding);
          if (told === 'forget' || (told === 'not now' && one.isBeside === true)) delete held[key];
          else if (told === 'not now') {
            one.isOpen = false;
            one.leftMs ??= atMsOf(building);
          } else {
            const { schedule: _, ...rest } = one.finding;
            const { schedule, graded } = told;
            one.finding = { ...rest, ...(schedule === undefined ? {} : { schedule }) };
            // One of its own its rule has said for a reason.
            if (graded?.from !== one.finding.severity) continue;
            one.finding = { ...one.finding, severity: graded.to };
            if (one.isOpen) pass({ ...one.finding, atMs: atMsOf(building) });
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

/** What was told goes on in quiet hours. */
function mayBeTold(schedule: Schedule, wasOpen: boolean, local: LocalTime): boolean {
  return isInForce(schedule, local) && (wasOpen || !isQuiet(schedule, local));
}
