import { describe, expect, it } from 'vitest';
import type { AlertChange } from '../../../../src/domain/alert.ts';
import type { Reading } from '../../../../src/domain/reading.ts';
import { seededUniform } from '../../../support/chance.ts';
import { judge as judged } from '../../../support/judge.ts';
import { readingOf, registerOf } from '../../../support/readings.ts';

const HOUR = 3_600_000;
/** Local midnight. */
const T0 = Date.UTC(2026, 0, 11, 23);

type Rate = (day: number, hour: number, random: () => number) => number;

/** A main meter's register each half-hour; `rate` per hour. `isSilent` leaves out what nobody heard. */
function meter(
  quantity: 'waterVolumeL' | 'activeEnergyWh',
  days: number,
  rate: Rate,
  isSilent: (day: number) => boolean = () => false,
): Reading[] {
  const random = seededUniform('night');
  const role = quantity === 'waterVolumeL' ? 'waterMain' : 'electricityMain';
  let count = 5e6;
  return Array.from({ length: days * 48 }, (_, step) => {
    const day = Math.floor(step / 48);
    const reading = readingOf({ device: 'd', quantity, role }, T0 + (step * HOUR) / 2, count);
    count += rate(day, (step % 48) / 2, random) / 2;
    return isSilent(day) ? undefined : reading;
  }).filter((reading) => reading !== undefined);
}

const judge = (readings: readonly Reading[]): AlertChange[] =>
  judged(readings, { types: ['water-all-night', 'night-base-load'] });
const told = (readings: readonly Reading[]) =>
  judge(readings).map(
    ({ alert: { rule, state }, atMs }) => `${rule} ${state} ${Math.floor((atMs - T0) / HOUR / 24)}`,
  );

/** People draw water now and then, also at night. */
const household: Rate = (_, hour, random) =>
  hour > 6 && hour < 23 ? 200 + 300 * random() : random() < 0.3 ? 40 : 0;
const fridge: Rate = (_, hour, random) => 4000 + 200 * random() + (hour > 6 && hour < 23 ? 5000 : 0);
const more =
  (rate: Rate, by: number, days: readonly [from: number, to: number]): Rate =>
  (day, hour, random) =>
    rate(day, hour, random) + (day >= days[0] && day < days[1] ? by : 0);

describe('water that runs all night', () => {
  it('is told after one night when it is much, with since when and what is usual, and over when it rests again', () => {
    const changes = judge(meter('waterVolumeL', 20, more(household, 90, [12, 15])));
    expect(changes.map(({ alert: { rule, state } }) => `${rule} ${state}`)).toEqual([
      'water-all-night firing',
      'water-all-night resolved',
    ]);
    expect(changes[0]?.alert).toMatchObject({
      title: 'Water runs all night: 90 l/h instead of 0 l/h at d',
      facts: { value: 90, usual: 0, since: '2026-01-24T00:00:00.000Z', nights: 1 },
    });
    expect(changes[0]?.alert.detail).toMatch(/leak.*First look at cisterns/s);
  });

  it('is told after two nights when it is little', () => {
    expect(told(meter('waterVolumeL', 20, more(household, 60, [12, 15])))).toEqual([
      'water-all-night firing 13',
      'water-all-night resolved 15',
    ]);
  });

  it('has to go on for a third night when it is hardly more than nights differ', () => {
    expect(told(meter('waterVolumeL', 20, more(household, 40, [12, 14])))).toEqual([]);
    expect(told(meter('waterVolumeL', 20, more(household, 40, [12, 16])))[0]).toBe(
      'water-all-night firing 14',
    );
  });

  it('is not water that people draw, also through a busy night', () => {
    const party: Rate = (day, hour, random) =>
      day === 12 && hour < 4 ? 600 * random() : household(day, hour, random);
    expect(told(meter('waterVolumeL', 20, party))).toEqual([]);
  });

  it('is not a gap in what the meter says, whatever was used in it', () => {
    const rate = more(household, 900, [12, 14]);
    expect(told(meter('waterVolumeL', 20, rate, (day) => day >= 12 && day < 14))).toEqual([]);
  });

  it('is not judged before a week of nights is known', () => {
    expect(told(meter('waterVolumeL', 6, more(household, 90, [4, 6])))).toEqual([]);
  });
});

/** Seven houses: those named, and of the others one rate. */
const houses = (some: readonly Rate[], others: Rate): readonly Reading[] =>
  Array.from({ length: 7 }, (_, house) =>
    meter('activeEnergyWh', 20, some[house] ?? others).map(({ point, atMs, value }) =>
      readingOf({ ...point, device: `d${house}`, building: `b${house}` }, atMs, value),
    ),
  )
    .flat()
    .toSorted((a, b) => a.atMs - b.atMs);

