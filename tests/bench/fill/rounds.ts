import { collectionOf } from '../../../src/waste/collection.ts';
import { createFillForecast } from '../../../src/waste/fill/fill-forecast.ts';
import { type BinLevel, readBins, THRESHOLD_PCT } from './bins.ts';

const DAY_MS = 86_400_000;
const CHANCE = 0.1;

/**
 * What the collection list would have saved. The bins' own daily gains (after an emptying: what was in it again) are thrown
 * in again, and a round comes every so many days: one empties all, one only what is on the list.
 */
export function benchRounds(file: string): void {
  const gains = gainsOf(readBins(file));
  console.log(
    '\n| round every | emptyings, all | by the list | skipped | days at 80 % or more, all | by the list |',
  );
  console.log('|---|---|---|---|---|---|');
  for (const everyDays of [1, 2, 3, 4, 7]) {
    const [all, list] = [run(gains, everyDays, false), run(gains, everyDays, true)];
    const share = (days: number) => `${((100 * days) / all.days).toFixed(1)} %`;
    const skipped = `${(100 * (1 - list.emptyings / all.emptyings)).toFixed(0)} %`;
    const figures = [all.emptyings, list.emptyings, skipped, share(all.overDays), share(list.overDays)];
    console.log(`| ${[`${everyDays} d`, ...figures].join(' | ')} |`);
  }
}

type Gain = { readonly bin: string; readonly day: number; readonly gainPct: number };

function gainsOf(levels: readonly BinLevel[]): readonly Gain[] {
  const before = new Map<string, BinLevel>();
  return levels.flatMap((level) => {
    const last = before.get(level.bin);
    before.set(level.bin, level);
    if (!last || level.day - last.day !== 1) return [];
    const risen = level.levelPct - last.levelPct;
    return [{ bin: level.bin, day: level.day, gainPct: risen >= 0 ? risen : level.levelPct }];
  });
}

function run(gains: readonly Gain[], everyDays: number, byList: boolean) {
  const forecast = createFillForecast({ thresholdPct: THRESHOLD_PCT, withinMs: [] });
  const levels = new Map<string, number>();
  const sum = { days: 0, overDays: 0, emptyings: 0 };
  for (const { bin, day, gainPct } of gains) {
    const levelPct = Math.min((levels.get(bin) ?? 0) + gainPct, 100);
    const atMs = day * DAY_MS;
    const estimate = forecast.next(bin, { atMs, wallMs: atMs, levelPct });
    sum.days += 1;
    if (levelPct >= THRESHOLD_PCT) sum.overDays += 1;
    const isRound = day % everyDays === 0;
    const beforeMs = atMs + everyDays * DAY_MS;
    const options = { nowMs: atMs, beforeMs, thresholdPct: THRESHOLD_PCT, chance: CHANCE, silentMs: DAY_MS };
    const list = collectionOf([{ id: bin, newest: { atMs, levelPct, estimate } }], options);
    const isEmptied = isRound && (!byList || list.toCollect > 0);
    if (isEmptied) sum.emptyings += 1;
    levels.set(bin, isEmptied ? 0 : levelPct);
  }
  return sum;
}
