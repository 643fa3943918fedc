import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { builtIn } from '../../../src/decode/index.ts';
import { createMemory } from '../../../src/decode/memory.ts';
import { openQuarantine } from '../../../src/ingest/quarantine.ts';
import { openUnknownDevices } from '../../../src/ingest/unknown-devices.ts';
import { registerOf } from '../../support/readings.ts';

const DEVICE = '0102030405060708';
const T0 = Date.UTC(2026, 0, 15, 7);
const deviceInfo = { devEui: DEVICE, deviceProfileName: 'ERS' };

/** Packets of the device, the oldest first. */
function listed(...packets: readonly (readonly [event: string, payload: object])[]) {
  const db = new DatabaseSync(':memory:');
  const quarantine = openQuarantine(db, { maxRows: 100 });
  const rows = packets.map(([event, payload], minute) => ({
    code: 'unknown-device' as const,
    detail: 'add a row',
    device: DEVICE,
    topic: `application/a/device/${DEVICE}/event/${event}`,
    payload: Buffer.from(JSON.stringify({ deviceInfo, time: '2026-01-15T07:00:00Z', ...payload })),
    receivedAtMs: T0 + minute * 60_000,
  }));
  quarantine.add('1', rows);
  const unknown = openUnknownDevices(db, {
    register: () => registerOf([{}], []),
    decoder: () => builtIn,
    memory: () => createMemory({ maxBytes: 1e6 }),
    suggested: () => [],
  });
  const [device] = unknown.list({ limit: 9 });
  return { models: device?.models, quantities: device?.values.map(({ quantity }) => quantity) };
}

const uplink = ['up', { fPort: 5, data: Buffer.from('0100e20229', 'hex').toString('base64') }] as const;
const battery = ['status', { margin: 10, batteryLevel: 88.3 }] as const;
const trouble = ['log', { level: 'ERROR', code: 'UPLINK_MIC' }] as const;

it.each([
  ['a battery report', battery],
  ['a trouble of the network', trouble],
])('tells what a device is by what it measures, though %s came later', (_, later) => {
  const known = {
    models: expect.arrayContaining(['elsys']),
    quantities: ['airTemperatureC', 'relativeHumidityPct'],
  };
  expect(listed(uplink, later)).toEqual(known);
  expect(listed(uplink, battery, trouble)).toEqual(known);
});

it('tells at least how a device was heard that has measured nothing yet', () => {
  expect(listed(battery).quantities).toContain('batteryPct');
});
