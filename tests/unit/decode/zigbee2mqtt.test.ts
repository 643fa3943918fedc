import { describe, expect, it } from 'vitest';
import { decode } from '../../../src/decode/index.ts';
import { contextOf } from './context.ts';

const devices = [
  { ieee_address: '0x00124b0000000001', friendly_name: 'Coordinator', type: 'Coordinator' },
  {
    ieee_address: '0x00158d0000000002',
    friendly_name: 'house 3/plug',
    type: 'Router',
    definition: {
      vendor: 'Exempel',
      model: 'EX-1',
      description: 'Two sockets',
      exposes: [
        {
          type: 'switch',
          features: [{ type: 'binary', name: 'state', property: 'state_l1', endpoint: 'l1' }],
        },
        { type: 'numeric', name: 'power', property: 'power_l1', endpoint: 'l1', unit: 'W' },
        { type: 'numeric', name: 'power', property: 'power_l2', endpoint: 'l2', unit: 'W' },
        { type: 'numeric', name: 'voltage', property: 'voltage', unit: 'V' },
        { type: 'numeric', name: 'energy', property: 'energy', unit: 'Wh' },
      ],
    },
  },
  {
    ieee_address: '0x00158d0000000003',
    friendly_name: 'cellar/climate',
    type: 'EndDevice',
    definition: {
      exposes: [
        { type: 'numeric', name: 'temperature', property: 'temperature', unit: '°F' },
        { type: 'numeric', name: 'voltage', property: 'voltage', unit: 'mV' },
      ],
    },
  },
];

function bridge(models: Readonly<Record<string, string>> = {}) {
  const context = contextOf(models);
  return (topic: string, payload: unknown) => {
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
    return decode({ topic, payload: Buffer.from(text), receivedAtMs: 0 }, context);
  };
}
const values = (read: ReturnType<ReturnType<typeof bridge>>) =>
  read.measurements.map(({ device, quantity, channel, value }) => [device, quantity, channel, value]);

describe('the list of devices that Zigbee2MQTT retains', () => {
  it('tells the units and endpoints of properties', () => {
    const publish = bridge();
    const state = { power_l1: 10, power_l2: 20, voltage: 231.5, energy: 1500 };
    expect(values(publish('zigbee2mqtt/house 3/plug', state))).toEqual([
      ['house 3/plug', 'activeEnergyWh', undefined, 1_500_000],
    ]);
    publish('zigbee2mqtt/bridge/devices', devices);
    expect(values(publish('zigbee2mqtt/house 3/plug', state))).toEqual([
      ['house 3/plug', 'activePowerW', 'l1', 10],
      ['house 3/plug', 'activePowerW', 'l2', 20],
      ['house 3/plug', 'voltageV', undefined, 231.5],
      ['house 3/plug', 'activeEnergyWh', undefined, 1500],
    ]);
    expect(values(publish('zigbee2mqtt/cellar/climate', { temperature: 70.7, voltage: 2985 }))).toEqual([
      ['cellar/climate', 'airTemperatureC', undefined, 21.5],
      ['cellar/climate', 'batteryMv', undefined, 2985],
    ]);
  });

  it('lets a device be registered by its address', () => {
    const publish = bridge({ '0x00158D0000000003': 'zigbee2mqtt' });
    publish('zigbee2mqtt/bridge/devices', devices);
    expect(publish('zigbee2mqtt/cellar/climate/availability', 'online').measurements).toEqual([
      { device: '0x00158D0000000003', quantity: 'online', value: 1 },
    ]);
  });

  it('suggests what could be registered', () => {
    expect(bridge()('zigbee2mqtt/bridge/devices', devices).suggestions).toEqual([
      {
        device: 'house 3/plug',
        alsoKnownAs: ['0x00158d0000000002'],
        model: 'zigbee2mqtt',
        title: 'Exempel EX-1 Two sockets',
        quantities: ['activePowerW', 'voltageV', 'activeEnergyWh'],
      },
      {
        device: 'cellar/climate',
        alsoKnownAs: ['0x00158d0000000003'],
        model: 'zigbee2mqtt',
        title: '',
        quantities: ['airTemperatureC', 'batteryMv'],
      },
    ]);
  });

  it('of one base topic says nothing of another’s devices', () => {
    const publish = bridge();
    publish('a/zigbee2mqtt/bridge/devices', devices);
    expect(values(publish('b/zigbee2mqtt/cellar/climate', { voltage: 2985 }))).toEqual([]);
    expect(values(publish('a/zigbee2mqtt/cellar/climate', { voltage: 2985 }))).toHaveLength(1);
  });
});

describe('a property', () => {
  const read = bridge();
  it.each([
    ['null', null, []],
    ['missing', undefined, []],
    ['a number quoted as text', '21.5', [21.5]],
    ['0', 0, [0]],
  ])('that is %s', (_says, temperature, expected) => {
    expect(read('zigbee2mqtt/a', { temperature }).measurements.map(({ value }) => value)).toEqual(expected);
  });

  it('that cannot be read harms no other', () => {
    const { measurements, problems } = read('zigbee2mqtt/a', { temperature: 'warm', humidity: 40 });
    expect([measurements.length, problems.map(({ code }) => code)]).toEqual([1, ['impossible-value']]);
  });

  it.each([
    ['2026-01-15T08:15:00+01:00', Date.UTC(2026, 0, 15, 7, 15)],
    [1_768_461_300_123, 1_768_461_300_123],
  ])('has the time of last_seen %s', (last_seen, atMs) => {
    const { measurements, timeFrom } = read('zigbee2mqtt/a', { temperature: 1, last_seen });
    expect([measurements[0]?.atMs, timeFrom]).toEqual([atMs, 'gateway']);
  });
});

it.each([
  ['zigbee2mqtt/a/set', { state: 'ON' }],
  ['zigbee2mqtt/a/set/state', 'ON'],
  ['zigbee2mqtt/a/get', { temperature: '' }],
  ['zigbee2mqtt/bridge/logging', { level: 'info', message: 'x' }],
  ['zigbee2mqtt/a', ''],
  ['zigbee2mqtt/a/b', ''],
  ['zigbee2mqtt/a/action', 'single'],
])('%s is no reading and no fault', (topic, payload) => {
  expect(bridge()(topic, payload)).toMatchObject({ measurements: [], problems: [] });
});

it.each([
  ['zigbee2mqtt/a', '21.5'],
  ['zigbee2mqtt/a', '{'],
  ['zigbee2mqtt/a/availability', 'maybe'],
  ['zigbee2mqtt/bridge/devices', '{}'],
])('%s with %s says what is wrong', (topic, payload) => {
  expect(bridge()(topic, payload).problems.map(({ code }) => code)).toEqual(['malformed-payload']);
});
