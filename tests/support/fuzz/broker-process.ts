import { openFileJournal } from '../../../src/journal/file-journal.ts';
import { openBroker } from '../../../src/mqtt/broker.ts';
import { credentialsOf } from '../credentials.ts';
import { mole } from './streams.ts';

/**
 * A broker with a journal in the folder that is given, in a process of its own, which ends by itself when anything is
 * thrown that nobody catches. Asked over IPC, it tells how it is.
 */
export type Answer =
  | { readonly kind: 'open'; readonly port: number }
  | {
      readonly kind: 'state';
      readonly connections: number;
      readonly heapBytes: number;
      readonly rssBytes: number;
    };

const [dir = ''] = process.argv.slice(2);
const journal = await openFileJournal({ dir, segmentBytes: 2 ** 26 });
const broker = await openBroker({
  host: '127.0.0.1',
  port: 0,
  maxConnections: 2000,
  credentials: await credentialsOf({
    [mole]: { subscribe: ['kvarter/mole/#'] },
    bystander: { subscribe: ['kvarter/bystander/#'] },
  }),
  // The streams that are mutated within their CONNECT would else slow down all others from the same address.
  attempts: { freeFailures: 1e9 },
  bounds: { maxTakeoversPerMinute: 100_000 },
  journal,
  clock: Date.now,
  onProblem: () => undefined,
});

const tell = (answer: Answer) => process.send?.(answer);
process.on('message', () => {
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  tell({ kind: 'state', connections: broker.connections(), heapBytes: heapUsed, rssBytes: rss });
});
process.on('disconnect', async () => {
  await broker[Symbol.asyncDispose]();
  await journal[Symbol.asyncDispose]();
  process.exit(0);
});
tell({ kind: 'open', port: broker.port });
