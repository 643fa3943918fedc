import { MINUTE_MS } from '../../domain/interval.ts';
import type { FlexibleLoad } from '../../domain/register.ts';
import type { Span } from '../tariffs/power-price.ts';
import type { Wish } from './load-commands.ts';
import type { OffTime } from './load-rest.ts';
import { shedPlan } from './shed-plan.ts';

export type LimitNeed = {
  readonly limitKw: number;
  /** The limit's end. */
  readonly untilMs: number;
  /** The running clock quarter-hour, and the mean power that the area is heading for in it, kW. */
  readonly quarter: Span;
  readonly projectedKw: number;
  readonly atMs: number;
  /** Of all buildings of the area, which may be switched by command. */
  readonly loads: readonly FlexibleLoad[];
  /** Those of them that are off already, or were lately, by their ids. */
  readonly held?: Readonly<Record<string, OffTime>>;
  /** Of so many newest minutes the projection goes by the pace, ms. */
  readonly paceMs?: number;
};

/**
 * Which loads of an area's buildings to switch off so that it keeps to a limit: the cheapest of all buildings together, as many as
 * the running quarter-hour needs, for as long as the limit lasts and each may be off.
 */
export function limitPlan({ limitKw, untilMs, quarter, projectedKw, atMs, loads, ...off }: LimitNeed): {
  readonly wishes: readonly Wish[];
  /** By how much the quarter-hour's mean passes the limit although all of them are off, kW; 0: it can be kept. */
  readonly missingKw: number;
} {
  const hours = (quarter.toMs - quarter.fromMs) / 3_600_000;
  const excessKwh = (projectedKw - limitKw) * hours;
  const { sheds, savedKwh } = shedPlan(loads, { excessKwh, atMs, toMs: quarter.toMs, ...off });
  const leftMinutes = (untilMs - atMs) / MINUTE_MS;
  return {
    wishes: sheds.map(({ load, offMinutes }) => ({
      load: load.id,
      minutes: Math.min(Math.max(offMinutes, leftMinutes), load.maxOffMinutes),
    })),
    missingKw: Math.max((excessKwh - savedKwh) / hours, 0),
  };
}
