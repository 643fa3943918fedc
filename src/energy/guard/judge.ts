import { HOUR_MS } from '../../domain/interval.ts';
import { daysOf, isFirstDay } from '../bills/peak-book.ts';
import { costWith } from '../bills/peaks.ts';
import type { PowerPrice, Span } from '../tariffs/power-price.ts';
import { expectedSaving } from './expected-saving.ts';
import {
  type BudgetOptions,
  bookAgain,
  budgetOf,
  costsFrom,
  type Guarded,
  type MeanOf,
  outlook,
  type PeakDay,
  turnTo,
} from './guarded.ts';
import { noteOutcome, rowsOf } from './outcome-rows.ts';
import { settleOutcomes } from './outcomes.ts';
import { calibratedChance } from './reliability.ts';
import { expectation, spreadKw } from './spread.ts';
import { usuallyUntilMs } from './watch-until.ts';

export type JudgeOptions = BudgetOptions & {
  /** A window whose expected saving is at least this is told whatever its chance, if there is a load to shed. */
  readonly saving: number;
  /** A day is told only when keeping a window of it down saves at least this in the mean. */
  readonly leastSaving: number;
  /** A day whose windows save less than this each is only information. */
  readonly pettySaving: number;
  /** From this chance on it is told as more urgent. */
  readonly escalateChance: number;
  readonly leadMs: number;
  readonly settleMs: number;
  /** Earlier than 1.5 leads before its end a projection must pass the budget by this share per hour that is left. */
  readonly earlyMargin: number;
  /** A projection this share below the budget is within it again. */
  readonly hysteresis: number;
  /** The building has loads that could be shed. */
  readonly canShed: boolean;
};

/** What the running window is heading for. */
export type Risk = {
  readonly budgetKw: number;
  /** Billed power from which it costs anything as the bill stands now, kW. */
  readonly costsFromKw: number;
  /** That it ends among the billed ones, 0..1. */
  readonly chance: number;
  /** What it adds to the bill as it stands now. */
  readonly atStake: number;
  /** What keeping it within the budget saves in the mean, until the billing period's end. */
  readonly saving: number;
  /** Standard deviation of the projection, kW. */
  readonly spreadKw: number;
};

export type Verdict =
  /** It is about to be billed: told for the first time, or told anew because it has changed. */
  | { readonly kind: 'risk'; readonly risk: Risk; readonly day: PeakDay }
  /** It was at risk, and is within its budget again; the day is still watched. */
  | { readonly kind: 'calm'; readonly day: PeakDay }
  /** The day's alert is over. */
  | { readonly kind: 'over'; readonly day: PeakDay }
  | undefined;

/** A told projection is told again when it has moved by this much. */
const NEWS = 0.05;
/** Behind a window at risk the day is watched for so many windows more: high hours come together. */
const AFTER = 3;
/** Who was told of a window looks after those that come this soon after it. */
const NEAR_MS = 2 * HOUR_MS;

/** Judges the running window by its newest projection (`guarded.projectedKw`). */
export function judge(guarded: Guarded, price: PowerPrice, atMs: number, options: JudgeOptions): Verdict {
  const { day } = guarded;
  if (isRisk(guarded, price, atMs, options)) {
    const told = day?.windows.find(({ fromMs }) => fromMs === guarded.fromMs);
    const isNews =
      !day?.isAtRisk || !told || Math.abs(guarded.projectedKw - told.projectedKw) >= NEWS * told.projectedKw;
    if (!isNews) return undefined;
    return { kind: 'risk', ...takeRisk(guarded, price, atMs, options) };
  }
  if (!day) return undefined;
  if (day.isAtRisk && !isBelow(guarded, price, options)) return undefined;
  const wasAtRisk = day.isAtRisk;
  day.isAtRisk = false;
  if (atMs >= day.untilMs || atMs >= day.dayToMs) return endDay(guarded, day);
  return wasAtRisk ? { kind: 'calm', day } : undefined;
}

/**
 * Books the running window, which is over, and begins the next; of a told one that ended below its budget, what that saved. What
 * was told of a billing period is settled when its last window has been over for as long as the next.
 */
