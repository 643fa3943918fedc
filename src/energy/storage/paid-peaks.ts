import { HOUR_MS } from '../../domain/interval.ts';
import { billedBy } from './peak-term.ts';
import type { PeakRule, RuleStep } from './rule-steps.ts';

/** A group of windows that are over, or have begun, and what it is billed as so far, kW. */
export type PaidPeak = { readonly periodMs: number; readonly group: number; readonly kw: number };

/** What of the window that holds a moment is over. */
export type OpenWindow = { readonly hours: number; readonly kwh: number };

/** The billed peaks of one power price, as far as they are known, over its look-back. */
export function createPaidPeaks({ price }: PeakRule, stepAt: (atMs: number) => RuleStep, stepMs: number) {
  const hours = stepMs / HOUR_MS;
  const groups = new Map<number, { periodMs: number; kw: number }>();
  let open = { windowMs: Number.NaN, hours: 0, kwh: 0 };

  const note = (atMs: number, gridKw: number): void => {
    const { window, periodMs, group, pieces } = stepAt(atMs);
    if (window.fromMs !== open.windowMs) open = { windowMs: window.fromMs, hours: 0, kwh: 0 };
    open.hours += hours;
    open.kwh += Math.max(gridKw, 0) * hours;
    if (pieces.length === 0) return;
    // A window of several steps counts when it is over.
    if (atMs + stepMs < window.toMs) return;
    const kw = billedBy(pieces, open.kwh / open.hours);
    const known = groups.get(group);
    if (!known) groups.set(group, { periodMs, kw });
    else known.kw = Math.max(known.kw, kw);
  };

  /** Forgets what is out of reach of the period that holds a moment. */
  const trim = (atMs: number): void => {
    let { fromMs } = price.periodAt(atMs);
    for (let back = 1; back < price.lookBackMonths; back += 1) fromMs = price.periodAt(fromMs - 1).fromMs;
    for (const [group, { periodMs }] of groups) if (periodMs < fromMs) groups.delete(group);
  };

  return {
    note,
    trim,
    of: (group: number): number => groups.get(group)?.kw ?? 0,
    all: (): readonly PaidPeak[] => [...groups].map(([group, { periodMs, kw }]) => ({ periodMs, group, kw })),
    openAt: (atMs: number): OpenWindow =>
      stepAt(atMs).window.fromMs === open.windowMs ? open : { hours: 0, kwh: 0 },
  };
}

export type PaidPeaks = ReturnType<typeof createPaidPeaks>;
