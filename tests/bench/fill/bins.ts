import { readFileSync } from 'node:fs';
import type { FillForecast } from '../../../src/waste/fill/fill-forecast.ts';

/** A daily level of a bin; `at` in days. */
export type BinLevel = { readonly day: number; readonly bin: string; readonly levelPct: number };

/** What was said on a day of the next one, and what came. */
export type Said = { readonly chance: number; readonly cameTrue: boolean };

export const THRESHOLD_PCT = 80;
const DAY_MS = 86_400_000;

/** Wyndham City's street bins: levels of 0 … 10 as percent, in order of time. */
export function readBins(file: string): readonly BinLevel[] {
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [time = '', bin = '', level = ''] = line.split(',');
      return { day: Date.parse(time) / DAY_MS, bin, levelPct: Number(level) * 10 };
    })
    .toSorted((a, b) => a.day - b.day);
}

/**
 * Asked on each day on which a bin is below the threshold: is it at or above it on one of the next `days`? Days whose
 * answer is missing are not asked. `span`: which of the forecast's spans is these days.
 */
export function ask(
  levels: readonly BinLevel[],
  forecast: FillForecast,
  { days, span }: { readonly days: number; readonly span: number },
): readonly Said[] {
  const known = new Map(levels.map(({ bin, day, levelPct }) => [`${bin} ${day}`, levelPct]));
  return levels.flatMap(({ bin, day, levelPct }) => {
    const atMs = day * DAY_MS;
    const { overChances } = forecast.next(bin, { atMs, wallMs: atMs, levelPct });
    const next = Array.from({ length: days }, (_, i) => known.get(`${bin} ${day + i + 1}`));
    if (levelPct >= THRESHOLD_PCT || next.includes(undefined)) return [];
    const cameTrue = next.some((level) => level !== undefined && level >= THRESHOLD_PCT);
    return [{ chance: overChances[span] ?? Number.NaN, cameTrue }];
  });
}

/** Brier scores of what was said and of the base rate, said always; and the skill of the one over the other. */
export function brierOf(said: readonly Said[]) {
  const mean = (value: (one: Said) => number) => said.reduce((sum, one) => sum + value(one), 0) / said.length;
  const truth = ({ cameTrue }: Said) => (cameTrue ? 1 : 0);
  const rate = mean(truth);
  const brier = mean((one) => (one.chance - truth(one)) ** 2);
  const base = rate * (1 - rate);
  return { asked: said.length, rate, brier, base, skill: 1 - brier / base };
}

/** How often came true what was said with a chance of 0 … 10 %, 10 … 20 %, … */
export function reliabilityOf(said: readonly Said[]) {
  return Array.from({ length: 10 }, (_, tenth) => {
    const those = said.filter(({ chance }) => Math.min(Math.floor(chance * 10), 9) === tenth);
    const count = those.length;
    return {
      count,
      meanChance: those.reduce((sum, { chance }) => sum + chance, 0) / count,
      came: those.filter(({ cameTrue }) => cameTrue).length / count,
    };
  });
}
