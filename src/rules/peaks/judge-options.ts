import { MINUTE_MS } from '../../domain/interval.ts';
import type { JudgeOptions } from '../../energy/guard/judge.ts';
import type { PowerPrice } from '../../energy/tariffs/power-price.ts';
import type { PeakGuard } from './peak-parameters.ts';

/** Over how long loads are known by their draw, and how long into the next window they stay off for it. */
export type Planning = { readonly paceMs: number; readonly settleMs: number };

/** The options' minutes are those of an hour: of a shorter window they are as much shorter, of a longer one longer. */
function minuteOf({ windowMinutes }: Pick<PowerPrice, 'windowMinutes'>): number {
  return MINUTE_MS * (windowMinutes / 60);
}

export function planningOf({ paceMinutes, settleMinutes }: PeakGuard, price: PowerPrice): Planning {
  const minuteMs = minuteOf(price);
  // What comes back into a window of half a day is hardly seen in its mean.
  return { paceMs: paceMinutes * minuteMs, settleMs: settleMinutes * Math.min(minuteMs, MINUTE_MS) };
}

/** The options' money is in kronor, SEK, NOK or DKK, which are worth much the same here; in these it is this share of it. */
const KRONOR_SHARE: Readonly<Record<string, number>> = { EUR: 0.1 };

/** Of a window at most so much is lead: of quarter-hours that are read each five minutes there is but one reading later. */
const MOST_LEAD = 1 / 5;

export function judgeOptions(options: PeakGuard, price: PowerPrice, canShed: boolean): JudgeOptions {
  const minuteMs = minuteOf(price);
  const money = (kronor: number) => kronor * (KRONOR_SHARE[price.currency] ?? 1);
  return {
    chance: options.chance,
    alsoShare: options.alsoPct / 100,
    halfLifeDays: options.halfLifeDays,
    saving: money(options.saving),
    leastSaving: money(options.leastSaving),
    pettySaving: money(options.pettySaving),
    escalateChance: options.escalateChance,
    leadMs: Math.max(
      Math.min(options.leadMinutes, price.windowMinutes * MOST_LEAD) * MINUTE_MS,
      options.leadMinutes * minuteMs,
    ),
    settleMs: options.settleMinutes * minuteMs,
    // What the newest hours of a day say of the rest of it is no better for the day being longer than an hour.
    earlyMargin: (options.earlyMarginPct / 100) * (MINUTE_MS / Math.min(minuteMs, MINUTE_MS)),
    hysteresis: options.hysteresisPct / 100,
    canShed,
  };
}
