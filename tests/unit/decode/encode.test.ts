import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chirpstack } from '../../../src/decode/chirpstack.ts';
import type { Model, Uplink } from '../../../src/decode/decode.ts';
import { elsys } from '../../../src/decode/elsys.ts';
import { decode } from '../../../src/decode/index.ts';
import { kvarter } from '../../../src/decode/kvarter.ts';
import { milesightEm400 } from '../../../src/decode/milesight-em400.ts';
import { thingsStack } from '../../../src/decode/things-stack.ts';
import { type Quantity, quantities } from '../../../src/domain/quantity.ts';
import { contextOf } from './context.ts';

/** That encode and decode are each other's inverse is in definitions.test.ts, for all of them. */

const atMs = Date.UTC(2026, 0, 15, 7, 15);
const device = '70b3d50000000a01';

describe('a value outside its field saturates, as in the sensor', () => {
  const cases: [model: Model, quantity: Quantity, value: number, read: number][] = [
    [elsys, 'airTemperatureC', 1e6, 3276.7],
    [elsys, 'airTemperatureC', -1e6, -3276.8],
    [elsys, 'airTemperatureC', -0.06, -0.1],
    [elsys, 'co2Ppm', 70_000, 65_535],
    [elsys, 'distanceMm', -1, 0],
    [elsys, 'relativeHumidityPct', 99.6, 100],
    [milesightEm400, 'distanceMm', 1e9, 65_535],
    [milesightEm400, 'airTemperatureC', -1e9, -3276.8],
  ];
  it.each(cases)('$0.name $1 $2 → $3', (model, quantity, value, read) => {
    const { bytes, port } = model.encode([{ quantity, value }]);
    expect(model.decode(bytes, port).values).toEqual([{ quantity, value: read }]);
  });
});

describe("kvarter's JSON", () => {
  it('says any number exactly, of any channel, to the millisecond', () => {
    const value = fc.record(
      {
        quantity: fc.constantFrom(...(Object.keys(quantities) as Quantity[])),
        channel: fc.string(),
        value: fc.double({ noDefaultInfinity: true, noNaN: true }).map((number) => number + 0),
      },
      { requiredKeys: ['quantity', 'value'] },
    );
    const point = ({ quantity, channel }: { quantity: string; channel?: string }) =>
      `${quantity}|${channel ?? ''}`;
    const times = fc.date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
    const values = fc.uniqueArray(value, { selector: point, minLength: 1 });
    fc.assert(
      fc.property(times, values, (time, given) => {
        const read = decoded(kvarter.encode({ device, atMs: time.getTime(), values: given }));
        expect(read).toHaveLength(given.length);
        expect(read).toEqual(
          expect.arrayContaining(given.map((one) => ({ device, atMs: time.getTime(), ...one }))),
        );
      }),
    );
  });

  it('says what is older at its own time', () => {
    const values = [
      { quantity: 'waterVolumeL', value: 3 },
      { quantity: 'waterVolumeL', value: 2, agoMs: 3_600_000 },
      { quantity: 'waterVolumeL', value: 1, atMs: atMs - 7_200_000 },
    ] as const;
    expect(decoded(kvarter.encode({ device, atMs, values })).map((one) => [one.value, one.atMs])).toEqual([
      [3, atMs],
      [2, atMs - 3_600_000],
      [1, atMs - 7_200_000],
    ]);
  });
});

describe.each([chirpstack, thingsStack])('$name', ({ encode }) => {
  it('says as a codec does what is not its own to say', () => {
    const values = [
      { quantity: 'airTemperatureC', value: 21.5 },
      { quantity: 'rssiDbm', value: -97 },
    ] as const;
    expect(decoded(encode({ device, atMs, values }))).toEqual(
      values.map((one) => ({ device, atMs, ...one })),
    );
  });

  it('says nothing of nothing', () => {
    const uplink: Uplink = { device, atMs, values: [] };
    expect(decoded(encode(uplink))).toEqual([]);
  });
});

function decoded(packets: ReturnType<typeof kvarter.encode>) {
  return packets.flatMap(
    (packet) => decode({ ...packet, receivedAtMs: 0 }, contextOf({ [device]: 'elsys' })).measurements,
  );
}
