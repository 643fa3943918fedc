import { describe, expect, it } from 'vitest';
import { decode } from '../../../src/decode/index.ts';
import { contextOf } from './context.ts';

const ID = 'shellyplus1pm-4417939341dc';
const atMs = Date.UTC(2026, 0, 15, 7, 15);

function read(topic: string, payload: unknown, models: Readonly<Record<string, string>> = {}) {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  return decode({ topic, payload: Buffer.from(text), receivedAtMs: 0 }, contextOf(models));
}

function notify(params: object, models: Readonly<Record<string, string>> = {}) {
  return read(
    'plugs/7/events/rpc',
    { src: ID, dst: 'plugs/7/events', method: 'NotifyStatus', params },
    models,
  );
}

describe('a Shelly', () => {
  it.each([
    ['its prefix', {}, 'plugs/7'],
    ['its own id, when that is registered', { [ID]: 'shelly' }, ID],
    ['its prefix, when both are', { [ID]: 'shelly', 'plugs/7': 'shelly' }, 'plugs/7'],
  ])('goes by %s', (_says, models, device) => {
    const { measurements } = notify({ 'switch:0': { apower: 1 } }, models);
    expect(measurements.map((one) => one.device)).toEqual([device]);
  });

  it.each([
    ['seconds since 1970', 1_768_461_300, atMs],
    ['the seconds since it started, before NTP', 1.61, undefined],
    ['null', null, undefined],
  ])('takes its time from %s', (_says, ts, expected) => {
    const { measurements, problems } = notify({ ts, 'switch:0': { apower: 1 } });
    expect(measurements.map((one) => one.atMs)).toEqual([expected]);
    expect(problems).toEqual([]);
  });

  it.each([
    ['a relay’s', { 'switch:1': { ret_aenergy: { total: 12.5 } } }, 'exportedEnergyWh', 'switch:1', 12.5],
    ['a plug’s meter', { 'pm1:0': { apower: 3.2 } }, 'activePowerW', 'pm1:0', 3.2],
    ['a meter’s register', { 'em1data:1': { total_act_energy: 6644.9 } }, 'activeEnergyWh', 'em1:1', 6644.9],
    ['a room sensor', { 'temperature:0': { tC: 21.3, tF: 70.3 } }, 'airTemperatureC', undefined, 21.3],
    ['a probe on the add-on', { 'temperature:101': { tC: 55 } }, 'probeTemperatureC', 'temperature:101', 55],
    ['a battery', { 'devicepower:0': { battery: { V: 3.01, percent: null } } }, 'batteryMv', undefined, 3010],
    ['a flood sensor', { 'flood:0': { alarm: true } }, 'waterDetected', undefined, 1],
    ['a smoke sensor', { 'smoke:0': { alarm: false } }, 'alarm', undefined, 0],
  ])('says of %s component', (_says, params, quantity, channel, value) => {
    const device = 'plugs/7';
    const expected = { device, quantity, value, ...(channel === undefined ? {} : { channel }) };
    expect(notify(params)).toMatchObject({ measurements: [expected], problems: [] });
  });

  it.each([
    ['a probe that has come loose', { 'temperature:100': { tC: null, errors: ['out_of_range'] } }],
    [
      'components that hold no reading',
      { sys: { uptime: 3 }, 'script:1': { running: true }, 'input:0': { state: true } },
    ],
    ['a component that is no object', { 'switch:0': 3, 'em:0': null }],
    ['a number that is none', { 'switch:x': { apower: 1 } }],
  ])('gives nothing of %s', (_says, params) => {
    expect(notify(params)).toEqual({ measurements: [], problems: [] });
  });

  it.each([[true], ['much'], [{}]])(
    'that says a power of %j has a problem, and its neighbours are read',
    (apower) => {
      const { measurements, problems } = notify({ 'switch:0': { apower, voltage: 230 } });
      expect(measurements.map(({ quantity }) => quantity)).toEqual(['voltageV']);
      expect(problems.map(({ code }) => code)).toEqual(['impossible-value']);
    },
  );

  it('that tells of a button says no reading', () => {
    const event = { src: ID, method: 'NotifyEvent', params: { ts: 'x', events: [] } };
    expect(read('plugs/7/events/rpc', event)).toEqual({ measurements: [], problems: [] });
  });

  it.each([
    ['plugs/7/status/zone:1', { apower: 1 }],
    ['plugs/7/status/switch:0', [1]],
    ['plugs/7/online', 'yes'],
    ['/online', 'true'],
    ['plugs/7/events/rpc', { method: 'Switch.Set', params: {} }],
    ['plugs/7/events', { method: 'NotifyStatus', params: {} }],
  ])('is not seen on %s in %j', (topic, payload) => {
    expect(read(topic, payload).problems.map(({ code }) => code)).toEqual(['unknown-topic']);
  });
});
