import { KvarterError } from '../domain/errors.ts';

/** SQLite's result codes for a file that cannot be written now, as with a full or failing disk (sqlite.org/rescode.html). */
const DISK_CODES = new Set([8, 10, 13, 14]); // READONLY, IOERR, FULL, CANTOPEN

/** The state database cannot be written now: that passes when the disk is well again. Undefined: something else failed. */
export function diskFailure(cause: unknown): KvarterError | undefined {
  if (!(cause instanceof Error) || !('errcode' in cause) || typeof cause.errcode !== 'number')
    return undefined;
  // The lowest byte is the kind, what is above says more of it.
  if (!DISK_CODES.has(cause.errcode & 0xff)) return undefined;
  return new KvarterError('state-write-failed', `state.db cannot be written: ${cause.message}`, { cause });
}
