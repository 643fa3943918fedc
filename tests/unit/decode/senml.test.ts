import { describe, expect, it } from 'vitest';
import { decode } from '../../../src/decode/index.ts';
import { contextOf } from './context.ts';

const receivedAtMs = Date.UTC(2026, 0, 15, 7, 15);

function read(
  pack: unknown,
  { topic = 'house-3/senml', models = {}, sender = undefined as string | undefined } = {},
) {
  const payload = Buffer.from(JSON.stringify(pack));
  const packet = { topic, payload, receivedAtMs, ...(sender === undefined ? {} : { sender }) };
  return decode(packet, contextOf(models));
}
const valuesOf = (pack: unknown) => read(pack).measurements.map(({ quantity, value }) => [quantity, value]);

describe('the time of a SenML record (RFC 8428, 4.5.3)', () => {
  it.each([
    ['none: the arrival', {}, undefined],
    ['0: now', { bt: 0, t: 0 }, undefined],
    ['small and negative: before now', { t: -60 }, receivedAtMs - 60_000],
    ['small and positive: after now', { t: 60 }, receivedAtMs + 60_000],
    ['just below 2^28 s: still relative', { t: 2 ** 28 - 1 }, receivedAtMs + (2 ** 28 - 1) * 1000],
    ['from 2^28 s on a date, which before 2000 is a clock that was never set', { t: 2 ** 28 }, undefined],
    ['base and own together', { bt: 1_768_461_300, t: -0.5 }, 1_768_461_299_500],
  ])('%s', (_says, fields, atMs) => {
    expect(read([{ n: 'room-7:temperature', u: 'Cel', v: 1, ...fields }]).measurements).toEqual([
      { device: 'room-7', quantity: 'airTemperatureC', value: 1, ...(atMs === undefined ? {} : { atMs }) },
    ]);
  });

  it.each([['x'], [null], [1e300]])('%j is no time, and harms no neighbour', (t) => {
    const { measurements, problems } = read([
      { bn: 'room-7:', n: 'temperature', v: 1, t },
      { n: 'humidity', v: 2 },
    ]);
    expect(problems.map(({ code }) => code)).toEqual(['invalid-time']);
    expect(measurements).toEqual([{ device: 'room-7', quantity: 'relativeHumidityPct', value: 2 }]);
  });
});

describe('units of SenML', () => {
  it.each([
    ['Cel', 'temperature', 21.5, 'airTemperatureC', 21.5],
    ['K', 'temperature', 294.65, 'airTemperatureC', 21.5],
    ['%RH', 'inside', 41, 'relativeHumidityPct', 41],
    ['/', 'fill_level', 0.5, 'fillLevelPct', 50],
    ['/100', 'humidity', 41, 'relativeHumidityPct', 41],
    ['/1000', 'humidity', 410, 'relativeHumidityPct', 41],
    ['%EL', 'energy', 88, 'batteryPct', 88],
    ['kW', 'power', 1.5, 'activePowerW', 1500],
    ['J', 'energy', 3_600_000, 'activeEnergyWh', 1000],
    ['kWh', 'heat_energy', 1.25, 'heatEnergyWh', 1250],
    ['vars', 'reactive_energy', 7200, 'reactiveEnergyVarh', 2],
    ['mV', 'battery', 3600, 'batteryMv', 3600],
    ['m3', 'water', 1.5, 'waterVolumeL', 1500],
    ['l/s', 'flow', 0.5, 'flowLph', 1800],
    ['Bspl', 'noise', 4.5, 'soundDb', 45],
    ['m', 'distance', 1.25, 'distanceMm', 1250],
    ['ppm', 'co2', 640, 'co2Ppm', 640],
    ['hPa', 'pressure', 1013.25, 'airPressurePa', 101_325],
  ])('%s of %s', (u, n, v, quantity, value) => {
    expect(valuesOf([{ bn: 'd:', n, u, v }])).toEqual([[quantity, value]]);
  });

  it.each([
    ['a unit that is not SenML’s', { n: 'temperature', u: '°C', v: 1 }],
    ['an energy that says no unit', { n: 'energy', v: 1 }],
    ['a unit that measures something else than its name', { n: 'temperature', u: 'ppm', v: 1 }],
  ])('%s gives no reading, and says so', (_says, record) => {
    expect(read([{ bn: 'd:', ...record }])).toMatchObject({
      measurements: [],
      problems: [{ code: 'unknown-quantity', device: 'd' }],
    });
  });

  it('C is coulomb there, not Celsius, and no quantity', () => {
    expect(read([{ bn: 'd:', n: 'temperature', u: 'C', v: 1 }])).toMatchObject({
      measurements: [],
      problems: [],
    });
  });
});

