import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
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
  .describe('Problem details (RFC 9457)');

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
  404: 'Not found',
  409: 'Conflict',
};

/** Every failure of every route leaves as problem details. */
export function answerProblems(server: FastifyInstance, onFailure: (error: Error) => void): void {
  server.setErrorHandler<FastifyError>((error, request, reply) => {
    const problem = problemOf(error);
    if (problem.status >= 500) onFailure(error);
    return send(reply, request.url, problem);
  });
  server.setNotFoundHandler((request, reply) =>
    send(reply, request.url, {
      title: 'Not found',
      status: 404,
      detail: `There is no ${request.method} ${request.url.split('?', 1)[0]}: see /docs for what there is.`,
    }),
  );
}

function problemOf(error: FastifyError): Problem {
  if (hasZodFastifySchemaValidationErrors(error)) {
    const problems = error.validation.map(({ instancePath, keyword, params, message = 'is not valid' }) => ({
      path: instancePath.replace(/^\//, '').replaceAll('/', '.'),
      message: plainMessage({ ...params, code: keyword, message }),
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

function send(reply: FastifyReply, instance: string, problem: Problem) {
  return reply
    .status(problem.status)
    .type('application/problem+json')
    .send({ type: 'about:blank', ...problem, instance });
}
