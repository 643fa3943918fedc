import { HOUR_MS } from '../domain/interval.ts';
import { zoneOf } from '../domain/zone.ts';
import type { Holds } from '../energy/intervals.ts';
import type { PowerPrice } from '../energy/power-price.ts';
import { containerFullRule } from './container-full.ts';
import { deviceStatusRule } from './device-status.ts';
import { flatLineRule } from './flat-line.ts';
import type { PeakGuardOptions, RuleOptions } from './options.ts';
import { outOfRangeRule } from './out-of-range.ts';
import { type PeakStatus, peakGuardRule } from './peak-guard.ts';
import type { RegisterSource, Rule } from './rule.ts';
import { staleRule } from './stale.ts';

export type RuleContext = {
  readonly options: RuleOptions;
  readonly holds: Holds;
  readonly register: RegisterSource;
  readonly tariffs: ReadonlyMap<string, readonly PowerPrice[]>;
};

/** Every rule that kvarter runs, in the order in which they see a reading. */
export function createRules({ options, holds, register, tariffs }: RuleContext): {
  readonly rules: readonly Rule[];
  readonly peaks: () => readonly PeakStatus[];
} {
  const pricesOf = pricesOfBuildings({ options, register, tariffs });
  const guard = peakGuardRule({ options: options.peakGuard, holds, register, pricesOf });
  const rules = [
    guard,
    staleRule(options.stale, register),
    outOfRangeRule(options.outOfRange),
    flatLineRule(options.flatLine),
    containerFullRule(options.containerFull),
    deviceStatusRule(options.deviceStatus),
  ];
  return { rules, peaks: guard.peaks };
}

/** What power costs in a building: by its tariff, or as the settings say. */
export function pricesOfBuildings({
  options,
  register,
  tariffs,
}: Pick<RuleContext, 'options' | 'register' | 'tariffs'>): (building: string) => readonly PowerPrice[] {
  const unpriced = defaultPrices(options.peakGuard, register);
  return (building) => tariffs.get(register().buildings.get(building)?.tariff ?? '') ?? unpriced;
}

/** For buildings without a tariff: the mean of the month's highest hours, at the settings' price. */
function defaultPrices(options: PeakGuardOptions, register: RegisterSource): readonly PowerPrice[] {
  const zone = zoneOf(register().organisation.timeZone);
  return [
    {
      reference: 'default',
      peaks: options.defaultPeaks,
      onePerDay: false,
      pricePerKw: options.defaultPricePerKw,
      currency: options.defaultCurrency,
      billedKw: (meanKw) => Math.max(meanKw, 0),
      windowAt: (atMs) => zone.windowAt(atMs, HOUR_MS),
      periodAt: zone.monthAt,
      dayAt: zone.dayAt,
      isFreeDay: (atMs) => zone.local(atMs).weekday > 5,
    },
  ];
}
