import type { Register } from '../domain/register.ts';
import { compileTariffs, type Tariff } from '../energy/compile-tariff.ts';
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
  readonly tariffs: ReadonlyMap<string, Pick<Tariff, 'power'>>;
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
  const unpriced = guarded(defaultTariff(options.peakGuard, register()));
  const prices = new Map([...tariffs].map(([name, tariff]) => [name, guarded(tariff)]));
  return (building) => prices.get(register().buildings.get(building)?.tariff ?? '') ?? unpriced;
}

/** What the guard can follow, each under a name of its own: a subscription is paid whatever the hour brings. */
function guarded({ power }: Pick<Tariff, 'power'>): readonly PowerPrice[] {
  return power.flatMap((price) => (price.subscribed ? [] : [{ ...price, reference: price.key }]));
}

/** For buildings without a tariff: the mean of the month's highest hours, at the settings' price. */
function defaultTariff(options: PeakGuardOptions, { organisation }: Register): Pick<Tariff, 'power'> {
  const component = {
    reference: 'default',
    price: { priceExVat: options.defaultPricePerKw, currency: 'SEK' },
    peakIdentificationSettings: {
      peakFunction: 'peak(default)',
      peakIdentificationPeriod: 'PT1H',
      peakDuration: 'PT1H',
      numberOfPeaksForAverageCalculation: options.defaultPeaks,
    },
  };
  const { tariffs } = compileTariffs({
    tariffs: [{ timeZone: organisation.timeZone, powerPrice: { components: [component] } }],
  });
  const power = tariffs[0]?.power ?? [];
  return { power: power.map((price) => ({ ...price, currency: options.defaultCurrency })) };
}
