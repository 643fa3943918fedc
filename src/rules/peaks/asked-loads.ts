import { HOUR_MS } from '../../domain/interval.ts';
import type { ShedPlan } from '../../energy/guard/shed-plan.ts';
import type { Span } from '../../energy/tariffs/power-price.ts';

/** When each load was asked for in the newest days, once for each window, epoch ms. Plain JSON. */
type Asked = Record<string, number[]>;

const ASKED_MS = 7 * 24 * HOUR_MS;

/** How often each load has been asked for lately. */
export function askedLately(asked: Asked, atMs: number): Readonly<Record<string, number>> {
  const isRecent = (askedMs: number) => askedMs > atMs - ASKED_MS;
  return Object.fromEntries(
    Object.entries(asked).map(([load, times]) => [load, times.filter(isRecent).length]),
  );
}

export function noteAsked(asked: Asked, { sheds }: ShedPlan, { fromMs }: Span): void {
  for (const { load } of sheds) {
    const times = (asked[load.id] ?? []).filter((atMs) => atMs > fromMs - ASKED_MS);
    if (times.at(-1) !== fromMs) times.push(fromMs);
    asked[load.id] = times;
  }
}
