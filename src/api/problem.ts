import type { FastifyError, FastifyInstance, FastifyReply, FastifySchema } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { KvarterError } from '../domain/errors.ts';
import { plainMessage } from '../domain/plain-message.ts';

/** An error answer in the form of RFC 9457; `detail` says what to do. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    problems: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem', description: 'Problem details (RFC 9457)' });

type Problem = Omit<z.infer<typeof problemSchema>, 'type' | 'instance'>;

/** A request that asks for something that cannot be: status and what to do instead. */
export class RequestProblem extends Error {
  readonly status: number;
  readonly problems: Problem['problems'];
  constructor(status: number, message: string, problems?: NonNullable<Problem['problems']>) {
    super(message);
    this.status = status;
    this.problems = problems;
  }
}

const titles: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not found',
  409: 'Conflict',
};

/** Every failure of every route leaves as problem details. */
export function answerProblems(server: FastifyInstance, onFailure: (error: Error) => void): void {
  server.setErrorHandler<FastifyError>((error, request, reply) => {
    const problem = problemOf(error, request.routeOptions.schema);
    if (problem.status >= 500) onFailure(error);
    return send(reply, request.url, problem);
  });
  const methodsOf = watchMethods(server);
  server.setNotFoundHandler(({ method, url }, reply) => {
    const [path = ''] = url.split('?', 1);
    const methods = methodsOf(path);
    if (methods.length === 0) {
      const detail = `There is no ${method} ${path}: see /docs for what there is.`;
      return send(reply, url, { title: 'Not found', status: 404, detail });
    }
    const allow = methods.join(', ');
    const detail = `${path} takes no ${method}, only ${allow}: see /docs.`;
    return send(reply.header('allow', allow), url, { title: 'Method not allowed', status: 405, detail });
  });
}

/** Which methods a path takes, by the routes that are added from now on: by its own, before those of any name. */
function watchMethods(server: FastifyInstance): (path: string) => readonly string[] {
  const routes: { readonly parts: readonly string[]; readonly methods: readonly string[] }[] = [];
  server.addHook('onRoute', ({ url, method }) => {
    routes.push({ parts: url.split('/'), methods: [method].flat() });
  });
  return (path) => {
    const asked = path.split('/');
    const fitting = (isPart: (part: string, asked: string | undefined) => boolean) =>
      routes.filter(
        ({ parts }) => parts.length === asked.length && parts.every((part, i) => isPart(part, asked[i])),
      );
    const own = fitting((part, name) => part === name);
    const fits = own.length > 0 ? own : fitting((part, name) => part === name || part.startsWith(':'));
    return [...new Set(fits.flatMap(({ methods }) => methods))].toSorted();
  };
}

function problemOf(error: FastifyError, schema: FastifySchema = {}): Problem {
  if (hasZodFastifySchemaValidationErrors(error)) {
    const asked = schema[error.validationContext === 'body' ? 'body' : 'querystring'];
    const problems = error.validation.map(({ instancePath, keyword, params, message = 'is not valid' }) => ({
      path: instancePath.replace(/^\//, '').replaceAll('/', '.'),
      message:
        (instancePath === '/' ? unknownKeys(params, asked) : undefined) ??
        plainMessage({ ...params, code: keyword, message }),
    }));
    return {
      title: 'Bad request',
      status: 400,
      detail: problems.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; '),
      problems,
    };
  }
  if (error instanceof RequestProblem) {
    return {
      title: titles[error.status] ?? 'Bad request',
      status: error.status,
      detail: error.message,
      ...(error.problems === undefined ? {} : { problems: error.problems }),
    };
  }
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return {
      title: 'Content too large',
      status: 413,
      detail:
        'The body is larger than is taken at once: send it in parts; an import may raise http.importMaxMb, a webhook http.ingest.maxKb.',
    };
  }
  if (error instanceof KvarterError && error.retryable) {
    return { title: 'Try again later', status: 503, detail: error.message };
  }
  if (error.statusCode !== undefined && error.statusCode < 500) {
    return { title: 'Bad request', status: error.statusCode, detail: error.message };
  }
  return {
    title: 'Internal error',
    status: 500,
    detail: 'Something failed that should not; the service has logged it.',
  };
}

/** Names that a request should not have, and those that it may. */
function unknownKeys({ keys }: Readonly<Record<string, unknown>>, asked: unknown): string | undefined {
  if (!Array.isArray(keys) || !(asked instanceof z.ZodObject)) return undefined;
  const known = Object.keys(asked.shape);
  const names = keys.map((key) => JSON.stringify(key)).join(', ');
  const are = `${names} ${keys.length === 1 ? 'is' : 'are'} not known here`;
  return known.length === 0 ? are : `${are}, but ${known.join(', ')}`;
}

function send(reply: FastifyReply, instance: string, problem: Problem) {
  return reply
    .status(problem.status)
    .type('application/problem+json')
    .send({ type: 'about:blank', ...problem, instance });
}
