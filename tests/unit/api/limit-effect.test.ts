import { describe, expect, it } from 'vitest';
import { effectOf, effectSpan } from '../../../src/api/limit-effect.ts';
import { HOUR_MS, QUARTER_MS } from '../../../src/domain/interval.ts';
import type { LoadCommand } from '../../../src/domain/load-command.ts';

const MINUTE = 60_000;
const T0 = Date.parse('2026-01-15T17:00+01:00');
const limit = {
  ...{ id: 'limit-1', area: 'north', fromMs: T0, toMs: T0 + HOUR_MS, kw: 80 },
  ...{ by: 'Energy AB', createdAtMs: T0 },
};
/** What the area drew in each quarter-hour from T0 on, kW, and how much of that is known. */
const steps = (...drawn: readonly (readonly [kw: number | null, coverage: number])[]) =>
  drawn.map(([powerKw, coverage], n) => ({
    ...{ fromMs: T0 + n * QUARTER_MS, toMs: T0 + (n + 1) * QUARTER_MS },
    ...{ powerKw, energyKwh: null, coverage, meters: 1 },
  }));
const command = (load: string, from: number, to: number, state: LoadCommand['state'] = 'accepted') => ({
  ...{ id: `${load}-${from}`, building: 'b1', load, powerKw: 30, cause: 'limit-1', state },
  ...{ atMs: T0 + from * MINUTE, untilMs: T0 + to * MINUTE },
});

describe('what came of a limit', () => {
  it('is not that it was kept while meters of the area are silent, but that it was not by what others drew', () => {
    const effect = effectOf(limit, steps([70, 1], [40, 0.5], [90, 0.5], [null, 0]), []);
    expect(effect.quarters.map(({ kW, coverage, kept }) => [kW, coverage, kept])).toEqual([
      [70, 1, true],
      [40, 0.5, null],
      [90, 0.5, false],
      [null, 0, null],
    ]);
    expect(effect).toMatchObject({ keptShare: 0.5, highestKw: 90 });
  });

  it('is told of quarter-hours in which it began, and not judged by them', () => {
    const late = { ...limit, fromMs: T0 + 10 * MINUTE, toMs: T0 + 40 * MINUTE };
    const effect = effectOf(late, steps([100, 1], [70, 1], [100, 1]), []);
    expect(effect.quarters.map(({ kept }) => kept)).toEqual([null, true, null]);
    expect(effect.keptShare).toBe(1);
  });

  it('ends where the limit was withdrawn, and now', () => {
    const minutes = ({ fromMs, toMs }: { fromMs: number; toMs: number }) =>
      [fromMs, toMs].map((atMs) => (atMs - T0) / MINUTE);
    expect(minutes(effectSpan(limit, T0 + 2 * HOUR_MS))).toEqual([0, 60]);
    expect(minutes(effectSpan(limit, T0 + 31 * MINUTE))).toEqual([0, 30]);
    const withdrawn = { ...limit, withdrawnAtMs: T0 + 20 * MINUTE };
    expect(minutes(effectSpan(withdrawn, T0 + 2 * HOUR_MS))).toEqual([0, 30]);
    const effect = effectOf(withdrawn, steps([70, 1], [100, 1]), []);
    expect(effect.quarters.map(({ kept }) => kept)).toEqual([true, null]);
  });

  it('counts a load once that was told twice, and one that did not obey not at all', () => {
    const commands = [
      command('hp', 0, 10),
      command('hp', 5, 15),
      command('hp', 20, 30),
      command('ev', 0, 15, 'refused'),
    ];
    const { quarters, buildings } = effectOf(limit, steps([70, 1], [70, 1]), commands);
    expect(quarters.map(({ heldKw }) => heldKw)).toEqual([30, 20]);
    expect(buildings).toEqual([{ building: 'b1', commands: 4, accepted: 3, powerKw: 30 }]);
  });
});
