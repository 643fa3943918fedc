import { expect } from 'vitest';
import {
  connected,
  pingreq,
  pingresp,
  puback,
  pubcomp,
  publish,
  pubrec,
  pubrel,
  suback,
  subscribe,
  subscribed,
  unsuback,
  unsubscribe,
} from '../../support/mqtt-wire.ts';
import { type Clause, refused } from './clause.ts';

/** Sections 3.8 to 3.11: SUBSCRIBE and UNSUBSCRIBE. */
export const chapter3Subscribe: readonly Clause[] = [
  ['3.8.1-1', 'the reserved bits of SUBSCRIBE are 0010', refused('MQTT-3.8.1-1')],
  ['3.8.3-1', 'a topic filter is text', refused('MQTT-3.8.3-1')],
  [
    '3.8.3-2',
    'wildcards are supported, or else refused; here they are',
    async ({ port }) => {
      using peer = await subscribed(port, 'a', [
        ['+/b', 0],
        ['c/#', 0],
      ]);
      peer.send(publish('a/b'), publish('c'), publish('c/d/e'), publish('b'));
      await peer.hears(publish('a/b'), publish('c'), publish('c/d/e'));
      await peer.isQuiet();
    },
  ],
  ['3.8.3-3', 'a SUBSCRIBE has one topic filter at least', refused('MQTT-3.8.3-3')],
  ['3.8.3-4', 'a requested QoS is 0, 1 or 2, its reserved bits 0', refused('MQTT-3.8.3-4')],
  [
    '3.8.4-1',
    'SUBSCRIBE is answered with SUBACK',
    async ({ port }) => {
      using peer = await connected(port, 'a');
      peer.send(subscribe(1, ['t', 0]));
      await peer.hears(suback(1, 0));
    },
  ],
  [
    '3.8.4-2',
    'SUBACK has the id of its SUBSCRIBE',
    async ({ port }) => {
      using peer = await connected(port, 'a');
      peer.send(subscribe(300, ['t', 0]), subscribe(2, ['u', 1]));
      await peer.hears(suback(300, 0), suback(2, 1));
    },
  ],
  [
    '3.8.4-3',
    'a filter that is subscribed to again takes the place of the one before, and gets retained messages again',
    async ({ port }) => {
      using sender = await connected(port, 'sender');
      sender.send(publish('t', { retain: true }), pingreq);
      await sender.hears(pingresp);
      using reader = await subscribed(port, 'reader', [['t', 0]]);
      await reader.hears(publish('t', { retain: true }));
      for (const qos of [2, 2, 1] as const) {
        reader.send(subscribe(5, ['t', qos]));
        await reader.hears(suback(5, qos), publish('t', { retain: true }));
      }
      sender.send(publish('t', { qos: 2, id: 4 }));
      await reader.hears(publish('t', { qos: 1, id: 1 }));
      await reader.isQuiet();
    },
  ],
  [
    '3.8.4-4',
    'several filters in one SUBSCRIBE are handled as if they came one by one',
    async ({ port }) => {
      using peer = await connected(port, 'a');
      peer.send(subscribe(1, ['a', 0], ['b', 1], ['a', 2], ['c/#', 2]));
      await peer.hears(suback(1, 0, 1, 2, 2));
      peer.send(publish('a', { qos: 2, id: 9 }));
      const heard = [await peer.next(), await peer.next()].sort((a, b) => a.length - b.length);
      expect(heard).toEqual([pubrec(9), publish('a', { qos: 2, id: 1 })]);
    },
  ],
  [
    '3.8.4-5',
    'SUBACK has a return code for each filter',
    async ({ port }) => {
      using peer = await connected(port, 'a');
      const filters = Array.from(
        { length: 60 },
        (_, n) => [`t/${n}`, ([0, 1, 2] as const)[n % 3] ?? 0] as const,
      );
      peer.send(subscribe(1, ...filters));
      await peer.hears(suback(1, ...filters.map(([, qos]) => qos)));
    },
  ],
  [
    '3.8.4-6',
    'a message comes with the lower of the QoS that it was published with and the one that was granted',
    async ({ port }) => {
      using sender = await connected(port, 'sender');
      for (const filter of ['t', '+', '#']) {
        for (const granted of [0, 1, 2] as const) {
          using reader = await subscribed(port, 'reader', [[filter, granted]]);
          sender.send(publish('t', { qos: 0 }), publish('t', { qos: 1 }));
          await sender.hears(puback(1));
          sender.send(publish('t', { qos: 2 }));
          await sender.hears(pubrec(1));
          sender.send(pubrel(1));
          await sender.hears(pubcomp(1));
          await reader.hears(
            publish('t', { qos: 0 }),
            publish('t', { qos: granted > 0 ? 1 : 0, id: 1 }),
            publish('t', { qos: granted, id: 2 }),
          );
        }
      }
    },
  ],
  [
    '3.9.3-1',
    'the return codes of SUBACK stand in the order of the filters',
    async ({ port }) => {
      using peer = await connected(port, 'a');
      peer.send(subscribe(1, ['a', 2], ['b', 0], ['c', 1]));
      await peer.hears(suback(1, 2, 0, 1));
    },
  ],
  [
    '3.9.3-2',
    'the return codes of SUBACK are 0, 1, 2 or 128',
    { not: 'every SUBACK above is compared byte by byte' },
  ],
  ['3.10.1-1', 'the reserved bits of UNSUBSCRIBE are 0010', refused('MQTT-3.10.1-1')],
  ['3.10.3-1', 'a topic filter of UNSUBSCRIBE is text', refused('MQTT-3.10.3-1')],
  ['3.10.3-2', 'an UNSUBSCRIBE has one topic filter at least', refused('MQTT-3.10.3-2')],
  [
    '3.10.4-1',
    'a subscription ends when its very filter is named, not one that matches it',
    async ({ port }) => {
      using peer = await subscribed(port, 'a', [
        ['a/b', 0],
        ['a/B', 0],
      ]);
      peer.send(unsubscribe(1, 'a/+', '#', 'a/b '));
      await peer.hears(unsuback(1));
      peer.send(publish('a/b'), publish('a/B'));
      await peer.hears(publish('a/b'), publish('a/B'));
      peer.send(unsubscribe(2, 'a/b'));
      await peer.hears(unsuback(2));
      peer.send(publish('a/b'), publish('a/B'));
      await peer.hears(publish('a/B'));
      await peer.isQuiet();
    },
  ],
  [
    '3.10.4-2',
    'after UNSUBSCRIBE nothing more of that subscription is added',
    async ({ port }) => {
      using peer = await subscribed(port, 'a', [['t', 2]]);
      using sender = await connected(port, 'sender');
      peer.send(unsubscribe(1, 't'));
      await peer.hears(unsuback(1));
      sender.send(publish('t', { qos: 1 }));
      await sender.hears(puback(1));
      await peer.isQuiet();
    },
  ],
  [
    '3.10.4-3',
    'after UNSUBSCRIBE, what was begun of QoS 1 and 2 is brought to its end',
    async ({ port }) => {
      using peer = await subscribed(port, 'a', [['t', 2]]);
      using sender = await connected(port, 'sender');
      sender.send(publish('t', { qos: 2 }));
      await peer.hears(publish('t', { qos: 2, id: 1 }));
      peer.send(unsubscribe(1, 't'));
      await peer.hears(unsuback(1));
      peer.send(pubrec(1));
      await peer.hears(pubrel(1));
      peer.send(pubcomp(1));
      await peer.isQuiet();
    },
  ],
  [
    '3.10.4-4',
    'UNSUBSCRIBE is answered with UNSUBACK of its id',
    async ({ port }) => {
      using peer = await subscribed(port, 'a', [['t', 0]]);
      peer.send(unsubscribe(777, 't'));
      await peer.hears(unsuback(777));
    },
  ],
  [
    '3.10.4-5',
    'UNSUBACK comes even when there was no such subscription',
    async ({ port }) => {
      using peer = await connected(port, 'a');
      peer.send(unsubscribe(1, 'never'));
      await peer.hears(unsuback(1));
    },
  ],
  [
    '3.10.4-6',
    'several filters in one UNSUBSCRIBE are handled as if they came one by one, and so are packets in one go',
    async ({ port }) => {
      using peer = await subscribed(port, 'a', [
        ['a', 0],
        ['b', 0],
        ['c', 0],
      ]);
      peer.send(unsubscribe(1, 'a', 'b', 'a'));
      await peer.hears(unsuback(1));
      peer.send(publish('a'), publish('b'), publish('c'));
      await peer.hears(publish('c'));
      peer.send(unsubscribe(2, 'c'), subscribe(3, ['c', 0]), unsubscribe(4, 'c'), subscribe(5, ['c', 0]));
      await peer.hears(unsuback(2), suback(3, 0), unsuback(4), suback(5, 0));
      peer.send(publish('c'));
      await peer.hears(publish('c'));
    },
  ],
];

