import { describe, expect, it } from 'vitest';
import { differenceIn, duration, limitIn, withoutUnits } from '../../../src/rules/parameters.ts';

describe('a time', () => {
  it.each([
    ['90 s', 90_000],
    ['90s', 90_000],
    ['1.5 min', 90_000],
    ['30 m', 1_800_000],
    ['2 h', 7_200_000],
    ['1 d', 86_400_000],
    [0, 0],
    ['30 d', 30 * 86_400_000],
  ])('%j is %i ms', (text, ms) => {
    expect(duration(30 * 86_400_000).parse(text)).toBe(ms);
  });

  it.each(['31 d', '5', '-1 h', '1 week', 'soon', '1 h 30 min'])('%j is refused', (text) => {
    expect(duration(30 * 86_400_000).safeParse(text).error?.issues[0]?.message).toBe(
      `${text} is no time of up to 30 days: write 90 s, 30 min, 2 h or 1 d`,
    );
  });
});

describe('a parameter whose name ends in a unit', () => {
  it.each([
    ['coldC', '20 °C', 20],
    ['coldC', '20 K', 20],
    ['minRiseW', '0.5 kW', 500],
    ['leakL', '0.1 m³', 100],
    ['windowMinutes', '12 h', 720],
    ['windowHours', '90 min', 1.5],
    ['coldC', 20, 20],
    ['coldC', '20', '20'],
    ['kind', '20 °C', '20 °C'],
    ['minRiseW', '1.1 kW', 1100],
  ])('%s: %j is %j', (name, given, value) => {
    const refused: string[] = [];
    expect(withoutUnits({ [name]: given }, (_, message) => refused.push(message))).toEqual({ [name]: value });
    expect(refused).toEqual([]);
  });

  it.each([
    ['coldC', '2 h', 'coldC is in °C'],
    ['windowMinutes', '2 W', 'windowMinutes is in min'],
    ['minRiseW', '2 kWh', 'minRiseW is in W'],
  ])('%s: %s is refused', (name, given, why) => {
    const refused: string[] = [];
    withoutUnits({ [name]: given }, (_, message) => refused.push(message));
    expect(refused).toEqual([`${given}: ${why}`]);
  });
});

describe('a limit in the unit of what it limits', () => {
  it.each([
    [15, 15],
    ['15', 15],
    ['15 °C', 15],
    ['-4.5 °C', -4.5],
  ])('%j is %f', (given, value) => {
    expect(limitIn(['airTemperatureC']).parse(given)).toBe(value);
  });

  it('may be in a larger unit, and must fit each quantity that is named', () => {
    expect(limitIn(['activePowerW', 'heatPowerW']).parse('1.5 kW')).toBe(1500);
    const { error } = limitIn(['activePowerW', 'activeEnergyWh']).safeParse('1.5 kW');
    expect(error?.issues.map(({ message }) => message)).toEqual(['1.5 kW: activeEnergyWh is in Wh']);
  });

  it.each([
    ['warm', 'warm is not a number of °C'],
    ['15 W', '15 W: airTemperatureC is in °C'],
    [-61, '-61 is impossible: airTemperatureC is between -60 and 100 °C'],
    [101, '101 is impossible: airTemperatureC is between -60 and 100 °C'],
  ])('%j is refused', (given, says) => {
    const { error } = limitIn(['airTemperatureC']).safeParse(given);
    expect(error?.issues.map(({ message }) => message)).toEqual([says]);
  });

  it('is refused where no quantity is named', () => {
    expect(limitIn(undefined).safeParse(1).success).toBe(false);
  });

  it('as a difference is from nothing to all that there can be between two values', () => {
    const difference = differenceIn(['airTemperatureC']);
    expect([difference.parse('0.5 K'), difference.parse(160)]).toEqual([0.5, 160]);
    expect([-0.1, 161].map((given) => difference.safeParse(given).error?.issues[0]?.message)).toEqual([
      '-0.1 is impossible: a difference of airTemperatureC is between 0 and 160 °C',
      '161 is impossible: a difference of airTemperatureC is between 0 and 160 °C',
    ]);
  });
});
