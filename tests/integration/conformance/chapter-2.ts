import { expect } from 'vitest';
import {
  connected,
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
import { bindsClient, type Clause, refused } from './clause.ts';

/** Sections 1.5 and 2: text, and what all packets share. */
export const chapter2: readonly Clause[] = [
  ['1.5.3-1', 'text is well-formed UTF-8, without surrogates', refused('MQTT-1.5.3-1')],
  ['1.5.3-2', 'text has no U+0000', refused('MQTT-1.5.3-2')],
  [
    '1.5.3-3',
    'U+FEFF is a character like any other, wherever it stands',
    async ({ port, topics }) => {
      using peer = await subscribed(port, 'a', [['\ufeffa/\ufeff', 0]]);
      peer.send(publish('\ufeffa/\ufeff'), publish('a/\ufeff'));
      await peer.hears(publish('\ufeffa/\ufeff'));
      await peer.isQuiet();
      expect(topics()).toEqual(['\ufeffa/\ufeff', 'a/\ufeff']);
    },
  ],
  [
    '2.2.2-1',
    'reserved flag bits have the values of the table',
    refused('MQTT-2.2.2-2', 'MQTT-3.6.1-1', 'MQTT-3.8.1-1', 'MQTT-3.10.1-1', 'MQTT-3.14.1-1'),
  ],
  ['2.2.2-2', 'who receives invalid flags closes the connection', refused('MQTT-2.2.2-2')],
  ['2.3.1-1', 'a packet id is not 0', refused('MQTT-2.3.1-1', 'MQTT-2.3.1-6')],
  ['2.3.1-2', 'a client takes an id that is not in use', bindsClient],
  ['2.3.1-3', 'a client repeats a packet with its id', bindsClient],
  [
    '2.3.1-4',
    'a server takes an id that is not in use, and repeats a packet with its id',
    async ({ port }) => {
      using reader = await subscribed(port, 'reader', [['t', 2]]);
      using sender = await connected(port, 'sender');
      for (const [id, qos] of [1, 2, 1, 2].entries()) {
        sender.send(publish('t', { qos: qos === 1 ? 1 : 2, id: id + 1 }));
        await sender.hears(qos === 1 ? puback(id + 1) : pubrec(id + 1));
        if (qos === 2) sender.send(pubrel(id + 1));
        if (qos === 2) await sender.hears(pubcomp(id + 1));
        await reader.hears(publish('t', { qos: qos === 1 ? 1 : 2, id: id + 1 }));
      }
      reader.send(puback(1), pubrec(2));
      await reader.hears(pubrel(2));
      sender.send(publish('t', { qos: 1, id: 9 }));
      await sender.hears(puback(9));
      await reader.hears(publish('t', { qos: 1, id: 5 }));
    },
  ],
  [
    '2.3.1-5',
    'a PUBLISH of QoS 0 has no id',
    async ({ port }) => {
      using peer = await subscribed(port, 'a', [['t', 2]]);
      peer.send(publish('t', { payload: 'payload' }));
      await peer.hears(publish('t', { payload: 'payload' }));
    },
  ],
  [
    '2.3.1-6',
    'PUBACK, PUBREC and PUBREL have the id of the PUBLISH',
    async ({ port }) => {
      using peer = await subscribed(port, 'a', [['t', 2]]);
      peer.send(publish('elsewhere', { qos: 1, id: 513 }), publish('elsewhere', { qos: 2, id: 65_535 }));
      await peer.hears(puback(513), pubrec(65_535));
      peer.send(pubrel(65_535));
      await peer.hears(pubcomp(65_535));
      peer.send(publish('t', { qos: 2, id: 7 }));
      const [first, second] = [await peer.next(), await peer.next()].sort((a, b) => a.length - b.length);
      expect([first, second]).toEqual([pubrec(7), publish('t', { qos: 2, id: 1 })]);
      peer.send(pubrec(1));
      await peer.hears(pubrel(1));
    },
  ],
  [
    '2.3.1-7',
    'SUBACK and UNSUBACK have the id of what they answer',
    async ({ port }) => {
      using peer = await connected(port, 'a');
      peer.send(subscribe(770, ['t', 1]));
      await peer.hears(suback(770, 1));
      peer.send(unsubscribe(65_535, 't'));
      await peer.hears(unsuback(65_535));
    },
  ],
];
