import type { DatabaseSync } from 'node:sqlite';
import type { Alert } from '../domain/alert.ts';
import type { Register } from '../domain/register.ts';
import { deviceRow } from '../domain/register.ts';
import type { ParentRule } from '../rules/parents.ts';
import { alertSchema } from './alert-schema.ts';

export type ParentOptions = {
  readonly register: () => Register;
  readonly parents: () => readonly ParentRule[];
};

/** Finds, for an alert, the id of another that fires and explains it. The table `alerts` must be there. */
export function openParents(
  db: DatabaseSync,
  { register, parents }: ParentOptions,
): (alert: Alert) => string | undefined {
  db.exec(`
    CREATE INDEX IF NOT EXISTS alerts_firing_place ON alerts (
      rule, building, ifnull(json_extract(alert, '$.space'), ''), ifnull(json_extract(alert, '$.device'), '')) WHERE rank = 1;
    CREATE INDEX IF NOT EXISTS alerts_firing_device ON alerts (rule, json_extract(alert, '$.device')) WHERE rank = 1`);
  const atPlace = db.prepare(
    `SELECT alert FROM alerts WHERE rank = 1 AND rule = $rule AND building = $building
       AND ifnull(json_extract(alert, '$.space'), '') = $space AND ifnull(json_extract(alert, '$.device'), '') = ''
     ORDER BY starts_at_ms, id`,
  );
  const ofDevice = db.prepare(
    `SELECT alert FROM alerts WHERE rank = 1 AND rule = ? AND json_extract(alert, '$.device') = ? ORDER BY starts_at_ms, id`,
  );

  const candidates = ({ parent: rule, by }: ParentRule, alert: Alert) => {
    const { building = '', space, device } = alert;
    switch (by) {
      case 'building':
        return space === undefined && device === undefined ? [] : atPlace.all({ rule, building, space: '' });
      case 'space':
        return space === undefined ? [] : atPlace.all({ rule, building, space });
      case 'device':
        return device === undefined ? [] : ofDevice.all(rule, device);
      case 'gateway': {
        const gateway = device === undefined ? undefined : gatewayOf(register(), device);
        return gateway === undefined ? [] : ofDevice.all(rule, gateway);
      }
    }
  };

  return (alert) => {
    for (const rule of parents()) {
      if (rule.child !== alert.rule) continue;
      const found = candidates(rule, alert)
        .map((row) => alertSchema.parse(JSON.parse(String(row.alert))))
        .find(({ id, facts }) => id !== alert.id && isSame(rule.same, facts, alert.facts));
      if (found) return found.id;
    }
    return undefined;
  };
}

function isSame(fact: string | undefined, one: Alert['facts'], other: Alert['facts']): boolean {
  return fact === undefined || JSON.stringify(one[fact]) === JSON.stringify(other[fact]);
}

function gatewayOf({ devices }: Register, device: string): string | undefined {
  const { gateway } = deviceRow(devices.get(device) ?? [], undefined) ?? devices.get(device)?.[0] ?? {};
  return gateway;
}
