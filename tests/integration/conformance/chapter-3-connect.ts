import { expect } from 'vitest';
import { openTestBroker } from '../../support/broker.ts';
import {
  connack,
  connected,
  dial,
  disconnect,
  pingreq,
  puback,
  publish,
  subscribe,
  subscribed,
} from '../../support/mqtt-wire.ts';
import { connect, packet, text } from '../../unit/mqtt/guard-bytes.ts';
import { bindsClient, both, type Clause, refused, type Shown } from './clause.ts';

const WILL = 0x04;
const WILL_QOS_1 = 0x08;
const WILL_RETAIN = 0x20;
const CLEAN = 0x02;
const willing = (flags: number) => connect([text('willing'), text('will'), text('gone')], { flags });

/** A client with this will vanishes; what a subscriber of QoS 2 then hears. */
function willIs(flags: number, heard: Buffer): Shown {
  return async ({ port }) => {
    using reader = await subscribed(port, 'reader', [['will', 2]]);
    using peer = dial(port);
    peer.send(willing(flags));
    await peer.hears(connack());
    await peer.vanish();
    await reader.hears(heard);
  };
}

const resumes: Shown = async ({ port }) => {
  using first = await subscribed(port, 'kept', [['t', 1]], { kept: true });
  await first.leave();
  using second = await connected(port, 'kept', { kept: true, present: 1 });
  second.send(publish('t', { qos: 1, id: 3 }));
  const both = [await second.next(), await second.next()].sort((a, b) => a.length - b.length);
  expect(both[0]).toEqual(puback(3));
  expect(both[1]?.subarray(0, 5)).toEqual(publish('t', { qos: 1 }).subarray(0, 5));
};

const forgets: Shown = async ({ port }) => {
  using first = await subscribed(port, 'clean', [['t', 1]], { kept: true });
  await first.leave();
  using second = await connected(port, 'clean');
  second.send(publish('t', { qos: 1, id: 3 }));
  await second.hears(puback(3));
  await second.isQuiet();
  await second.leave();
  using third = await connected(port, 'clean', { kept: true });
  await third.isQuiet();
};

const sessionWithoutSubscriptions: Shown = async ({ port }) => {
  using first = await connected(port, 'empty', { kept: true });
  await first.leave();
  using second = await connected(port, 'empty', { kept: true, present: 1 });
  await second.isQuiet();
};

const rejects: Shown = async () => {
  await using broker = await openTestBroker({ account: { username: 'user', password: 'right' } });
  using peer = dial(broker.port);
  peer.send(connect([text('a'), text('user'), text('wrong')], { flags: 0xc2 }));
  await peer.hears(connack(4));
  await peer.isClosed();
};

