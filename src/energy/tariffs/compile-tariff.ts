import { type LocalTime, type Zone, zoneOf } from '../../domain/zone.ts';
import { compilePower, type SpecialPower } from './compile-power.ts';
import { type EnergyPrice, energyPrice, type FixedPrice, fixedPrice } from './compile-prices.ts';
import { type Compiling, sectionNames, type TimingOf } from './compiling.ts';
import type { PowerPrice, Span } from './power-price.ts';
import { activityOf } from './recurring.ts';
import type { TariffFile, TariffObject } from './tariff.ts';
import { parseTariffFile, type TariffProblem } from './tariff-file.ts';
import { moneyOf, moneyWith } from './tariff-money.ts';
import { checkPatterns, knownPattern, patternsOf } from './tariff-patterns.ts';
import { unpriced } from './tariff-validity.ts';
import {
  createTiming,
  type DayPlan,
  dateOf,
  MOST_PERIODS,
  nearestYear,
  planOf,
  type Timing,
} from './timing.ts';

/** How to price days for which the tariff has no price: not at all, or as in its nearest year. */
export type OutsideValidity = 'refuse' | 'nearestYear';

/** A tariff, ready for guards, bills and plans: pure data and functions of it. */
export type Tariff = {
  readonly name: string;
  readonly companyName: string | undefined;
  readonly currency: string;
  readonly timeZone: string;
  readonly zone: Zone;
  readonly billingMonths: number;
  /** VAT on what the tariff gives no price with VAT for, as a share; undefined: not known. */
  readonly vat: number | undefined;
  readonly periodAt: (atMs: number) => Span;
  readonly fixed: readonly FixedPrice[];
  readonly energy: readonly EnergyPrice[];
  readonly power: readonly PowerPrice[];
  /** What is billed by power in ways that no window tells. */
  readonly special: readonly SpecialPower[];
  /** The plan of the local day that holds a moment. */
  readonly dayAt: (atMs: number, outside: OutsideValidity) => DayPlan;
  /** Why a day cannot be billed: the tariff has no price for it. */
  readonly unpricedOn: (day: DayPlan) => TariffProblem | undefined;
  /** Sum of the energy prices at a moment, excluding VAT, per kWh; NaN where a spot price counts and is not given. */
  readonly energyPriceAt: (atMs: number, spotPrice?: number) => number;
};

/** A tariff of a file, or why it is none. */
export type CompiledTariff = {
  readonly names: readonly string[];
  readonly tariff: Tariff | undefined;
  readonly problems: readonly TariffProblem[];
};

export type CompiledTariffs = {
  readonly tariffs: readonly CompiledTariff[];
  /** Of the file as a whole and of all of its tariffs. */
  readonly problems: readonly TariffProblem[];
};

/** Reads the tariffs of a file. A tariff of which anything is not understood is none: each problem has its JSON path. */
export function compileTariffs(value: unknown): CompiledTariffs {
  const { tariffs: parsed, problems, placeOf } = parseTariffFile(value);
  const tariffs = parsed.map(({ index, names, file, problems: unread }): CompiledTariff => {
    const [object] = file?.tariffs ?? [];
    if (!file || !object) return { names, tariff: undefined, problems: unread };
    const found: TariffProblem[] = [];
    const wrong = (path: readonly PropertyKey[], message: string) =>
      found.push({ path: placeOf(path), message });
    const tariff = compileTariff(file, object, index, { placeOf, wrong });
    return { names, tariff: found.length > 0 ? undefined : tariff, problems: found };
  });
  return { tariffs, problems: [...problems, ...tariffs.flatMap((tariff) => tariff.problems)] };
}

const KEPT_DAYS = 5000;
const MONTHS_A_YEAR = 12;

