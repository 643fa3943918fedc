import type { z } from 'zod';
import { KvarterError } from '../domain/errors.ts';
import type { CommandArguments, CommandContext } from './command.ts';
import { numberOption } from './options.ts';
import {
  createServiceClient,
  type ServiceClient,
  type ServiceRequest,
  serviceUrl,
} from './service-client.ts';

/** For questions that a person waits for: one try. */
export function openClient(context: CommandContext, args: CommandArguments): ServiceClient {
  return createServiceClient({
    url: serviceUrl(context, args),
    patienceMs: 0,
    stop: context.stop,
    onRetry: () => undefined,
  });
}

/** The service's answer; throws `usage` with what it says when it will not have it. */
export async function ask<T>(
  client: ServiceClient,
  request: ServiceRequest,
  schema: z.ZodType<T>,
): Promise<T> {
  const answer = await client.request(request, schema);
  if (answer.ok) return answer.value;
  throw new KvarterError('usage', answer.detail);
}

/** Rows of one answer at most. */
const PAGE = 1000;

/** A list of the service that comes in pages. */
export type Listing<P, R> = {
  readonly path: string;
  readonly query?: URLSearchParams;
  readonly page: z.ZodType<P>;
  readonly rowsOf: (page: P) => readonly R[];
  readonly textOf: (row: R) => string;
};

/** Prints a list, as text or with `--json` a line each, up to `--limit` (100) rows, and says when there are more. Gives their number. */
export async function printList<P extends { readonly next?: string | undefined }, R>(
  context: CommandContext,
  args: CommandArguments,
  { path, query = new URLSearchParams(), page, rowsOf, textOf }: Listing<P, R>,
): Promise<number> {
  const client = openClient(context, args);
  const limit = numberOption(args, 'limit', { min: 1, max: 1e9 }) ?? 100;
  let shown = 0;
  let next: string | undefined;
  do {
    query.set('limit', String(Math.min(limit - shown, PAGE)));
    if (next !== undefined) query.set('next', next);
    const answer = await ask(client, { path: `${path}?${query}` }, page);
    const rows = rowsOf(answer);
    for (const row of rows) context.print(args.values.json ? `${JSON.stringify(row)}\n` : textOf(row));
    shown += rows.length;
    next = answer.next;
  } while (next !== undefined && shown < limit);
  if (next !== undefined) context.complain('There are more: say --limit N.\n');
  return shown;
}
