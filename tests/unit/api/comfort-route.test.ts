import Fastify from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { describe, expect, it } from 'vitest';
import { comfortRoutes } from '../../../src/api/comfort.ts';
import { answerProblems } from '../../../src/api/problem.ts';
import { configSchema } from '../../../src/config/schema.ts';
import type { ReadingQuery } from '../../../src/store/store.ts';
import { registerOf } from '../../support/readings.ts';

const HOUR_MS = 3_600_000;
const now = Date.UTC(2026, 0, 15);
const spaces = Array.from({ length: 7 }, (_, i) => ({ id: `f${i}`, kind: 'flat' }));
const register = registerOf(
  [
    { id: 'b1', spaces },
    { id: 'b2', spaces: [{ id: 'f0', kind: 'flat' }] },
  ],
  [
    ...spaces.flatMap(({ id }) => [
      { id: `air-${id}`, model: 'kvarter', building: 'b1', space: id, role: 'room' as const },
      { id: `water-${id}`, model: 'kvarter', building: 'b1', space: id, role: 'submeter' as const },
    ]),
    { id: 'out', model: 'kvarter', building: 'b1', role: 'outdoor' },
  ],
);

/** `onceL`, `stayingL`: what the water meter of f6 says above the truth on one day of the week, and from the next on. */
async function openServer({ onceL = 0, stayingL = 0 } = {}) {
  const store = {
    /** f0 is at 19.5 °C, each further flat half a degree above 22. */
    means: async ({
      point: { device, quantity },
      fromMs,
      toMs,
    }: {
      point: { device: string; quantity: string };
      fromMs: number;
      toMs: number;
    }) => {
      const flat = Number(device.at(-1));
      const mean =
        quantity === 'outdoorTemperatureC' && device === 'out' ? 0 : flat === 0 ? 19.5 : 22 + flat / 10;
      const isMeasured =
        (quantity === 'airTemperatureC' && device.startsWith('air')) || quantity === 'outdoorTemperatureC';
      const count = Math.floor((toMs - fromMs) / HOUR_MS);
      return isMeasured
        ? Array.from({ length: count }, (_, i) => ({ fromMs: fromMs + i * HOUR_MS, mean, count: 4 }))
        : [];
    },
    readings: async ({ device = '', quantity, fromMs = 0, toMs = 0 }: ReadingQuery) => {
      if (quantity !== 'waterVolumeL' || !device.startsWith('water')) return [];
      const point = { device, quantity };
      const perDay = 100 * (1 + Number(device.at(-1)));
      const isWrong = device === 'water-f6';
      return Array.from({ length: 8 }, (_, day) => ({
        point,
        atMs: fromMs + (day * (toMs - fromMs)) / 7,
        value: 1000 + day * perDay + (isWrong ? (day === 3 ? onceL : 0) + (day > 3 ? stayingL : 0) : 0),
      }));
    },
  };
  const server = Fastify();
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  answerProblems(server, (error) => {
    throw error;
  });
  const sources = { store, register: () => register, clock: () => now, containersOf: async () => [] };
  await server.register(comfortRoutes(sources, configSchema.parse({}).comfort));
  const get = (path: string) => server.inject(`/api/v1/comfort${path}`);
  return { get, [Symbol.asyncDispose]: () => server.close() };
}

describe('GET /api/v1/comfort', () => {
  it('says how a building is balanced, its coldest flats first', async () => {
    await using server = await openServer();
    const { buildings } = (await server.get('?scope=building:b1')).json();
    expect(buildings).toMatchObject([{ building: 'b1', flats: 7, verdict: 'curveTooHigh', medianC: 22.3 }]);
    expect(buildings[0].coldest[0]).toMatchObject({
      space: 'f0',
      hours: 168,
      tooCold: 1,
      meanC: 19.5,
      falls: [],
    });
    expect((await server.get('?scope=organisation:o')).json().buildings).toHaveLength(1);
  });

  it.each([
    ['?scope=building:b9', 404],
    ['?scope=building:b1&from=2025-01-01T00:00:00Z', 400],
    ['?scope=b1', 400],
    ['/digest?building=b1&space=f9', 404],
    ['/digest?building=b1&space=f1&language=de', 400],
  ])('answers %s with %i', async (path, status) => {
    await using server = await openServer();
    expect((await server.get(path)).statusCode).toBe(status);
  });
});

describe('GET /api/v1/comfort/digest', () => {
  it('compares a household with those like it', async () => {
    await using server = await openServer();
    const { lines, text } = (await server.get('/digest?building=b1&space=f6&language=en')).json();
    expect(lines).toEqual([
      { measure: 'temperatureC', own: 22.6, median: 22.5, less: 1 },
      { measure: 'hotWaterLPerDay', own: 700, median: 350, less: 1 },
    ]);
    expect(text).toContain('Hot water: 700 litres a day (similar households: 350)');
  });

  it('passes over a wrong reading of a water meter, and says nothing of what no household uses', async () => {
    const hotWater = async (wrong: Parameters<typeof openServer>[0], space = 'f6') => {
      await using server = await openServer(wrong);
      const { lines } = (await server.get(`/digest?building=b1&space=${space}`)).json();
      return lines.find(({ measure }: { measure: string }) => measure === 'hotWaterLPerDay');
    };
    expect(await hotWater({ onceL: 1e6 })).toMatchObject({ own: 700, median: 350 });
    expect(await hotWater({ onceL: -1500 })).toMatchObject({ own: 700, median: 350 });
    expect(await hotWater({ stayingL: 1e6 })).toBeUndefined();
    expect(await hotWater({ stayingL: 1e6 }, 'f5')).toMatchObject({ own: 600, median: 300 });
  });

  it('says nothing where there is nothing', async () => {
    await using server = await openServer();
    expect((await server.get('/digest?building=b2&space=f0')).json()).toMatchObject({
      lines: [],
      text: expect.stringMatching(/^Din vecka hemma, .+\nInget har mätts i hemmet de dagarna\.\n$/),
    });
  });
});