describe('a night base load that is up', () => {
  it('is told on the third night, and over when it is back', () => {
    expect(told(meter('activeEnergyWh', 24, more(fridge, 2000, [12, 20])))).toEqual([
      'night-base-load firing 14',
      'night-base-load resolved 20',
    ]);
  });

  it('has to go on when it is hardly more than nights differ', () => {
    expect(told(meter('activeEnergyWh', 24, more(fridge, 600, [12, 15])))).toEqual([]);
    expect(told(meter('activeEnergyWh', 24, more(fridge, 600, [12, 20])))[0]).toBe(
      'night-base-load firing 15',
    );
  });

  describe('by less than a night may be', () => {
    const still: Rate = (_, hour) => 4000 + (hour > 6 && hour < 23 ? 5000 : 0);
    const little = more(still, 470, [14, 22]);

    it('is told on the fifth night when it began at once', () => {
      const changes = judge(meter('activeEnergyWh', 26, little));
      expect(
        changes.map(({ alert: { state }, atMs }) => [state, Math.floor((atMs - T0) / HOUR / 24)]),
      ).toEqual([
        ['firing', 18],
        ['resolved', 22],
      ]);
      expect(changes[0]?.alert.facts).toMatchObject({
        since: '2026-01-25T23:00:00.000Z',
        nights: 5,
        isMean: true,
      });
      expect(changes[0]?.alert.detail).toMatch(
        / \(5 nights\) in the mean 4\.\d kW; up to 4\.\d kW would be ordinary/,
      );
    });

    it('is not what comes little by little, nor what other houses take more of as well', () => {
      const creep: Rate = (day, hour, random) => still(day, hour, random) + 40 * day;
      expect(told(meter('activeEnergyWh', 26, creep))).toEqual([]);
      expect(told(houses([little], still))).toEqual(['night-base-load firing 18']);
      expect(told(houses([little, little, little, little], still))).toEqual([]);
    });
  });

  it('is the weather where a third of the other houses take more as well, if by less than is odd', () => {
    const [mine, theirs] = [more(fridge, 750, [12, 20]), more(fridge, 450, [12, 20])];
    expect(told(houses([mine], fridge))).toEqual(['night-base-load firing 14']);
    expect(told(houses([mine, theirs, theirs], fridge))).toEqual([]);
  });

  it('is not a holiday of two nights, nor more use by day', () => {
    expect(told(meter('activeEnergyWh', 24, more(fridge, 2000, [12, 14])))).toEqual([]);
    const busy: Rate = (day, hour, random) =>
      fridge(day, hour, random) + (day > 12 && hour > 6 && hour < 23 ? 9000 : 0);
    expect(told(meter('activeEnergyWh', 24, busy))).toEqual([]);
  });

  it('is not a load that creeps up with the season', () => {
    const season: Rate = (day, hour, random) => fridge(day, hour, random) + 15 * day;
    expect(told(meter('activeEnergyWh', 60, season))).toEqual([]);
  });

  it('is what is usual after four weeks', () => {
    expect(told(meter('activeEnergyWh', 60, more(fridge, 2000, [12, 60])))).toEqual([
      'night-base-load firing 14',
      'night-base-load resolved 39',
    ]);
  });
});

/** Mild nights, and now and then colder ones; from day 30 on a cold spell that nobody has seen. */
const outdoorC = (day: number) => (day >= 30 && day < 36 ? -8 : 10 - (day % 5) * 2);
/** Takes 1 kW a degree below 15 °C beside what a house takes. */
const heatPump: Rate = (day, hour, random) => fridge(day, hour, random) + 1000 * (15 - outdoorC(day));
const withWeather = (readings: readonly Reading[], building = 'b1'): Reading[] => {
  const point = { device: 'out', quantity: 'outdoorTemperatureC', role: 'outdoor', building } as const;
  const dayOf = (atMs: number) => Math.floor((atMs + 4 * HOUR - T0) / HOUR / 24);
  return readings.flatMap((one) => [readingOf(point, one.atMs, outdoorC(dayOf(one.atMs))), one]);
};

describe('the base load of a night with an outdoor thermometer', () => {
  it('is not up because a heat pump has more to do in the cold, also such as was not known', () => {
    expect(told(withWeather(meter('activeEnergyWh', 45, heatPump)))).toEqual([]);
    expect(told(meter('activeEnergyWh', 45, heatPump))).not.toEqual([]);
  });

  it('is up by less than nights differ among themselves, and says how cold it was', () => {
    const shifted = withWeather(meter('activeEnergyWh', 28, more(heatPump, 2000, [20, 26])));
    expect(told(shifted)).toEqual(['night-base-load firing 22', 'night-base-load resolved 26']);
    const [change] = judge(shifted);
    expect(change?.alert.facts).toMatchObject({ outdoorC: outdoorC(22), nights: 3 });
    expect(change?.alert.detail).toContain(' would be ordinary at 6 °C outdoors.');
    expect(told(meter('activeEnergyWh', 28, more(heatPump, 2000, [20, 26])))).toEqual([]);
  });

  it('knows the weather from another building of the area', () => {
    const register = registerOf(
      [{ id: 'b1' }, { id: 'b2' }],
      [{ id: 'd', model: 'kvarter', building: 'b1' }],
    );
    const shifted = withWeather(meter('activeEnergyWh', 28, more(heatPump, 2000, [20, 26])), 'b2');
    const changes = judged(shifted, { types: ['night-base-load'], register });
    expect(changes.map(({ alert: { state } }) => state)).toEqual(['firing', 'resolved']);
  });

  it('is judged without weather as before while the thermometer is silent', () => {
    const readings = withWeather(meter('activeEnergyWh', 24, more(fridge, 2000, [12, 20])));
    const silent = readings.filter(({ point, atMs }) => point.device === 'd' || atMs < T0 + 3 * 24 * HOUR);
    expect(told(silent)).toEqual(['night-base-load firing 14', 'night-base-load resolved 20']);
  });
});
