import { describe, expect, it } from 'vitest';
import { decode } from '../../../src/decode/index.ts';
import { contextOf } from './context.ts';

const winterMs = Date.UTC(2026, 0, 15, 7, 15);

function read(payload: unknown, topic = 'tele/plug-7/SENSOR', receivedAtMs = winterMs) {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  return decode({ topic, payload: Buffer.from(text), receivedAtMs }, contextOf({}));
}

function values(sensors: object) {
  const { measurements, problems } = read({ Time: '2026-01-15T08:15:00', ...sensors });
  expect(problems).toEqual([]);
  return measurements.map(({ quantity, channel = '', value }) => [quantity, channel, value]);
}

function problemsOf(sensors: object) {
  const { measurements, problems } = read({ Time: '2026-01-15T08:15:00', ...sensors });
  return [measurements.map(({ quantity }) => quantity), problems.map(({ code }) => code)];
}

describe('the clock of a Tasmota', () => {
  it.each([
    ['Swedish winter', '2026-01-15T08:15:00', winterMs, '2026-01-15T07:15:00Z'],
    ['Swedish summer', '2026-07-15T08:15:00', winterMs, '2026-07-15T06:15:00Z'],
    [
      'the first of two hours',
      '2026-10-25T02:30:00',
      Date.UTC(2026, 9, 25, 0, 30, 2),
      '2026-10-25T00:30:00Z',
    ],
    [
      'the second of two hours',
      '2026-10-25T02:30:00',
      Date.UTC(2026, 9, 25, 1, 30, 2),
      '2026-10-25T01:30:00Z',
    ],
    ['an offset of its own', '2026-01-15T08:15:00+02:00', winterMs, '2026-01-15T06:15:00Z'],
  ])('shows %s', (_says, Time, receivedAtMs, expected) => {
    const { measurements, timeFrom } = read({ Time, ENERGY: { Power: 1 } }, undefined, receivedAtMs);
    expect(measurements.map(({ atMs }) => atMs)).toEqual([Date.parse(expected)]);
    expect(timeFrom).toBe('device');
  });

  it('was never set: the arrival’s time holds', () => {
    const { measurements, timeFrom } = read({ Time: '1970-01-01T00:00:08', ENERGY: { Power: 1 } });
    expect(measurements.map(({ atMs }) => atMs)).toEqual([undefined]);
    expect(timeFrom).toBe('arrival');
  });

  it.each([['now'], ['2026-13-15T08:15:00'], [3], ['2026-01-15 08:15:00']])('does not show %j', (Time) => {
    const { measurements, problems } = read({ Time, ENERGY: { Power: 1 } });
    expect(measurements).toEqual([]);
    expect(problems.map(({ code }) => code)).toEqual(['invalid-time']);
  });
});

describe('the energy of a Tasmota', () => {
  it.each([
    ['a list', [0, 0.017], 17],
    ['an object', { Phase1: 0.017, Phase2: 0.003 }, 20],
    ['a number', 0.017, 17],
    ['a quoted number', '0.017', 17],
  ])('in all is what %s adds up to', (_says, Total, value) => {
    expect(values({ ENERGY: { Total } })).toEqual([['activeEnergyWh', '', value]]);
  });

  it.each([
    ['nothing', null],
    ['an empty list', []],
    ['an empty object', {}],
  ])('is not 0 when it is %s', (_says, Total) => {
    expect(values({ ENERGY: { Total } })).toEqual([]);
  });

  it.each([[[0.1, null]], [['much']], [[[1]]], [Array.from({ length: 9 }, () => 1)], [true]])(
    'that is %j is a problem, and its neighbours are read',
    (Total) => {
      expect(problemsOf({ ENERGY: { Total, Power: 3 } })).toEqual([['activePowerW'], ['impossible-value']]);
    },
  );

  it('of one phase has no channels', () => {
    expect(values({ ENERGY: { Power: [3], Voltage: [230] } })).toEqual([
      ['activePowerW', '', 3],
      ['voltageV', '', 230],
    ]);
  });
});

