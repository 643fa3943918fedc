import { join } from 'node:path';
import Fastify from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { describe, expect, it } from 'vitest';
import { peaksRoute } from '../../../src/api/peaks.ts';
import { answerProblems } from '../../../src/api/problem.ts';
import { loadTariffs } from '../../../src/config/tariffs.ts';
import { HOUR_MS } from '../../../src/domain/interval.ts';
import { isoTime } from '../../../src/domain/time.ts';
import { createAlerting } from '../../../src/workers/alerting.ts';
import { readingOf, registerOf } from '../../support/readings.ts';
import { rulesOf } from '../../support/rules.ts';

const tariffs = loadTariffs(join(import.meta.dirname, '../../../config/tariffs'));
const T0 = Date.parse('2026-01-05T00:00+01:00');
const flexibleLoads = [
  { id: 'hp', name: 'Heat pump', powerKw: 150, maxOffMinutes: 60, priority: 1, automatic: false },
];
const register = registerOf(
  [{ tariff: 'goteborg-energi-2025', flexibleLoads }, {}],
  ['m', 'n'].map((id, i) => ({
    id,
    model: 'kvarter',
    building: `b${i + 1}`,
    role: 'electricityMain' as const,
  })),
);

/** Morning peaks of 60 kW every day, until a minute of an hour that heads for 100. */
async function ask(query: string, hours: number, lastKw = 100) {
  const alerting = createAlerting({
    rules: rulesOf(),
    holds: { powerHoldMs: 900_000, registerGapMs: 10_800_000 },
    register: () => register,
    tariffs,
  });
  for (let at = T0; at < T0 + hours * HOUR_MS; at += 300_000) {
    const hour = Math.floor((at - T0) / HOUR_MS);
    const kw = hour >= Math.floor(hours) ? lastKw : hour % 24 === 8 ? 60 : 20;
    alerting.onReading(
      readingOf({ device: 'm', quantity: 'activePowerW', role: 'electricityMain' }, at, kw * 1000),
    );
  }
  await using server = Fastify();
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  answerProblems(server, (error) => {
    throw error;
  });
  await server.register(peaksRoute(alerting.peaks, () => register));
  const answer = await server.inject(`/api/v1/peaks${query}`);
  return { status: answer.statusCode, ...answer.json() };
}

it('plans for the buildings that are asked for only, and for many of them in turns', async () => {
  const buildings = Array.from({ length: 120 }, (_, n) => ({ id: `b${n}` }));
  const asked: number[] = [];
  await using server = Fastify();
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  const planned = (places: ReadonlySet<string>) => {
    asked.push(places.size);
    return [];
  };
  await server.register(peaksRoute(planned, () => registerOf(buildings, [])));
  await server.inject('/api/v1/peaks?scope=building:b7');
  // The scope itself is asked for, too, for an area may be billed as one.
  expect(asked).toEqual([2]);
  await server.inject('/api/v1/peaks');
  expect(asked.slice(1)).toEqual([50, 50, 21]);
});

describe('GET /api/v1/peaks', () => {
  const hours = 5 * 24 + 17;

  it('shows an hour that is heading for the bill: energy, projection, budget, money, what to switch off, and until when', async () => {
    const { peaks } = await ask('', hours + 0.6);
    expect(peaks).toHaveLength(1);
    const [peak] = peaks;
    expect(peak).toMatchObject({
      building: 'b1',
      currency: 'SEK',
      window: { from: isoTime(T0 + hours * HOUR_MS), to: isoTime(T0 + (hours + 1) * HOUR_MS) },
      billedFromKw: 60,
      shed: [{ load: 'hp', powerKw: 150, automatic: false }],
      shedIsEnough: true,
    });
    expect(peak.outcomes[0]).toMatchObject({ billed: null, meanKw: null, saved: null });
    expect(['atRisk', 'critical']).toContain(peak.state);
    expect(peak.projectedKw.p10).toBeLessThan(peak.projectedKw.p50);
    expect(peak.projectedKw.p50).toBeCloseTo(100, 0);
    expect(peak.projectedKw.p90).toBeGreaterThan(peak.projectedKw.p50);
    expect(peak.energySoFarKwh).toBeCloseTo(55, -1);
    expect(peak.chance).toBeGreaterThan(0.3);
    expect(peak.expectedSaving).toBeGreaterThan(0);
    expect(peak.expectedSaving).toBeLessThanOrEqual(peak.atStake);
    expect(Date.parse(peak.actBy)).toBeGreaterThan(Date.parse(peak.at));
    expect(peak.billed.map(({ billedKw }: { billedKw: number }) => billedKw)).toEqual([60, 60, 60]);
  });

  it('keeps what became of what was told, when the billing period is over', async () => {
    const { peaks } = await ask('?scope=building:b1', hours + 24 * 30, 20);
    expect(peaks[0].state).toBe('calm');
    expect(peaks[0].shed).toEqual([]);
    expect(peaks[0].actBy).toBeNull();
    const told = peaks[0].outcomes.filter(({ billed }: { billed: boolean | null }) => billed !== null);
    const sum = peaks[0].reliability.reduce((all: number, row: { told: number }) => all + row.told, 0);
    expect(sum).toBe(told.length);
    expect(peaks[0].billingPeriod.from).toBe(isoTime(Date.parse('2026-02-01T00:00+01:00')));
  });

  it('asks for a building that is in the register, and gives nothing of one that has said nothing', async () => {
    expect(await ask('?scope=building:b2', 3)).toMatchObject({ status: 200, peaks: [] });
    expect(await ask('?scope=building:b9', 3)).toMatchObject({ status: 404 });
    expect(await ask('?scope=b1', 3)).toMatchObject({ status: 400 });
  });
});
