import type { z } from 'zod';
import { KvarterError } from '../domain/errors.ts';
import type { CommandArguments, CommandContext } from './command.ts';
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

/** A stranger's bytes must not drive the terminal. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, (letter) => `\\x${letter.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
