import { KvarterError } from '../domain/errors.ts';

export type PostOptions = {
  /** Whom it is, for messages: `the webhook`. */
  readonly who: string;
  /** The setting that is to be looked at when it fails. */
  readonly setting: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** Taken is what was answered with 2xx in time; a redirection is not followed. Rejects with `notify-failed`. */
export async function post(target: URL, options: PostOptions): Promise<void> {
  const { who, setting, timeoutMs, signal, headers, body } = options;
  const answer = await reach(target, who, {
    method: 'POST',
    headers: { ...headers },
    body,
    // Followed, a redirected POST may become a GET, and its 200 would say that nobody was told.
    redirect: 'manual',
    signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])]),
  });
  await answer.body?.cancel();
  if (answer.ok) return;
  const retryAfterMs = retryAfter(answer.headers);
  throw new KvarterError(
    'notify-failed',
    `${who} at ${target.host} answers ${answer.status}: check ${setting} and its receiver`,
    retryAfterMs === undefined ? {} : { retryAfterMs },
  );
}

/** Messages name the host only: the path of a webhook is often its secret. */
async function reach(target: URL, who: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(target, request);
  } catch (cause) {
    const isTimeout = cause instanceof Error && cause.name === 'TimeoutError';
    const reason =
      cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : String(cause);
    throw new KvarterError(
      'notify-failed',
      isTimeout
        ? `${who} at ${target.host} does not answer in time`
        : `${who} at ${target.host} cannot be reached: ${reason}`,
      { cause },
    );
  }
}

/** RFC 9110 section 10.2.3: seconds, or a date, which is compared with the receiver's own clock. */
function retryAfter(headers: Headers): number | undefined {
  const text = headers.get('retry-after')?.trim();
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const waitMs = Date.parse(text) - Date.parse(headers.get('date') ?? '');
  return waitMs > 0 ? waitMs : undefined;
}
