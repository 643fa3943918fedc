import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import type { LoadCommand } from '../../../src/domain/load-command.ts';
import { openLimits } from '../../../src/workers/load-control/limits.ts';
import type { LoadWish } from '../../../src/workers/load-control/load-control.ts';
import { registerOf } from '../../support/readings.ts';

const MINUTE = 60_000;
const T = Date.parse('2026-01-15T17:00+01:00');
const hp = { id: 'hp', name: 'Heat pump', powerKw: 30, maxOffMinutes: 60, priority: 1, automatic: true };
const meter = { model: 'kvarter', role: 'electricityMain' } as const;
const register = registerOf(
  [{ flexibleLoads: [hp] }, {}, {}],
  ['b1', 'b2'].map((building) => ({ id: `el-${building}`, building, ...meter })),
);

/** An area of two buildings that draw 50 kW each, whatever is done, with a limit of an hour from T on. */
function open(kw: number) {
  const stand = { nowMs: T + 2 * MINUTE, drawnKw: 50, isWarm: true, silent: 'b3' };
  const wishes: LoadWish[] = [];
  const commands: LoadCommand[] = [];
  const limits = openLimits({
    db: new DatabaseSync(':memory:'),
    clock: () => stand.nowMs,
    register: () => register,
    projectedKw: (id) => (id === 'b3' || id === stand.silent ? undefined : stand.drawnKw),
    maySwitch: () => stand.isWarm,
    loads: {
      wish: (wish) => wishes.push(wish),
      since: (id) => commands.filter((one) => one.building === id),
      pastOf: (all) => all.filter(({ state }) => state !== 'expired'),
    },
    log: { info: () => undefined, warn: () => undefined },
  });
  const { id } = limits.add({ area: 'a', fromMs: T, toMs: T + 60 * MINUTE, kw, by: 'Energy AB' });
  const told = () =>
    limits.troubles().flatMap(({ subject, detail, facts }) => (detail ? [{ subject, detail, facts }] : []));
  const note = (minutes: number, state: LoadCommand['state'] = 'accepted') =>
    commands.push({
      id: `c${commands.length}`,
      building: 'b1',
      load: 'hp',
      powerKw: 30,
      cause: id,
      atMs: T + minutes * MINUTE,
      untilMs: T + (minutes + 60) * MINUTE,
      state,
    });
  return { limits, stand, wishes, told, note, id };
}

describe('a limit of an area', () => {
  it('that its loads can keep is told to nobody', () => {
    const { limits, wishes, told } = open(80);
    using _ = limits;
    limits.look();
    expect(wishes).toEqual([
      { building: 'b1', wishes: [{ load: 'hp', minutes: 58 }], cause: expect.any(String) },
    ]);
    expect(told()).toEqual([]);
  });

  it('that they cannot keep is told with what is missing, until it can be kept or is withdrawn', () => {
    const { limits, stand, told, id } = open(60);
    using _ = limits;
    limits.look();
    // 13 of 15 minutes of 30 kW are left: 26 of 40 kW.
    expect(told()).toEqual([
      {
        subject: 'limit of a',
        detail: expect.stringMatching(/^Energy AB has asked for at most 60 kW .* 14 kW are missing/),
        facts: expect.objectContaining({
          area: 'a',
          areaName: 'A',
          limit: id,
          limitKw: 60,
          projectedKw: 100,
          missingKw: 14,
        }),
      },
    ]);
    stand.drawnKw = 35;
    limits.look();
    expect(told()).toEqual([]);
    stand.drawnKw = 50;
    limits.look();
    expect(told()).toHaveLength(1);
    limits.withdraw(id);
    limits.look();
    expect(told()).toEqual([]);
  });

  it('is told when a quarter-hour of it was above it', () => {
    const { limits, stand, told } = open(80);
    using _ = limits;
    stand.nowMs = T + 16 * MINUTE;
    limits.look();
    expect(told()).toEqual([
      {
        subject: 'limit of a exceeded',
        detail: expect.stringContaining('had 100 kW, 20 kW more'),
        facts: expect.objectContaining({ lastQuarterKw: 100 }),
      },
    ]);
  });

  it('is told when nothing is known of a building that has a meter', () => {
    const { limits, stand, told } = open(80);
    using _ = limits;
    stand.silent = 'b2';
    limits.look();
    expect(told()).toEqual([
      {
        subject: 'limit of a unknown',
        detail: expect.stringContaining(
          'heading for 50 kW without b2, of which nothing has been heard for a day',
        ),
        facts: expect.objectContaining({ unheard: 1 }),
      },
    ]);
  });

  it('is listed with others page by page, also where many began at once', () => {
    const { limits, id } = open(80);
    using _ = limits;
    const add = (fromMs: number, area = 'a') =>
      limits.add({ area, fromMs, toMs: T + 60 * MINUTE, kw: 80, by: 'Energy AB' }).id;
    const all = [id, add(T), add(T), add(T), add(T + MINUTE), add(T + MINUTE, 'b')];
    const pages: string[][] = [];
    for (let after = limits.find('none'); ; ) {
      const page = limits.list({ limit: 2, ...(after && { after }) });
      if (page.length === 0) break;
      pages.push(page.map((limit) => limit.id));
      after = page.at(-1);
    }
    expect(pages.map((page) => page.length)).toEqual([2, 2, 2]);
    expect(pages.flat().toSorted()).toEqual(all.toSorted());
    expect(limits.list({ area: 'b', limit: 9 }).map((limit) => limit.id)).toEqual(all.slice(-1));
  });

  it('counts on no load that has been off for long, or does not obey', () => {
    const { limits, stand, told, note, wishes } = open(80);
    using _ = limits;
    stand.nowMs = T + 10 * MINUTE;
    note(5);
    limits.look();
    expect(wishes).toHaveLength(1);
    stand.nowMs = T + 25 * MINUTE;
    limits.look();
    expect(wishes).toHaveLength(1);
    expect(told().map(({ facts }) => facts?.missingKw)).toEqual([20, 20]);
    note(24, 'refused');
    limits.look();
    expect(wishes).toHaveLength(1);
  });

  it('counts on one again that was only told what never was sent', () => {
    const { limits, stand, note, wishes } = open(80);
    using _ = limits;
    stand.nowMs = T + 10 * MINUTE;
    note(-50, 'expired');
    limits.look();
    expect(wishes).toHaveLength(1);
  });

  it('switches nothing off that rooms are too cold for', () => {
    const { limits, stand, told, wishes } = open(80);
    using _ = limits;
    stand.isWarm = false;
    limits.look();
    expect(wishes).toEqual([]);
    expect(told().map(({ facts }) => facts?.missingKw)).toEqual([20]);
  });
});