export function endWindow(
  guarded: Guarded,
  price: PowerPrice,
  next: Span,
  { meanOf, keptFromMs, ...options }: JudgeOptions & { readonly meanOf: MeanOf; readonly keptFromMs: number },
): void {
  const { fromMs, toMs } = guarded;
  const told = guarded.day?.windows.find((window) => window.fromMs === fromMs);
  const savingBy = told && savings(guarded, price, options);
  bookAgain(guarded, price, meanOf, keptFromMs);
  // The last window of a billing period has been booked for good only now.
  settleOutcomes(guarded, price, fromMs);
  turnTo(guarded, price, next, meanOf);
  const { meanKw, budgetKw = 0, projectedKw = 0 } = told ?? {};
  if (!told || !savingBy || meanKw === undefined || meanKw >= budgetKw) return;
  const billed = (kw: number) => price.billedKw(kw, { fromMs, toMs });
  told.saved = savingBy({ fromKw: billed(projectedKw), toKw: billed(meanKw) });
  noteOutcome(guarded.outcomes, fromMs, { saved: told.saved });
}

/** A window has ended: of a day whose high windows are over the alert is, too. */
export function judgeTurn(guarded: Guarded): Verdict {
  const { day } = guarded;
  if (!day) return undefined;
  day.isAtRisk = false;
  return guarded.fromMs >= day.untilMs || guarded.fromMs >= day.dayToMs ? endDay(guarded, day) : undefined;
}

function endDay(guarded: Guarded, day: PeakDay): Verdict {
  delete guarded.day;
  return { kind: 'over', day };
}

function isRisk(guarded: Guarded, price: PowerPrice, atMs: number, options: JudgeOptions): boolean {
  const { projectedKw, fromMs, toMs, peaks } = guarded;
  if (atMs < fromMs + options.settleMs) return false;
  const costsKw = costsFrom(guarded, price);
  const billedKw = price.billedKw(projectedKw, guarded);
  // A first day has nothing to be compared with: all that is high so far would be told, of every building at once.
  if (billedKw <= costsKw || isFirstDay(peaks)) return false;
  const earlyHours = Math.max(0, toMs - atMs - options.leadMs * 1.5) / HOUR_MS;
  const margin = 1 + options.earlyMargin * earlyHours;
  if (projectedKw > budgetOf(guarded, price, options) * margin) {
    const isTold = guarded.day !== undefined;
    const least = options.chance * (isTold ? options.alsoShare : 1);
    if (toldChance(guarded, price, atMs, options) < least) return false;
    return isTold || options.leastSaving === 0 || savingOf(guarded, price, options) >= options.leastSaving;
  }
  if (!options.canShed) return false;
  // No more than this can be saved: asked first, because the expectation costs many times as much.
  const costOf = costsOf(guarded, price);
  const most = costOf(billedKw / margin) - costOf(costsKw);
  if (price.steps.length === 0 && most < options.saving) return false;
  return savings(guarded, price, options)({ fromKw: billedKw / margin, toKw: costsKw }) >= options.saving;
}

function isBelow(guarded: Guarded, price: PowerPrice, options: JudgeOptions): boolean {
  return guarded.projectedKw < budgetOf(guarded, price, options) * (1 - options.hysteresis);
}

/** What the running window is heading for, by its newest projection. */
export function riskOf(guarded: Guarded, price: PowerPrice, atMs: number, options: JudgeOptions): Risk {
  const costsKw = costsFrom(guarded, price);
  const costOf = costsOf(guarded, price);
  const billedKw = price.billedKw(guarded.projectedKw, guarded);
  return {
    budgetKw: aimKw(guarded, price, options),
    costsFromKw: costsKw,
    chance: toldChance(guarded, price, atMs, options),
    atStake: costOf(Math.max(billedKw, costsKw)) - costOf(costsKw),
    saving: savingOf(guarded, price, options),
    spreadKw: deviationKw(guarded, atMs),
  };
}

function aimKw(guarded: Guarded, price: PowerPrice, options: JudgeOptions): number {
  return Math.min(budgetOf(guarded, price, options), guarded.projectedKw);
}

/** What keeping the running window within its budget saves in the mean, until the billing period's end. */
function savingOf(guarded: Guarded, price: PowerPrice, options: JudgeOptions): number {
  return savings(
    guarded,
    price,
    options,
  )({
    fromKw: price.billedKw(guarded.projectedKw, guarded),
    toKw: price.billedKw(aimKw(guarded, price, options), guarded),
  });
}

