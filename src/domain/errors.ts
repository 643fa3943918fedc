/** Every coded failure. `retryable`: the same call may succeed later; a caller backs off and tries again. */
export const errorCodes = {
  'config-invalid': { retryable: false, says: 'a configuration, register, rule or tariff file is wrong' },
  'input-invalid': { retryable: false, says: 'a file given on the command line is wrong' },
  usage: { retryable: false, says: 'the command line is wrong' },
  'port-in-use': { retryable: false, says: 'another process listens on the port' },
  'data-dir-unusable': {
    retryable: false,
    says: 'the data folder cannot be written or is locked by a running kvarter',
  },
  'journal-damaged': { retryable: false, says: 'the journal cannot be read' },
  'state-write-failed': {
    retryable: true,
    says: 'the state database or what the rules know cannot be written',
  },
  'journal-write-failed': { retryable: true, says: 'the journal cannot be written' },
  'store-unavailable': { retryable: true, says: 'the store cannot be reached or is overloaded' },
  'store-misconfigured': { retryable: true, says: 'the store refuses the credentials or has no such bucket' },
  'store-failed': { retryable: false, says: 'the store failed in a way that trying again does not mend' },
  'service-unavailable': {
    retryable: true,
    says: 'the service cannot be reached or does not answer as it should',
  },
  'notify-failed': { retryable: true, says: 'a notification could not be delivered' },
  'notify-refused': { retryable: false, says: 'a receiver refuses a notification for good' },
} as const satisfies Record<string, { retryable: boolean; says: string }>;
export type ErrorCode = keyof typeof errorCodes;

/** What was thrown, which may be anything. */
export function asError(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error(String(cause));
}

/** A failure that a caller can decide on. The message says what, where, and what to do. */
export class KvarterError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  /** For a caller that was told when to come back (HTTP Retry-After), ms. */
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; retryAfterMs?: number } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'KvarterError';
    this.code = code;
    this.retryable = errorCodes[code].retryable;
    this.retryAfterMs = options.retryAfterMs;
  }
}
