import { z } from 'zod';
import { type Outlook, outlookOf } from '../bills/outlook.ts';
import { daysOf, noPeaks, peakBookSchema } from '../bills/peak-book.ts';
import { recordPeak, threshold } from '../bills/peaks.ts';
import { meanOfBilled, type PowerPrice, type Span } from '../tariffs/power-price.ts';
import { driftKey, driftSchema, learnDrift, withDrift } from './drift.ts';
import { noteOutcome, outcomeRowsSchema, toldWindowSchema } from './outcome-rows.ts';
import { computedChance, newReliability, reliabilitySchema } from './reliability.ts';
import {
  aboveUsual,
  hourKey,
  learnReversion,
  newReversion,
  reversionSchema,
  withReversion,
} from './reversion.ts';
import { learnError, newSpread, spreadPart, spreadSchema } from './spread.ts';

const peakDaySchema = z.object({
  windows: z.array(toldWindowSchema),
  /** It is watched until then, also while the running window is within its budget. */
  untilMs: z.number(),
  dayToMs: z.number(),
  /** The running window is about to be billed. */
  isAtRisk: z.boolean(),
  isEscalated: z.boolean(),
  /** Keeping one of its windows down is worth the while. */
  isWorthwhile: z.boolean().default(true),
  /** Windows that follow each other closely, the newest of them that were worth telling: when the first began, and the last ends. */
  stretch: z.object({ fromMs: z.number(), toMs: z.number() }).exactOptional(),
});
export type PeakDay = z.infer<typeof peakDaySchema>;

/** What a guard knows of one component of a building's tariff. Plain JSON. */
export const guardedSchema = z.object({
  peaks: peakBookSchema,
  spread: spreadSchema,
  reliability: reliabilitySchema,
  drift: driftSchema.default([]),
  reversion: reversionSchema.default(newReversion),
  /** Told windows, the oldest first: those whose billing period is not over, and the newest of the others. */
  outcomes: outcomeRowsSchema.default([]),
  /** The earliest reading that has come for a window before the running one. */
  lateMs: z.number().exactOptional(),
  /** The running window. */
  fromMs: z.number(),
  toMs: z.number(),
  projectedKw: z.number(),
  /** What was projected in each part of the window, and what it was heading for without its hour's habits, kW; 0: nothing. */
  saidKw: z.array(z.number()),
  headingKw: z.array(z.number()).default([0, 0, 0, 0]),
  /** By how much the newest minutes were above the usual in each part, kW, and how much of the window was left then. */
  aboveKw: z.array(z.number()).default([0, 0, 0, 0]),
  leftShare: z.array(z.number()).default([0, 0, 0, 0]),
  /** Billed power from which the window costs, kW; -1: not computed. */
  costsKw: z.number(),
  /** Billed power from which it is likely enough to be billed, on a day without alert and on one with, kW; -1. */
  likelyKw: z.number(),
  alsoKw: z.number(),
  day: peakDaySchema.exactOptional(),
});
export type Guarded = z.infer<typeof guardedSchema>;

export function newGuarded(window: Span): Guarded {
  return {
    peaks: noPeaks(),
    spread: newSpread(),
    reliability: newReliability(),
    drift: [],
    reversion: newReversion(),
    outcomes: [],
    ...running(window),
  };
}

function running({ fromMs, toMs }: Span) {
  return {
    fromMs,
    toMs,
    projectedKw: 0,
    saidKw: [0, 0, 0, 0],
    headingKw: [0, 0, 0, 0],
    aboveKw: [0, 0, 0, 0],
    leftShare: [0, 0, 0, 0],
    costsKw: -1,
    likelyKw: -1,
    alsoKw: -1,
  };
}

/** Mean power of a span that is over, kW, how much of it is known, and whether each meter said anything of it. */
export type MeanOf = (span: Span) => {
  readonly kw: number;
  readonly coverage: number;
  readonly isOfAll: boolean;
};

/** A window of which less is known says nothing of the month's peaks. */
const LEAST_COVERAGE = 0.5;

/** A reading has come; is it of a window before the running one, that is booked again when the running one is over. */
export function noteLate(guarded: Guarded, atMs: number): void {
  if (atMs < guarded.fromMs) guarded.lateMs = Math.min(guarded.lateMs ?? atMs, atMs);
}

/**
 * Books the window before the one that is over again, and all that late readings have changed: those that began from `keptFromMs` on,
 * of which all is known that was said.
 */
