import { describe, expect, it } from 'vitest';
import type { Reading } from '../../../../src/domain/reading.ts';
import { seededNormal } from '../../../support/chance.ts';
import { judge } from '../../../support/judge.ts';
import { readingOf, registerOf } from '../../../support/readings.ts';

const HOUR = 3_600_000;
const T0 = Date.UTC(2026, 0, 12);

type More = (day: number, hour: number) => number;
type House = {
  readonly coldC?: (day: number) => number;
  readonly days?: number;
  readonly building?: string;
  readonly of?: 'heatMain' | 'electricityMain';
};

const outdoorC = (hour: number, coldC: House['coldC'] = () => 0) => {
  const day = Math.floor(hour / 24);
  return 2 + 6 * Math.sin(day / 2.3) - coldC(day);
};

/** The meters of a house in changing weather; `moreW` comes on top of its heat. */
function house(
  moreW: More,
  { coldC, days = 36, building = 'b1', of = 'heatMain' }: House = {},
): readonly Reading[] {
  const random = seededNormal(`heat ${building}`);
  let count = 5e6;
  return Array.from({ length: days * 24 }, (_, hour) => hour).flatMap((hour) => {
    const atMs = T0 + hour * HOUR;
    const atC = outdoorC(hour, coldC);
    count += 2000 * Math.max(13 - atC, 0) + 4000 + 600 * random() + moreW(Math.floor(hour / 24), hour % 24);
    const [out, heat] = [`out-${building}`, `heat-${building}`];
    const quantity = of === 'heatMain' ? 'heatEnergyWh' : 'activeEnergyWh';
    return [
      readingOf({ device: out, quantity: 'outdoorTemperatureC', role: 'outdoor', building }, atMs, atC),
      readingOf({ device: heat, quantity, role: of, building }, atMs, count),
    ];
  });
}

function told(moreW: More, coldC?: House['coldC']) {
  return judge(house(moreW, coldC === undefined ? {} : { coldC }), { types: ['unexplained-use'] });
}

