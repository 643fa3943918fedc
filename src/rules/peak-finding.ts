import type { Finding } from '../domain/alert.ts';
import { HOUR_MS } from '../domain/interval.ts';
import type { Building } from '../domain/register.ts';
import { isoTime } from '../domain/time.ts';
import type { PowerPrice, Span } from '../energy/power-price.ts';
import type { Told } from './rule.ts';
import { loadsToShed } from './shedding.ts';

const MINUTE_MS = 60_000;

type Peak = {
  /** The building's id; the register may not know it any more. */
  readonly id: string;
  readonly told: Told;
  readonly window: Span;
  readonly price: PowerPrice;
  readonly atMs: number;
};

export type ToldPeak = Peak & {
  /** Energy of the window so far, kWh, and how much of that time is known, 0..1. */
  readonly energyKwh: number;
  readonly coverage: number;
  readonly projectedKw: number;
  readonly budgetKw: number;
  /** Billed power from which the window costs anything as the bill stands now, kW. */
  readonly billedFromKw: number;
  /** Chance that it ends among the billed ones, 0..1, and what it then adds to the bill as it stands now. */
  readonly chance: number;
  readonly cost: number;
};

/** What a manager is told of a window that is about to be billed: how much, what it costs, what to switch off. */
export function peakTold(building: Building | undefined, peak: ToldPeak): Finding {
  const { id, window, price, atMs, projectedKw, budgetKw } = peak;
  const shed = loadsToShed(building?.flexibleLoads ?? [], {
    excessKwh: ((projectedKw - budgetKw) * (window.toMs - window.fromMs)) / HOUR_MS,
    leftMs: window.toMs - atMs,
  });
  const minutes = Math.round((window.toMs - atMs) / MINUTE_MS);
  const cost = Math.round(peak.cost);
  return finding(peak, {
    holds: true,
    title: `${building?.name ?? id}: ${Math.round(projectedKw)} kW this ${windowName(window)}, budget ${Math.round(budgetKw)} kW`,
    detail: [
      `${minutes} minutes are left; at this pace the mean is ${round(projectedKw)} kW.`,
      `Above ${round(budgetKw)} kW it is likely to be billed: ${cost} ${price.currency} at stake, with a chance of ${Math.round(peak.chance * 100)} %.`,
      shed.length > 0
        ? `Switch off: ${shed.map(({ name }) => name).join(', ')}.`
        : 'The register names no load to switch off.',
    ].join(' '),
    facts: {
      windowFrom: isoTime(window.fromMs),
      windowTo: isoTime(window.toMs),
      component: price.reference,
      energySoFarKwh: round(peak.energyKwh),
      coverage: round(peak.coverage),
      projectedKw: round(projectedKw),
      budgetKw: round(budgetKw),
      billedFromKw: round(peak.billedFromKw),
      chance: round(peak.chance),
      sekAtStake: cost,
      currency: price.currency,
      shed: shed.map(({ id: load, name, powerKw }) => ({ load, name, powerKw })),
    },
  });
}

/** The window is over, or within its budget again. */
export function peakEnded(building: Building | undefined, peak: Peak): Finding {
  const title = `${building?.name ?? peak.id}: the ${windowName(peak.window)} is over, or within its budget again`;
  return finding(peak, { holds: false, title, detail: '', facts: {} });
}

function finding(
  { id, told, window, price, atMs }: Peak,
  rest: Pick<Finding, 'holds' | 'title' | 'detail' | 'facts'>,
): Finding {
  const subject = `${id}/${price.reference}/${isoTime(window.fromMs)}`;
  return { ...told, subject, building: id, atMs, ...rest };
}

function windowName({ fromMs, toMs }: Span): string {
  return toMs - fromMs === HOUR_MS ? 'hour' : `${Math.round((toMs - fromMs) / MINUTE_MS)} minutes`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
