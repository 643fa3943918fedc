import { z } from 'zod';
import type { Finding, Json } from '../domain/alert.ts';
import { isInForce, isQuiet } from '../domain/schedule.ts';
import { zoneOf } from '../domain/zone.ts';
import { createBuildingStates } from './building-states.ts';
import type { FindingSink } from './engine.ts';
import { findingSchema } from './finding-schema.ts';
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
  readonly snapshot: () => Json;
  readonly restore: (snapshot: Json) => void;
  /** Forgets what is held of rules that are no more. */
  readonly keepOnly: (isKept: (finding: Finding) => boolean) => void;
};

/**
 * What a rule finds outside its schedule is not told; what still holds when the schedule begins is told then, and what was
 * told ends with it. In quiet hours nothing new is told, and what was told goes on. Findings without a schedule pass.
 */
export function createGate(sink: FindingSink, register: RegisterSource): Gate {
  const states = createBuildingStates(heldSchema, () => ({}));
  const localAt = (atMs: number) => zoneOf(register().organisation.timeZone).local(atMs);

  const pass = ({ schedule: _, ...finding }: Finding) => sink.onFinding(finding);

  return {
    onFinding: (finding) => {
      const { building = '', rule, subject, schedule, atMs } = finding;
      const key = `${rule}|${subject}`;
      const held = states.find(building);
      if (schedule === undefined || !finding.holds) {
        const known = held?.[key];
        if (held && known) delete held[key];
        if (known?.isOpen !== false || finding.holds) sink.onFinding(finding);
        return;
      }
      const all = held ?? states.of(building);
      const wasOpen = all[key]?.isOpen ?? false;
      const local = localAt(atMs);
      const isOpen = isInForce(schedule, local) && (wasOpen || !isQuiet(schedule, local));
      all[key] = { finding, isOpen };
      if (isOpen) pass(finding);
      else if (wasOpen) pass({ ...finding, holds: false });
    },
    onTick: (building, atMs) => {
      const held = states.find(building);
      if (held) {
        let local: ReturnType<typeof localAt> | undefined;
        for (const one of Object.values(held)) {
          const { schedule } = one.finding;
          if (schedule === undefined) continue;
          local ??= localAt(atMs);
          const isOpen = isInForce(schedule, local) && (one.isOpen || !isQuiet(schedule, local));
          if (isOpen === one.isOpen) continue;
          one.isOpen = isOpen;
          pass({ ...one.finding, atMs, holds: isOpen });
        }
      }
      sink.onTick(building, atMs);
    },
    keepOnly: (isKept) => {
      for (const building of states.names()) {
        const held = states.of(building);
        for (const [key, { finding }] of Object.entries(held)) if (!isKept(finding)) delete held[key];
      }
    },
    snapshot: states.snapshot,
    restore: states.restore,
  };
}
