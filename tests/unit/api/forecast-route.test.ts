import Fastify from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { describe, expect, it } from 'vitest';
import { forecastRoute } from '../../../src/api/forecast.ts';
import { answerProblems } from '../../../src/api/problem.ts';
import { HOUR_MS, QUARTER_MS } from '../../../src/domain/interval.ts';
import type { Device } from '../../../src/domain/register.ts';
import type { ReadingStore } from '../../../src/store/store.ts';
import { registerOf } from '../../support/readings.ts';

const meter: Device = { id: 'm', model: 'kvarter', building: 'b1', role: 'electricityMain' };
const outdoor: Device = { id: 'air', model: 'kvarter', building: 'b2', role: 'outdoor' };
const register = registerOf([{}, {}], [meter, outdoor]);
const NOW = Date.parse('2026-01-15T10:20+01:00');

/** 40 kW from 8 to 17, else 10, known from `sinceMs` on; one quarter in ten is known by half, and then far too low. */
function load(sinceMs: number): ReadingStore['load'] {
  return async ({ fromMs, toMs }) => {
    const quarters = [];
    for (let at = Math.max(fromMs, sinceMs); at < toMs; at += QUARTER_MS) {
      const hour = ((at + HOUR_MS) / HOUR_MS) % 24;
      const isHalf = (at / QUARTER_MS) % 10 === 0;
      const powerW = (hour >= 8 && hour < 17 ? 40_000 : 10_000) * (isHalf ? 0.1 : 1);
      const coverageSum = isHalf ? 0.5 : 1;
      quarters.push({ fromMs: at, energyWh: (powerW / 4) * coverageSum, powerW, coverageSum, meters: 1 });
    }
    return quarters;
  };
}

async function openServer({ sinceMs = NOW - 60 * 24 * HOUR_MS, isWarm = false } = {}) {
  const asked: object[] = [];
  const store = {
    load: load(sinceMs),
    intervals: async () => [],
    means: async (query: { fromMs: number }) => {
      asked.push(query);
      return isWarm ? [{ fromMs: query.fromMs, mean: 4, count: 1 }] : [];
    },
  };
  const server = Fastify();
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  answerProblems(server, (error) => {
    throw error;
  });
  const options = { historyDays: 40, channelsOf: () => [] };
  await server.register(
    forecastRoute(
      store,
      () => register,
      () => NOW,
      options,
    ),
  );
  const get = async (query: string) => (await server.inject(`/api/v1/forecast?${query}`)).json();
  return { get, asked, [Symbol.asyncDispose]: () => server.close() };
}

describe('GET /api/v1/forecast', () => {
  it.each([
    ['hours=0', 'hours: must be at least 1'],
    ['hours=24&resolution=PT5M', 'resolution: must be one of PT15M, PT1H'],
  ])('says in plain words what is wrong with %s', async (query, detail) => {
    await using server = await openServer();
    expect(await server.get(`scope=building:b1&${query}`)).toMatchObject({ status: 400, detail });
  });

  it.each([
    ['PT1H', 24, HOUR_MS, '2026-01-15T09:00:00.000Z'],
    ['PT15M', 96, QUARTER_MS, '2026-01-15T09:15:00.000Z'],
  ])('forecasts from the running interval on, in %s', async (resolution, count, stepMs, at) => {
    await using server = await openServer();
    const answer = await server.get(`scope=building:b1&hours=24&resolution=${resolution}`);
    expect(answer).toMatchObject({ scope: 'building:b1', resolution, at, withTemperature: false });
    expect(answer.forecast.length).toBe(count);
    expect(answer.forecast[0]).toMatchObject({
      from: at,
      to: new Date(Date.parse(at) + stepMs).toISOString(),
    });
    for (const { from, p10, p50, p90 } of answer.forecast) {
      const hour = (Date.parse(from) / HOUR_MS + 1) % 24;
      expect(p10 <= p50 && p50 <= p90).toBe(true);
      expect(Math.abs(p50 - (hour >= 8 && hour < 17 ? 40 : 10))).toBeLessThan(4);
    }
  });

  it('learns from the outdoor thermometer of another building where its own has none', async () => {
    await using server = await openServer({ isWarm: true });
    expect(await server.get('scope=building:b1')).toMatchObject({ withTemperature: true });
    expect(server.asked[0]).toMatchObject({ point: { device: 'air', quantity: 'outdoorTemperatureC' } });
  });

  it('says so when too little is known', async () => {
    await using server = await openServer({ sinceMs: NOW - 5 * HOUR_MS });
    const answer = await server.get('scope=building:b1');
    expect(answer).toMatchObject({ status: 409 });
    expect(answer.detail).toMatch(/^scope: of the last 40 days \d+ hours of building:b1 are known/);
    // It has no meter at all.
    expect(await server.get('scope=building:b2')).toMatchObject({ status: 409 });
  });

  it('refuses what is not there, and what is too far ahead', async () => {
    await using server = await openServer();
    expect(await server.get('scope=building:b9')).toMatchObject({ status: 404 });
    expect(await server.get('scope=flat:b1')).toMatchObject({ status: 400 });
    expect(await server.get('scope=building:b1&hours=721')).toMatchObject({ status: 400 });
  });
});
