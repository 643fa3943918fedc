import Fastify from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { expect, it } from 'vitest';
import { importRoute } from '../../../src/api/import.ts';
import { answerProblems } from '../../../src/api/problem.ts';
import type { Intake } from '../../../src/ingest/intake.ts';

const body = 'time,device,quantity,value\n2026-01-15T07:00:00Z,a,activePowerW,1\n';

async function openServer(journal: Intake) {
  const server = Fastify();
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  answerProblems(server, () => undefined);
  await server.register(importRoute({ journal, clock: () => 0, maxBytes: 1_000_000, mostAtOnce: 2 }));
  const send = () =>
    server.inject({ method: 'POST', url: '/api/v1/import', headers: { 'content-type': 'text/csv' }, body });
  return { send, [Symbol.asyncDispose]: () => server.close() };
}

it('is answered only when the journal has it', async () => {
  const durable = Promise.withResolvers<void>();
  const appended = Promise.withResolvers<void>();
  const append = () => {
    appended.resolve();
    return durable.promise;
  };
  await using server = await openServer({ append, isFull: () => false });
  let isAnswered = false;
  const answer = server.send().then((response) => {
    isAnswered = true;
    return response;
  });
  await appended.promise;
  expect(isAnswered).toBe(false);
  durable.resolve();
  expect((await answer).json()).toEqual({ packets: 1, readings: 1 });
});

it('is to be sent again when the journal is full, and takes no room in it', async () => {
  let appends = 0;
  const append = async () => {
    appends += 1;
  };
  await using server = await openServer({ append, isFull: () => true });
  const response = await server.send();
  expect(response.statusCode).toBe(503);
  expect(response.json()).toMatchObject({ title: 'Try again later' });
  expect(appends).toBe(0);
});

it('more than two at a time are sent away, and are welcome when one is done', async () => {
  const durable = Promise.withResolvers<void>();
  let appends = 0;
  const both = Promise.withResolvers<void>();
  const append = () => {
    appends += 1;
    if (appends === 2) both.resolve();
    return durable.promise;
  };
  await using server = await openServer({ append, isFull: () => false });
  const running = [server.send(), server.send()];
  await both.promise;
  expect((await server.send()).statusCode).toBe(503);
  durable.resolve();
  for (const response of await Promise.all(running)) expect(response.statusCode).toBe(200);
  expect((await server.send()).statusCode).toBe(200);
});