function takeRisk(
  guarded: Guarded,
  price: PowerPrice,
  atMs: number,
  options: JudgeOptions,
): { readonly risk: Risk; readonly day: PeakDay } {
  const { projectedKw, fromMs, toMs } = guarded;
  const risk = riskOf(guarded, price, atMs, options);
  const { chance, budgetKw, saving } = risk;
  const day = guarded.day ?? newDay(guarded, price, atMs);
  guarded.day = day;
  day.isAtRisk = true;
  day.isEscalated ||= chance >= options.escalateChance;
  day.isWorthwhile ||= saving >= options.pettySaving;
  day.stretch = stretchWith(day.stretch, guarded, chance >= options.chance);
  day.untilMs = Math.min(Math.max(day.untilMs, toMs + AFTER * (toMs - fromMs)), day.dayToMs);
  const window = day.windows.find((known) => known.fromMs === fromMs);
  if (window) Object.assign(window, { chance, projectedKw, budgetKw });
  else {
    const told = { fromMs, toMs, toldAtMs: atMs, chance, projectedKw, budgetKw };
    day.windows.push(told);
    // A row that grows keeps room for half as much again: this one is made anew.
    guarded.outcomes = guarded.outcomes.concat(rowsOf([told]));
  }
  return { risk, day };
}

type Stretch = NonNullable<PeakDay['stretch']>;

/** A window that comes long after those that were told is told anew, if it would be told on a day of its own. */
function stretchWith(known: Stretch | undefined, { fromMs, toMs }: Span, isTold: boolean): Stretch {
  if (known && fromMs <= known.toMs + NEAR_MS) return { ...known, toMs: Math.max(known.toMs, toMs) };
  return known && !isTold ? known : { fromMs, toMs };
}

/** The chance of being billed in the mean over how the window may end: a projection just above the edge may fall below. */
function toldChance(guarded: Guarded, price: PowerPrice, atMs: number, options: JudgeOptions): number {
  const chance = chanceOf(guarded, price, options);
  return expectation(guarded.projectedKw, deviationKw(guarded, atMs), (kw) =>
    chance(price.billedKw(kw, guarded)),
  );
}

function deviationKw({ spread, fromMs, toMs, projectedKw }: Guarded, atMs: number): number {
  return spreadKw(spread, (toMs - atMs) / (toMs - fromMs), projectedKw);
}

function newDay(guarded: Guarded, price: PowerPrice, atMs: number): PeakDay {
  const dayToMs = Math.max(price.dayAt(guarded.fromMs).toMs, guarded.toMs);
  const untilMs = usuallyUntilMs(daysOf(guarded.peaks), price, atMs) ?? guarded.toMs;
  return { windows: [], untilMs, dayToMs, isAtRisk: true, isEscalated: false, isWorthwhile: false };
}

/**
 * What holding the running window from one billed power down to another saves in the mean, until the billing period's end. A step
 * of a stepped price is passed together with windows to come, or not at all.
 */
function savings(
  guarded: Guarded,
  price: PowerPrice,
  options: JudgeOptions,
): (span: { readonly fromKw: number; readonly toKw: number }) => number {
  if (price.steps.length > 0) {
    const { meanCost } = outlook(guarded, price, options);
    return ({ fromKw, toKw }) => (fromKw > toKw ? meanCost(fromKw) - meanCost(toKw) : 0);
  }
  const [costOf, chance] = [costsOf(guarded, price), chanceOf(guarded, price, options)];
  return (span) => expectedSaving(costOf, chance, span);
}

/** What the billing period costs by the billed power of the running window. */
function costsOf(guarded: Guarded, price: PowerPrice): (billedKw: number) => number {
  return costWith(daysOf(guarded.peaks), price, guarded);
}

/** The chance that a billed power of the running window ends among the billed ones. */
function chanceOf(guarded: Guarded, price: PowerPrice, options: JudgeOptions): (billedKw: number) => number {
  const { chance } = outlook(guarded, price, options);
  const costsKw = costsFrom(guarded, price);
  return (billedKw) => (billedKw <= costsKw ? 0 : calibratedChance(guarded.reliability, chance(billedKw)));
}
