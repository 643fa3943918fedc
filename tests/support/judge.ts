import { isDeepStrictEqual } from 'node:util';
import type { AlertChange } from '../../src/domain/alert.ts';
import type { Reading } from '../../src/domain/reading.ts';
import type { Register } from '../../src/domain/register.ts';
import { createAlerting } from '../../src/workers/alerting.ts';
import { knownBy, restore } from './alerting.ts';
import { registerOf, withPlacesOf } from './readings.ts';
import { onlyRules } from './rules.ts';

type Options = { readonly types: readonly string[]; readonly register?: Register };

const oneBuilding = registerOf([{ id: 'b1' }], [{ id: 'd', model: 'kvarter', building: 'b1' }]);

/**
 * What shipped rules of these types make of readings, of which the register has all places. The same is asked of rules that are
 * saved and restored now and then: throws when their answer differs.
 */
export function judge(
  readings: readonly Reading[],
  { types, register = oneBuilding }: Options,
): AlertChange[] {
  const rules = onlyRules(...types);
  const places = withPlacesOf(readings, register);
  const open = () =>
    createAlerting({
      rules,
      holds: { powerHoldMs: 15 * 60_000, registerGapMs: 3 * 3_600_000 },
      register: () => places,
      tariffs: new Map(),
    });
  const whole = open();
  for (const reading of readings) whole.onReading(reading);
  const changes = whole.drain().changes;

  let parts = open();
  const kept: AlertChange[] = [];
  const every = Math.max(Math.floor(readings.length / 7), 1);
  for (const [at, reading] of readings.entries()) {
    if (at % every === 0) {
      kept.push(...parts.drain().changes);
      const saved = knownBy(parts);
      parts = open();
      restore(parts, saved);
    }
    parts.onReading(reading);
  }
  kept.push(...parts.drain().changes);
  if (!isDeepStrictEqual(kept, changes)) throw new Error('a restart changed the alerts');
  return [...changes];
}
