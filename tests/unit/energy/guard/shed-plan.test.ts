import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FlexibleLoad } from '../../../../src/domain/register.ts';
import { shedPlan } from '../../../../src/energy/guard/shed-plan.ts';

const MINUTE = 60_000;
const load = (id: string, powerKw: number, more: Partial<FlexibleLoad> = {}): FlexibleLoad => ({
  id,
  name: id,
  powerKw,
  maxOffMinutes: 60,
  priority: 1,
  ...more,
});
const ids = ({ sheds }: ReturnType<typeof shedPlan>) => sheds.map(({ load: { id } }) => id);
const half = { atMs: 0, toMs: 30 * MINUTE };

describe('the loads to shed', () => {
  it('are the cheapest that are enough, not all', () => {
    const loads = [load('big', 40, { priority: 2 }), load('small', 10), load('other', 10)];
    expect(ids(shedPlan(loads, { ...half, excessKwh: 4 }))).toEqual(['small']);
    expect(ids(shedPlan(loads, { ...half, excessKwh: 9 })).toSorted()).toEqual(['other', 'small']);
    const plan = shedPlan(loads, { ...half, excessKwh: 12 });
    expect([plan.isEnough, plan.savedKwh >= 12, ids(plan).includes('big')]).toEqual([true, true, true]);
  });

  it('count no longer than they may be off, and less what comes back within the window', () => {
    const loads = [load('fan', 12, { maxOffMinutes: 10, reboundPct: 50 })];
    // 12 kW for 10 minutes, of which half comes back in the 20 that follow.
    expect(shedPlan(loads, { ...half, excessKwh: 5 })).toMatchObject({ savedKwh: 1, isEnough: false });
  });

  it('are off past the window if they come back with more, until the next is judged, and no longer than they may be', () => {
    const loads = [
      load('ev', 10, { reboundPct: 100 }),
      load('hp', 10),
      load('laundry', 10, { reboundPct: 50, maxOffMinutes: 40 }),
    ];
    const plan = shedPlan(loads, { ...half, excessKwh: 15, holdMs: 16 * MINUTE });
    expect(Object.fromEntries(plan.sheds.map((shed) => [shed.load.id, shed.offMinutes]))).toEqual({
      ev: 46,
      hp: 30,
      laundry: 40,
    });
    // What they are off after it saves nothing in it.
    expect(plan.savedKwh).toBe(15);
  });

  it.each([
    ['rests', -60, -10, 30, []],
    ['has rested', -60, -30, 30, ['ev 30 min, 5 kWh']],
    // The pace of 15 minutes has seen 5 of its 20: three quarters of 30 minutes count once more.
    ['is off since lately', -5, 30, 60, ['ev 30 min, 3.33 kWh']],
    ['is off for long, to the end', -20, 30, 60, []],
    ['is off for long, and could be longer', -20, 10, 60, ['ev 30 min, 3.33 kWh']],
    ['is off for long, and could be a little longer', -45, 10, 60, ['ev 15 min, 0.83 kWh']],
    ['is off as long as it may be', -50, 10, 60, []],
  ])('of a load that %s', (_, sinceMinute, untilMinute, maxOffMinutes, expected) => {
    const now = Date.parse('2026-01-15T07:00Z');
    const [sinceMs, untilMs] = [now + sinceMinute * MINUTE, now + untilMinute * MINUTE];
    const held = { ev: { sinceMs, untilMs, freeFromMs: untilMs + (untilMs - sinceMs) / 2 } };
    const paceMs = 15 * MINUTE;
    const ev = load('ev', 10, { maxOffMinutes, automatic: true });
    const plan = shedPlan([ev], { atMs: now, toMs: now + half.toMs, excessKwh: 9, held, paceMs });
    expect(
      plan.sheds.map(
        ({ load: { id }, offMinutes, savedKwh }) =>
          `${id} ${offMinutes} min, ${Math.round(savedKwh * 100) / 100} kWh`,
      ),
    ).toEqual(expected);
  });

  it('are held no longer where they were told as often as they may be', () => {
    const held = {
      ev: { sinceMs: -20 * MINUTE, untilMs: 10 * MINUTE, freeFromMs: 900 * MINUTE, isUsedUp: true },
    };
    const ev = load('ev', 10, { automatic: true });
    const need = { ...half, excessKwh: 5, paceMs: 15 * MINUTE };
    expect(ids(shedPlan([ev], { ...need, held }))).toEqual([]);
    expect(ids(shedPlan([ev], { ...need, held: { ev: { ...held.ev, isUsedUp: false } } }))).toEqual(['ev']);
  });

  it('are there to be asked for where people are to switch them, who may not have done so', () => {
    const held = { ev: { sinceMs: -20 * MINUTE, untilMs: 30 * MINUTE, freeFromMs: 55 * MINUTE } };
    const plan = shedPlan([load('ev', 10)], { ...half, excessKwh: 5, held, paceMs: 15 * MINUTE });
    expect(plan).toMatchObject({ savedKwh: 5, isEnough: true });
  });

  it('must be acted on while there is energy enough to give', () => {
    const hour = { atMs: 0, toMs: 60 * MINUTE };
    const plan = shedPlan([load('hp', 20)], { ...hour, excessKwh: 10 });
    expect(plan.actByMs).toBe(30 * MINUTE);
    // A larger load that is not asked for gives nobody more time.
    const more = shedPlan([load('hp', 20), load('fans', 400, { priority: 9 })], { ...hour, excessKwh: 10 });
    expect([more.sheds.map(({ load: { id } }) => id), more.actByMs]).toEqual([['hp'], 30 * MINUTE]);
    expect(shedPlan([load('hp', 20)], { ...hour, excessKwh: 0 }).actByMs).toBeUndefined();
    expect(shedPlan([load('hp', 20)], { ...half, excessKwh: 30 }).actByMs).toBeUndefined();
  });

  it('are no more than are enough, where there are too many to try every set', () => {
    const loads = Array.from({ length: 20 }, (_, n) => load(`l${n}`, 2));
    expect(shedPlan(loads, { ...half, excessKwh: 16 })).toMatchObject({ savedKwh: 16, isEnough: true });
    expect(shedPlan(loads, { ...half, excessKwh: 21 })).toMatchObject({ savedKwh: 20, isEnough: false });
  });

  it('are spread: one that was asked often gives way to its like', () => {
    const loads = [load('a', 10), load('b', 10)];
    expect(ids(shedPlan(loads, { ...half, excessKwh: 4, asked: { a: 3 } }))).toEqual(['b']);
  });

  it('are as cheap as any set that is enough', () => {
    const anyLoad = fc.record({
      powerKw: fc.integer({ min: 1, max: 50 }),
      priority: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(fc.array(anyLoad, { maxLength: 8 }), fc.integer({ min: 1, max: 60 }), (some, excessKwh) => {
        const loads = some.map(({ powerKw, priority }, i) => load(`l${i}`, powerKw, { priority }));
        const cost = (set: readonly FlexibleLoad[]) =>
          set.reduce((sum, { powerKw, priority }) => sum + powerKw * priority, 0);
        const plan = shedPlan(loads, { ...half, excessKwh });
        let best = Number.POSITIVE_INFINITY;
        for (let set = 0; set < 1 << loads.length; set += 1) {
          const taken = loads.filter((_, i) => set & (1 << i));
          if (taken.reduce((sum, { powerKw }) => sum + powerKw / 2, 0) >= excessKwh)
            best = Math.min(best, cost(taken));
        }
        if (best === Number.POSITIVE_INFINITY) expect(plan.isEnough).toBe(false);
        else expect(cost(plan.sheds.map((shed) => shed.load))).toBe(best);
      }),
    );
  });
});
