import type { Tariff } from '../tariffs/compile-tariff.ts';
import type { Span } from '../tariffs/power-price.ts';
import type { Timing } from '../tariffs/timing.ts';
import type { PeriodSums } from './bill-sums.ts';

export type PricedPeriod = { readonly period: Span; readonly sums: PeriodSums };

/** What a billing period is priced from. */
export type Context = {
  readonly tariff: Tariff;
  readonly periods: readonly PricedPeriod[];
  readonly period: Span;
  readonly sums: PeriodSums;
  readonly note: (text: string, mayBeSmaller: boolean) => void;
  /** Of each component: on how many of the period's days its price holds, and how much of a period's price that is. */
  readonly share: (timing: Timing) => { readonly share: number; readonly days: number };
};
