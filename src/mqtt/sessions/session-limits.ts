export type SessionLimits = {
  readonly maxSessions: number;
  /** From the end of its connection to its own. */
  readonly expiryMs: number;
  readonly maxQueuedMessages: number;
  readonly maxQueuedBytes: number;
  /** Of all sessions. */
  readonly maxQueuedTotalBytes: number;
};

export type SessionBound =
  | 'maxSessions'
  | 'sessionExpiryHours'
  | 'maxQueuedMessages'
  | 'maxQueuedKb'
  | 'maxQueuedTotalMb';
