import { expect, it } from 'vitest';
import { decode } from '../../../src/decode/index.ts';
import { contextOf } from './context.ts';

function read(topic: string, payload: unknown, sender?: string) {
  const packet = { topic, payload: Buffer.from(JSON.stringify(payload)), receivedAtMs: 0 };
  return decode(
    sender === undefined ? packet : { ...packet, sender },
    contextOf({ 'Room-7': 'thingsboard' }),
  );
}

it.each(['v1/devices/me/telemetry', 'v2/t'])('%s without a user name says what is missing', (topic) => {
  expect(read(topic, { temperature: 1 })).toMatchObject({
    measurements: [],
    problems: [{ code: 'unknown-device', detail: expect.stringContaining('user name') }],
  });
});

it('a device goes by its user name, spelled as in the register', () => {
  expect(read('v2/t', { temperature: 1 }, 'room-7').measurements[0]?.device).toBe('Room-7');
});

it('a value without a quantity harms no other; a device of which nothing is understood says so', () => {
  const { measurements, problems } = read('v1/gateway/telemetry', {
    A: [{ ts: 1_768_461_300_000, values: { temperature: 20, mode: 'eco', energy: 7, gone: null } }],
    B: [{ flavour: 3 }],
    C: [{ ts: 'noon', values: { temperature: 20 } }, 7],
    D: { energy_kwh: 1.5 },
  });
  expect(measurements.map(({ device, quantity, value }) => [device, quantity, value])).toEqual([
    ['A', 'airTemperatureC', 20],
    ['D', 'activeEnergyWh', 1500],
  ]);
  expect(problems.map(({ device, code }) => [device, code])).toEqual([
    ['C', 'invalid-time'],
    ['C', 'malformed-payload'],
    ['B', 'unknown-quantity'],
  ]);
});

it('a gateway connects and disconnects devices', () => {
  expect(read('v1/gateway/connect', { device: 'A', type: 'default' }).measurements).toEqual([
    { device: 'A', quantity: 'online', value: 1 },
  ]);
});
