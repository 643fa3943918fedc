import { describe, expect, it } from 'vitest';
import { seededNormal } from '../../../support/chance.ts';
import { judge } from '../../../support/judge.ts';
import { readingOf } from '../../../support/readings.ts';

const HOUR = 3_600_000;
const T0 = Date.UTC(2026, 0, 12);

/** Heat of a house in changing weather; `moreW` comes on top. */
function told(moreW: (day: number) => number, coldC = (_: number) => 0) {
  const random = seededNormal('heat');
  let count = 5e6;
  const readings = Array.from({ length: 36 * 24 }, (_, hour) => hour).flatMap((hour) => {
    const day = Math.floor(hour / 24);
    const outdoorC = 2 + 6 * Math.sin(day / 2.3) - coldC(day);
    count += 2000 * Math.max(13 - outdoorC, 0) + 4000 + 600 * random() + moreW(day);
    const atMs = T0 + hour * HOUR;
    return [
      readingOf({ device: 'out', quantity: 'outdoorTemperatureC', role: 'outdoor' }, atMs, outdoorC),
      readingOf({ device: 'd', quantity: 'heatEnergyWh', role: 'heatMain' }, atMs, count),
    ];
  });
  return judge(readings, { types: ['unexplained-use'] });
}

describe('heat that weather does not explain', () => {
  it('is told within some days, with what weather explains, and over when it is gone', () => {
    const changes = told((day) => (day >= 20 && day < 28 ? 12_000 : 0));
    expect(changes.map(({ alert: { state, rule } }) => `${rule} ${state}`)).toEqual([
      'unexplained-heat firing',
      'unexplained-heat resolved',
    ]);
    expect(((changes[0]?.atMs ?? 0) - T0) / HOUR / 24).toBeLessThan(26);
    expect(changes[0]?.alert.detail).toMatch(/would be ordinary\. Likely the heating curve.*First compare/s);
  });

  it('is not a cold week', () => {
    expect(
      told(
        () => 0,
        (day) => (day >= 20 ? 8 : 0),
      ),
    ).toEqual([]);
  });

  it('is not a first warm week, in which hot water goes on', () => {
    expect(
      told(
        () => 0,
        (day) => (day >= 20 ? -16 : 6),
      ),
    ).toEqual([]);
  });

  it('is not one strange day', () => {
    expect(told((day) => (day === 22 ? 60_000 : 0))).toEqual([]);
  });
});
