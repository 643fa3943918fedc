import type { Worker } from './reader.ts';

type Log = Readonly<Record<'error' | 'warn', (fields: object, message: string) => void>>;

/** What goes wrong in the service's parts, as it is logged and counted. */
export type TroubleLog = {
  /** Something failed and is tried again. */
  readonly trouble: (part: string) => (error: Error, retryInMs: number) => void;
  /** A reader has ended for good. */
  readonly dead: (part: string) => (error: Error) => void;
  readonly death: (part: string) => Error | undefined;
  /** The clock was set by so much, ms. */
  readonly stepped: (steppedMs: number) => void;
  /** How a reader is, for `/health`. */
  readonly health: (part: string, reader: Pick<Worker, 'trouble'>) => { ok: boolean; detail?: string };
};

type Counts = { readonly troubles: (part: string) => void; readonly clockSteps: { inc(): void } };

export function createTroubleLog(log: Log, counts: Counts): TroubleLog {
  const deaths = new Map<string, Error>();
  return {
    trouble: (part) => (error, retryInMs) => {
      counts.troubles(part);
      log.warn({ part, retryInMs, error: error.message }, `${part} is in trouble and tries again`);
    },
    dead: (part) => (error) => {
      deaths.set(part, error);
      log.error(
        { part, err: error },
        `${part} has stopped; what is taken in waits in the journal for a restart`,
      );
    },
    death: (part) => deaths.get(part),
    stepped: (steppedMs) => {
      counts.clockSteps.inc();
      log.warn({ steppedMs }, 'the clock was set; readings without a time of their own follow it');
    },
    health: (part, reader) => {
      const error = deaths.get(part) ?? reader.trouble();
      return error ? { ok: false, detail: error.message } : { ok: true };
    },
  };
}
