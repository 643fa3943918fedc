import { describe, expect, it } from 'vitest';
import { decode } from '../../../src/decode/index.ts';
import { contextOf } from './context.ts';

const ID = '12345678';

function read(fields: object, models: Readonly<Record<string, string>> = {}) {
  const telegram = { _: 'telegram', id: ID, name: 'meter', ...fields };
  const payload = Buffer.from(JSON.stringify(telegram));
  return decode({ topic: 'wmbusmeters/meter', payload, receivedAtMs: 0 }, contextOf(models));
}

function values(fields: object) {
  return Object.fromEntries(read(fields).measurements.map(({ quantity, value }) => [quantity, value]));
}

describe('a field of wmbusmeters', () => {
  it.each([
    ['heat', 'total_energy_consumption_gj', 3.6, { heatEnergyWh: 1_000_000 }],
    ['heat', 'total_energy_consumption_mj', 3.6, { heatEnergyWh: 1000 }],
    ['heat', 'total_kwh', '34510', { heatEnergyWh: 34_510_000 }],
    ['heat', 'flow_temperature_f', 71.06, { supplyTemperatureC: 21.7 }],
    ['cooling load volume at outlet', 'total_kwh', 220, { coolingEnergyWh: 220_000 }],
    ['water', 'total_l', 12, { waterVolumeL: 12 }],
    ['gas', 'total_m3', 917, { gasVolumeL: 917_000 }],
    ['warm water', 'flow_temperature_c', 55.1, { hotWaterTemperatureC: 55.1 }],
    ['other', 'a_counter', 4711, { pulseCount: 4711 }],
    ['water', 'battery_v', 2.9, { batteryMv: 2900 }],
    ['water', 'rssi_dbm', -65, { rssiDbm: -65 }],
  ])('of %s: %s', (media, field, value, expected) => {
    expect(values({ media, [field]: value })).toEqual(expected);
  });

  it.each([
    ['a name without a unit', 'heat', { flow_temperature: 8, total: 3 }],
    ['a unit without a known name', 'heat', { target_kwh: 8, forward_energy_m3c: 1 }],
    ['a unit of something else', 'water', { total_kwh: 8 }],
    ['a value of another time', 'water', { target_m3: 8, total_at_date_m3: 1, max_flow_m3h: 3 }],
    ['a temperature that a water meter cannot tell', 'warm water', { flow_temperature_c: 127 }],
    ['a cold pipe’s temperature', 'cold water', { flow_temperature_c: 7 }],
    ['a level on a radio’s own scale', 'water', { rssi_dbm: 131 }],
    ['what is null', 'water', { total_m3: null }],
    ['another medium', 'heat cost allocation', { total_kwh: 3, current_room_temp_c: 12 }],
    ['a name of every object', 'constructor', { constructor: 3 }],
  ])('means nothing: %s', (_says, media, fields) => {
    expect(read({ media, ...fields })).toEqual({ measurements: [], problems: [] });
  });

  it('that is no number is a problem, and its neighbours are read', () => {
    const { measurements, problems } = read({ media: 'water', total_m3: 'many', battery_v: 3 });
    expect(measurements.map(({ quantity }) => quantity)).toEqual(['batteryMv']);
    expect(problems).toEqual([
      { code: 'impossible-value', detail: 'total_m3 "many" is not a number', device: ID },
    ]);
  });
});

describe('a status text', () => {
  it.each([
    ['OK', []],
    ['', []],
    ['PERMANENT_ERROR POWER_LOW SABOTAGE_ENCLOSURE', ['batteryLow', 'sensorError', 'tampered']],
    ['leakage_currently,mechanical_fraud_previously', ['leaking']],
    ['REVERSED BURST', ['burst', 'reverseFlow']],
    ['ERROR_FLAGS_2000000', ['alarm']],
    ['constructor', ['alarm']],
  ])('%j of a water meter claims %j, and denies the rest', (status, claims) => {
    const claimed = Object.entries(values({ media: 'water', status }));
    expect(claimed).toHaveLength(9);
    expect(claimed.flatMap(([quantity, value]) => (value === 1 ? [quantity] : [])).toSorted()).toEqual(
      claims,
    );
  });

  it.each([
    [{ current_status: 'DRY' }, 'dry', 1],
    [{ status: 'OK', current_status: 'DRY' }, 'dry', 0],
    [{ status: 'OK', error_flags: 'LEAK' }, 'leaking', 1],
    [{ current_alarms: 'no_alarm' }, 'alarm', 0],
  ])('of %j: %s is %d', (fields, quantity, value) => {
    expect(values({ media: 'water', ...fields })).toMatchObject({ [quantity]: value });
  });

  it.each([
    ['OPEN', 1],
    ['CLOSED', 0],
  ])('of a door says that it is %s', (status, open) => {
    expect(values({ media: 'reserved', status })).toMatchObject({ open });
  });

  it('that is missing says nothing', () => {
    expect(values({ media: 'water', total_m3: 1 })).toEqual({ waterVolumeL: 1000 });
  });
});

describe('a telegram', () => {
  it.each([
    ['the meter’s number', {}, ID],
    ['the name, when that is registered', { meter: 'wmbusmeters' }, 'meter'],
    ['the number, when both are', { meter: 'wmbusmeters', [ID]: 'wmbusmeters' }, ID],
  ])('goes by %s', (_says, models, device) => {
    expect(read({ media: 'water', total_m3: 1 }, models).measurements[0]?.device).toBe(device);
  });

  it('at a time that is none gives nothing but a problem', () => {
    const { measurements, problems } = read({ media: 'water', total_m3: 1, timestamp: 'x' });
    expect(measurements).toEqual([]);
    expect(problems.map(({ code }) => code)).toEqual(['invalid-time']);
  });

  it('that is none, on its topic, is a problem', () => {
    const input = { topic: 'wmbusmeters/x', payload: Buffer.from('{"id":"1"}'), receivedAtMs: 0 };
    expect(decode(input, contextOf({})).problems.map(({ code }) => code)).toEqual(['malformed-payload']);
  });
});
