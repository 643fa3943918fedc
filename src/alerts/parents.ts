import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { Alert } from '../domain/alert.ts';
import { carriedBy, gatewayOf } from '../domain/gateways.ts';
import { isMainMeter, type Register } from '../domain/register.ts';
import type { ParentRule } from '../rules/parents.ts';
import { alertSchema } from './alert-schema.ts';

export type ParentOptions = {
  readonly register: () => Register;
  readonly parents: () => readonly ParentRule[];
};

export type Parents = {
  /** The id of another alert that fires and explains this one. */
  readonly parentOf: (alert: Alert) => string | undefined;
  /** Alerts that fire and that this one explains, which fires too. */
  readonly childrenOf: (alert: Alert) => readonly Alert[];
};

/** The table `alerts` must be there. */
export function openParents(db: DatabaseSync, { register, parents }: ParentOptions): Parents {
  db.exec(`
    CREATE INDEX IF NOT EXISTS alerts_firing_place ON alerts (
      rule, building, ifnull(json_extract(alert, '$.space'), ''), ifnull(json_extract(alert, '$.device'), '')) WHERE rank = 1;
    CREATE INDEX IF NOT EXISTS alerts_firing_device ON alerts (rule, json_extract(alert, '$.device')) WHERE rank = 1`);
  const atPlace = db.prepare(
    `SELECT alert FROM alerts WHERE rank = 1 AND rule = $rule AND building = $building
       AND ifnull(json_extract(alert, '$.space'), '') = $space AND ifnull(json_extract(alert, '$.device'), '') = ''
     ORDER BY starts_at_ms, id`,
  );
  const inBuilding = db.prepare(
    'SELECT alert FROM alerts WHERE rank = 1 AND rule = ? AND building = ? ORDER BY starts_at_ms, id',
  );
  const inSpace = db.prepare(
    `SELECT alert FROM alerts WHERE rank = 1 AND rule = ? AND building = ? AND ifnull(json_extract(alert, '$.space'), '') = ?`,
  );
  const byDevice = db.prepare(
    `SELECT alert FROM alerts WHERE rank = 1 AND rule = $rule AND json_extract(alert, '$.device') = $device
       AND ($building IS NULL OR building = $building)
     ORDER BY starts_at_ms, id`,
  );
  const ofMain = (rule: string, building: string) =>
    inBuilding.all(rule, building).filter((row) => isOfMain(alertOf(row), register()));
  const ofPart = (rule: string, building: string) =>
    inBuilding.all(rule, building).filter((row) => isOfPart(alertOf(row), register()));
  const ofDevice = (rule: string, device: string, building: string | null = null) =>
    byDevice.all({ rule, device, building });

  const candidates = ({ parent: rule, by }: ParentRule, alert: Alert) => {
    const { building = '', space, device } = alert;
    switch (by) {
      case 'building':
        return space === undefined && device === undefined ? [] : atPlace.all({ rule, building, space: '' });
      case 'main':
        return isOfMain(alert, register()) ? ofMain(rule, building) : [];
      case 'part':
        return isOfMain(alert, register()) ? ofPart(rule, building) : [];
      case 'space':
        return space === undefined ? [] : atPlace.all({ rule, building, space });
      case 'device':
        return device === undefined ? [] : ofDevice(rule, device);
      case 'gateway': {
        const gateway = device === undefined ? undefined : gatewayOf(register(), device);
        if (gateway === undefined) return [];
        // Without a row it is heard through what it carries alone, in each building by itself.
        return ofDevice(rule, gateway, register().devices.has(gateway) ? null : building);
      }
    }
  };

  const below = ({ child: rule, by }: ParentRule, alert: Alert) => {
    const { building = '', space, device } = alert;
    switch (by) {
      case 'building':
        return space === undefined && device === undefined ? inBuilding.all(rule, building) : [];
      case 'main':
        return isOfMain(alert, register()) ? ofMain(rule, building) : [];
      case 'part':
        return isOfPart(alert, register()) ? ofMain(rule, building) : [];
      case 'space':
        return space === undefined || device !== undefined ? [] : inSpace.all(rule, building, space);
      case 'device':
        return device === undefined ? [] : ofDevice(rule, device);
      case 'gateway':
        return device === undefined
          ? []
          : (carriedBy(register()).get(device)?.devices ?? []).flatMap((carried) => ofDevice(rule, carried));
    }
  };

  const parentOf = (alert: Alert): string | undefined => {
    for (const rule of parents()) {
      if (rule.child !== alert.rule) continue;
      const found = candidates(rule, alert)
        .map(alertOf)
        .find(({ id, facts }) => id !== alert.id && isSame(rule.same, facts, alert.facts));
      if (found) return found.id;
    }
    return undefined;
  };
  return {
    parentOf,
    childrenOf: (alert) => {
      const rules = parents().filter(({ parent }) => parent === alert.rule);
      const found = rules.flatMap((rule) => below(rule, alert)).map(alertOf);
      const others = found.filter(({ id }) => id !== alert.id);
      // Asked of each child again: one rule for what explains what.
      return [...new Map(others.map((child) => [child.id, child])).values()].filter(
        (child) => parentOf(child) !== undefined,
      );
    },
  };
}

/** Is it about a building as a whole, or a main meter of it? */
function isOfMain({ space, device }: Alert, register: Register): boolean {
  return device === undefined ? space === undefined : isMainMeter(register, device);
}

function isOfPart({ device }: Alert, { devices }: Register): boolean {
  return device !== undefined && (devices.get(device)?.some(({ role }) => role === 'submeter') ?? false);
}

function alertOf({ alert }: Record<string, SQLOutputValue>): Alert {
  return alertSchema.parse(JSON.parse(String(alert)));
}

function isSame(fact: string | undefined, one: Alert['facts'], other: Alert['facts']): boolean {
  return fact === undefined || JSON.stringify(one[fact]) === JSON.stringify(other[fact]);
}