describe('the sensors of a Tasmota', () => {
  it.each([
    [
      { DS18B20: { Id: '01191ED79190', Temperature: 12.3 }, TempUnit: 'C' },
      ['probeTemperatureC', '01191ED79190', 12.3],
    ],
    [{ 'DS18B20-2': { Temperature: 54.14 }, TempUnit: 'F' }, ['probeTemperatureC', 'DS18B20-2', 12.3]],
    [{ ANALOG: { Temperature1: -3.2 }, TempUnit: 'C' }, ['probeTemperatureC', 'ANALOG-1', -3.2]],
    [{ SR04: { Distance: 16.6 } }, ['distanceMm', 'SR04', 166]],
    [{ BH1750: { Illuminance: '12' } }, ['illuminanceLux', 'BH1750', 12]],
    [{ VINDRIKTNING: { 'PM2.5': 4 } }, ['pm25Ugm3', 'VINDRIKTNING', 4]],
  ])('%j', (sensors, expected) => {
    expect(values(sensors)).toEqual([expected]);
  });

  it('temperature beside air pressure is the air’s, each in the unit that is said', () => {
    const BME280 = { Temperature: 71.06, Humidity: 64.5, DewPoint: 14, Pressure: 750.06 };
    expect(values({ BME280, PressureUnit: 'mmHg', TempUnit: 'F' })).toEqual([
      ['airTemperatureC', 'BME280', 21.7],
      ['relativeHumidityPct', 'BME280', 64.5],
      ['airPressurePa', 'BME280', expect.closeTo(99_999.79, 1)],
    ]);
  });

  it('a temperature without a unit is a problem: it is not guessed', () => {
    expect(problemsOf({ DS18B20: { Temperature: 12.3 } })).toEqual([[], ['impossible-value']]);
    expect(problemsOf({ DS18B20: { Temperature: 12.3 }, TempUnit: 'R' })).toEqual([[], ['impossible-value']]);
  });

  it('a probe that has come loose is absent', () => {
    expect(values({ DS18B20: { Id: '01', Temperature: null }, TempUnit: 'C' })).toEqual([]);
  });
});

describe('a topic of Tasmota', () => {
  it.each([
    ['tele/plug-7/SENSOR', 'plug-7'],
    ['house/9/tele/plug-7/SENSOR', 'house/9/plug-7'],
    ['tasmota/plug-7/tele/SENSOR', 'tasmota/plug-7'],
    ['plug-7/SENSOR', 'plug-7'],
  ])('%s is of %s', (topic, device) => {
    const { measurements } = read({ Time: '2026-01-15T08:15:00', ENERGY: { Power: 1 } }, topic);
    expect(measurements.map((one) => one.device)).toEqual([device]);
  });

  it.each([
    ['tele/plug-7/LWT', 'gone', 'malformed-payload'],
    ['tele/plug-7/SENSOR', '[]', 'malformed-payload'],
    ['tele/plug-7/SENSOR', '{"ENERGY":{"Power":1}}', 'malformed-payload'],
    ['house/LWT', 'gone', 'unknown-topic'],
    ['house/SENSOR', '{"value":3}', 'unknown-topic'],
    ['SENSOR', '3', 'unknown-topic'],
  ])('%s with %j is a problem', (topic, payload, code) => {
    expect(read(payload, topic).problems.map((problem) => problem.code)).toEqual([code]);
  });

  it.each([
    ['stat/plug-7/POWER', 'ON'],
    ['tele/plug-7/INFO1', '{"Info1":{"Module":"x"}}'],
    ['stat/plug-7/STATUS', '{"Status":{"Module":1}}'],
    ['tele/plug-7/UPTIME', '{"Time":"x"}'],
  ])('%s holds no reading', (topic, payload) => {
    expect(read(payload, topic)).toEqual({ measurements: [], problems: [] });
  });
});
