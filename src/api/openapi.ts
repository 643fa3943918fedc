import { STATUS_CODES } from 'node:http';
import swagger, { type SwaggerTransform } from '@fastify/swagger';
import docs from '@scalar/fastify-api-reference';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';

const responseSchema = z.looseObject({
  description: z.string(),
  content: z.record(z.string(), z.unknown()).optional(),
});
const operationSchema = z.looseObject({ responses: z.record(z.string(), responseSchema) });
const documentSchema = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()).default({}) }),
});
type Operation = z.infer<typeof operationSchema>;

/** The API, described: OpenAPI 3.1 at `/openapi.json`, and a page that shows it at `/docs`. Before the routes that it describes. */
export async function describeApi(server: FastifyInstance, version: string): Promise<void> {
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'kvarter',
        version,
        description: 'Readings, load and alerts of buildings.',
        license: { name: 'MIT' },
      },
      servers: [{ url: '/' }],
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
    },
    transform: withBody,
    transformObject: jsonSchemaTransformObject,
  });
  let document: object | undefined;
  server.get('/openapi.json', { schema: { hide: true } }, async () => {
    document ??= completed(server.swagger());
    return document;
  });
  await server.register(docs, { routePrefix: '/docs', configuration: { url: '/openapi.json' } });
}

/** A body that is read as bytes has no schema, only the types that it may have. */
const withBody: SwaggerTransform = (route) => {
  const { schema, url } = jsonSchemaTransform(route);
  const isRaw = schema?.consumes !== undefined && schema.body === undefined;
  return { schema: isRaw ? { ...schema, body: { type: 'string', format: 'binary' } } : schema, url };
};

/** Operations have names and groups by their paths, and failures the media type in which they come. */
function completed(document: unknown): object {
  const { paths, components, ...rest } = documentSchema.parse(document);
  const described = Object.fromEntries(
    Object.entries(paths).map(([path, operations]) => [
      path,
      Object.fromEntries(
        Object.entries(operations).map(([method, operation]) => [
          method,
          completedOperation(method, path, operation),
        ]),
      ),
    ]),
  );
  return {
    ...rest,
    paths: described,
    components: { ...components, schemas: usedIn(described, components.schemas) },
  };
}

function completedOperation(method: string, path: string, operation: Operation): object {
  const words = path
    .replace('/api/v1/', '')
    .split(/[^A-Za-z]+/)
    .filter((word) => word !== '');
  const responses = Object.entries(operation.responses).map(([status, { description, content, ...rest }]) => {
    const isFailure = Number(status) >= 400;
    return [
      status,
      {
        ...rest,
        description: isFailure || description === 'Default Response' ? STATUS_CODES[status] : description,
        ...(content && {
          content: isFailure ? { 'application/problem+json': content['application/json'] } : content,
        }),
      },
    ];
  });
  return {
    tags: words.slice(0, 1),
    operationId: [method, ...words.map((word) => word.charAt(0).toUpperCase() + word.slice(1))].join(''),
    ...operation,
    responses: Object.fromEntries(responses),
  };
}

/** Of each schema with a name there is one for what is sent and one for what is answered: those that something refers to. */
function usedIn(paths: object, schemas: Readonly<Record<string, unknown>>): object {
  const used = new Map<string, unknown>();
  const look = (part: unknown) => {
    for (const [, name = ''] of JSON.stringify(part).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      if (used.has(name) || schemas[name] === undefined) continue;
      used.set(name, schemas[name]);
      look(schemas[name]);
    }
  };
  look(paths);
  return Object.fromEntries(used);
}
