import { describe, expect, it } from 'vitest';
import { limitPlan } from '../../../../src/energy/guard/limit-plan.ts';

const MINUTE = 60_000;
const quarter = { fromMs: 0, toMs: 15 * MINUTE };
const load = (id: string, powerKw: number, priority: number, maxOffMinutes = 60) => ({
  id,
  name: id,
  powerKw,
  priority,
  maxOffMinutes,
  automatic: true,
});
const loads = [load('b1/hp', 20, 1), load('b2/ev', 40, 1), load('b3/vent', 10, 5, 20)];
const plan = (more: object) =>
  limitPlan({ limitKw: 100, untilMs: 120 * MINUTE, quarter, projectedKw: 120, atMs: 0, loads, ...more });

describe('a limit', () => {
  it('is divided over the buildings by cost, for as long as it lasts and each load may be off', () => {
    expect(plan({})).toEqual({ wishes: [{ load: 'b1/hp', minutes: 60 }], missingKw: 0 });
    expect(plan({ projectedKw: 135 })).toEqual({ wishes: [{ load: 'b2/ev', minutes: 60 }], missingKw: 0 });
    expect(plan({ untilMs: 30 * MINUTE })).toEqual({
      wishes: [{ load: 'b1/hp', minutes: 30 }],
      missingKw: 0,
    });
  });

  it('asks for more the later in the quarter-hour it is, and for all when they are not enough', () => {
    expect(plan({ atMs: 9 * MINUTE }).wishes.map(({ load: id }) => id)).toEqual(['b2/ev', 'b1/hp']);
    const { wishes, missingKw } = plan({ projectedKw: 300 });
    expect([wishes.map(({ load: id }) => id), missingKw]).toEqual([['b2/ev', 'b1/hp', 'b3/vent'], 130]);
    expect(wishes[2]?.minutes).toBe(20);
  });

  it('counts on no load that rests, or whose being off the pace shows', () => {
    const off = (from: number, to: number) => ({
      sinceMs: from * MINUTE,
      untilMs: to * MINUTE,
      freeFromMs: (to + (to - from) / 2) * MINUTE,
    });
    const held = { 'b1/hp': off(-40, -10), 'b2/ev': off(-20, 30) };
    const made = plan({ held, paceMs: 15 * MINUTE });
    expect([made.wishes.map(({ load: id }) => id), made.missingKw]).toEqual([['b3/vent'], 10]);
  });

  it('is divided in the same way whenever it holds', () => {
    const now = Date.parse('2026-01-15T07:00Z');
    const later = {
      atMs: now,
      untilMs: now + 30 * MINUTE,
      quarter: { fromMs: now, toMs: now + quarter.toMs },
    };
    for (const projectedKw of [120, 300]) {
      expect(plan({ ...later, projectedKw })).toEqual(plan({ untilMs: 30 * MINUTE, projectedKw }));
    }
  });

  it('asks for nothing while it is kept', () => {
    expect(plan({ projectedKw: 100 }).wishes).toEqual([]);
  });
});