describe('heat that weather does not explain', () => {
  it('is told within some days, with what weather explains, and over when it is gone', () => {
    const changes = told((day) => (day >= 20 && day < 28 ? 12_000 : 0));
    expect(changes.map(({ alert: { state, rule } }) => `${rule} ${state}`)).toEqual([
      'unexplained-heat firing',
      'unexplained-heat resolved',
    ]);
    const dayOf = (n: number) => ((changes[n]?.atMs ?? 0) - T0) / HOUR / 24;
    expect(dayOf(0)).toBeLessThan(26);
    expect(dayOf(1)).toBeLessThan(31);
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

  it('is not what the house took before a summer in which it took less', () => {
    const summer = (day: number) => (day >= 60 && day < 110 ? -3500 : 0);
    const type = { types: ['unexplained-use'] };
    expect(judge(house(summer, { days: 130 }), type)).toEqual([]);
    const more = (day: number) => summer(day) + (day >= 110 ? 8000 : 0);
    expect(judge(house(more, { days: 130 }), type)).not.toEqual([]);
  });

  it('is not what it took before weeks in which people were away, and a little more on one day', () => {
    for (const strange of [103, 104, 105, 106, 107, 108, 109]) {
      const away = (day: number) => (day >= 60 && day < 95 ? -3500 : 0);
      const more = (day: number) => away(day) + (day === strange ? 4000 : 0);
      const readings = house(more, { days: 130, of: 'electricityMain' });
      expect(judge(readings, { types: ['unexplained-use'] }), `strange on ${strange}`).toEqual([]);
    }
  });

  it('is told of a house that rests on free days, on which it takes as much more', () => {
    const rests = (day: number) =>
      (T0 / HOUR / 24 + day + 4) % 7 === 0 || (T0 / HOUR / 24 + day + 4) % 7 === 6 ? -6000 : 0;
    const more = (day: number) => rests(day) + (day >= 120 ? 4500 : 0);
    const states = (moreW: More) =>
      judge(house(moreW, { days: 135, of: 'electricityMain' }), { types: ['unexplained-use'] }).map(
        ({ alert: { state } }) => state,
      );
    expect(states(rests)).toEqual([]);
    expect(states(more)).toEqual(['firing']);
  });

  it('is not what it takes more of on some days, as when cars are charged, and is told when it goes on', () => {
    const charged = (day: number) => ((day * 7) % 8 === 0 || (day >= 44 && day < 49) ? 5000 : 0);
    const states = (moreW: More) =>
      judge(house(moreW, { days: 60 }), { types: ['unexplained-use'] }).map(({ alert: { state } }) => state);
    expect(states(charged)).toEqual([]);
    expect(states((day) => (day >= 44 && day < 49 ? 5000 : 0))).toEqual(['firing', 'resolved']);
    expect(states((day) => charged(day) + (day >= 50 ? 9000 : 0))).toEqual(['firing']);
  });

  it('is over when it is gone though it has become colder than ever', () => {
    const changes = told(
      (day) => (day >= 20 && day < 25 ? 12_000 : 0),
      (day) => (day >= 25 ? 9 : 0),
    );
    expect(changes.map(({ alert: { state } }) => state)).toEqual(['firing', 'resolved']);
    expect(((changes[1]?.atMs ?? 0) - T0) / HOUR / 24).toBeLessThan(28);
  });

  it('is not what many houses take at once, and is told of one among them', () => {
    const buildings = ['b1', 'b2', 'b3', 'b4', 'b5', 'b6', 'b7'];
    const more: More = (day) => (day >= 20 ? 12_000 : 0);
    const changesWhen = (isUp: (building: string) => boolean) => {
      const readings = buildings.flatMap((building) => house(isUp(building) ? more : () => 0, { building }));
      const register = registerOf(
        buildings.map((id) => ({ id })),
        [],
      );
      const ordered = readings.toSorted((a, b) => a.atMs - b.atMs);
      return judge(ordered, { types: ['unexplained-use'], register }).map(({ alert }) => alert.building);
    };
    expect(changesWhen(() => true).length).toBeLessThan(4);
    expect(changesWhen((building) => building === 'b3')).toEqual(['b3']);
  });

  it('goes on over a day on which people were away', () => {
    const changes = told((day) => (day >= 20 && day !== 26 ? 12_000 : 0));
    expect(changes.map(({ alert: { state } }) => state)).toEqual(['firing']);
  });

  it('is not one strange day', () => {
    expect(told((day) => (day === 22 ? 60_000 : 0))).toEqual([]);
  });
});

describe('electricity of a house with solar cells', () => {
  /** By day its cells spare it what it takes, as long as they give; `moreW` comes on top by night. */
  const changes = (moreW: More, exportsW: number) => {
    const random = seededNormal('electricity');
    let [count, exported] = [5e6, 5e6];
    const readings = Array.from({ length: 36 * 24 }, (_, hour) => hour).flatMap((hour) => {
      const [day, ofDay] = [Math.floor(hour / 24), hour % 24];
      const isDark = day >= 20;
      count += (ofDay >= 8 && ofDay < 16 && !isDark ? 500 : 9000) + 300 * random() + moreW(day, ofDay);
      exported += ofDay === 12 && !isDark ? exportsW : 0;
      const atMs = T0 + hour * HOUR;
      const main = { device: 'el', role: 'electricityMain' } as const;
      return [
        readingOf({ device: 'out', quantity: 'outdoorTemperatureC', role: 'outdoor' }, atMs, outdoorC(hour)),
        readingOf({ ...main, quantity: 'activeEnergyWh' }, atMs, count),
        readingOf({ ...main, quantity: 'exportedEnergyWh' }, atMs, exported),
      ];
    });
    return judge(readings, { types: ['unexplained-use'] }).map(({ alert: { state } }) => state);
  };

  it('is not more because the sun gives less, and is told when its nights take more', () => {
    expect(changes(() => 0, 5000)).toEqual([]);
    expect(changes(() => 0, 0)).toEqual(['firing']);
    expect(changes((day, hour) => (day >= 24 && hour < 6 ? 4000 : 0), 5000)).toEqual(['firing']);
  });
});
