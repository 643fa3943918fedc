import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conversion, conversionFrom, convert, unitOf } from '../../../src/decode/units.ts';
import { type Quantity, quantities } from '../../../src/domain/quantity.ts';

describe('a value in a unit becomes one in the quantity’s', () => {
  it.each<[number, string, Quantity, number]>([
    [6678.394, 'kWh', 'activeEnergyWh', 6_678_394],
    [34_510, 'kwh', 'heatEnergyWh', 34_510_000],
    [1.5, 'MWh', 'heatEnergyWh', 1_500_000],
    [3.6, 'GJ', 'heatEnergyWh', 1_000_000],
    [3.6, 'MJ', 'heatEnergyWh', 1000],
    [3600, 'J', 'heatEnergyWh', 1],
    [1000, 'kcal', 'heatEnergyWh', 1163],
    [1, 'Gcal', 'heatEnergyWh', 1_163_000],
    [1.727, 'kW', 'activePowerW', 1727],
    [-3.706, 'kW', 'heatPowerW', -3706],
    [0.5, 'MW', 'heatPowerW', 500_000],
    [3.6, 'MJ/h', 'heatPowerW', 1000],
    [0.309, 'kvar', 'reactivePowerVar', 309],
    [2232.49, 'm3', 'heatVolumeL', 2_232_490],
    [398.773, 'm³', 'waterVolumeL', 398_773],
    [7, 'dm³', 'waterVolumeL', 7],
    [7, 'l', 'waterVolumeL', 7],
    [100, 'ft3', 'waterVolumeL', 2831.6846592],
    [0.527, 'm3/h', 'flowLph', 527],
    [0.5, 'l/s', 'flowLph', 1800],
    [12, 'L/min', 'flowLph', 720],
    [71.06, '°F', 'airTemperatureC', 21.7],
    [-40, 'F', 'airTemperatureC', -40],
    [294.85, 'K', 'airTemperatureC', 21.7],
    [273.15, 'K', 'airTemperatureC', 0],
    [21.7, 'C', 'supplyTemperatureC', 21.7],
    [1013.25, 'hPa', 'airPressurePa', 101_325],
    [1013.25, 'mbar', 'airPressurePa', 101_325],
    [1.01325, 'bar', 'airPressurePa', 101_325],
    [0.435, '1', 'relativeHumidityPct', 43.5],
    [43.5, '%', 'relativeHumidityPct', 43.5],
    [230_400, 'mV', 'voltageV', 230.4],
    [3.65, 'V', 'batteryMv', 3650],
    [500, 'mA', 'currentA', 0.5],
    [640, 'ppm', 'co2Ppm', 640],
    [1.1, 'm', 'distanceMm', 1100],
    [42, '', 'motionCount', 42],
  ])('%d %s of %s is %d', (value, unit, quantity, expected) => {
    expect(convert(value, conversionFrom(unit, quantity))).toBe(expected);
  });

  it.each<[string, Quantity]>([
    ['kW', 'activeEnergyWh'],
    ['kVA', 'activePowerW'],
    ['kvarh', 'activeEnergyWh'],
    ['m3', 'flowLph'],
    ['%', 'airTemperatureC'],
    ['mwh', 'heatEnergyWh'],
    ['MV', 'batteryMv'],
    ['furlong', 'distanceMm'],
    ['constructor', 'distanceMm'],
  ])('%s is not a unit of %s', (unit, quantity) => {
    expect(conversion(unit, quantity)).toBeUndefined();
    expect(() => conversionFrom(unit, quantity)).toThrow(TypeError);
  });

  it('each quantity that is no plain number has a unit, and its own is left as it is', () => {
    const plain = Object.keys(quantities).filter((name) => unitOf(name as Quantity).kind === 'number');
    expect(
      plain.filter((name) => /[A-Z]/.test(name) && !/(Count|Factor|Flow|Low|Error|Detected)$/.test(name)),
    ).toEqual([]);
    expect(unitOf('activeEnergyWh').kind).toBe('energy');
    expect(unitOf('reactivePowerVar').kind).toBe('reactive power');
  });

  it('a register keeps its full resolution: any whole number of thousandths comes back exactly', () => {
    const thousandths = fc.integer({ min: 0, max: 1e12 });
    fc.assert(
      fc.property(thousandths, (n) => {
        expect(convert(n / 1000, conversionFrom('kWh', 'activeEnergyWh'))).toBe(n);
      }),
    );
  });

  it('what is no short decimal is not rounded to one', () => {
    expect(convert(1 / 3, conversionFrom('Wh', 'activeEnergyWh'))).toBe(1 / 3);
    expect(convert(Number.NaN, conversionFrom('kWh', 'activeEnergyWh'))).toBeNaN();
    expect(convert(-0, conversionFrom('kW', 'activePowerW'))).toBe(0);
  });
});
