import Fastify from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { describe, expect, it } from 'vitest';
import { answerProblems } from '../../../src/api/problem.ts';
import { webhookRoutes } from '../../../src/api/webhooks.ts';
import type { Packet } from '../../../src/ingest/ingest.ts';
import type { Intake } from '../../../src/ingest/intake.ts';

const SECRET = 'a secret of a test';
const right = { authorization: `Bearer ${SECRET}` };
const up = JSON.stringify({
  time: '2026-01-15T07:15:00Z',
  deviceInfo: { applicationId: 'app-1', devEui: '70b3d50000000a01' },
  object: { temperature: 21.5 },
});
const message = JSON.stringify({
  end_device_ids: { device_id: 'bin-7', application_ids: { application_id: 'housing' } },
  uplink_message: { decoded_payload: { temperature: 21.5 } },
});

async function openServer(journal: Partial<Intake> = {}, secret: string | undefined = SECRET) {
  const packets: Packet[] = [];
  const server = Fastify();
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  answerProblems(server, () => undefined);
  const append: Intake['append'] = async (record) => {
    if (record.kind === 'packet') packets.push(record);
  };
  await server.register(
    webhookRoutes({
      journal: { append, isFull: () => false, ...journal },
      clock: () => 1000,
      secret,
      maxBytes: 1024,
    }),
  );
  const send = (url: string, body: string | Buffer, headers: Record<string, string> = right) =>
    server.inject({ method: 'POST', url: `/api/v1/ingest/${url}`, headers, body });
  return { send, packets, [Symbol.asyncDispose]: () => server.close() };
}

describe('what a network server posts', () => {
  it.each([
    ['chirpstack?event=up', up, 'application/app-1/device/70b3d50000000a01/event/up'],
    ['chirpstack?event=status', up, 'application/app-1/device/70b3d50000000a01/event/status'],
    ['tts', message, 'v3/housing/devices/bin-7/up'],
    ['tts', message.replace('uplink_message', 'join_accept'), 'v3/housing/devices/bin-7/join'],
    ['tts', message.replace('uplink_message', 'downlink_ack'), 'v3/housing/devices/bin-7/down/ack'],
    ['tts', message.replace('uplink_message', 'brand_new'), 'v3/housing/devices/bin-7/other'],
  ])(
    'to %s is journaled byte for byte as the packet that it would have published: case %#',
    async (url, body, topic) => {
      await using server = await openServer();
      const { statusCode, payload } = await server.send(url, body, {
        ...right,
        'content-type': 'application/json',
      });
      expect([statusCode, payload]).toEqual([204, '']);
      expect(server.packets).toEqual([
        { kind: 'packet', topic, payload: Buffer.from(body), receivedAtMs: 1000 },
      ]);
    },
  );

  it('is answered only when the journal has it', async () => {
    const durable = Promise.withResolvers<void>();
    const appended = Promise.withResolvers<void>();
    const append = () => {
      appended.resolve();
      return durable.promise;
    };
    await using server = await openServer({ append });
    let isAnswered = false;
    const answer = server.send('tts', message).then((response) => {
      isAnswered = true;
      return response;
    });
    await appended.promise;
    expect(isAnswered).toBe(false);
    durable.resolve();
    expect((await answer).statusCode).toBe(204);
  });

  it('is to be sent again when the journal is full', async () => {
    await using server = await openServer({ isFull: () => true });
    expect((await server.send('tts', message)).statusCode).toBe(503);
    expect(server.packets).toEqual([]);
  });

  it.each([
    ['chirpstack?event=up', 'not JSON', /JSON object.*payload encoding JSON/],
    ['chirpstack?event=up', '[]', /JSON object/],
    ['chirpstack?event=up', '{}', /deviceInfo\.devEui/],
    ['chirpstack', up, /\?event=up/],
    ['chirpstack?event=../up', up, /event/],
    ['chirpstack?event=up', up.replace('app-1', 'a/+/#'), /make no topic/],
    ['chirpstack?event=up', up.replace('app-1', 'a'.repeat(600)), /make no topic/],
    ['tts', '{"uplink_message":{}}', /end_device_ids\.device_id/],
    ['tts', '', /body is missing/],
  ])(
    'to %s is refused when it names no device, and says what is missing: case %#',
    async (url, body, detail) => {
      await using server = await openServer();
      const response = await server.send(url, body);
      expect(response.statusCode).toBe(400);
      expect(response.headers['content-type']).toContain('application/problem+json');
      expect(response.json().detail).toMatch(detail);
      expect(server.packets).toEqual([]);
    },
  );

  it('is refused when it is too large', async () => {
    await using server = await openServer();
    const response = await server.send('tts', 'x'.repeat(1025));
    expect(response.statusCode).toBe(413);
    expect(response.json().detail).toContain('http.ingest.maxKb');
  });
});

describe('a network server without the secret is not let in', () => {
  it.each([
    ['no header', {}],
    ['another secret', { authorization: 'Bearer another secret' }],
    ['a part of it', { authorization: `Bearer ${SECRET.slice(0, -1)}` }],
    ['more than it', { authorization: `Bearer ${SECRET}!` }],
    ['another way', { authorization: `Basic ${SECRET}` }],
    ['nothing but the secret', { authorization: SECRET }],
  ])('%s', async (_says, headers) => {
    await using server = await openServer();
    const response = await server.send('tts', message, headers);
    expect(response.statusCode).toBe(401);
    expect(response.headers['www-authenticate']).toBe('Bearer');
    expect(response.json()).toMatchObject({ title: 'Unauthorized', status: 401 });
    expect(server.packets).toEqual([]);
  });

  it('and nobody is while there is none', async () => {
    const server = Fastify();
    server.setValidatorCompiler(validatorCompiler);
    server.setSerializerCompiler(serializerCompiler);
    answerProblems(server, () => undefined);
    const journal: Intake = { append: async () => undefined, isFull: () => false };
    await server.register(webhookRoutes({ journal, clock: () => 0, secret: undefined, maxBytes: 1024 }));
    for (const authorization of ['Bearer undefined', 'Bearer ', '']) {
      const response = await server.inject({
        method: 'POST',
        url: '/api/v1/ingest/tts',
        headers: { authorization },
        body: message,
      });
      expect(response.statusCode).toBe(401);
      expect(response.json().detail).toContain('http.ingest.secretFile');
    }
    await server.close();
  });

  it('but the scheme may be written in any case', async () => {
    await using server = await openServer();
    expect((await server.send('tts', message, { authorization: `bearer  ${SECRET}` })).statusCode).toBe(204);
  });
});
