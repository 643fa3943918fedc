import { HOUR_MS, MINUTE_MS } from '../../domain/interval.ts';
import type { Span } from '../tariffs/power-price.ts';
import type { BilledHistory, BilledWindow } from './billed-windows.ts';
import type { ToldAlert } from './told-windows.ts';

/** What a guard told of one building, and what was billed there. */
export type GuardedHistory = BilledHistory & {
  readonly building: string;
  readonly currency: string;
  readonly alerts: readonly ToldAlert[];
  /** What commands to its loads saved. */
  readonly saved?: number;
};

/** A billed window, and when it was told; undefined: never. */
export type ReportedPeak = BilledWindow & {
  readonly toldAtMs: number | undefined;
  readonly isInTime: boolean;
};

/** Of the windows that were told with a chance in [from, to): what was said in the mean, and how many were billed. */
export type ReliabilityRow = {
  readonly from: number;
  readonly to: number;
  readonly told: number;
  readonly said: number | null;
  readonly cameTrue: number | null;
};

/** How well the guard told. Shares of nothing are null. */
export type GuardScore = {
  readonly months: number;
  readonly peaks: number;
  /** Peaks that were told in time, and as a share. */
  readonly toldInTime: number;
  readonly recall: number | null;
  /** Alerts, and those with a window that was billed. */
  readonly alerts: number;
  readonly trueAlerts: number;
  readonly precision: number | null;
  readonly falsePerBuildingMonth: number | null;
  /** Of those that were more than information. */
  readonly urgent: {
    readonly alerts: number;
    readonly trueAlerts: number;
    readonly falsePerBuildingMonth: number | null;
  };
  readonly toldWindows: number;
  /** Of the told windows: the share that was billed. */
  readonly windowPrecision: number | null;
  /** From when a billed window was told first until its end, minutes. */
  readonly leadMinutes: { readonly median: number | null; readonly p10: number | null };
  /** By currency: of all peaks, of those told in time, and what commands saved. */
  readonly money: Readonly<Record<string, Money>>;
  readonly reliability: readonly ReliabilityRow[];
};
type Money = { readonly atStake: number; readonly toldInTime: number; readonly saved: number };

export type GuardReport = {
  readonly buildings: readonly (GuardScore & {
    readonly building: string;
    readonly list: readonly ReportedPeak[];
  })[];
  readonly total: GuardScore;
};

export type ReportOptions = {
  /** An hour is told in time when so much of it is left, a longer window when as much more is; at most a sixth of it. */
  readonly leadMs: number;
};

const BINS = 10;

/**
 * Holds what was told against what was billed, by building and in all. A false alert is one (a day of one component) of
 * which no window was billed; one about time in which nothing is known is neither true nor false, and left out.
 */
export function guardReport(histories: readonly GuardedHistory[], options: ReportOptions): GuardReport {
  const each = histories.map((history) => ({ history, list: reported(history, options) }));
  return {
    buildings: each.map((one) => ({ building: one.history.building, ...scored([one]), list: one.list })),
    total: scored(each),
  };
}

type Listed = { readonly history: GuardedHistory; readonly list: readonly ReportedPeak[] };

function reported({ windows, alerts }: GuardedHistory, { leadMs }: ReportOptions): readonly ReportedPeak[] {
  const told = new Map(
    alerts.flatMap(({ windows: all }) => all.map((window) => [keyOf(window), window.toldAtMs] as const)),
  );
  return windows.map((window) => {
    const toldAtMs = told.get(keyOf(window));
    const windowMs = window.toMs - window.fromMs;
    const neededMs = Math.min(leadMs * Math.max(windowMs / HOUR_MS, 1), windowMs / 6);
    const isInTime = toldAtMs !== undefined && toldAtMs <= window.toMs - neededMs;
    return { ...window, toldAtMs, isInTime };
  });
}

function scored(each: readonly Listed[]): GuardScore {
  const peaks = each.flatMap(({ list }) => list);
  const inTime = peaks.filter(({ isInTime }) => isInTime).length;
  const alerts = each.flatMap(({ history, list }) => {
    const billed = new Set(list.map(keyOf));
    return history.alerts.map(({ isInformation, windows }) => ({
      isInformation,
      windows: windows.map(({ chance, ...window }) => ({ chance, isBilled: billed.has(keyOf(window)) })),
    }));
  });
  const told = alerts.flatMap(({ windows }) => windows);
  const isTrue = ({ windows }: (typeof alerts)[number]) => windows.some(({ isBilled }) => isBilled);
  const trueAlerts = alerts.filter(isTrue).length;
  const urgent = alerts.filter(({ isInformation }) => !isInformation);
  const trueUrgent = urgent.filter(isTrue).length;
  const months = each.reduce((sum, { history }) => sum + history.months, 0);
  const leads = peaks.flatMap(({ toldAtMs, toMs }) =>
    toldAtMs === undefined ? [] : [(toMs - toldAtMs) / MINUTE_MS],
  );
  return {
    months,
    peaks: peaks.length,
    toldInTime: inTime,
    recall: share(inTime, peaks.length),
    alerts: alerts.length,
    trueAlerts,
    precision: share(trueAlerts, alerts.length),
    falsePerBuildingMonth: share(alerts.length - trueAlerts, months),
    urgent: {
      alerts: urgent.length,
      trueAlerts: trueUrgent,
      falsePerBuildingMonth: share(urgent.length - trueUrgent, months),
    },
    toldWindows: told.length,
    windowPrecision: share(told.filter(({ isBilled }) => isBilled).length, told.length),
    leadMinutes: { median: quantile(leads, 0.5), p10: quantile(leads, 0.1) },
    money: moneyOf(each),
    reliability: reliabilityOf(told),
  };
}

function moneyOf(each: readonly Listed[]): Readonly<Record<string, Money>> {
  const money: Record<string, Money> = {};
  for (const { history, list } of each) {
    const { currency, saved = 0 } = history;
    const before = money[currency] ?? { atStake: 0, toldInTime: 0, saved: 0 };
    const sum = (some: readonly ReportedPeak[]) => some.reduce((total, { atStake }) => total + atStake, 0);
    money[currency] = {
      atStake: before.atStake + sum(list),
      toldInTime: before.toldInTime + sum(list.filter(({ isInTime }) => isInTime)),
      saved: before.saved + saved,
    };
  }
  return money;
}

function reliabilityOf(
  told: readonly { readonly chance: number; readonly isBilled: boolean }[],
): readonly ReliabilityRow[] {
  return Array.from({ length: BINS }, (_, bin) => {
    const some = told.filter(({ chance }) => Math.min(Math.floor(chance * BINS), BINS - 1) === bin);
    return {
      from: bin / BINS,
      to: (bin + 1) / BINS,
      told: some.length,
      said: share(
        some.reduce((sum, { chance }) => sum + chance, 0),
        some.length,
      ),
      cameTrue: share(some.filter(({ isBilled }) => isBilled).length, some.length),
    };
  });
}

function keyOf({ component, fromMs }: Pick<BilledWindow, 'component'> & Pick<Span, 'fromMs'>): string {
  return `${component}|${fromMs}`;
}

function share(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}

/** With linear interpolation between the values; null of none. */
export function quantile(values: readonly number[], p: number): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const place = p * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(place)] ?? 0, sorted[Math.ceil(place)] ?? 0];
  return low + (high - low) * (place - Math.floor(place));
}
