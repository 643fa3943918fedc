import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeAms } from '../../../src/decode/ams.ts';
import { encodeChirpstackUplink } from '../../../src/decode/chirpstack.ts';
import type { Encoded } from '../../../src/decode/decode.ts';
import { elsys, encodeElsys } from '../../../src/decode/elsys.ts';
import { decode } from '../../../src/decode/index.ts';
import { encodeKvarter } from '../../../src/decode/kvarter.ts';
import { encodeEm400, milesightEm400 } from '../../../src/decode/milesight-em400.ts';
import { encodeThingsStackUplink } from '../../../src/decode/things-stack.ts';
import { type Quantity, quantities } from '../../../src/domain/quantity.ts';
import { contextOf } from './context.ts';

const from2000 = fc.date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
const times = from2000.map((date) => date.getTime());
const eui = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 16, maxLength: 16 });
const optional = { requiredKeys: [] } as { requiredKeys: [] };
const tenths = (min: number, max: number) => fc.integer({ min, max }).map((n) => n / 10);

const elsysValues = fc.record(
  {
    airTemperatureC: tenths(-400, 850),
    relativeHumidityPct: fc.integer({ min: 0, max: 100 }),
    illuminanceLux: fc.integer({ min: 0, max: 65_535 }),
    motionCount: fc.integer({ min: 0, max: 255 }),
    co2Ppm: fc.integer({ min: 0, max: 10_000 }),
    batteryMv: fc.integer({ min: 0, max: 4000 }),
    distanceMm: fc.integer({ min: 0, max: 10_000 }),
  },
  optional,
);
const em400Values = fc.record(
  {
    batteryPct: fc.integer({ min: 0, max: 100 }),
    airTemperatureC: tenths(-400, 850),
    distanceMm: fc.integer({ min: 0, max: 10_000 }),
    tilted: fc.boolean(),
  },
  { requiredKeys: ['distanceMm'] },
);

describe('what is encoded is decoded again', () => {
  it("as kvarter's JSON", () => {
    const quantity = fc.constantFrom(...(Object.keys(quantities) as Quantity[]));
    const value = fc.double({ noDefaultInfinity: true, noNaN: true }).map((number) => number + 0);
    const uplink = fc.record(
      { device: eui, channel: fc.string(), atMs: times, values: fc.dictionary(quantity, value) },
      { requiredKeys: ['device', 'values'] },
    );
    fc.assert(
      fc.property(uplink, ({ values, ...point }) => {
        const measurements = Object.entries(values).map(([quantity, value]) => ({
          ...point,
          quantity,
          value,
        }));
        expect(decoded(encodeKvarter({ ...point, values }))).toEqual({ measurements, problems: [] });
      }),
    );
  });

  it('by way of ChirpStack, as bytes of an Elsys', () => {
    fc.assert(
      fc.property(eui, times, elsysValues, (device, atMs, values) => {
        fc.pre(Object.keys(values).length > 0);
        const packet = encodeChirpstackUplink({ device, atMs, port: 5, bytes: encodeElsys(values) });
        const { measurements, problems } = decoded(packet, { [device]: 'Elsys ERS' });
        expect(problems).toEqual([]);
        expect(measurements).toEqual(
          expect.arrayContaining(
            Object.entries(values).map(([quantity, value]) => ({ device, atMs, quantity, value })),
          ),
        );
        expect(measurements).toHaveLength(Object.keys(values).length);
      }),
    );
  });

  it('by way of ChirpStack, as the object of a codec', () => {
    fc.assert(
      fc.property(eui, times, tenths(-400, 850), (device, atMs, temperature) => {
        const packet = encodeChirpstackUplink({
          device,
          atMs,
          port: 5,
          bytes: Buffer.from([0xff]),
          object: { temperature },
        });
        const measurement = { device, atMs, quantity: 'airTemperatureC', value: temperature };
        expect(decoded(packet)).toEqual({ measurements: [measurement], problems: [] });
      }),
    );
  });

  it('by way of The Things Stack, as bytes of an EM400', () => {
    fc.assert(
      fc.property(eui, times, em400Values, (device, atMs, values) => {
        const packet = encodeThingsStackUplink({
          device,
          deviceId: 'bin-7',
          application: 'housing@tenant',
          atMs,
          port: 85,
          bytes: encodeEm400(values),
        });
        const measurements = Object.entries(values).map(([quantity, value]) => ({
          device,
          atMs,
          quantity,
          value: Number(value),
        }));
        const read = decoded(packet, { [device]: 'milesight-em400-mud' });
        expect(read.problems).toEqual([]);
        expect(read.measurements).toEqual(expect.arrayContaining(measurements));
        expect(read.measurements).toHaveLength(measurements.length);
      }),
    );
  });

  it("as an AMS reader's telegram, in whole watts and seconds", () => {
    const power = fc.integer({ min: -100_000, max: 100_000 });
    const energy = fc.option(fc.integer({ min: 0, max: 1e9 }), { nil: undefined });
    fc.assert(
      fc.property(times, power, energy, (atMs, powerW, energyWh) => {
        const telegram = { meter: '735999000000000009', topic: 'free/topic', atMs, powerW };
        const packet = encodeAms(energyWh === undefined ? telegram : { ...telegram, energyWh });
        const at = { device: telegram.meter, atMs: Math.floor(atMs / 1000) * 1000 };
        expect(packet.topic).toBe('free/topic');
        expect(decoded(packet)).toEqual({
          measurements: [
            { ...at, quantity: 'activePowerW', value: powerW },
            ...(energyWh === undefined ? [] : [{ ...at, quantity: 'activeEnergyWh', value: energyWh }]),
          ],
          problems: [],
        });
      }),
    );
  });
});

describe('a value outside its field saturates, as in the sensor', () => {
  it.each([
    [{ airTemperatureC: 1e6 }, 3276.7],
    [{ airTemperatureC: -1e6 }, -3276.8],
    [{ airTemperatureC: -0.06 }, -0.1],
    [{ co2Ppm: 70_000 }, 65_535],
    [{ distanceMm: -1 }, 0],
    [{ relativeHumidityPct: 99.6 }, 100],
  ])('Elsys %j → %d', (values, value) => {
    expect(elsys.decode(encodeElsys(values), 5).values).toEqual([
      { quantity: Object.keys(values)[0], value },
    ]);
  });

  it('EM400', () => {
    const bytes = encodeEm400({ distanceMm: 1e9, airTemperatureC: -1e9 });
    expect(milesightEm400.decode(bytes, 85).values.map(({ value }) => value)).toEqual([-3276.8, 65_535]);
  });
});

function decoded({ topic, payload }: Encoded, models: Readonly<Record<string, string>> = {}) {
  return decode({ topic, payload, receivedAtMs: 0 }, contextOf(models));
}
