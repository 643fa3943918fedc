import { type Quantity, quantities } from '../../../src/domain/quantity.ts';
import { type PlacedPoint, type Reading, type Role, roles } from '../../../src/domain/reading.ts';
import type { Device, Register } from '../../../src/domain/register.ts';
import { createHourStore } from '../../../src/rules/days/hour-store.ts';
import type { RuleSet } from '../../../src/rules/rule-file.ts';
import { openRules } from '../../../src/rules/rules.ts';
import { readingOf, registerOf } from '../../support/readings.ts';

const HOUR = 3_600_000;
const DAYS = 12;
const T0 = Date.UTC(2026, 0, 14, 23);
const surroundings = {
  register: () => registerOf([{}], []),
  holds: { powerHoldMs: HOUR, registerGapMs: 3 * HOUR },
  tariffs: new Map(),
  hours: createHourStore(),
};

/**
 * Days of a building that measures whatever a rule looks at: a device of each role with the quantities that a rule asks of that
 * role, and one without a role with all that is looked at anywhere. Made from the rules themselves, so that a new one has
 * its readings too. The last days bring a rest, nothing at all, far too much, and a register that begins again.
 */
export function everythingMeasured(rules: RuleSet): {
  readonly readings: readonly Reading[];
  readonly register: Register;
} {
  const points = pointsSeen(rules);
  const readings = Array.from({ length: DAYS * 24 }, (_, hour) =>
    points.map((point, p): Reading => {
      const atMs = T0 + hour * HOUR + p * 1000;
      return { point, atMs, value: measured(point.quantity, hour), receivedAtMs: atMs };
    }),
  ).flat();
  const devices = Map.groupBy(points, ({ device }) => device);
  return {
    readings,
    register: registerOf(
      [{}],
      [...devices].map(([id, [first]]): Device => {
        const { role } = first ?? {};
        return { id, model: 'kvarter', building: 'b1', ...(role ? { role } : {}) };
      }),
    ),
  };
}

function pointsSeen(rules: RuleSet): readonly PlacedPoint[] {
  const running = openRules(rules, surroundings);
  const seenBy = (quantity: Quantity, role?: Role) => {
    const point = pointOf(quantity, role);
    return running.filter((rule) => rule.handlerOf(point) || rule.seesHoursOf(point)).length;
  };
  const names = Object.keys(quantities).filter((name): name is Quantity => name in quantities);
  return names.flatMap((quantity) => {
    const anywhere = seenBy(quantity);
    const asked = roles.filter((role) => seenBy(quantity, role) > anywhere);
    return [
      ...(anywhere > 0 ? [pointOf(quantity)] : []),
      // One object for all readings of a point, as the register gives it.
      ...asked.map((role) => pointOf(quantity, role)),
    ];
  });
}

function pointOf(quantity: Quantity, role?: Role): PlacedPoint {
  const about = { device: role ?? 'anything', quantity, ...(role ? { role } : {}) };
  return readingOf(role === 'room' ? { ...about, space: 'flat' } : about, T0, 0).point;
}

function measured(quantity: Quantity, hour: number): number {
  const { kind, min, max } = quantities[quantity];
  const day = Math.floor(hour / 24);
  const noise = ((hour * 7919) % 101) / 101;
  if (kind === 'register') {
    // From the ninth day it runs all night as well; on the last it begins again.
    const used = 1000 * (hour - Math.sin((hour / 24) * 2 * Math.PI) * 3 + Math.max(0, day - 8) * 12);
    return day === DAYS - 1 ? used - 1000 * (DAYS - 1) * 24 + 50_000 : used + 50_000;
  }
  if (max === 1) return day > 7 && hour % 24 < 6 ? 1 : 0;
  const usual = quantity.endsWith('C') ? 21 : Math.min(max / 2, 5000);
  if (day === 8) return usual;
  if (day === 9) return Math.max(min, 0);
  const value = usual * (1 + 0.2 * Math.sin((hour / 24) * 2 * Math.PI) + 0.05 * noise);
  return Math.min(max, day === 10 ? 1.9 * value : value);
}
