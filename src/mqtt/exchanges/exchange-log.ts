import { asError } from '../../domain/errors.ts';
import type { Checkpoints } from '../../journal/checkpoints.ts';
import type { Cursor, Journal } from '../../journal/journal.ts';
import { createExchanges, type Exchanges, type ExchangesOptions } from './exchanges.ts';
import { exchangesText, foldExchange, type OpenExchanges, parseExchanges } from './open-exchanges.ts';

export type ExchangeLog = {
  readonly exchanges: Exchanges;
  /** From here on the journal is needed to know again what is open. */
  readonly place: () => Cursor | undefined;
} & AsyncDisposable;

export type ExchangeLogOptions = Pick<ExchangesOptions, 'limits' | 'wasForwarded' | 'onOver'> & {
  readonly journal: Pick<Journal, 'append' | 'read' | 'head' | 'sizeBytes'>;
  readonly checkpoints: Checkpoints;
  /** A checkpoint could not be saved; the next one is tried in time. */
  readonly onProblem: (error: Error) => void;
};

const READER = 'exchanges';
/**
 * The journal behind the last checkpoint is read at the start: seconds of full load, which take tenths of a second to read.
 */
const CHECKPOINT_MS = 5000;

/** The QoS 2 exchanges that were open when the service ended, however it ended, and a checkpoint of them now and then. */
export async function openExchangeLog(options: ExchangeLogOptions): Promise<ExchangeLog> {
  const { journal, checkpoints, onProblem } = options;
  const exchanges = createExchanges({ ...options, known: await openAtHead(journal, checkpoints) });
  let place: Cursor | undefined;
  /*
   * Called in macrotasks only, never from a promise's callback. The journal moves its head, resolves the appends of that
   * frame, and their callbacks change the exchanges, all in the microtasks of one macrotask: between macrotasks the
   * exchanges that are marked durable are exactly those that the journal holds open before its head.
   */
  const save = () => {
    const head = journal.head();
    if (head === place) return;
    try {
      checkpoints.save(READER, head, exchangesText(exchanges.durable()));
      place = head;
    } catch (cause) {
      onProblem(asError(cause));
    }
  };
  const saved = () =>
    new Promise<void>((resolve) => {
      setImmediate(() => {
        save();
        resolve();
      });
    });
  await saved();
  const timer = setInterval(save, CHECKPOINT_MS).unref();
  return {
    exchanges,
    place: () => place,
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      await saved();
    },
  };
}

async function openAtHead(
  journal: Pick<Journal, 'read' | 'head' | 'sizeBytes'>,
  checkpoints: Checkpoints,
): Promise<OpenExchanges> {
  const checkpoint = checkpoints.load(READER);
  const open =
    checkpoint?.snapshot === undefined ? new Map<string, Set<number>>() : parseExchanges(checkpoint.snapshot);
  const head = journal.head();
  // Nothing is behind it, and a reader would wait for what comes.
  if (journal.sizeBytes() === 0 || (checkpoint && checkpoint.cursor >= head)) return open;
  const { signal } = new AbortController();
  for await (const { records, next } of journal.read(checkpoint?.cursor, signal)) {
    for (const record of records) foldExchange(open, record);
    if (next >= head) break;
  }
  return open;
}
