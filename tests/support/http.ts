import type { Service } from './service.ts';

/** POST to a test's service: status and answer. */
export async function post(
  { app }: Service,
  path: string,
  body: string | Buffer | object,
  headers: Record<string, string> = {},
): Promise<{ readonly status: number; readonly answer: Record<string, unknown> }> {
  const isRaw = typeof body === 'string' || Buffer.isBuffer(body);
  const response = await fetch(`http://127.0.0.1:${app.httpPort}${path}`, {
    method: 'POST',
    body: isRaw ? body : JSON.stringify(body),
    headers: isRaw ? headers : { 'content-type': 'application/json', ...headers },
  });
  return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
}