/** Section 3.1 and 3.2: CONNECT and CONNACK. */
export const chapter3Connect: readonly Clause[] = [
  ['3.1.0-1', 'the first packet of a client is CONNECT', refused('MQTT-3.1.0-1')],
  ['3.1.0-2', 'a second CONNECT closes the connection', refused('MQTT-3.1.0-2')],
  ['3.1.2-1', 'what names another protocol is not served as MQTT 3.1.1', refused('MQTT-3.1.2-1')],
  ['3.1.2-2', 'an unknown level is answered with return code 1, and closed', refused('MQTT-3.1.2-2')],
  ['3.1.2-3', 'the reserved connect flag is 0', refused('MQTT-3.1.2-3')],
  ['3.1.2-4', 'without a clean session, the one that is kept goes on', resumes],
  [
    '3.1.2-5',
    'a kept session gets what was published of QoS 1 and 2 while its client was away',
    async ({ port }) => {
      using reader = await subscribed(
        port,
        'kept',
        [
          ['one', 1],
          ['two', 2],
        ],
        { kept: true },
      );
      await reader.leave();
      using sender = await connected(port, 'sender');
      sender.send(
        publish('one', { qos: 1, id: 1, payload: '1' }),
        publish('two', { qos: 2, id: 2, payload: '2' }),
      );
      await sender.next();
      await sender.next();
      using again = await connected(port, 'kept', { kept: true, present: 1 });
      const heard = [await again.next(), await again.next()].sort((a, b) => Buffer.compare(a, b));
      const withoutId = heard.map((each) => Buffer.concat([each.subarray(0, 7), each.subarray(9)]));
      expect(withoutId).toEqual([
        Buffer.concat([Buffer.from([0x32, 8]), text('one'), Buffer.from('1')]),
        Buffer.concat([Buffer.from([0x34, 8]), text('two'), Buffer.from('2')]),
      ]);
    },
  ],
  ['3.1.2-6', 'a clean session begins new and leaves nothing', forgets],
  [
    '3.1.2-7',
    'retained messages outlive the session that published them',
    async ({ port }) => {
      using sender = await connected(port, 'sender');
      sender.send(publish('t', { retain: true }));
      await sender.leave();
      using reader = await subscribed(port, 'reader', [['t', 0]]);
      await reader.hears(publish('t', { retain: true }));
    },
  ],
  [
    '3.1.2-8',
    'a will is published when its client is gone without DISCONNECT',
    willIs(WILL | CLEAN, publish('will', { payload: 'gone' })),
  ],
  [
    '3.1.2-9',
    'the will flag announces topic, message, QoS and retain',
    both(
      refused('MQTT-3.1.2-9'),
      willIs(WILL | WILL_QOS_1 | CLEAN, publish('will', { qos: 1, payload: 'gone' })),
    ),
  ],
  [
    '3.1.2-10',
    'a will is gone once it is published, or its client said DISCONNECT',
    async ({ port }) => {
      using reader = await subscribed(port, 'reader', [['will', 0]]);
      using first = dial(port);
      first.send(willing(WILL | CLEAN));
      await first.hears(connack());
      await first.vanish();
      await reader.hears(publish('will', { payload: 'gone' }));
      using second = await connected(port, 'willing');
      await second.vanish();
      using third = dial(port);
      third.send(willing(WILL | CLEAN));
      await third.hears(connack());
      await third.leave();
      await reader.isQuiet();
    },
  ],
  [
    '3.1.2-11',
    'without the will flag there are no will fields',
    refused('MQTT-3.1.2-13', 'MQTT-3.1.2-15', 'MQTT-4.8.0-1'),
  ],
  [
    '3.1.2-12',
    'without the will flag nothing is published',
    async ({ port, topics }) => {
      using reader = await subscribed(port, 'reader', [['#', 0]]);
      using peer = await connected(port, 'a');
      await peer.vanish();
      await reader.isQuiet();
      expect(topics()).toEqual([]);
    },
  ],
  ['3.1.2-13', 'without the will flag, will QoS is 0', refused('MQTT-3.1.2-13')],
  ['3.1.2-14', 'will QoS is not 3', refused('MQTT-3.1.2-14')],
  ['3.1.2-15', 'without the will flag, will retain is 0', refused('MQTT-3.1.2-15')],
  [
    '3.1.2-16',
    'without will retain, the will is not retained',
    async (broker) => {
      await willIs(WILL | CLEAN, publish('will', { payload: 'gone' }))(broker);
      using late = await subscribed(broker.port, 'late', [['will', 0]]);
      await late.isQuiet();
    },
  ],
  [
    '3.1.2-17',
    'with will retain, the will is retained',
    async (broker) => {
      await willIs(WILL | WILL_RETAIN | CLEAN, publish('will', { payload: 'gone' }))(broker);
      using late = await subscribed(broker.port, 'late', [['will', 0]]);
      await late.hears(publish('will', { payload: 'gone', retain: true }));
    },
  ],
  ['3.1.2-18', 'without its flag there is no user name', refused('MQTT-4.8.0-1')],
  ['3.1.2-19', 'the user name flag announces a user name', refused('MQTT-3.1.2-19')],
  ['3.1.2-20', 'without its flag there is no password', refused('MQTT-4.8.0-1')],
  ['3.1.2-21', 'the password flag announces a password', refused('MQTT-3.1.2-21')],
  ['3.1.2-22', 'no password without a user name', refused('MQTT-3.1.2-22')],
  ['3.1.2-23', 'a client sends something within its keep-alive', bindsClient],
  [
    '3.1.2-24',
    'a client that is silent for 1.5 × its keep-alive is disconnected, and not before',
    async ({ port }) => {
      using peer = dial(port);
      peer.send(connect([text('a')], { keepAliveSeconds: 1 }));
      await peer.hears(connack());
      const beganMs = performance.now();
      await peer.isClosed();
      // Timers of Node may fire a millisecond early.
      expect(performance.now() - beganMs).toBeGreaterThan(1490);
    },
  ],
  [
    '3.1.3-1',
    'the payload has client id, will topic, will message, user name, password, in this order',
    async () => {
      await using broker = await openTestBroker({ account: { username: 'user', password: 'right' } });
      using peer = dial(broker.port);
      peer.send(
        connect(
          ['id', 'will', 'gone', 'user', 'right'].map((each) => text(each)),
          { flags: 0xc6 },
        ),
      );
      await peer.hears(connack());
      await peer.vanish();
      await expect.poll(broker.topics).toEqual(['will']);
    },
  ],
  [
    '3.1.3-2',
    'the client id names the session',
    async ({ port }) => {
      using one = await subscribed(port, 'one', [['t', 1]], { kept: true });
      await one.leave();
      using other = await connected(port, 'other', { kept: true });
      await other.isQuiet();
    },
  ],
  ['3.1.3-3', 'the client id is there, first', refused('MQTT-3.1.3-3')],
  [
    '3.1.3-4',
    'the client id is text',
    both(refused('MQTT-1.5.3-1', 'MQTT-1.5.3-2'), async ({ port }) => {
      using peer = await connected(port, 'mätare-å-\u{2a6d4}');
      await peer.isQuiet();
    }),
  ],
  [
    '3.1.3-5',
    'client ids of 1 to 23 letters and digits are taken; here longer ones too',
    async ({ port }) => {
      for (const id of [
        'a',
        '0123456789abcdefghijklm',
        'nopqrstuvwxyzABCDEFGHIJ',
        'KLMNOPQRSTUVWXYZ',
        'x'.repeat(1000),
      ]) {
        using peer = await connected(port, id);
        await peer.isQuiet();
      }
    },
  ],
  [
    '3.1.3-6',
    'an empty client id is taken, and made unique',
    async ({ port, connections }) => {
      using one = await connected(port, '');
      using other = await connected(port, '');
      await one.isQuiet();
      await other.isQuiet();
      expect(connections()).toBe(2);
    },
  ],
  ['3.1.3-7', 'an empty client id comes with a clean session', refused('MQTT-3.1.3-8')],
  [
    '3.1.3-8',
    'an empty client id without a clean session is answered with return code 2, and closed',
    refused('MQTT-3.1.3-8'),
  ],
  [
    '3.1.3-9',
    'a client id that is rejected is answered with return code 2, and closed',
    refused('MQTT-3.1.3-8'),
  ],
  [
    '3.1.3-10',
    'the will topic is text',
    async ({ port }) => {
      for (const topic of [[0xff], [0x61, 0], [0xed, 0xa0, 0x80]]) {
        using peer = dial(port);
        peer.send(connect([text('a'), text(topic), text('m')], { flags: WILL | CLEAN }));
        await peer.isClosed();
      }
    },
  ],
  [
    '3.1.3-11',
    'the user name is text',
    async ({ port }) => {
      for (const name of [[0xff], [0x61, 0], [0xed, 0xa0, 0x80]]) {
        using peer = dial(port);
        peer.send(connect([text('a'), text(name)], { flags: 0x82 }));
        await peer.isClosed();
      }
    },
  ],
  [
    '3.1.4-1',
    'a CONNECT that does not conform is closed without CONNACK',
    refused('MQTT-3.1.2-3', 'MQTT-3.1.3-3', 'MQTT-3.1.2-22'),
  ],
  [
    '3.1.4-2',
    'a client is disconnected when another comes with its id',
    async ({ port, connections }) => {
      using one = await connected(port, 'same');
      using other = await connected(port, 'same');
      await one.isClosed();
      await other.isQuiet();
      expect(connections()).toBe(1);
    },
  ],
  ['3.1.4-3', 'the clean session flag is heeded', both(resumes, forgets)],
  [
    '3.1.4-4',
    'a CONNECT is answered with return code 0',
    async ({ port }) => {
      using peer = await connected(port, 'a');
      await peer.isQuiet();
    },
  ],
  [
    '3.1.4-5',
    'nothing is done that comes behind a CONNECT that is rejected',
    async () => {
      await using broker = await openTestBroker({ account: { username: 'user', password: 'right' } });
      using peer = dial(broker.port);
      peer.send(connect([text('a')]), publish('t', { qos: 1 }), subscribe(1, ['t', 0]), pingreq);
      await peer.hears(connack(4));
      await peer.isClosed();
      expect(broker.topics()).toEqual([]);
    },
  ],
  [
    '3.2.0-1',
    'the first packet to a client is CONNACK',
    async ({ port }) => {
      using peer = dial(port);
      peer.send(connect([text('a')]), pingreq, subscribe(1, ['t', 1]), publish('t', { qos: 1 }));
      await peer.hears(connack());
      using kept = await subscribed(port, 'kept', [['t', 1]], { kept: true });
      await kept.leave();
      peer.send(publish('t', { qos: 1, id: 2 }));
      using again = await connected(port, 'kept', { kept: true, present: 1 });
      expect((await again.next())[0]).toBe(0x32);
    },
  ],
  [
    '3.2.2-1',
    'session present is 0 after a clean session',
    async ({ port }) => {
      using kept = await subscribed(port, 'kept', [['t', 1]], { kept: true });
      await kept.leave();
      using clean = await connected(port, 'kept', { present: 0 });
      await clean.isQuiet();
    },
  ],
  [
    '3.2.2-2',
    'session present is 1 when there is one, whatever is in it',
    both(resumes, sessionWithoutSubscriptions),
  ],
  [
    '3.2.2-3',
    'session present is 0 when there is none',
    async ({ port }) => {
      using peer = await connected(port, 'new', { kept: true, present: 0 });
      await peer.isQuiet();
    },
  ],
  ['3.2.2-4', 'session present is 0 with a return code other than 0', both(rejects, refused('MQTT-3.1.2-2'))],
  [
    '3.2.2-5',
    'the connection is closed after a return code other than 0',
    both(rejects, refused('MQTT-3.1.2-2')),
  ],
  ['3.2.2-6', 'when no return code fits, the connection is closed without CONNACK', refused('MQTT-3.1.2-1')],
];

