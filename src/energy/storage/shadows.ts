import { HOUR_MS } from '../../domain/interval.ts';
import type { Span } from '../tariffs/power-price.ts';
import { jumpsOf } from './peak-term.ts';
import { plannerSettings as settings } from './planner-settings.ts';
import { createShadow, type Shadow, shadowStep } from './shadow.ts';
import { type Stay, type Stays, siteAt } from './stays.ts';
import type { TimedSteps } from './steps-ahead.ts';
import type { StoredValue } from './stored-value.ts';
import type { Aim, TrackedRule } from './tracked-rules.ts';

export type ShadowsOptions = {
  readonly stays: Stays;
  readonly stepMs: number;
  readonly rules: readonly TrackedRule[];
  readonly valueFor: (ahead: TimedSteps, aim: Aim) => StoredValue;
  readonly nextToldMs: (nowMs: number) => number | undefined;
  readonly lookAhead: (fromMs: number) => TimedSteps | undefined;
  /** The highest load of the last weeks, kW. */
  readonly topKw: () => number | undefined;
};

/** Imagined stores beside the real one: each holds its own level all the time, so that it is seen what that costs. */
export function createShadows({
  stays,
  stepMs,
  rules,
  valueFor,
  nextToldMs,
  lookAhead,
  topKw,
}: ShadowsOptions) {
  const shadows = new Map<string, Shadow>();
  let ahead: TimedSteps | undefined;
  let nextMs = Number.POSITIVE_INFINITY;
  /** The last one that was planned for. */
  let last: Stay | undefined;

  /** The imagined store of the level that is nearest, in proportion. */
  const nearest = (levelKw: number): Shadow | undefined => {
    const away = (one: Shadow): number =>
      one.levelKw === levelKw ? 0 : Math.abs(Math.log(one.levelKw / levelKw));
    let found: Shadow | undefined;
    for (const one of shadows.values()) if (!found || away(one) < away(found)) found = one;
    return found;
  };

  /** The levels in reach of a load with this top; those out of reach are forgotten. */
  const populate = (highestKw: number, { site }: Stay): void => {
    const levels = [Number.POSITIVE_INFINITY];
    for (const upToKw of rules.flatMap(({ cost }) => jumpsOf(cost))) {
      if (upToKw < highestKw * 1.4) levels.push(upToKw, upToKw * 0.95);
    }
    const ratio = Math.log(settings.levelRatio);
    const lowest = Math.floor(Math.log(highestKw * 0.25) / ratio);
    const highest = Math.ceil(Math.log(highestKw * 1.3) / ratio);
    for (let n = lowest; rules.length > 0 && n <= highest; n += 1) levels.push(settings.levelRatio ** n);
    const born = new Map<string, Shadow>();
    for (const levelKw of levels) {
      for (const caution of levelKw === Number.POSITIVE_INFINITY ? [1] : settings.cautions) {
        const key = `${levelKw} ${caution}`;
        if (!shadows.has(key)) born.set(key, createShadow({ levelKw, caution }, site, nearest(levelKw)));
      }
    }
    for (const [key, shadow] of born) shadows.set(key, shadow);
    for (const [key, { levelKw }] of shadows) {
      if (Number.isFinite(levelKw) && (levelKw > highestKw * 2 || levelKw < highestKw * 0.15))
        shadows.delete(key);
    }
  };

  /** Plans for them anew when it is time: as prices are published, of which most of the plan then is known. */
  const plan = (fromMs: number): void => {
    const stay = stays.at(fromMs);
    const isOver = !ahead || fromMs - ahead.fromMs >= settings.shadowHours * HOUR_MS;
    if (!isOver && fromMs < nextMs && ahead?.stay === stay) return;
    nextMs = nextToldMs(fromMs) ?? Number.POSITIVE_INFINITY;
    const all = lookAhead(fromMs);
    ahead = all && { ...all, later: undefined };
    if (!ahead) return;
    const now = ahead.stay;
    if (last && last !== now) {
      for (const shadow of shadows.values()) {
        shadow.storedKwh = stays.storedAtStart?.(now, last, shadow.storedKwh) ?? now.site.battery.initialKwh;
      }
    }
    last = now;
    populate(Math.max(topKw() ?? 0, 0.1), last);
    for (const shadow of shadows.values()) shadow.value = valueFor(ahead, shadow);
  };

  /** Lets each live a step that is over. */
  const step = (
    fromMs: number,
    of: { readonly day: Span; readonly netKw: number; readonly buy: number; readonly sell: number },
  ): void => {
    const number = ahead ? Math.round((fromMs - ahead.fromMs) / stepMs) : 0;
    const stay = stays.at(fromMs);
    const isPlanned = ahead !== undefined && ahead.stay === stay && number < ahead.buy.length;
    const site = siteAt(stays, fromMs);
    for (const shadow of shadows.values()) {
      shadowStep(shadow, site, { ...of, fromMs, step: number, isPlanned, hours: stepMs / HOUR_MS });
    }
  };
  return { plan, step, all: (): readonly Shadow[] => [...shadows.values()] };
}
