import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import Fastify from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { expect, test } from 'vitest';
import { openAlertStore } from '../../../src/alerts/alert-store.ts';
import { alertLifeRoutes } from '../../../src/api/alert-life.ts';
import { alertPageRoutes } from '../../../src/api/alert-page.ts';
import { loadTemplates } from '../../../src/config/templates.ts';
import { sayItem } from '../../../src/delivery/say-item.ts';
import { registerOf } from '../../support/readings.ts';
import { become, T0 } from '../alerts/findings.ts';

const wordings = loadTemplates(join(import.meta.dirname, '../../../config/templates'));
const register = registerOf(
  ['b1', 'b2', 'b3'].map((id) => ({ id, name: `Gatan ${id.slice(1)}` })),
  [],
);

async function openPages() {
  const store = openAlertStore(new DatabaseSync(':memory:'), { keepDays: 30 });
  const server = Fastify();
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  await server.register(alertLifeRoutes(store, () => T0));
  await server.register(
    alertPageRoutes({
      alerts: store,
      silences: { covering: () => undefined, list: () => [] },
      say: (alert, language) =>
        sayItem(
          { kind: 'new', change: { alert, atMs: T0 } },
          { wording: wordings.get(language)!, register, typeOf: (rule) => rule, link: undefined },
        ),
      register: () => register,
      clock: () => T0,
    }),
  );
  return { store, server, [Symbol.asyncDispose]: () => server.close() };
}

test('a list that is cut says so', async () => {
  await using pages = await openPages();
  const many = Array.from({ length: 1001 }, (_, i) => become('firing', { id: `a-${i}`, building: 'b1' }));
  pages.store.save(many.slice(1), [], []);
  expect((await pages.server.inject('/alerts')).body).toContain('<h1>Going on: 1000</h1>');
  pages.store.save(many.slice(0, 1), [], []);
  const { body } = await pages.server.inject('/alerts');
  expect([body.includes('<h1>Going on: 1000+</h1>'), body.split('<li').length]).toEqual([true, 1001]);
});

test('a gateway that several buildings have is taken on, and judged, in all of them', async () => {
  await using pages = await openPages();
  const { server, store } = pages;
  const silent = (building: string, gateway: string) =>
    become('firing', { id: `${gateway}-${building}`, building, rule: 'stale', facts: { gateway } });
  store.save([silent('b1', 'north'), silent('b2', 'north'), silent('b3', 'south')], [], []);
  const post = (act: string, payload: string) =>
    server.inject({
      method: 'POST',
      url: `/alerts/north-b1/${act}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload,
    });

  const { body } = await server.inject('/alerts/north-b1');
  expect(body).toMatch(/<dd>Gatan [12], Gatan [12]<\/dd>/);
  expect((await post('acknowledge', 'by=Anna')).statusCode).toBe(303);
  expect((await post('outcome', 'by=Anna&outcome=true')).statusCode).toBe(303);
  const lives = ['north-b1', 'north-b2', 'south-b3'].map(store.lifeOf);
  expect(lives.map(({ acknowledgement }) => acknowledgement?.by)).toEqual(['Anna', 'Anna', undefined]);
  expect(lives.map(({ outcome }) => outcome?.outcome)).toEqual(['true', 'true', undefined]);
});
