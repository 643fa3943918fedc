import { expect, it } from 'vitest';
import { builtIn } from '../../../src/decode/index.ts';
import { createMemory } from '../../../src/decode/memory.ts';
import { models } from '../../../src/decode/models.ts';
import { zoneOf } from '../../../src/domain/zone.ts';
import { guessDevice } from '../../../src/ingest/guess-device.ts';

const NOW = Date.UTC(2026, 0, 15, 12);
const DEVICE = '0102030405060708';
const context = {
  zone: () => zoneOf('Europe/Stockholm'),
  decoder: builtIn,
  memory: createMemory({ maxBytes: 1e6 }),
};
const guess = (topic: string, payload: object | string, device: string) =>
  guessDevice(
    {
      topic,
      payload: Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)),
      receivedAtMs: NOW,
    },
    device,
    context,
  );
const uplink = (hex: string, port: number, deviceInfo: object = {}, rest: object = {}) =>
  guess(
    `application/a/device/${DEVICE}/event/up`,
    {
      deviceInfo: { devEui: DEVICE, ...deviceInfo },
      fPort: port,
      data: Buffer.from(hex.replaceAll(' ', ''), 'hex').toString('base64'),
      ...rest,
    },
    DEVICE,
  );

it('reads what the device says as if it were registered', () => {
  const element = { time: '2026-01-15T11:00:00Z', values: { activePowerW: 5 } };
  expect(guess('kvarter/new/up', element, 'new')).toEqual({
    format: 'kvarter',
    models: ['kvarter'],
    values: [{ device: 'new', quantity: 'activePowerW', value: 5, atMs: Date.UTC(2026, 0, 15, 11) }],
  });
});

it('takes what the network server has decoded', () => {
  expect(uplink('00', 1, {}, { object: { temperature: 21.5 } })).toMatchObject({
    format: 'chirpstack',
    models: ['chirpstack'],
    values: [{ quantity: 'airTemperatureC', value: 21.5 }],
  });
});

it('takes the model that the network server names, among those that can read the bytes', () => {
  for (const model of models) {
    const example = model.examples.find(({ expect: values }) =>
      values.some(({ quantity }) => !/^battery/.test(quantity)),
    );
    if (!example) continue;
    const found = uplink(example.hex, example.port, { deviceProfileName: `The ${model.name}, class A` });
    expect(found.models[0], model.name).toBe(model.name);
    expect(found.values.length, model.name).toBeGreaterThan(0);
  }
});

it('has the right model among its guesses when nothing names it', () => {
  const missed = models.filter((model) =>
    model.examples.every(({ hex, port }) => !uplink(hex, port).models.includes(model.name)),
  );
  expect(missed.map(({ name }) => name)).toEqual([]);
});

it('says nothing of a packet that nobody can read', () => {
  expect(guess('no/such', 'x', 'new')).toEqual({ models: [], values: [] });
});
