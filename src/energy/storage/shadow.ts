import type { StorageSite } from './battery.ts';
import { powerRange, storedAfter } from './battery.ts';
import type { StoredValue } from './stored-value.ts';
import type { Aim } from './tracked-rules.ts';

/** One day as it would have been with a level: import of each step, kW, and what the energy cost. */
export type ShadowDay = {
  readonly dayMs: number;
  readonly importKw: number[];
  energyCost: number;
  storedKwh: number;
};

/** A store that is only imagined: what it would have done, had it held a level all the time. */
export type Shadow = Aim & {
  value: StoredValue | undefined;
  storedKwh: number;
  readonly days: ShadowDay[];
};

/** Days of which a shadow remembers what it did. */
const DAYS_KEPT = 42;

export function createShadow(aim: Aim, { battery }: StorageSite): Shadow {
  return { ...aim, value: undefined, storedKwh: battery.capacityKwh / 2, days: [] };
}

/** A shadow's step with the load that there was. */
export function shadowStep(
  shadow: Shadow,
  site: StorageSite,
  {
    step,
    isPlanned,
    dayMs,
    netKw,
    hours,
    buy,
    sell,
  }: {
    readonly step: number;
    /** Does its plan reach so far? */
    readonly isPlanned: boolean;
    readonly dayMs: number;
    readonly netKw: number;
    readonly hours: number;
    readonly buy: number;
    readonly sell: number;
  },
): void {
  let day = shadow.days.at(-1);
  if (day?.dayMs !== dayMs) {
    day = { dayMs, importKw: [], energyCost: 0, storedKwh: shadow.storedKwh };
    shadow.days.push(day);
    if (shadow.days.length > DAYS_KEPT) shadow.days.shift();
  }
  if (!Number.isFinite(netKw) || !shadow.value || !isPlanned) {
    const importKw = Number.isFinite(netKw) ? Math.max(netKw, 0) : 0;
    day.importKw.push(importKw);
    day.energyCost += importKw * hours * buy;
    return;
  }
  const { minKw, maxKw } = powerRange(site.battery, shadow.storedKwh, hours);
  const power = Math.min(Math.max(shadow.value.powerIn(step, shadow.storedKwh, netKw), minKw), maxKw);
  shadow.storedKwh = storedAfter(site.battery, shadow.storedKwh, power, hours);
  const grid = netKw + power;
  day.importKw.push(Math.max(grid, 0));
  day.energyCost += grid * hours * (grid > 0 ? buy : sell);
}
