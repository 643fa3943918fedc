import { asError } from '../domain/errors.ts';
import type { Journal } from './journal.ts';

/** The journal as those who append see it, with what went wrong last, until an append succeeds again. */
export function watchAppends(journal: Pick<Journal, 'append'>): Pick<Journal, 'append'> & {
  readonly failure: () => Error | undefined;
} {
  let failure: Error | undefined;
  let newest: Promise<void> | undefined;
  return {
    failure: () => failure,
    append: (record) => {
      const durable = journal.append(record);
      // Looked at once a frame, whose records have one promise.
      if (durable !== newest) {
        newest = durable;
        durable.then(
          () => {
            failure = undefined;
          },
          (cause: unknown) => {
            failure = asError(cause);
          },
        );
      }
      return durable;
    },
  };
}
