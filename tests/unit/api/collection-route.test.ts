import Fastify from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { describe, expect, it } from 'vitest';
import { collectionRoute } from '../../../src/api/collection.ts';
import { createContainerBook } from '../../../src/api/containers.ts';
import { answerProblems } from '../../../src/api/problem.ts';
import { collect } from '../../../src/commands/collect.ts';
import type { ReadingQuery, StoredReading } from '../../../src/store/store.ts';
import { call } from '../../support/command.ts';
import { registerOf } from '../../support/readings.ts';

const DAY_MS = 86_400_000;
const now = Date.UTC(2026, 2, 2, 6);
const settings = {
  thresholdPct: 80,
  chance: 0.1,
  roundDays: 3,
  silentDays: 3,
  learnDays: 180,
  refreshMinutes: 15,
  densities: [{ fraction: 'residual', kgPerL: 0.1 }],
};
const bin = {
  model: 'kvarter',
  building: 'b1',
  role: 'container',
  fraction: 'residual',
  volumeL: 600,
} as const;
const register = registerOf(
  [{ id: 'b1' }, { id: 'b2' }],
  [
    { ...bin, id: 'quick' },
    { ...bin, id: 'slow', fraction: 'paper' },
    { ...bin, id: 'mute', building: 'b2' },
  ],
);

/** Gains so much a day and is emptied when it is full; 90 days of levels, the newest an hour ago. */
function levels(device: string, gainPct: number): StoredReading[] {
  return Array.from({ length: 90 }, (_, day) => ({
    point: { device, quantity: 'fillLevelPct' },
    atMs: now - 3_600_000 - (89 - day) * DAY_MS,
    value: (day * gainPct) % 100,
  }));
}

async function openServer() {
  const stored = [...levels('quick', 20), ...levels('slow', 0.5)];
  const asked: ReadingQuery[] = [];
  const store = {
    readings: async (query: ReadingQuery) => {
      asked.push(query);
      return stored.filter(({ point }) => point.device === query.device && point.quantity === query.quantity);
    },
  };
  const server = Fastify();
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  answerProblems(server, (error) => {
    throw error;
  });
  await server.register(
    collectionRoute(
      createContainerBook(store, settings),
      () => register,
      () => now,
      settings,
    ),
  );
  const port = Number(new URL(await server.listen({ port: 0, host: '127.0.0.1' })).port);
  return { server, asked, app: { httpPort: port }, dir: '/', [Symbol.asyncDispose]: () => server.close() };
}

describe('GET /api/v1/collection', () => {
  it('lists what a round has to empty, and what it can skip', async () => {
    await using service = await openServer();
    const { containers, summary, ...times } = (await service.server.inject('/api/v1/collection')).json();
    expect(times).toMatchObject({ at: '2026-03-02T06:00:00.000Z', before: '2026-03-05T06:00:00.000Z' });
    expect(containers).toMatchObject([
      { device: 'quick', fraction: 'residual', collect: true, reason: 'full', levelPct: 80, kg: 48 },
      { device: 'mute', building: 'b2', collect: true, reason: 'silent', at: null, levelPct: null },
      { device: 'slow', collect: false, reason: 'lasts', levelPct: 44.5, kg: null },
    ]);
    expect(containers.map(({ emptiedAt }: { emptiedAt: string | null }) => emptiedAt)).toEqual([
      '2026-02-26T05:00:00.000Z',
      null,
      null,
    ]);
    expect(containers[2].ratePctPerDay).toBeCloseTo(0.5, 0);
    expect(summary).toEqual({ containers: 3, toCollect: 2, skipped: 1, skippedPct: 33.3, kg: 48 });
  });

  it('answers for an area, a building and a day, from what it has learned already', async () => {
    await using service = await openServer();
    const get = async (query: string) => (await service.server.inject(`/api/v1/collection?${query}`)).json();
    expect((await get('area=a&building=b2')).containers).toMatchObject([{ device: 'mute' }]);
    const questions = service.asked.length;
    expect((await get('before=2026-03-03T06:00:00Z')).before).toBe('2026-03-03T06:00:00.000Z');
    expect(service.asked.length).toBe(questions);
  });

  it.each([
    ['area=nowhere', 404, /the register has no area nowhere/],
    ['building=b9', 404, /the register has no building b9/],
    ['before=2020-01-01T00:00:00Z', 400, /must be later than now/],
  ])('refuses %s', async (query, status, detail) => {
    await using service = await openServer();
    const answer = await service.server.inject(`/api/v1/collection?${query}`);
    expect(answer.statusCode).toBe(status);
    expect(answer.json().detail).toMatch(detail);
  });
});

describe('kvarter collect', () => {
  it('prints the list and what it saves', async () => {
    await using service = await openServer();
    const { code, printed } = await call(service, collect, [], { building: 'b1', all: true });
    expect(code).toBe(0);
    expect(printed).toMatch(/b1 +quick +residual +80 % {2}is full .*48 kg/);
    expect(printed).toMatch(/Empty \d of 2 containers, .*last until 2026-03-05T06:00Z\.\n$/);
    const json = await call(service, collect, [], { json: true, before: '2026-03-03T06:00:00Z' });
    expect(JSON.parse(json.printed).summary.containers).toBe(3);
  });
});