describe('the fields of a SenML record', () => {
  it('base values and sums are added, and hold until they are said anew', () => {
    expect(
      valuesOf([
        { bn: 'd:', bv: 20, bu: 'Cel', n: 'temperature', v: 1 },
        { n: 'return_temperature', v: 2 },
        { n: 'supply_temperature' },
        { bv: 0, bs: 3600, bu: 'W', n: 'power', s: 3600 },
      ]),
    ).toEqual([
      ['airTemperatureC', 21],
      ['returnTemperatureC', 22],
      ['supplyTemperatureC', 20],
      ['activeEnergyWh', 2],
    ]);
  });

  it.each([
    ['two values', { n: 'temperature', v: 1, vb: true }, /more than one/],
    ['no value', { n: 'temperature' }, /none of v, vs, vb, vd and s/],
    ['the label of an old draft', { n: 'state', sv: 'on' }, /"sv" is of a draft/],
    ['a name with a space', { n: 'room 7', v: 1 }, /RFC 8428, 4.5.1/],
    ['a value that is text', { n: 'temperature', v: '1' }, /no number/],
    ['no record at all', 7, /no record/],
  ])('%s is a fault of that record alone', (_says, record, detail) => {
    const { measurements, problems } = read([
      { bn: 'd:', n: 'humidity', v: 40 },
      record,
      { n: 'co2', u: 'ppm', v: 600 },
    ]);
    expect(measurements.map(({ quantity }) => quantity)).toEqual(['relativeHumidityPct', 'co2Ppm']);
    expect(problems).toEqual([expect.objectContaining({ detail: expect.stringMatching(detail) })]);
    expect(problems[0]?.detail).toContain('record 1');
  });

  it.each([
    ['a label that must be understood', { n: 'co2', v: 1, secret_: 1 }],
    ['a version of features that are not known', { n: 'co2', v: 1, bver: 11 }],
  ])('%s refuses the pack', (_says, record) => {
    expect(read([{ bn: 'd:', n: 'humidity', v: 40 }, record])).toMatchObject({
      measurements: [],
      problems: [{ code: 'malformed-payload' }],
    });
  });

  it.each([10, 26, 5])('version %d is read', (bver) => {
    expect(valuesOf([{ bn: 'd:', bver, n: 'humidity', v: 40 }])).toEqual([['relativeHumidityPct', 40]]);
  });
});

describe('the device of a SenML record', () => {
  it.each([
    ['the base name', [{ bn: 'urn:dev:mac:1:', n: 'temperature', v: 1 }], {}, 'urn:dev:mac:1'],
    ['the name up to its last separator', [{ n: 'house/room-7/temperature', v: 1 }], {}, 'house/room-7'],
    [
      'the whole name, when it is registered',
      [{ n: 'a:temperature', u: 'Cel', v: 1 }],
      { models: { 'a:temperature': 'senml' } },
      'a:temperature',
    ],
    ['the topic’s level', [{ n: 'temperature', v: 1 }], { topic: 'house/room-7/senml' }, 'room-7'],
    [
      'the sender, when the register knows it',
      [{ n: 'temperature', v: 1 }],
      { topic: 'x/senml', sender: 'gw', models: { gw: 'senml' } },
      'gw',
    ],
  ])('is %s', (_says, pack, given, device) => {
    expect(read(pack, given).measurements.map((measurement) => measurement.device)).toEqual([device]);
  });
});

it.each([
  ['an object', { n: 'temperature', v: 1 }],
  ['a list of something else', [{ name: 'a', value: 1 }]],
  ['an empty list', []],
])('%s on a free topic is not taken for SenML', (_says, payload) => {
  expect(read(payload, { topic: 'free' }).problems.map(({ code }) => code)).toEqual(['unknown-topic']);
});
