import type { Finding } from '../domain/alert.ts';
import { isQuantity, type Quantity, quantities } from '../domain/quantity.ts';
import { pointKey } from '../domain/reading.ts';
import type { Device, Register } from '../domain/register.ts';
import { hasDevices, rowsOf } from './gone.ts';
import type { RunningRule } from './rule-type.ts';
import { placeOf, subjectOf } from './scope.ts';

const all = Object.keys(quantities).filter(isQuantity);

/**
 * Does a rule look at what it found, as the register has it now: does an entry hold for it, and would it take readings of its
 * device, or of any in its space or building? Another role or area may be one that it does not ask for.
 */
export function isLookedAt(
  rule: Pick<RunningRule, 'toldOf' | 'handlerOf' | 'seesHoursOf'>,
  register: Register,
  finding: Pick<Finding, 'building' | 'space' | 'device' | 'quantity'>,
  atMs: number,
): boolean {
  if (rule.toldOf(placeOf(register, finding)) === undefined) return false;
  // What has no row of its own is known by those of others.
  const { building = '', device } = finding;
  if (!hasDevices(building) || (device !== undefined && !register.devices.has(device))) return true;
  return rowsOf(register, finding, atMs).some((row) =>
    all.some((quantity) => {
      const point = pointOf(register, row, quantity);
      return rule.handlerOf(point) !== undefined || rule.seesHoursOf(point);
    }),
  );
}

function pointOf(register: Register, { id, building, channel }: Device, quantity: Quantity) {
  const point = { device: id, quantity, ...(channel === undefined ? {} : { channel }) };
  return { ...subjectOf(register, building, id, channel), ...point, key: pointKey(point) };
}
