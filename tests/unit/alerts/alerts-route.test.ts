import { DatabaseSync } from 'node:sqlite';
import Fastify from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { describe, expect, it } from 'vitest';
import { openAlertStore } from '../../../src/alerts/alert-store.ts';
import { alertsRoute } from '../../../src/api/alerts.ts';
import { answerProblems } from '../../../src/api/problem.ts';
import { registerOf } from '../../support/readings.ts';
import { become, MINUTE_MS, T0 } from './findings.ts';

const register = registerOf([{ id: 'BYGG-1' }, { id: 'BYGG-2', area: 'b' }], []);

async function openServer(alerts: number) {
  const store = openAlertStore(new DatabaseSync(':memory:'), { keepDays: 30 });
  const ids = Array.from({ length: alerts }, (_, n) => `a${n}`);
  const changes = ids.map((id, n) =>
    become('resolved', { id, startsAtMs: T0 + Math.floor(n / 2) * MINUTE_MS }),
  );
  store.save(changes, [], []);
  const server = Fastify();
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  answerProblems(server, (error) => {
    throw error;
  });
  await server.register(
    alertsRoute(
      store,
      () => register,
      () => T0,
    ),
  );
  const get = (query: string) => server.inject(`/api/v1/alerts${query}`);
  return { server, store, get, [Symbol.asyncDispose]: () => server.close() };
}

/** Of all pages of an answer. */
async function idsOf(
  get: (query: string) => Promise<{ json: () => unknown }>,
  query: string,
): Promise<string[]> {
  const seen: string[] = [];
  let next: string | undefined = '';
  while (next !== undefined) {
    const answer = await get(`?${query}${next && `&next=${next}`}`);
    const page = answer.json() as { alerts: { id: string }[]; next?: string };
    seen.push(...page.alerts.map(({ id }) => id));
    next = page.next;
  }
  return seen;
}

describe('GET /api/v1/alerts', () => {
  it('gives alerts in their public form', async () => {
    await using server = await openServer(1);
    const answer = await server.get('?state=resolved&building=BYGG-1&rule=high-co2');
    expect(answer.json()).toEqual({
      alerts: [
        {
          id: 'a0',
          rule: 'high-co2',
          severity: 'warning',
          state: 'resolved',
          building: 'BYGG-1',
          subject: 'S1|co2Ppm|',
          startsAt: '2026-01-15T07:00:00.000Z',
          firedAt: '2026-01-15T07:02:00.000Z',
          endsAt: '2026-01-15T07:10:00.000Z',
          title: 'S1: CO₂ is high',
          detail: 'CO₂ is 1500 ppm. Open a window.',
          facts: { ppm: 1500 },
          evidence: {
            values: { ppm: 1500 },
            expected: {},
            heldMinutes: 2,
            sure: { says: 'measured, and held for 2 minutes' },
          },
        },
      ],
    });
    expect((await server.get('?state=firing')).json()).toEqual({ alerts: [] });
  });

  it.each([1, 2, 3, 7, 8])('gives every alert once in pages of %i', async (limit) => {
    await using server = await openServer(7);
    expect(await idsOf(server.get, `limit=${limit}`)).toEqual(['a6', 'a5', 'a4', 'a3', 'a2', 'a1', 'a0']);
  });

  it.each([1, 2, 3, 9])('gives the gravest first where that is asked for, in pages of %i', async (limit) => {
    await using server = await openServer(0);
    const severity = ['warning', 'critical', 'info', 'warning', 'critical'] as const;
    server.store.save(
      severity.map((one, n) => become('firing', { id: `a${n}`, severity: one, startsAtMs: T0 + n })),
      [],
      [],
    );
    expect(await idsOf(server.get, `order=gravest&limit=${limit}`)).toEqual(['a4', 'a1', 'a3', 'a0', 'a2']);
  });

  it('gives those of a scope, and of its area as one', async () => {
    await using server = await openServer(0);
    const buildings = ['BYGG-1', 'area:a', 'area:b'];
    server.store.save(
      buildings.map((building) => become('firing', { id: building, building })),
      [],
      [],
    );
    expect(await idsOf(server.get, 'scope=area:a')).toEqual(['area:a', 'BYGG-1']);
    expect(await idsOf(server.get, 'scope=building:BYGG-1')).toEqual(['BYGG-1']);
    expect((await server.get('?scope=area:nowhere')).statusCode).toBe(404);
  });

  it.each([
    ['?state=loud', /state/],
    ['?limit=0', /limit/],
    ['?limit=1001', /limit/],
    ['?next=nonsense', /next/],
    [`?next=${Buffer.from('["x","y"]').toString('base64url')}`, /next/],
    ['?colour=red', /colour/],
  ])('says what is wrong with %s', async (query, says) => {
    await using server = await openServer(0);
    const answer = await server.get(query);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().detail).toMatch(says);
  });
});
