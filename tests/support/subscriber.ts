import { connectAsync, type MqttClient } from 'mqtt';
import { expect } from 'vitest';
import type { JournalRecord } from '../../src/journal/journal.ts';
import {
  openSubscriber,
  type Subscriber,
  type SubscriberOptions,
} from '../../src/mqtt/subscriber/subscriber.ts';
import type { Mosquitto } from './mosquitto.ts';

type Append = (record: JournalRecord) => Promise<void>;
type Watched = Subscriber & {
  /** Payloads as text, in the order in which the journal got them. */
  readonly taken: string[];
  readonly problems: string[];
};

export function subscribeTo(
  { url }: Pick<Mosquitto, 'url'>,
  options: Partial<SubscriberOptions> = {},
  append: Append = async () => undefined,
): Watched {
  const taken: string[] = [];
  const problems: string[] = [];
  const subscriber = openSubscriber({
    name: 'site',
    url,
    clientId: 'kvarter-site',
    topics: ['site/#'],
    sessionExpirySeconds: 3600,
    receiveMaximum: 100,
    clock: () => 42,
    journal: {
      append: (record) => {
        if (record.kind === 'packet') taken.push(Buffer.from(record.payload).toString());
        return append(record);
      },
    },
    onProblem: ({ message }) => problems.push(message),
    onState: () => undefined,
    ...options,
  });
  return { ...subscriber, taken, problems };
}

export const connected = (subscriber: Subscriber) =>
  expect
    .poll(() => [subscriber.connected(), subscriber.trouble()?.message], patience)
    .toEqual([true, undefined]);
export const patience = { timeout: 15_000, interval: 10 };

/** Publishes with the QoS given and ends; resolves when the broker has acknowledged all of it. */
export async function publish(
  { url }: Pick<Mosquitto, 'url'>,
  payloads: readonly string[],
  { qos = 1, topic = 'site/a', retain = false }: { qos?: 0 | 1 | 2; topic?: string; retain?: boolean } = {},
): Promise<void> {
  const client: MqttClient = await connectAsync(url);
  // Of a publisher with more than max_inflight_messages (20) QoS 2 on their way, mosquitto 2.0.11 now and then loses some.
  for (let from = 0; from < payloads.length; from += 10) {
    const some = payloads.slice(from, from + 10);
    await Promise.all(some.map((payload) => client.publishAsync(topic, payload, { qos, retain })));
  }
  await client.endAsync();
}

export const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => String(from + i));
export const byNumber = (texts: readonly string[]) => texts.toSorted((a, b) => Number(a) - Number(b));
