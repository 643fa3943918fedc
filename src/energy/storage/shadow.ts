import { HOUR_MS } from '../../domain/interval.ts';
import type { Span } from '../tariffs/power-price.ts';
import type { StorageSite } from './battery.ts';
import { powerRange, storedAfter } from './battery.ts';
import type { StoredValue } from './stored-value.ts';
import type { Aim } from './tracked-rules.ts';

/** One day as it would have been with a level. */
export type ShadowDay = {
  readonly dayMs: number;
  /** Of each step of the day, kW; 0 of one that was not lived. */
  readonly importKw: number[];
  /** Steps in which it held its level over a load that is known. */
  lived: number;
  energyCost: number;
  /** By how much more was stored at the end than at the beginning. */
  gainedKwh: number;
};

/** A store that is only imagined: what it would have done, had it held a level all the time. */
export type Shadow = Aim & {
  value: Pick<StoredValue, 'powerIn'> | undefined;
  storedKwh: number;
  readonly days: ShadowDay[];
};

/** Days of which a shadow remembers what it did. */
const DAYS_KEPT = 42;
/** A day of which a greater share was not lived says nothing of its peaks. */
const MOST_MISSING = 0.1;

/**
 * `like`: of the level that is nearest; until the new one has days of its own it is supposed to have lived as that one did. All
 * are judged on the same days, so that one without a past would make the others forget theirs.
 */
export function createShadow(aim: Aim, { battery }: StorageSite, like?: Shadow): Shadow {
  return {
    ...aim,
    value: undefined,
    storedKwh: like?.storedKwh ?? battery.capacityKwh / 2,
    days: like?.days.map((day) => ({ ...day, importKw: [...day.importKw] })) ?? [],
  };
}

/**
 * The days before a moment that a shadow lived through: neither the one in which it began, nor one of a gap of the load. The
 * hours before it began would be an import of nothing, and one with no plan that of a store that holds no level.
 */
export function daysLived({ days }: Shadow, beforeMs: number): readonly ShadowDay[] {
  return days.filter(
    ({ dayMs, importKw, lived }) => dayMs < beforeMs && lived >= importKw.length * (1 - MOST_MISSING),
  );
}

/** A shadow's step with the load that there was; without a `site` there is no store in it. */
export function shadowStep(
  shadow: Shadow,
  site: StorageSite | undefined,
  {
    step,
    isPlanned,
    fromMs,
    day: span,
    netKw,
    hours,
    buy,
    sell,
  }: {
    readonly step: number;
    /** Does its plan reach so far? */
    readonly isPlanned: boolean;
    readonly fromMs: number;
    /** The day that the step is in. */
    readonly day: Span;
    readonly netKw: number;
    readonly hours: number;
    readonly buy: number;
    readonly sell: number;
  },
): void {
  const stepMs = hours * HOUR_MS;
  let day = shadow.days.at(-1);
  if (day?.dayMs !== span.fromMs) {
    const steps = Math.max(Math.round((span.toMs - span.fromMs) / stepMs), 1);
    const importKw = new Array<number>(steps).fill(0);
    day = { dayMs: span.fromMs, importKw, lived: 0, energyCost: 0, gainedKwh: 0 };
    shadow.days.push(day);
    if (shadow.days.length > DAYS_KEPT) shadow.days.shift();
  }
  const at = Math.round((fromMs - span.fromMs) / stepMs);
  if (!site || !Number.isFinite(netKw) || !shadow.value || !isPlanned) {
    const importKw = Number.isFinite(netKw) ? Math.max(netKw, 0) : 0;
    day.importKw[at] = importKw;
    day.energyCost += importKw * hours * buy;
    if (!site && Number.isFinite(netKw)) day.lived += 1;
    return;
  }
  const { minKw, maxKw } = powerRange(site.battery, shadow.storedKwh, hours);
  const asked = shadow.value.powerIn(step, shadow.storedKwh, netKw, site.battery);
  const power = Math.min(Math.max(asked, minKw), maxKw);
  const stored = storedAfter(site.battery, shadow.storedKwh, power, hours);
  day.gainedKwh += stored - shadow.storedKwh;
  shadow.storedKwh = stored;
  const grid = netKw + power;
  day.importKw[at] = Math.max(grid, 0);
  day.lived += 1;
  day.energyCost += grid * hours * (grid > 0 ? buy : sell);
}
