import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isoTime } from '../../src/domain/time.ts';
import { openService, type Service } from '../support/service.ts';
import { openTempDir } from '../support/temp-dir.ts';

type Operation = {
  operationId: string;
  summary: string;
  tags: string[];
  requestBody?: { content: object };
  responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>;
};
type Document = { paths: Record<string, Record<string, Operation>>; components: object };

describe('the API describes itself', () => {
  const stack = new AsyncDisposableStack();
  let service: Service;
  let document: Document;
  beforeAll(async () => {
    const dir = stack.use(await openTempDir());
    service = stack.use(await openService(dir.path));
    document = await service.get<Document>('/openapi.json');
  });
  afterAll(() => stack.disposeAsync());
  const operations = () => Object.values(document.paths).flatMap((path) => Object.values(path));
  const ask = (path: string, options: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${service.app.httpPort}${path}`, options);

  it('each path', () => {
    expect(Object.keys(document.paths).toSorted()).toEqual([
      '/api/v1/alerts',
      '/api/v1/alerts/{id}',
      '/api/v1/alerts/{id}/acknowledge',
      '/api/v1/alerts/{id}/outcome',
      '/api/v1/bill',
      '/api/v1/collection',
      '/api/v1/comfort',
      '/api/v1/comfort/digest',
      '/api/v1/commands',
      '/api/v1/devices',
      '/api/v1/devices/unknown',
      '/api/v1/devices/{device}',
      '/api/v1/forecast',
      '/api/v1/import',
      '/api/v1/ingest/chirpstack',
      '/api/v1/ingest/tts',
      '/api/v1/limits',
      '/api/v1/limits/{id}',
      '/api/v1/load',
      '/api/v1/notifications/dead',
      '/api/v1/notifications/retry',
      '/api/v1/peaks',
      '/api/v1/quarantine',
      '/api/v1/quarantine/counts',
      '/api/v1/quarantine/discard',
      '/api/v1/quarantine/replay',
      '/api/v1/quarantine/{id}',
      '/api/v1/readings',
      '/api/v1/reprocess',
      '/api/v1/silences',
      '/api/v1/silences/{id}',
      '/health',
    ]);
  });

  it('in OpenAPI 3.1 that says nothing of what is not there', async () => {
    const validator = new Validator();
    expect(await validator.validate(structuredClone(document))).toEqual({ valid: true });
    expect(() => validator.resolveRefs()).not.toThrow();
    expect(JSON.stringify(document)).not.toContain('Default Response');
  });

  it('with a name of its own, a group and a sentence for each operation', () => {
    const ids = operations().map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toContain('postAlertsIdAcknowledge');
    for (const { summary, tags } of operations()) {
      expect(summary).not.toBe('');
      expect(tags).toHaveLength(1);
    }
  });

  it('with the media types of bodies and failures', () => {
    const types = (path: string) => Object.keys(document.paths[path]?.post?.requestBody?.content ?? {});
    expect(types('/api/v1/import')).toEqual(['text/csv', 'application/x-ndjson']);
    expect(types('/api/v1/ingest/tts')).toEqual(['application/json']);
    expect(types('/api/v1/limits')).toEqual(['application/json']);
    const failures = operations().flatMap(({ responses }) =>
      Object.entries(responses).filter(([status]) => Number(status) >= 400),
    );
    expect(failures.length).toBeGreaterThan(50);
    for (const [, { content = {} }] of failures)
      expect(Object.keys(content)).toEqual(['application/problem+json']);
  });

  it('as it answers', async () => {
    await service.publish(
      'kvarter/el-b1/up',
      JSON.stringify({ time: isoTime(Date.now() - 60_000), values: { activePowerW: 1200, batteryPct: 1 } }),
    );
    await service.publish('kvarter/nobody/up', '{"values":{"activePowerW":1}}');
    await service.app.settled();
    const silence = {
      scope: { building: 'b1' },
      until: isoTime(Date.now() + 60_000),
      by: 'Anna',
      reason: 'work',
    };
    const limit = { area: 'norrliden', to: silence.until, kW: 20, by: 'Energy AB' };
    const json = { 'content-type': 'application/json' };
    await ask('/api/v1/silences', { method: 'POST', headers: json, body: JSON.stringify(silence) });
    await ask('/api/v1/limits', { method: 'POST', headers: json, body: JSON.stringify(limit) });
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: 'api', components: document.components });
    const seen = new Map<string, number>();
    for (const [path, query] of Object.entries({
      '/health': '',
      '/api/v1/alerts': '',
      '/api/v1/collection': '',
      '/api/v1/comfort': '',
      '/api/v1/commands': '',
      '/api/v1/devices': '',
      '/api/v1/devices/unknown': '',
      '/api/v1/limits': '',
      '/api/v1/load': '?scope=building:b1',
      '/api/v1/notifications/dead': '',
      '/api/v1/peaks': '',
      '/api/v1/quarantine': '',
      '/api/v1/quarantine/counts': '',
      '/api/v1/readings': '',
      '/api/v1/reprocess': '',
      '/api/v1/silences': '',
      '/api/v1/bill': '?scope=building:b2',
      '/api/v1/forecast': '?scope=building:b9',
    })) {
      const answer = await ask(`${path}${query}`);
      const { content = {} } = document.paths[path]?.get?.responses[answer.status] ?? {};
      const [type = ''] = (answer.headers.get('content-type') ?? '').split(';');
      const schema = content[type]?.schema;
      expect(schema, `${path} answers ${answer.status} as ${type}`).toBeDefined();
      const referred = JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"api#/components'));
      const validate = ajv.compile(referred);
      expect(validate(await answer.json()), `${path}: ${ajv.errorsText(validate.errors)}`).toBe(true);
      seen.set(path, answer.status);
    }
    expect(Object.fromEntries(seen)).toMatchObject({
      '/api/v1/alerts': 200,
      '/api/v1/bill': 409,
      '/api/v1/forecast': 404,
      '/api/v1/reprocess': 404,
    });
    expect((await service.get<{ alerts: object[] }>('/api/v1/alerts')).alerts).not.toEqual([]);
  });

  it.each([
    ['PUT', '/api/v1/alerts', 'GET, HEAD'],
    ['GET', '/api/v1/alerts/a/acknowledge', 'POST'],
    ['DELETE', '/api/v1/limits/a/', undefined],
    ['PATCH', '/api/v1/limits/a', 'DELETE, GET, HEAD'],
    ['PUT', '/api/v1/quarantine/replay', 'POST'],
    ['POST', '/api/v1/nothing', undefined],
  ])('and says of %s %s what there is', async (method, path, allow) => {
    const answer = await ask(path, { method });
    expect(answer.status).toBe(allow === undefined ? 404 : 405);
    expect(answer.headers.get('allow')).toBe(allow ?? null);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });

  it('on a page', async () => {
    const page = await ask('/docs');
    expect([page.status, page.headers.get('content-type')]).toEqual([
      200,
      expect.stringContaining('text/html'),
    ]);
  });
});
