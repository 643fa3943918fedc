import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFillForecast, type FillEstimate } from '../../../../src/waste/fill/fill-forecast.ts';
import { seededNormal, seededUniform } from '../../../support/chance.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const start = Date.UTC(2026, 0, 5);
const within = { thresholdPct: 80, withinMs: [DAY_MS, 2 * DAY_MS] };

type Row = { readonly bin: string; readonly atMs: number; readonly levelPct: number };

function estimates(rows: readonly Row[], options = within): readonly FillEstimate[] {
  const forecast = createFillForecast(options);
  return rows.map(({ bin, atMs, levelPct }) => forecast.next(bin, { atMs, wallMs: atMs, levelPct }));
}

/** A bin that gains so much a day and is emptied on the day after it has reached the limit. */
function saw(bin: string, days: number, gainPct: (day: number) => number): readonly Row[] {
  let levelPct = 0;
  return Array.from({ length: days }, (_, day) => {
    levelPct = levelPct >= 80 ? 0 : Math.min(levelPct + gainPct(day), 100);
    return { bin, atMs: start + day * DAY_MS, levelPct };
  });
}

describe('a fill forecast', () => {
  it('says of a prefix what it says of the whole', () => {
    const row = fc.record({
      bin: fc.constantFrom('a', 'b', 'c'),
      stepMs: fc.integer({ min: 1, max: 3 * DAY_MS }),
      levelPct: fc.integer({ min: -5, max: 105 }),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 60 }), fc.nat(60), (steps, length) => {
        let atMs = start;
        const rows = steps.map(({ bin, stepMs, levelPct }) => {
          atMs += stepMs;
          return { bin, atMs, levelPct };
        });
        expect(estimates(rows.slice(0, length))).toEqual(estimates(rows).slice(0, length));
      }),
      { numRuns: 30 },
    );
  });

  it('gives probabilities that are no smaller for a longer span, and quantiles in order, whatever comes', () => {
    const chance = seededUniform('levels');
    const rows = Array.from({ length: 500 }, (_, i) => ({
      bin: `${i % 3}`,
      atMs: start + i * 7 * HOUR_MS,
      levelPct: Math.round(chance() * 100),
    }));
    const options = { thresholdPct: 65, withinMs: [72, 6, 24].map((hours) => hours * HOUR_MS) };
    for (const { overChances, fullAtMs, ratePctPerDay } of estimates(rows, options)) {
      const [long = -1, short = -1, middle = -1] = overChances;
      expect(short >= 0 && short <= middle && middle <= long && long <= 1).toBe(true);
      const { p10 = 0, p50 = Infinity, p90 = Infinity } = fullAtMs;
      expect(p10 <= p50 && p50 <= p90).toBe(true);
      expect(Number.isFinite(ratePctPerDay)).toBe(true);
    }
  });

  it('learns which day is the last before the limit', () => {
    const rows = saw('a', 120, () => 20);
    const said = estimates(rows);
    for (const [at, { overChances, ratePctPerDay }] of said.entries()) {
      const { levelPct = 0 } = rows[at] ?? {};
      if (at < 60 || levelPct >= 80) continue;
      expect(ratePctPerDay).toBeCloseTo(20, -1);
      if (levelPct === 60) expect(overChances[0]).toBeGreaterThan(0.8);
      else expect(overChances[0]).toBeLessThan(0.15);
    }
  });

  it('learns that the weekend brings nothing', () => {
    const chance = seededUniform('weeks');
    const rows = saw('a', 300, (day) => (day % 7 >= 5 ? 0 : 15 + Math.round(chance() * 30)));
    const said = estimates(rows);
    const rate = (weekday: number) => {
      const those = said.filter((_, at) => {
        const { levelPct = 0 } = rows[at] ?? {};
        return at > 100 && at % 7 === weekday && levelPct >= 50 && levelPct < 80;
      });
      expect(those.length).toBeGreaterThan(3);
      return those.reduce((sum, { overChances }) => sum + (overChances[0] ?? 0), 0) / those.length;
    };
    expect(rate(1)).toBeGreaterThan(3 * rate(4));
  });

  it('is useful in the first week of a bin whose neighbours are known', () => {
    const known = ['b', 'c', 'd'].flatMap((bin) => saw(bin, 150, () => 20));
    const rows = [...known, ...saw('new', 155, () => 20).slice(150)].toSorted((a, b) => a.atMs - b.atMs);
    const fresh = estimates(rows).filter((_, at) => rows[at]?.bin === 'new');
    expect(fresh.length).toBe(5);
    const levels = rows.filter(({ bin }) => bin === 'new').map(({ levelPct }) => levelPct);
    for (const [at, { overChances }] of fresh.entries()) {
      if (levels[at] === 60) expect(overChances[0]).toBeGreaterThan(0.7);
      if (levels[at] === 20) expect(overChances[0]).toBeLessThan(0.15);
    }
  });

  it('knows a container that gains a point a day', () => {
    const last = estimates(saw('a', 75, () => 1)).at(-1);
    expect(last?.ratePctPerDay).toBeGreaterThan(0.8);
    expect(last?.ratePctPerDay).toBeLessThan(1.5);
  });

  it('knows an empty bin that never fills, and one that is full', () => {
    const rows = Array.from({ length: 90 }, (_, day) => ({
      bin: 'a',
      atMs: start + day * DAY_MS,
      levelPct: 0,
    }));
    const last = estimates(rows).at(-1);
    expect(last?.overChances[1]).toBeLessThan(0.02);
    expect(last?.ratePctPerDay).toBeLessThan(1);
    const full = { bin: 'a', atMs: start + 90 * DAY_MS, levelPct: 80 };
    expect(estimates([...rows, full]).at(-1)).toMatchObject({
      overChances: [1, 1],
      fullAtMs: { p10: full.atMs, p50: full.atMs, p90: full.atMs },
    });
  });

  it('reads an ultrasonic sensor every two hours', () => {
    const noise = seededNormal('echo');
    let levelPct = 0;
    const rows = Array.from({ length: 12 * 80 }, (_, i) => {
      const isEmptied = levelPct >= 80 && i % 12 === 3;
      levelPct = isEmptied ? 0 : Math.min(levelPct + 20 / 12, 100);
      return { bin: 'a', atMs: start + i * 2 * HOUR_MS, levelPct: levelPct + noise() };
    });
    const said = estimates(rows);
    for (let i = 600; i < rows.length; i += 1) {
      const { levelPct: level = 0 } = rows[i] ?? {};
      const { overChances: [tomorrow = 0] = [], ratePctPerDay = 0 } = said[i] ?? {};
      expect(Math.abs(ratePctPerDay - 20)).toBeLessThan(4);
      if (level < 40) expect(tomorrow).toBeLessThan(0.15);
      if (level > 70) expect(tomorrow).toBeGreaterThan(0.85);
    }
    const { atMs = 0 } = rows.findLast((row) => row.levelPct > 39 && row.levelPct < 41) ?? {};
    const fullAtMs = said[rows.findIndex((row) => row.atMs === atMs)]?.fullAtMs.p50 ?? 0;
    expect((fullAtMs - atMs) / DAY_MS).toBeGreaterThan(1.5);
    expect((fullAtMs - atMs) / DAY_MS).toBeLessThan(2.5);
  });

  it('gives a span that is shorter than the pause its share of it', () => {
    const rows = saw('a', 60, () => 20);
    const options = { thresholdPct: 80, withinMs: [6 * HOUR_MS, DAY_MS] };
    const at = rows.findLastIndex(({ levelPct }) => levelPct === 60);
    const [short = 0, day = 0] = estimates(rows, options)[at]?.overChances ?? [];
    expect(short).toBeGreaterThan(0.1);
    expect(short).toBeLessThan(day);
  });
});
