import { z } from 'zod';
import { isOwnTopic } from '../domain/own-topics.ts';
import { isTopicFilter } from '../domain/topic-filter.ts';
import { integer, number, path } from './fields.ts';

/** MQTT 5, 4.7.1: `#` only as the last level, `+` only as a whole level; and nothing that kvarter writes itself. */
const topicFilter = z
  .string()
  .min(1)
  .max(65_535)
  .refine((filter) => isTopicFilter(filter), {
    error: 'not a topic filter: + stands for one whole level, # for all that follow, at the end only',
  })
  .refine((filter) => !filter.startsWith('$share/'), {
    error: 'name the group with the key share, and the filter here without $share/…',
  })
  .refine((filter) => !isOwnTopic(filter), {
    error: 'kvarter itself publishes there, so it takes nothing in from there: delete this filter',
  });

/** A broker that kvarter subscribes to. Everything secret is in files, which are read anew at each connection. */
const brokerSchema = z
  .strictObject({
    name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,40}$/, {
      error: 'a name is letters, digits, - and _, at most 41 of them',
    }),
    url: z
      .url({ protocol: /^mqtts?$/, error: 'must be mqtt://HOST:PORT or mqtts://HOST:PORT' })
      .refine((url) => !hasCredentials(url), {
        error: 'a secret does not belong in the file: set username and passwordFile beside the url',
      }),
    username: z.string().min(1).optional(),
    passwordFile: path.optional(),
    topics: z.array(topicFilter).min(1),
    share: z
      .string()
      .regex(/^[^/+#]+$/, { error: 'a group name has no / + #' })
      .optional(),
    clientId: z.string().min(1).max(256).optional(),
    sessionExpiryHours: number(0.01, 1_000_000).default(168),
    receiveMaximum: integer(1, 65_535).default(1000),
    caFile: path.optional(),
    certFile: path.optional(),
    keyFile: path.optional(),
  })
  .superRefine((broker, context) => {
    const say = (key: string, message: string) => context.addIssue({ code: 'custom', path: [key], message });
    if (broker.share !== undefined && broker.clientId === undefined) {
      say('clientId', 'kvarters that share a group need different client ids: give this one its own');
    }
    if ((broker.certFile === undefined) !== (broker.keyFile === undefined)) {
      say('certFile', 'certificate and key go together: set certFile and keyFile');
    }
    const tlsKey = (['caFile', 'certFile', 'keyFile'] as const).find((key) => broker[key] !== undefined);
    if (tlsKey !== undefined && broker.url.startsWith('mqtt://')) {
      say(tlsKey, 'only mqtts:// is encrypted: change the url, or delete this key');
    }
  });

export type BrokerConfig = z.infer<typeof brokerSchema>;

export const brokersSchema = z
  .array(brokerSchema)
  .superRefine((brokers, context) => {
    const names = brokers.map(({ name }) => name);
    names.forEach((name, index) => {
      if (names.indexOf(name) < index) {
        context.addIssue({ code: 'custom', path: [index, 'name'], message: `${name} is there twice` });
      }
    });
  })
  .default([]);

/** The keys of a broker that name a file. */
export const brokerFiles = ['passwordFile', 'caFile', 'certFile', 'keyFile'] as const;

function hasCredentials(url: string): boolean {
  const { username, password } = URL.parse(url) ?? { username: '', password: '' };
  return username !== '' || password !== '';
}
