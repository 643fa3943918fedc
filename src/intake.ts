import { join } from 'node:path';
import type { Logger } from 'pino';
import type { CredentialsSource } from './access/credentials-source.ts';
import type { Config } from './config/config.ts';
import { brokerSettings } from './config/mqtt-settings.ts';
import { asError } from './domain/errors.ts';
import type { Clock } from './domain/time.ts';
import { openJournal, type WatchedJournal } from './journal/open-journal.ts';
import { type Broker, openBroker } from './mqtt/broker.ts';
import { openSubscribers, type Subscribers } from './mqtt/subscriber/subscribers.ts';
import { connectionLog } from './workers/connection-log.ts';

export type IntakeOptions = {
  readonly config: Config;
  readonly log: Logger;
  readonly clock: Clock;
  readonly credentials: CredentialsSource | undefined;
  readonly trouble: (part: string) => (error: Error, retryInMs: number) => void;
};

/** What takes in: the journal, and before it the broker and the subscriptions to the brokers of others. */
export type Intake = {
  readonly journal: WatchedJournal;
  readonly broker: Broker;
  readonly subscribers: Subscribers;
} & AsyncDisposable;

/** The data folder must be this process's alone by now: two services would each lose what the other acknowledged. */
export async function openIntake(options: IntakeOptions): Promise<Intake> {
  const { config, log, clock, credentials, trouble } = options;
  await using stack = new AsyncDisposableStack();
  const journal = stack.use(
    await openJournal({
      dir: join(config.dataDir, 'journal'),
      ...config.journal,
      lowShare: config.alerts.service.roomPct / 100,
      log,
    }),
  );
  // Before anybody is heard. Where the disk does not take it, nobody knows of the absence.
  journal.append({ kind: 'start', atMs: clock() }).catch((cause: unknown) => {
    trouble('journal')(asError(cause), 0);
  });
  const broker = stack.use(
    await openBroker({
      ...brokerSettings(config.mqtt),
      ...(credentials && { credentials: credentials.current() }),
      dataDir: config.dataDir,
      journal,
      clock,
      ...connectionLog(log),
    }),
  );
  credentials?.follow(broker.setCredentials);
  const subscribers = stack.use(
    openSubscribers(config.brokers, {
      journal,
      clock,
      onTrouble: trouble,
      onState: (part, connected) =>
        log.info({ part, connected }, `${part} is ${connected ? '' : 'not '}connected`),
    }),
  );
  const running = stack.move();
  return { journal, broker, subscribers, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