/** Section 3.14: DISCONNECT. */
export const chapter3Disconnect: readonly Clause[] = [
  ['3.14.1-1', 'the reserved bits of DISCONNECT are 0', refused('MQTT-3.14.1-1')],
  [
    '3.14.4-1',
    'the connection is closed after DISCONNECT, by whoever comes first',
    async ({ port }) => {
      using peer = await connected(port, 'a');
      peer.send(disconnect);
      await peer.isClosed();
    },
  ],
  [
    '3.14.4-2',
    'nothing follows a DISCONNECT: it is not acted upon',
    async ({ port, topics }) => {
      using peer = await connected(port, 'a');
      peer.send(disconnect, publish('late', { qos: 1 }));
      await peer.isClosed();
      using other = await connected(port, 'b');
      await other.isQuiet();
      expect(topics()).toEqual([]);
    },
  ],
  [
    '3.14.4-3',
    'a will is discarded at DISCONNECT',
    async ({ port }) => {
      using reader = await subscribed(port, 'reader', [['will', 0]]);
      using peer = dial(port);
      peer.send(willing(WILL | CLEAN), disconnect);
      await peer.hears(connack());
      await peer.isClosed();
      await reader.isQuiet();
    },
  ],
  [
    '3.12.4-1',
    'PINGREQ is answered with PINGRESP',
    async ({ port }) => {
      using peer = await connected(port, 'a');
      peer.send(packet(0xc0));
      await peer.hears(packet(0xd0));
    },
  ],
];
