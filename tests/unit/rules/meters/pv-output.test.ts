import { describe, expect, it } from 'vitest';
import type { Device } from '../../../../src/domain/register.ts';
import { seededUniform } from '../../../support/chance.ts';
import { judge } from '../../../support/judge.ts';
import { readingOf, registerOf } from '../../../support/readings.ts';

const HOUR = 3_600_000;
/** Local midnight in May. */
const T0 = Date.UTC(2026, 4, 1, 22);
const DAYS = 50;
const rooms = ['r1', 'r2', 'r3', 'r4'] as const;
const pv = (building: string): Device => ({
  ...{ id: `pv-${building}`, model: 'kvarter', building, space: 'roof', role: 'submeter' },
});
const register = registerOf(
  ['b1', 'b2', 'b3'].map((id) => ({ id, spaces: [{ id: 'roof', kind: 'pv' }] })),
  [pv('b1'), pv('b2'), pv('b3')],
);

type Watched = {
  /** Plants, by building: the share that works on a day. */
  readonly works: Readonly<Record<string, (day: number) => number>>;
  readonly isLit?: boolean;
  readonly outdoorC?: number;
};

/** Two weeks of sun and cloud in turn, hour by hour; cells are dark at night. */
function told({ works, isLit = false, outdoorC = 12 }: Watched) {
  const random = seededUniform('sun');
  const counts = new Map<string, number>();
  const readings = Array.from({ length: DAYS * 24 }, (_, n) => n).flatMap((n) => {
    const day = Math.floor(n / 24);
    if (n % 24 === 0) random();
    const clear = 0.25 + 0.75 * seededUniform(`day ${day}`)();
    const light = Math.max(Math.sin((((n % 24) + 0.5 - 5) / 15) * Math.PI), 0) * clear;
    const atMs = T0 + (n + 1) * HOUR;
    return [
      readingOf(
        { device: 'out', quantity: 'outdoorTemperatureC', role: 'outdoor' },
        atMs,
        outdoorC + (n % 2) / 10,
      ),
      ...(isLit
        ? rooms.map((device) =>
            readingOf(
              { device, quantity: 'illuminanceLux', role: 'room' },
              atMs,
              900 * light * (0.8 + 0.4 * random()),
            ),
          )
        : []),
      ...Object.entries(works).map(([building, share]) => {
        const count = (counts.get(building) ?? 1e6) + 30_000 * light * share(day) * (0.97 + 0.06 * random());
        counts.set(building, count);
        const point = {
          device: `pv-${building}`,
          quantity: 'activeEnergyWh',
          role: 'submeter',
          space: 'roof',
        } as const;
        return readingOf({ ...point, building }, atMs, count);
      }),
    ];
  });
  return judge(readings, { types: ['pv-output'], register }).map(({ alert, atMs }) => ({
    text: `${alert.building} ${alert.state}`,
    day: Math.floor((atMs - T0) / HOUR / 24),
    alert,
  }));
}

const whole = () => 1;
const half = (day: number) => (day >= 30 && day < 42 ? 0.5 : 1);

describe('solar cells that give less than they should', () => {
  it('are told in days by what other plants give, and over when they give it again', () => {
    const changes = told({ works: { b1: half, b2: whole, b3: whole } });
    expect(changes.map(({ text, day }) => `${text} ${day}`)).toEqual(['b1 firing 32', 'b1 resolved 43']);
    expect(changes[0]?.alert.title).toMatch(
      /^Solar cells of pv-b1 give (4[5-9]|5[0-5]) % less than they should/,
    );
    expect(changes[0]?.alert.detail).toMatch(/by pv-b2, pv-b3\. Likely a string.*First read/s);
  });

  it('are told by the light in rooms where there are no others', () => {
    const changes = told({ works: { b1: half }, isLit: true });
    expect(changes.map(({ text, day }) => `${text} ${day}`)).toEqual(['b1 firing 32', 'b1 resolved 43']);
    expect(changes[0]?.alert.detail).toContain('by light in rooms');
  });

  it('are told by the best of many days where nothing else says how sunny it was', () => {
    const changes = told({ works: { b1: half } });
    expect(changes.map(({ text }) => text)).toEqual(['b1 firing', 'b1 resolved']);
    expect(changes[0]?.day).toBeGreaterThanOrEqual(39);
    expect(changes[0]?.day).toBeLessThan(44);
  });

  it('are not the others of a plant that fails, nor those when it is mended', () => {
    const failing = (day: number) => (day >= 12 && day < 26 ? 0.4 : 1);
    const changes = told({ works: { b1: whole, b2: failing }, isLit: true });
    expect(changes.map(({ text }) => text)).toEqual(['b2 firing', 'b2 resolved']);
  });

  it('are not under snow', () => {
    const snowed = (day: number) => (day >= 30 && day < 36 ? 0.02 : 1);
    expect(told({ works: { b1: snowed }, isLit: true, outdoorC: -3 })).toEqual([]);
    expect(told({ works: { b1: snowed }, isLit: true, outdoorC: 12 })).not.toEqual([]);
  });
});
