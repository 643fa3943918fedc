import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { asError } from '../../domain/errors.ts';
import { inTransaction } from '../../domain/transaction.ts';

type Write = { readonly statement: StatementSync; readonly values: readonly SQLInputValue[] };

export type TurnWriterOptions = {
  readonly db: DatabaseSync;
  /** Writes all there is to an empty database. */
  readonly writeAll: (write: (statement: StatementSync, ...values: SQLInputValue[]) => void) => void;
  readonly clear: () => void;
  /** Told once when writing fails, and of what comes after it has worked again. */
  readonly onProblem: (error: Error) => void;
};

const RETRY_MS = 1000;

/**
 * Writes to SQLite what changed in memory: all of one turn of the event loop in one transaction, because a transaction
 * costs as much as many rows.
 *
 * Memory is the truth. When a write fails (the disk is full), what was to be written is let go, and once a second all
 * there is is tried to be written anew: what waits does not grow, and nothing is written to half of a state.
 */
export class TurnWriter implements Disposable {
  readonly #options: TurnWriterOptions;
  #writes: Write[] = [];
  #flushed: PromiseWithResolvers<void> | undefined;
  #retry: NodeJS.Timeout | undefined;

  constructor(options: TurnWriterOptions) {
    this.#options = options;
  }

  add(statement: StatementSync, ...values: SQLInputValue[]): void {
    if (this.#retry) return;
    this.#writes.push({ statement, values });
    this.#schedule();
  }

  /** Resolves when all that was added is committed, or has failed and been told. */
  async flushed(): Promise<void> {
    await this.#flushed?.promise;
  }

  #schedule(): void {
    if (this.#flushed) return;
    this.#flushed = Promise.withResolvers();
    setImmediate(() => this.flush());
  }

  flush(): void {
    const writes = this.#writes;
    const flushed = this.#flushed;
    this.#writes = [];
    this.#flushed = undefined;
    if (writes.length > 0) {
      try {
        inTransaction(this.#options.db, () => {
          for (const { statement, values } of writes) statement.run(...values);
        });
      } catch (cause) {
        this.#options.onProblem(asError(cause));
        this.#retry = setTimeout(() => this.#writeAll(), RETRY_MS).unref();
      }
    }
    flushed?.resolve();
  }

  #writeAll(): void {
    const { db, clear, writeAll } = this.#options;
    try {
      inTransaction(db, () => {
        clear();
        writeAll((statement, ...values) => statement.run(...values));
      });
      this.#retry = undefined;
    } catch {
      this.#retry = setTimeout(() => this.#writeAll(), RETRY_MS).unref();
    }
  }

  [Symbol.dispose](): void {
    this.flush();
    if (!this.#retry) return;
    clearTimeout(this.#retry);
    this.#writeAll();
    clearTimeout(this.#retry);
  }
}
