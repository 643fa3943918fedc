import type { Cursor, Journal, JournalRecord } from '../../src/journal/journal.ts';
import { type Broker, type BrokerOptions, openBroker } from '../../src/mqtt/broker.ts';

/** For brokers that find nothing at their start. */
const writeOnly = {
  head: () => '' as Cursor,
  sizeBytes: () => 0,
  read: async function* () {},
};

/** The embedded broker on a free port, with what it journals and what ended badly; its clock stands at 42. */
export async function openTestBroker(
  options: Partial<Omit<BrokerOptions, 'journal'>> & { readonly journal?: Pick<Journal, 'append'> } = {},
): Promise<
  Broker & {
    readonly records: JournalRecord[];
    readonly topics: () => string[];
    readonly problems: string[];
  }
> {
  const records: JournalRecord[] = [];
  const problems: string[] = [];
  const broker = await openBroker({
    host: '127.0.0.1',
    port: 0,
    maxConnections: 1000,
    clock: () => 42,
    onProblem: ({ message }) => problems.push(message),
    ...options,
    journal: {
      ...writeOnly,
      append: async (record) => {
        records.push(record);
      },
      ...options.journal,
    },
  });
  const topics = () => records.map((record) => (record.kind === 'packet' ? record.topic : ''));
  return { ...broker, records, topics, problems };
}