export function bookAgain(guarded: Guarded, price: PowerPrice, meanOf: MeanOf, keptFromMs: number): void {
  const { fromMs, lateMs = fromMs } = guarded;
  delete guarded.lateMs;
  let past = price.windowAt(Math.max(Math.min(lateMs, fromMs - 1), keptFromMs));
  for (; past.fromMs < fromMs; past = price.windowAt(past.toMs)) {
    if (past.fromMs < keptFromMs) continue;
    const { kw, coverage } = meanOf(past);
    if (coverage >= LEAST_COVERAGE) book(guarded, price, past, kw);
  }
}

/** Books the window that is over, unless a meter has yet to tell what it used in it; begins the next. */
export function turnTo(guarded: Guarded, price: PowerPrice, next: Span, meanOf: MeanOf): void {
  const past = { fromMs: guarded.fromMs, toMs: guarded.toMs };
  const { kw, coverage, isOfAll } = meanOf(past);
  if (coverage >= LEAST_COVERAGE && isOfAll) {
    book(guarded, price, past, kw);
    if (coverage === 1) learnFrom(guarded, price, past, kw);
  }
  Object.assign(guarded, running(next));
}

function book(guarded: Guarded, price: PowerPrice, past: Span, kw: number): void {
  recordPeak(guarded.peaks, price, past, kw);
  for (const told of guarded.day?.windows ?? []) if (told.fromMs === past.fromMs) told.meanKw = kw;
  noteOutcome(guarded.outcomes, past.fromMs, { meanKw: kw });
}

function learnFrom(guarded: Guarded, price: PowerPrice, past: Span, kw: number): void {
  const key = driftKey(price, past);
  const { headingKw, aboveKw, leftShare } = guarded;
  learnReversion(guarded.reversion, {
    key: hourKey(price, past),
    actualKw: kw,
    headingKw,
    aboveKw,
    leftShare,
  });
  for (const [part, saidKw] of guarded.saidKw.entries()) {
    learnError(guarded.spread, part, saidKw, kw);
    learnDrift(guarded.drift, key, part, guarded.headingKw[part] ?? 0, kw);
  }
}

/** Notes what the window is heading for, so that it can be held against what came; gives what it will probably come to, kW. */
export function noteProjection(
  guarded: Guarded,
  price: PowerPrice,
  atMs: number,
  paced: { readonly projectedKw: number; readonly paceKw: number | undefined },
): number {
  const leftShare = (guarded.toMs - atMs) / (guarded.toMs - guarded.fromMs);
  const aboveKw =
    paced.paceKw === undefined ? 0 : aboveUsual(guarded.reversion, hourKey(price, guarded), paced.paceKw);
  const headingKw = withReversion(guarded.reversion, { aboveKw, leftShare, pacedKw: paced.projectedKw });
  const projectedKw = withDrift(guarded.drift, driftKey(price, guarded), leftShare, headingKw);
  guarded.projectedKw = projectedKw;
  const part = spreadPart(leftShare);
  if (guarded.saidKw[part] === 0) {
    guarded.saidKw[part] = projectedKw;
    guarded.headingKw[part] = headingKw;
    guarded.aboveKw[part] = aboveKw;
    guarded.leftShare[part] = leftShare;
  }
  return projectedKw;
}

/** Billed power from which the window costs something as the bill stands now. Computed when it is first asked for. */
export function costsFrom(guarded: Guarded, price: PowerPrice): number {
  if (guarded.costsKw < 0) guarded.costsKw = threshold(daysOf(guarded.peaks), price, guarded);
  return guarded.costsKw;
}

export type BudgetOptions = {
  /** A window is told when its chance of being billed is at least this … */
  readonly chance: number;
  /** … and on a day that is told already, when it is at least this share of it. */
  readonly alsoShare: number;
  readonly halfLifeDays: number;
};

/** Mean power of the window from which it is told, kW; infinite when it cannot be billed. */
export function budgetOf(guarded: Guarded, price: PowerPrice, options: BudgetOptions): number {
  const isDay = guarded.day !== undefined;
  const known = isDay ? guarded.alsoKw : guarded.likelyKw;
  if (known >= 0) return meanOfBilled(price, known, guarded);
  const chance = computedChance(options.chance * (isDay ? options.alsoShare : 1));
  const billedKw = outlook(guarded, price, options).powerWithChance(chance, costsFrom(guarded, price));
  if (isDay) guarded.alsoKw = billedKw;
  else guarded.likelyKw = billedKw;
  return meanOfBilled(price, billedKw, guarded);
}

export function outlook(
  guarded: Guarded,
  price: PowerPrice,
  { halfLifeDays }: Pick<BudgetOptions, 'halfLifeDays'>,
): Outlook {
  return outlookOf(daysOf(guarded.peaks), price, guarded, halfLifeDays);
}
