import { expect, it } from 'vitest';
import { heatFlow } from '../../../src/api/heat-flow.ts';
import { mainMeters } from '../../../src/api/main-meters.ts';
import { HOUR_MS, MINUTE_MS, QUARTER_MS } from '../../../src/domain/interval.ts';
import type { Quantity } from '../../../src/domain/quantity.ts';
import type { Device } from '../../../src/domain/register.ts';
import { registerOf } from '../../support/readings.ts';

const T0 = Date.parse('2026-01-15T00:00Z');
const holds = { powerHoldMs: 15 * MINUTE_MS, registerGapMs: 3 * HOUR_MS };
type Sample = readonly [device: string, quantity: Quantity, minute: number, value: number];

/** What flowed in each quarter of two hours. */
async function flowOf(samples: readonly Sample[], rows: readonly Partial<Device>[] = [{ id: 'h' }]) {
  const devices = rows.map((row) => ({
    id: 'h',
    model: 'kvarter',
    building: 'b1',
    role: 'heatMain' as const,
    ...row,
  }));
  const meters = mainMeters(registerOf([{}], devices), new Set(['b1']), () => [], 'heat');
  const store = {
    samples: async ({ points, fromMs, toMs }: Parameters<Parameters<typeof heatFlow>[0]['samples']>[0]) =>
      samples
        .map(([device, quantity, minute, value]) => ({
          point: { device, quantity },
          atMs: T0 + minute * MINUTE_MS,
          value,
        }))
        .filter(
          ({ point, atMs }) =>
            atMs >= fromMs &&
            atMs <= toMs &&
            points.some((one) => one.device === point.device && one.quantity === point.quantity),
        ),
  };
  return heatFlow(store, meters, { fromMs: T0, toMs: T0 + 2 * HOUR_MS }, holds);
}

const volumes = async (...of: Parameters<typeof flowOf>) => [...(await flowOf(...of)).m3];

it('the register of volume tells what flowed, from before the span to behind it', async () => {
  const found = await volumes([
    ['h', 'heatVolumeL', -30, 1000],
    ['h', 'heatVolumeL', 30, 1400],
    ['h', 'heatVolumeL', 150, 3800],
    // Of what it says of its flow no more is asked.
    ['h', 'flowLph', 0, 9999],
  ]);
  expect(found).toEqual([0.1, 0.1, ...Array(6).fill(0.3)]);
});

it('a meter without such a register is known by its flow, and by nothing where it is silent', async () => {
  const flow = [0, 10, 20, 30].map((minute): Sample => ['h', 'flowLph', minute, 600]);
  const found = await volumes(flow);
  expect(found.slice(0, 3)).toEqual([0.15, 0.15, 0.15]);
  expect(found.slice(3)).toEqual(Array(5).fill(Number.NaN));
});

it('two meters add up, and one that says nothing leaves nothing known', async () => {
  const both = ['h', 'i'].flatMap((device): Sample[] => [
    [device, 'heatVolumeL', 0, 0],
    [device, 'heatVolumeL', 120, 800],
  ]);
  expect(await volumes(both, [{ id: 'h' }, { id: 'i' }])).toEqual(Array(8).fill(0.2));
  expect(await volumes(both.slice(0, 2), [{ id: 'h' }, { id: 'i' }])).toEqual(Array(8).fill(Number.NaN));
});

it('a meter that is exchanged counts until then, and the new one from then on', async () => {
  const atMs = T0 + 4 * QUARTER_MS;
  const rows = [
    { id: 'h', countsToMs: atMs },
    { id: 'i', countsFromMs: atMs },
  ];
  const samples: Sample[] = [
    ['h', 'heatVolumeL', 0, 0],
    ['h', 'heatVolumeL', 120, 800],
    ['i', 'heatVolumeL', 0, 0],
    ['i', 'heatVolumeL', 120, 1600],
  ];
  expect(await volumes(samples, rows)).toEqual([...Array(4).fill(0.1), ...Array(4).fill(0.2)]);
});

it('the return is as warm as the meter said last, for as long as its register may be silent', async () => {
  const { returnC, supplyC } = await flowOf([
    ['h', 'returnTemperatureC', 0, 40],
    ['h', 'returnTemperatureC', 60, 50],
    ['h', 'supplyTemperatureC', -400, 80],
  ]);
  expect([...returnC]).toEqual([...Array(4).fill(40), ...Array(4).fill(50)]);
  expect([...supplyC]).toEqual(Array(8).fill(Number.NaN));
});

it('of two meters it is that of the water together, of one that stands still it does not matter', async () => {
  const meters = [{ id: 'h' }, { id: 'i' }];
  const warm: Sample[] = [
    ['h', 'returnTemperatureC', 0, 40],
    ['i', 'returnTemperatureC', 0, 60],
  ];
  const flow = (device: string, litres: number): Sample[] => [
    [device, 'heatVolumeL', 0, 0],
    [device, 'heatVolumeL', 120, litres],
  ];
  const mean = async (...samples: Sample[]) => [...new Set((await flowOf(samples, meters)).returnC)];
  expect(await mean(...warm, ...flow('h', 2400), ...flow('i', 800))).toEqual([45]);
  expect(await mean(...warm, ...flow('h', 2400), ...flow('i', 0))).toEqual([40]);
  expect(await mean(...warm.slice(0, 1), ...flow('h', 2400), ...flow('i', 0))).toEqual([40]);
  // One of which nothing is known may flow as it likes.
  expect(await mean(...warm, ...flow('h', 2400))).toEqual([Number.NaN]);
  expect(await mean(...warm.slice(0, 1), ...flow('h', 2400), ...flow('i', 800))).toEqual([Number.NaN]);
});

it('the return is what the heat leaves of the supply, where both are known: a momentary one does not know what flows', async () => {
  const { returnC } = await flowOf([
    ['h', 'heatVolumeL', 0, 0],
    ['h', 'heatVolumeL', 120, 800],
    ['h', 'heatEnergyWh', 0, 0],
    ['h', 'heatEnergyWh', 60, 13_836],
    ['h', 'supplyTemperatureC', 0, 75],
    ['h', 'returnTemperatureC', 0, 60],
  ]);
  // 400 l carry 13.836 kWh: 13.836 / (0.4 × 1.153) = 30 °C. Of the second hour the heat is not known.
  expect([...returnC].map((atC) => Math.round(atC * 1e6) / 1e6)).toEqual([
    ...Array(4).fill(45),
    ...Array(4).fill(60),
  ]);
});
