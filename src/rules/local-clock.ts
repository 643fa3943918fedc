import type { LocalClock } from '../anomaly/night-floor.ts';
import { zoneOf } from '../domain/zone.ts';
import type { RegisterSource } from './rule.ts';

/** What the clock of the organisation shows. */
export function localClock(register: RegisterSource): LocalClock {
  return (atMs) => {
    const zone = zoneOf(register().organisation.timeZone);
    return { minuteOfDay: zone.local(atMs).minuteOfDay, dayMs: zone.dayAt(atMs).fromMs };
  };
}
