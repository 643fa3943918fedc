import Fastify from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { describe, expect, it } from 'vitest';
import { billRoute } from '../../../src/api/bill.ts';
import { answerProblems } from '../../../src/api/problem.ts';
import { HOUR_MS, QUARTER_MS } from '../../../src/domain/interval.ts';
import type { Device } from '../../../src/domain/register.ts';
import { registerOf } from '../../support/readings.ts';
import { shipped, tariffOf } from '../energy/bills/bills.ts';

const device: Device = { id: 'm', model: 'kvarter', building: 'b1', role: 'electricityMain' };
const plain = registerOf(
  [
    { tariff: 'goteborg-energi-2025', heatTariff: 'kalmar-energi-heat-2023' },
    {},
    { tariff: 'kalmar-energi-n4-2024', subscribedKw: 50 },
  ],
  [device, { ...device, id: 'n', building: 'b3' }, { ...device, id: 'h', role: 'heatMain' }],
);
const north = {
  id: 'north',
  name: 'North',
  buildings: ['b3'],
  tariff: 'kalmar-energi-n4-2024',
  subscribedKw: 60,
};
const register = { ...plain, areas: [...plain.areas, north] };
const heatVolume = { device: 'h', quantity: 'heatVolumeL' } as const;
const returnTemperature = { device: 'h', quantity: 'returnTemperatureC' } as const;
const lookBack = 'power: the load has 3 of the 12 billing periods that are looked back on';
const T0 = Date.parse('2026-01-01T00:00+01:00');

/** 40 kW all the time, 100 kW from 08 to 09 of 15 January; a meter that is silent from `silentMs` on. */
async function openServer(
  nowMs: number,
  silentMs = Number.POSITIVE_INFINITY,
  flowlessMs = silentMs,
  tariffs = shipped,
) {
  const store = {
    load: async ({ fromMs, toMs }: { fromMs: number; toMs: number }) => {
      const quarters = [];
      const first = Math.max(fromMs, T0 - 40 * 96 * QUARTER_MS);
      for (let at = first; at < Math.min(toMs, silentMs); at += QUARTER_MS) {
        const isPeak =
          at >= Date.parse('2026-01-15T08:00+01:00') && at < Date.parse('2026-01-15T09:00+01:00');
        const powerW = isPeak ? 100_000 : 40_000;
        quarters.push({ fromMs: at, energyWh: powerW / 4, powerW, coverageSum: 1, meters: 1 });
      }
      return quarters;
    },
    intervals: async () => [],
    samples: async ({ fromMs, toMs }: { fromMs: number; toMs: number }) => {
      // 500 litres an hour, told each half-hour.
      const times = Array.from(
        { length: Math.ceil((toMs - fromMs) / (2 * QUARTER_MS)) },
        (_, i) => fromMs + i * 2 * QUARTER_MS,
      );
      return times
        .filter((atMs) => atMs < flowlessMs)
        .flatMap((atMs) => [
          { point: heatVolume, atMs, value: ((atMs - T0) / HOUR_MS) * 500 + 1e7 },
          { point: returnTemperature, atMs, value: 43 },
        ]);
    },
  };
  const server = Fastify();
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  answerProblems(server, (error) => {
    throw error;
  });
  const options = {
    tariffs,
    channelsOf: () => [],
    historyDays: 35,
    holds: { powerHoldMs: HOUR_MS / 4, registerGapMs: 3 * HOUR_MS },
  };
  await server.register(
    billRoute(
      store,
      () => register,
      () => nowMs,
      options,
    ),
  );
  const get = async (query: string) => (await server.inject(`/api/v1/bill?${query}`)).json();
  return { get, [Symbol.asyncDispose]: () => server.close() };
}

