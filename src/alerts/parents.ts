import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { Alert } from '../domain/alert.ts';
import { carriedBy, gatewayOf } from '../domain/gateways.ts';
import type { Role } from '../domain/reading.ts';
import { hasRole, type Register } from '../domain/register.ts';
import type { ParentRule } from '../rules/parents.ts';
import { alertSchema } from './alert-schema.ts';

export type ParentOptions = {
  readonly register: () => Register;
  readonly parents: () => readonly ParentRule[];
};

export type Parents = {
  /** The id of another alert that fires and explains this one. */
  readonly parentOf: (alert: Alert) => string | undefined;
  /** Alerts that fire and are explained, by this one, which fires too, among others; one may be there twice. */
  readonly childrenOf: (alert: Alert) => readonly Alert[];
};

const MAIN: readonly Role[] = ['electricityMain', 'heatMain', 'waterMain'];
const PART: readonly Role[] = ['submeter'];

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
  const ofPlace = (rule: string, building: string, space: string) =>
    atPlace.all({ rule, building, space }).map(alertOf);
  const ofBuilding = (rule: string, building: string) => inBuilding.all(rule, building).map(alertOf);
  const ofDevice = (rule: string, device: string, building: string | null = null) =>
    byDevice.all({ rule, device, building }).map(alertOf);
  const isOfMain = ({ space, device }: Alert) =>
    device === undefined ? space === undefined : hasRole(register(), device, MAIN);
  const isOfPart = ({ device }: Alert) => device !== undefined && hasRole(register(), device, PART);

  const candidates = ({ parent: rule, by }: ParentRule, alert: Alert): readonly Alert[] => {
    const { building = '', space, device } = alert;
    switch (by) {
      case 'building':
        return space === undefined && device === undefined ? [] : ofPlace(rule, building, '');
      case 'main':
        return isOfMain(alert) ? ofBuilding(rule, building).filter(isOfMain) : [];
      case 'part':
        return isOfMain(alert) ? ofBuilding(rule, building).filter(isOfPart) : [];
      case 'space':
        return space === undefined ? [] : ofPlace(rule, building, space);
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

  const below = ({ child: rule, by }: ParentRule, alert: Alert): readonly Alert[] => {
    const { building = '', space, device } = alert;
    switch (by) {
      case 'building':
        return space === undefined && device === undefined ? ofBuilding(rule, building) : [];
      case 'main':
        return isOfMain(alert) ? ofBuilding(rule, building).filter(isOfMain) : [];
      case 'part':
        return isOfPart(alert) ? ofBuilding(rule, building).filter(isOfMain) : [];
      case 'space':
        return space === undefined || device !== undefined
          ? []
          : inSpace.all(rule, building, space).map(alertOf);
      case 'device':
        return device === undefined ? [] : ofDevice(rule, device);
      case 'gateway':
        return device === undefined
          ? []
          : (carriedBy(register()).get(device)?.devices ?? []).flatMap((carried) => ofDevice(rule, carried));
    }
  };

  const explaining = (alert: Alert): readonly Alert[] =>
    parents()
      .filter(({ child }) => child === alert.rule)
      .flatMap((rule) =>
        candidates(rule, alert).filter(({ facts }) => isSame(rule.same, facts, alert.facts)),
      );
  /** Is one of the alerts, or what explains it, explained by the other? `seen`: ids that have been asked. */
  const leadsTo = (id: string, alerts: readonly Alert[], seen = new Set<string>()): boolean =>
    alerts.some((alert) => {
      if (alert.id === id) return true;
      if (seen.has(alert.id)) return false;
      seen.add(alert.id);
      return leadsTo(id, explaining(alert), seen);
    });
  // Alerts that explain each other in a circle would all be held: nobody would be told of any.
  const parentOf = (alert: Alert): string | undefined =>
    explaining(alert).find((other) => !leadsTo(alert.id, [other]))?.id;
  return {
    parentOf,
    childrenOf: (alert) =>
      parents()
        .filter(({ parent }) => parent === alert.rule)
        .flatMap((rule) => below(rule, alert))
        // Asked of each child again: one rule for what explains what.
        .filter((child) => parentOf(child) !== undefined),
  };
}

function alertOf({ alert }: Record<string, SQLOutputValue>): Alert {
  return alertSchema.parse(JSON.parse(String(alert)));
}

function isSame(fact: string | undefined, one: Alert['facts'], other: Alert['facts']): boolean {
  return fact === undefined || JSON.stringify(one[fact]) === JSON.stringify(other[fact]);
}