/** Sections 4.7 and 4.8: topics, and what happens at an error. */
export const chapter4Topics: readonly Clause[] = [
  ['4.7.1-1', 'a topic name has no wildcards', refused('MQTT-3.3.2-2')],
  ['4.7.1-2', '# is the whole last level of a filter', refused('MQTT-4.7.1-2')],
  ['4.7.1-3', '+ is a whole level of a filter', refused('MQTT-4.7.1-3')],
  [
    '4.7.2-1',
    'a filter that begins with a wildcard does not match topics that begin with $',
    async ({ port }) => {
      using peer = await subscribed(port, 'a', [
        ['#', 0],
        ['+/x', 0],
        ['+/#', 0],
      ]);
      using other = await subscribed(port, 'b', [['$test/#', 0]]);
      peer.send(publish('$test/x'), publish('$test'));
      await other.hears(publish('$test/x'), publish('$test'));
      await peer.isQuiet();
    },
  ],
  ['4.7.3-1', 'topics have one character at least', refused('MQTT-4.7.3-1')],
  ['4.7.3-2', 'topics have no U+0000', refused('MQTT-1.5.3-2')],
  [
    '4.7.3-3',
    'topics have 65,535 bytes at most',
    { not: 'two bytes of length cannot say more; here the bound is mqtt.maxTopicBytes' },
  ],
  [
    '4.7.3-4',
    'topics are compared character by character, without normalisation',
    async ({ port }) => {
      using peer = await subscribed(port, 'a', [['å/x', 0]]);
      peer.send(
        publish('Å/x'),
        publish('a\u030a/x'),
        publish('å/X'),
        publish('/å/x'),
        publish('å/x/'),
        publish('å/x'),
      );
      await peer.hears(publish('å/x'));
      await peer.isQuiet();
    },
  ],
  ['4.8.0-1', 'a breach of the protocol closes the connection', refused('MQTT-4.8.0-1')],
  [
    '4.8.0-2',
    'who cannot deal with a packet for the time being closes its connection',
    { not: 'a test of the broker does: "does not acknowledge what the journal cannot take"' },
  ],
];