function compileTariff(file: TariffFile, tariff: TariffObject, t: number, compiling: Compiling): Tariff {
  const zone = zoneOf(tariff.timeZone);
  const root = ['tariffs', t];
  if (sectionNames.every((name) => !tariff[name]?.components.length)) {
    compiling.wrong(root, `has no price: ${sectionNames.join(', ')} with components bill something`);
  }
  const { vat, currency } = moneyOf(tariff, root, compiling);
  const billingMonths = tariff.billingPeriod;
  const periodAt = (atMs: number): Span => {
    const { year, month } = zone.local(atMs);
    const first = Math.floor((month - 1) / billingMonths) * billingMonths + 1;
    return { fromMs: zone.startOf(year, first, 1), toMs: zone.startOf(year, first + billingMonths, 1) };
  };
  const patterns = patternsOf(file, tariff.timeZone);
  const timings: Timing[] = [];
  /** Of each timing: the date whose prices stand in where its section of the tariff has none. */
  const standIns: ((at: LocalTime) => string)[] = [];
  const standInOf = new Map(
    sectionNames.map((name) => [
      name,
      nearestYear(
        tariff.validPeriod,
        (tariff[name]?.components ?? []).map(({ validPeriod }) => validPeriod),
        zone,
      ),
    ]),
  );
  const timingOf: TimingOf = (component, path, section, only) => {
    const periods = component.recurringPeriods ?? [];
    const wanted = only ?? (periods.length > 0 ? periods.map(({ reference }) => reference) : [undefined]);
    const isTooMany = wanted.length > MOST_PERIODS;
    if (isTooMany)
      compiling.wrong([...path, 'recurringPeriods'], `more than ${MOST_PERIODS} are not understood`);
    checkPatterns(periods, [...path, 'recurringPeriods'], patterns, compiling);
    const timing = createTiming({
      index: timings.length,
      validPeriods: [tariff.validPeriod, tariff[section]?.validPeriod, component.validPeriod],
      months: component['x-kvarter']?.months,
      isPaidAllYear: component['x-kvarter']?.lookBack !== undefined,
      isByDays: tariff['x-kvarter']?.yearByDays === true && component.pricedPeriod === MONTHS_A_YEAR,
      activities: wanted
        .slice(0, MOST_PERIODS)
        .map((name) =>
          activityOf(
            name === undefined ? [] : periods.filter(({ reference }) => reference === name),
            (pattern) => knownPattern(patterns, pattern),
          ),
        ),
    });
    timings.push(timing);
    standIns.push(standInOf.get(section) ?? dateOf);
    return timing;
  };
  const money = moneyWith(vat);
  const fixed = (tariff.fixedPrice?.components ?? []).map((component, c) => {
    const timing = timingOf(component, [...root, 'fixedPrice', 'components', c], 'fixedPrice');
    return fixedPrice(component, timing, billingMonths, money);
  });
  const energy = (tariff.energyPrice?.components ?? []).flatMap((component, c) => {
    const path = [...root, 'energyPrice', 'components', c];
    const timing = timingOf(component, path, 'energyPrice');
    const unit = tariff.energyPrice?.unit;
    return energyPrice(component, { path, timing, money, unit, billingMonths, compiling }) ?? [];
  });

  const caches = { refuse: new Map<number, DayPlan>(), nearestYear: new Map<number, DayPlan>() };
  let last: { readonly plan: DayPlan; readonly outside: OutsideValidity } | undefined;
  const dayAt = (atMs: number, outside: OutsideValidity): DayPlan => {
    if (last && last.outside === outside && atMs >= last.plan.fromMs && atMs < last.plan.toMs)
      return last.plan;
    const { fromMs } = zone.dayAt(atMs);
    const cache = caches[outside];
    let plan = cache.get(fromMs);
    if (!plan) {
      plan = planOf(fromMs, zone, timings, (local, { index }) =>
        outside === 'refuse' ? dateOf(local) : (standIns[index]?.(local) ?? dateOf(local)),
      );
      if (cache.size > KEPT_DAYS) cache.clear();
      cache.set(fromMs, plan);
    }
    last = { plan, outside };
    return plan;
  };
  const holidays = patterns('holidays');
  const isHoliday = typeof holidays === 'function' ? holidays : () => false;
  const { power, special } = compilePower(tariff, [...root, 'powerPrice'], {
    zone,
    periodAt,
    billingMonths,
    currency,
    money,
    timingOf,
    isHoliday,
    planAt: (atMs) => dayAt(atMs, 'nearestYear'),
    ...compiling,
  });

  return {
    name: tariff.name ?? tariff.product ?? tariff.id ?? `tariff ${t + 1}`,
    companyName: tariff.companyName ?? undefined,
    currency,
    timeZone: tariff.timeZone,
    zone,
    billingMonths,
    vat,
    periodAt,
    fixed,
    energy,
    power,
    special,
    dayAt,
    unpricedOn: (day) => unpriced(tariff, root, day, compiling),
    energyPriceAt: (atMs, spotPrice = Number.NaN) => {
      const day = dayAt(atMs, 'nearestYear');
      const quarter = Math.floor((atMs - day.fromMs) / 900_000);
      let sum = 0;
      for (const { timing, unit, price, temperature, spotMultiplier } of energy) {
        if (unit !== 'kWh' || temperature || !day.masks[timing.index]?.[quarter]) continue;
        sum += price.exVat + (spotMultiplier === undefined ? 0 : spotMultiplier * spotPrice);
      }
      return sum;
    },
  };
}
