import { describe, expect, it } from 'vitest';
import type { FlexibleLoad } from '../../../../src/domain/register.ts';
import {
  type Held,
  type HoldNeed,
  holdOn,
  noteHeld,
  stillOff,
} from '../../../../src/energy/guard/held-loads.ts';

const MINUTE = 60_000;
const load = (id: string, more: Partial<FlexibleLoad> = {}): FlexibleLoad => ({
  id,
  name: id,
  powerKw: 12,
  maxOffMinutes: 120,
  priority: 1,
  reboundPct: 100,
  ...more,
});
/** Since half past, until 15 minutes into the hour. */
const hold = { sinceMs: -30 * MINUTE, untilMs: 15 * MINUTE, freeFromMs: 37.5 * MINUTE };
const need: HoldNeed = {
  window: { fromMs: 0, toMs: 60 * MINUTE },
  atMs: 10 * MINUTE,
  projectedKw: 60,
  budgetKw: 70,
  holdMs: 15 * MINUTE,
};
const staying = (held: Held, loads: readonly FlexibleLoad[], more: Partial<HoldNeed> = {}) =>
  holdOn(held, loads, { ...need, ...more }).map((shed) => `${shed.load.id} for ${shed.offMinutes}`);

describe('a load that is off since the hour before', () => {
  it('stays off until the next hour has been judged, when what it did not use would be too much for this one', () => {
    // 45 minutes of 12 kW and the 45 minutes that it was off: 18 kWh.
    expect(staying({ ev: hold }, [load('ev')])).toEqual(['ev for 65']);
    expect(staying({ ev: hold }, [load('ev')], { budgetKw: 78 })).toEqual([]);
    expect(staying({ ev: hold }, [load('ev', { reboundPct: 1 })])).toEqual([]);
  });

  it('comes back before the others if it is dearer to be without, and leaves them less', () => {
    const loads = [load('ev'), load('laundry', { priority: 3 })];
    const held = { ev: hold, laundry: hold };
    expect(staying(held, loads, { budgetKw: 95 })).toEqual(['ev for 65']);
    expect(staying(held, loads, { budgetKw: 96 })).toEqual([]);
  });

  it('comes back when it may be off no longer, whatever it draws, and is counted', () => {
    const loads = [load('ev'), load('fan', { maxOffMinutes: 45 })];
    expect(staying({ ev: hold, fan: hold }, loads, { budgetKw: 80 })).toEqual(['ev for 65']);
    expect(staying({ ev: hold }, [load('ev', { maxOffMinutes: 60 })])).toEqual(['ev for 20']);
  });

  it.each([
    ['draws nothing for what it did not use', { ev: hold }, load('ev', { reboundPct: 0 })],
    ['is off since this hour', { ev: { ...hold, sinceMs: MINUTE } }, load('ev')],
    ['is off into the next hour already', { ev: { ...hold, untilMs: 61 * MINUTE } }, load('ev')],
    ['has come back', { ev: { ...hold, untilMs: 9 * MINUTE } }, load('ev')],
    ['is another one', { hp: hold }, load('ev')],
  ])('is let be when it %s', (_, held, one) => {
    expect(staying(held, [one])).toEqual([]);
  });

  it('comes back when the hour cannot be billed', () => {
    expect(staying({ ev: hold }, [load('ev')], { budgetKw: Number.POSITIVE_INFINITY })).toEqual([]);
  });
});

it('a load is off without a break while it is told again in time, and never longer than it may be', () => {
  const held: Held = {};
  const note = (minute: number, offMinutes: number) =>
    noteHeld(held, [{ load: load('ev'), offMinutes, savedKwh: 1 }], minute * MINUTE, 180 * MINUTE);
  const times = () => [held.ev?.sinceMs, held.ev?.untilMs, held.ev?.freeFromMs].map((ms = 0) => ms / MINUTE);
  note(0, 30);
  note(20, 5);
  expect(times()).toEqual([0, 30, 45]);
  note(30, 100);
  expect(times()).toEqual([0, 120, 180]);
  note(181, 10);
  expect(times()).toEqual([181, 191, 196]);
  noteHeld(held, [], 195 * MINUTE, 180 * MINUTE);
  expect(held.ev).toBeDefined();
  noteHeld(held, [], 197 * MINUTE, 180 * MINUTE);
  expect(held).toEqual({});
});

describe('a load that kvarter switches, and may be told twice a day', () => {
  const DAY = 1440 * MINUTE;
  const heatPump = load('hp', { automatic: true, maxPerDay: 2, reboundPct: 0 });
  const noted = (...told: readonly (readonly [minute: number, offMinutes: number, dayToMs: number])[]) => {
    const held: Held = {};
    for (const [minute, offMinutes, dayToMs] of told) {
      noteHeld(held, [{ load: heatPump, offMinutes, savedKwh: 1 }], minute * MINUTE, dayToMs);
    }
    return held.hp;
  };

  it('is let be until the next day once it was told twice, and stays off no longer than it was told', () => {
    expect(noted([100, 60, DAY], [200, 60, DAY])).toMatchObject({ isUsedUp: true, freeFromMs: DAY });
    expect(noted([100, 20, DAY], [110, 60, DAY], [160, 60, DAY])).toMatchObject({
      sinceMs: 100 * MINUTE,
      untilMs: 170 * MINUTE,
    });
  });

  it('was told once by what is said again without asking for more', () => {
    expect(noted([100, 60, DAY], [110, 50, DAY])).toMatchObject({ times: 1, freeFromMs: 190 * MINUTE });
  });

  it('may be told twice again on the next day', () => {
    const held = noted([100, 60, DAY], [200, 60, DAY], [1500, 30, 2 * DAY]);
    expect(held).toMatchObject({ times: 1, freeFromMs: 1545 * MINUTE });
    expect(held?.isUsedUp).toBeUndefined();
  });

  it('is not counted where people switch it', () => {
    const held: Held = {};
    for (const minute of [100, 300, 500]) {
      const sheds = [{ load: { ...heatPump, automatic: false }, offMinutes: 60, savedKwh: 1 }];
      noteHeld(held, sheds, minute * MINUTE, DAY);
    }
    expect(held.hp).toMatchObject({ freeFromMs: 590 * MINUTE });
  });
});

it('a load that is off and not in a plan is named with the time that it has left', () => {
  const [ev, hp] = [load('ev'), load('hp')];
  const planned = [{ load: hp, offMinutes: 20, savedKwh: 1 }];
  const named = (atMinute: number) =>
    stillOff({ ev: hold, hp: hold }, [ev, hp, load('fan')], planned, atMinute * MINUTE).map(
      (shed) => `${shed.load.id} for ${shed.offMinutes}`,
    );
  expect(named(5)).toEqual(['ev for 10']);
  expect(named(15)).toEqual([]);
});