describe('GET /api/v1/bill', () => {
  it('bills a month that is over', async () => {
    await using server = await openServer(Date.parse('2026-02-10T12:00+01:00'));
    const answer = await server.get('scope=building:b1&month=2026-01');
    // (100 + 40 + 40) / 3 = 60 kW × 45.
    expect(answer).toMatchObject({
      scope: 'building:b1',
      tariff: 'goteborg-energi-2025',
      currency: 'SEK',
      isOver: true,
      period: { coverage: 1, incomplete: false, cost: { exVat: 2700, incVat: 3375 } },
    });
    expect(answer.expected).toBeUndefined();
    expect(answer.period.components[0].peaks[0]).toEqual({
      from: '2026-01-15T07:00:00.000Z',
      to: '2026-01-15T08:00:00.000Z',
      kw: 100,
      weightedKw: 100,
    });
  });

  it('says of the running month how it stands, what is fixed and what is expected', async () => {
    await using server = await openServer(Date.parse('2026-01-20T12:07+01:00'));
    const answer = await server.get('scope=building:b1');
    expect(answer).toMatchObject({ isOver: false, period: { incomplete: true }, fixed: { exVat: 2700 } });
    // 11 days and 12 hours of 31.
    expect(answer.period.notes).toEqual(['the period is not over: 37.1 % of it is still to come']);
    expect(answer.expected.p50.exVat).toBeGreaterThanOrEqual(2700);
  });

  it('knows the power that a building has subscribed to', async () => {
    await using server = await openServer(Date.parse('2026-02-10T12:00+01:00'));
    const answer = await server.get('scope=building:b3&month=2026-01');
    // The two highest hours are 100 and 40 kW: 70, which is 20 above the subscription.
    expect(
      answer.period.components.map(({ reference, quantity }: { reference: string; quantity: number }) => [
        reference,
        quantity,
      ]),
    ).toEqual([
      ['main', 1],
      ['main', 70],
      ['subscribed', 50],
      ['subscribed-excess', 20],
    ]);
  });

  it('bills the load of an area as one, by its own tariff and subscription', async () => {
    await using server = await openServer(Date.parse('2026-02-10T12:00+01:00'));
    const answer = await server.get('scope=area:north&month=2026-01');
    expect(answer).toMatchObject({ scope: 'area:north', tariff: 'kalmar-energi-n4-2024' });
    const excess = answer.period.components.find(
      ({ reference }: { reference: string }) => reference === 'subscribed-excess',
    );
    expect(excess.quantity).toBe(10);
  });

  it('bills district heating by the heat tariff of the building, its flow by the register of its heat meter', async () => {
    await using server = await openServer(Date.parse('2026-02-10T12:00+01:00'));
    const answer = await server.get('scope=building:b1&month=2026-01&carrier=heat');
    expect(answer).toMatchObject({
      carrier: 'heat',
      tariff: 'kalmar-energi-heat-2023',
      period: { notes: [lookBack] },
    });
    type Line = { reference: string; quantity: number; cost: number };
    // 31 days of 24 hours of 40 kW and one of 60 kW more; 500 l an hour; the mean of 15 January is 42.5 kW.
    expect(
      answer.period.components.map(({ reference, quantity, cost }: Line) => [reference, quantity, cost]),
    ).toEqual([
      ['heat', 29_820, 11_107.95],
      ['flow', 372, 669.6],
      ['power', 42.5, 4250],
    ]);
    expect(await server.get('scope=building:b2&month=2026-01&carrier=heat')).toMatchObject({
      status: 409,
      detail: 'scope: building:b2 has no heatTariff: name one of config/tariffs in places.yaml',
    });
  });

  it('bills the return of a heat meter, and expects it to go on as it was', async () => {
    const sek = (priceExVat: number) => ({ priceExVat, currency: 'SEK' });
    const components = [
      { reference: 'return', unit: 'MWh', price: sek(7), 'x-kvarter': { temperature: { referenceC: 40 } } },
    ];
    const perDegree = tariffOf({ tariffs: [{ energyPrice: { components } }] });
    const tariffs = new Map([['kalmar-energi-heat-2023', perDegree]]);
    const query = 'scope=building:b1&month=2026-01&carrier=heat';
    const over = await openServer(Date.parse('2026-02-10T12:00+01:00'), undefined, undefined, tariffs);
    // 29,820 kWh × 3 °C × 0.007.
    expect((await over.get(query)).period).toMatchObject({
      incomplete: false,
      components: [{ quantity: 89_460, unit: 'kWh·°C', cost: 626.22 }],
    });
    const running = await openServer(Date.parse('2026-01-20T00:00+01:00'), undefined, undefined, tariffs);
    const { period, expected } = await running.get(query);
    expect(period.components[0].quantity).toBe((19 * 24 * 40 + 60) * 3);
    expect(expected.p50.exVat).toBeGreaterThan(550);
    for (const server of [over, running]) await server[Symbol.asyncDispose]();
  });

  it('marks a bill of heat incomplete where the flow of a part of it is not known', async () => {
    await using server = await openServer(
      Date.parse('2026-02-10T12:00+01:00'),
      undefined,
      Date.parse('2026-01-25T00:00+01:00'),
    );
    const { period } = await server.get('scope=building:b1&month=2026-01&carrier=heat');
    expect(period.incomplete).toBe(true);
    expect(period.notes).toEqual([
      'flow: the flow (m3) of 22.6 % of the load is not known: the bill may be too small',
      lookBack,
    ]);
  });

  it('tells what a silent meter leaves unknown of the running month from what is still to come', async () => {
    await using server = await openServer(
      Date.parse('2026-01-21T00:00+01:00'),
      Date.parse('2026-01-16T00:00+01:00'),
    );
    const answer = await server.get('scope=building:b1');
    expect(answer.period.notes).toEqual([
      'the period is not over: 35.5 % of it is still to come',
      '25 % of the period so far is missing in the load: the bill may be too small',
    ]);
  });

  it('marks what a silent meter leaves unknown', async () => {
    await using server = await openServer(
      Date.parse('2026-02-10T12:00+01:00'),
      Date.parse('2026-01-16T12:00+01:00'),
    );
    const answer = await server.get('scope=building:b1&month=2026-01');
    expect(answer.period).toMatchObject({ coverage: 0.5, incomplete: true });
  });

  it.each([
    ['scope=building:b9', 404, 'scope: the register has no building b9'],
    ['scope=building:b2', 409, 'scope: building:b2 has no tariff: name one of config/tariffs in places.yaml'],
    ['scope=area:a', 409, 'scope: area:a has no tariff: name one of config/tariffs in places.yaml'],
    ['scope=organisation:o', 400, 'scope: an organisation has no bill: ask for an area or a building'],
    ['scope=area:x', 404, 'scope: the register has no area x'],
    ['scope=flat:b1', 400, 'scope: must be building:ID, area:ID or organisation:ID'],
    ['scope=building:b1&month=2026-13', 400, 'month: must be YYYY-MM'],
    ['scope=building:b1&month=2026-05', 400, 'month: 2026-05 has not begun'],
  ])('%s is answered by %i', async (query, status, detail) => {
    await using server = await openServer(Date.parse('2026-02-10T12:00+01:00'));
    const problem = await server.get(query);
    expect(problem).toMatchObject({ status, detail });
  });
});
